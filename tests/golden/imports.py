"""What ``howdah import`` makes of old apps: beside each app/ its declaration, byte for byte."""

from __future__ import annotations

from pathlib import Path

from generator.importing.apps import Imported, import_app

HERE = Path(__file__).resolve().parent / "imported"


def old_apps() -> dict[str, Path]:
    """Name of an old app to the folder that holds it and its declaration."""
    return {path.parent.name: path.parent for path in sorted(HERE.glob("*/app"))}


def imported(name: str) -> Imported:
    """What an old app is imported as."""
    app = old_apps()[name] / "app"
    return import_app(
        {path.relative_to(app).as_posix(): path.read_bytes() for path in app.rglob("*") if path.is_file()}
    )


def write(name: str) -> None:
    """Make the kept declaration the one that is written."""
    (old_apps()[name] / "workflow.py").write_text(imported(name).source, encoding="utf-8")
