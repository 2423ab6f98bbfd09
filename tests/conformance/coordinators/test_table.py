"""docs/conformance.md says how many cases agree, and lists those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.conformance.coordinators.cases import calendar, values
from tests.conformance.coordinators.runs import runs

_DOCUMENT = Path(__file__).parents[3] / "docs" / "conformance.md"


def rows() -> Iterator[str]:
    """The table of what is different."""
    for line in calendar():
        if line.here is not None:
            yield f"| frequency `{line.text.split(' | ')[0]}` | {line.oozie} | {line.here} | {line.reason} |"
    for line in values():
        if line.here is not None:
            yield f"| {line.place.split()[0]} `{line.text}` | {line.oozie} | {line.here or 'nothing'} | {line.reason} |"
    for run in runs():
        if run.here is not None:
            yield f"| run: {run.name} | {run.oozie} | {run.here} | {run.reason} |"


def sentence() -> str:
    """How many agree."""
    counted = [(len(found), sum(case.here is None for case in found)) for found in (calendar(), values(), runs())]
    times, texts, ends = (f"{agree} of {number}" for number, agree in counted)
    return f"The engines agree in {times} lists of nominal times, {texts} values and {ends} runs."


def test_the_section_is_what_the_cases_say() -> None:
    section = _DOCUMENT.read_text("utf-8").partition("\n## Coordinators\n")[2].partition("\n## ")[0]
    assert sentence() in " ".join(section.split())
    table = [line for line in section.splitlines() if line.startswith("|")]
    assert table[2:] == list(rows())
