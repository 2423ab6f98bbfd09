"""docs/sqoop.md says how many imports agree with the real Sqoop."""

from __future__ import annotations

from pathlib import Path

from tests.contract.sqoop.cases import CASES, DIFFERENT, REFUSED

_DOCUMENT = Path(__file__).parents[3] / "docs" / "sqoop.md"


def test_the_number_of_imports_is_stated() -> None:
    told = f"{len(CASES)} imports write the same files, {len(REFUSED)} are refused by both, and {len(DIFFERENT)} differ"
    assert told in " ".join(_DOCUMENT.read_text("utf-8").split())
    assert len(CASES) >= 25


def test_each_import_has_a_name_of_its_own() -> None:
    names = [case.name for case in (*CASES, *REFUSED, *(case for case, _ in DIFFERENT))]
    assert len(names) == len(set(names))
