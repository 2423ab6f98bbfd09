"""What the real Oozie takes, ``howdah import`` can say: generated again, it is equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.app import generate
from generator.importing.apps import differences, import_app
from storage.errors import HowdahError
from tests.conformance.verdicts import material

ROWS = {row.file: row for row in material.read_table()}


def again(data: bytes, folder: Path) -> list[str]:
    """How the app differs when it is imported and generated. Raises: HowdahError for what cannot be said."""
    imported = import_app({"app.xml": data})
    (folder / "workflow.py").write_text(imported.source, "utf-8")
    return differences(imported, generate(folder))


def problem(data: bytes, verdict: str, folder: Path) -> object:
    """What is wrong with an app: an accepted one must come back equal, another may be refused as well."""
    try:
        return again(data, folder)
    except HowdahError as error:
        return error if verdict == "ok" else None


def problems(files: dict[str, bytes], folder: Path) -> dict[str, object]:
    """Each file with what is wrong, as it lies there and completed."""
    found = {
        f"{name} ({verdict})": problem(submitted, verdict, folder)
        for name, data in files.items()
        for (submitted, _), verdict in zip(
            material.submissions(data), (ROWS[name].as_it_is, ROWS[name].completed), strict=True
        )
    }
    return {name: what for name, what in found.items() if what}


def test_each_example_as_it_is_restated(tmp_path: Path) -> None:
    files = material.our_files(material.RESTATED)

    assert len(files) == 35
    assert problems(files, tmp_path) == {}


def test_what_its_parser_is_tested_with(tmp_path: Path) -> None:
    assert problems(material.our_files(material.PARSER), tmp_path) == {}


@pytest.mark.slow
def test_oozie_s_own_files(tmp_path: Path) -> None:
    """Those of its tests, and of its examples, where Oozie's source is at hand."""
    if not material.can_fetch():
        pytest.skip("Oozie's own files come with Maven: apt-get install maven")
    files = {**material.files_of_tests(), **material.files_of_examples()}

    assert problems(files, tmp_path) == {}


@pytest.mark.slow
def test_every_app_of_the_comparison(tmp_path: Path) -> None:
    paths = [path for path in Path(__file__).parent.rglob("*.xml") if material.kind_of(path.read_bytes())]
    found = {path: problem(path.read_bytes(), "", tmp_path) for path in paths}

    assert {path: what for path, what in found.items() if what} == {}
    assert sum(what is None for what in found.values()) < len(paths) / 10  # refused, as Oozie does
