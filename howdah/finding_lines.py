"""What was found in apps, as a person reads it in 80 columns: by file, each finding with its line, code and hint."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from oozie.language.check import Checked
from oozie.language.lints.switches import Ignored
from storage.errors import Diagnostic, one_line

_WIDTH = 80
_CODE_WIDTH = 5
_MOST_SWITCHES = 10


def finding_lines(checked: Sequence[Checked]) -> Iterator[str]:
    """The report, line by line; a hint that repeats itself is said the first time only."""
    findings = [finding for result in checked for finding in result.findings]
    said: set[tuple[str, str]] = set()
    for path, group in groupby(findings, key=lambda finding: finding.path):
        of_file = list(group)
        yield one_line(path)
        number_width = max(3, *(len(str(finding.line)) for finding in of_file))
        for finding in of_file:
            is_new = (finding.code, finding.hint) not in said
            said.add((finding.code, finding.hint))
            yield from _lines(finding, number_width, with_hint=is_new)
        yield ""
    yield _summary(findings, len(checked))
    if ignored := [one for result in checked for one in result.ignored]:
        yield from _ignored_lines(ignored)
    if any(finding.severity == "lint" for finding in findings):
        yield "howdah validate --help says how to switch a lint off."


def _lines(finding: Diagnostic, number_width: int, *, with_hint: bool) -> Iterator[str]:
    number = str(finding.line) if finding.line else ""
    before = f"{number:>{number_width}}  {finding.code:<{_CODE_WIDTH}}  "
    texts = [finding.message, finding.hint] if with_hint and finding.hint else [finding.message]
    for index, text in enumerate(texts):
        yield from textwrap.wrap(
            one_line(text), _WIDTH, initial_indent=" " * len(before) if index else before,
            subsequent_indent=" " * len(before), break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip


def _summary(findings: Sequence[Diagnostic], apps: int) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    counts = [(errors, "error"), (len(findings) - errors, "lint")]
    words = " and ".join(f"{number} {word}{'s' * (number != 1)}" for number, word in counts if number)
    return f"{words or 'nothing to find'} in {apps} app{'s' * (apps != 1)}"


def _ignored_lines(ignored: Sequence[Ignored]) -> Iterator[str]:
    """How many lints are not told, and what switches them off: who looks through an app of others has to know."""
    switches = list(dict.fromkeys(f"{finding.code} ({one_line(switch.place)})" for finding, switch in ignored))
    more = [f"and {len(switches) - _MOST_SWITCHES} more"] if len(switches) > _MOST_SWITCHES else []
    listed = ", ".join([*switches[:_MOST_SWITCHES], *more])
    text = f"{len(ignored)} lint{'s' * (len(ignored) != 1)} switched off: {listed}; --no-ignore tells them"
    yield from textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
