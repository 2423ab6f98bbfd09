"""What the real Oozie makes of each text of expressions.txt, ours makes too."""

from __future__ import annotations

from pathlib import Path

from oozie.language.el import ElError, Scope, evaluate
from oozie.local.trial import trial_scope
from tests.conformance.el.expressions import LONGEST, Case, read

_DOCUMENT = Path(__file__).parents[3] / "docs" / "conformance.md"
PROPERTIES, CASES = read()


def test_values(tmp_path) -> None:
    (tmp_path / "user").mkdir()  # all that is in the HDFS
    scope = trial_scope(PROPERTIES, tmp_path)
    found = [(case.text, evaluated(case, scope)) for case in CASES]
    assert found == [(case.text, case.ours) for case in CASES]


def evaluated(case: Case, scope: Scope) -> str | None:
    """What ours gives; an error has its place in the text."""
    try:
        return evaluate(case.text, scope)[:LONGEST]
    except ElError as error:
        assert 0 <= error.offset <= len(case.text)
        return None


def test_there_are_cases() -> None:
    assert len(CASES) >= 150
    assert len({case.text for case in CASES}) == len(CASES)
    assert not [case for case in CASES if case.reason and case.here == case.oozie]


def test_the_page_says_how_many_agree() -> None:
    section = _DOCUMENT.read_text("utf-8").partition("\n## Expressions\n")[2].partition("\n## ")[0]
    different = [case for case in CASES if case.reason]
    assert f"agree in {len(CASES) - len(different)} of {len(CASES)} expressions" in " ".join(section.split())
    table = [line for line in section.splitlines() if line.startswith("|")]
    assert table[2:] == [f"| text `{c.text}` | {_shown(c.oozie)} | {_shown(c.here)} | {c.reason} |" for c in different]


def _shown(value: str | None) -> str:
    return "an error" if value is None else value or "nothing"
