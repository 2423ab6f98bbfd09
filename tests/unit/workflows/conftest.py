"""Running a workflow's Hive script as the engine does: statement by statement, its parameters as hivevars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run_hive(spark: Any) -> Callable[..., None]:
    def run(script: str, **parameters: str) -> None:
        text = "\n".join(
            line for line in (ROOT / script).read_text().splitlines() if not line.lstrip().startswith("--")
        )
        for name, value in parameters.items():
            text = text.replace(f"${{hivevar:{name}}}", value)
        assert "${" not in text, "a parameter is not given"
        for statement in text.split(";"):
            if statement.strip():
                spark.sql(statement)

    return run


@pytest.fixture
def write_import(tmp_path: Path) -> Callable[..., str]:
    """Rows as an import writes them; gives the folder's URI."""

    def write(folder: str, rows: list[tuple[object, ...]]) -> str:
        target = tmp_path / folder
        target.mkdir(parents=True, exist_ok=True)
        lines = ("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in rows)
        (target / "part-m-00000").write_text("".join(lines))
        return target.as_uri()

    return write


@pytest.fixture
def read_output(tmp_path: Path) -> Callable[[str], list[tuple[str | None, ...]]]:
    """What a script wrote into a folder, in order."""

    def read(folder: str) -> list[tuple[str | None, ...]]:
        parts = sorted((tmp_path / folder).glob("part-*"))
        lines = [line for part in parts for line in part.read_text().splitlines()]
        return [tuple(None if cell == "\\N" else cell for cell in line.split("\t")) for line in lines]

    return read
