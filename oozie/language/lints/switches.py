"""How a lint is switched off: by a comment in the file, or by a list of codes.

``<!-- howdah: ignore H011, H012 -->`` counts for its own line; on a line of its own, for the tag that follows it, and
``# howdah: ignore H010`` in job.properties for the property that follows. ``ignore-file`` counts for the whole file.
What Oozie refuses cannot be switched off.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from oozie.language.lints.subject import LINTS, lint
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_COMMENT = re.compile(r"<!--\s{0,100}howdah:\s{0,100}(?P<word>[\w-]*)(?P<codes>[^<>]{0,1000})-->")
_PROPERTY_COMMENT = re.compile(r"^[ \t\f]*[#!][ \t]*howdah:[ \t]*(?P<word>[\w-]*)[ \t]*(?P<codes>.*)$", re.MULTILINE)
# Bounded, as all that is read here: an app has at most 100,000 bytes, somebody's file may have millions.
_LONGEST_TAG = 10_000
_MOST_SKIPPED = 100
_MOST_COMMENTS = 5000
_NO_BLANK = re.compile(r"\S")
_WORDS = ("ignore", "ignore-file")
_CODES = re.compile(r"[\s,]+")


class Switch(NamedTuple):
    """What switches a lint off: a comment in a file, a file of settings, or an option of the call (line 0)."""

    path: str
    line: int = 0

    @property
    def place(self) -> str:
        """``file:line``, or the file or option alone."""
        return f"{self.path}:{self.line}" if self.line else self.path


class Ignored(NamedTuple):
    """A lint that is not told, and why."""

    finding: Diagnostic
    switch: Switch


@dataclass
class Switches:
    """Which lints are off where in one file, by the comments that say so, and what is wrong with these."""

    everywhere: dict[str, Switch] = field(default_factory=dict)
    at_line: dict[int, dict[str, Switch]] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)

    def of(self, finding: Diagnostic) -> Switch | None:
        """The one for which the user is not to be told; None where there is none."""
        return self.everywhere.get(finding.code) or self.at_line.get(finding.line, {}).get(finding.code)


def switches_of_xml(text: str, path: str = "") -> Switches:
    """What the comments of an app's XML switch off."""
    return _switches(text, path, _COMMENT, _end_of_next_tag)


def switches_of_properties(text: str, path: str = "") -> Switches:
    """What the comments of a job.properties switch off."""
    return _switches(text, path, _PROPERTY_COMMENT, _end_of_next_property)


def nothing_off(_: Diagnostic) -> None:
    """The switch of a finding where every lint is to be told."""


def sifted(
    findings: Iterable[Diagnostic], switch_of: Callable[[Diagnostic], Switch | None]
) -> tuple[list[Diagnostic], list[Ignored]]:
    """The findings that are to be told, and the lints that a switch keeps back."""
    told: list[Diagnostic] = []
    ignored: list[Ignored] = []
    for finding in findings:
        switch = switch_of(finding) if finding.severity == "lint" else None
        if switch is None:
            told.append(finding)
        else:
            ignored.append(Ignored(finding, switch))
    return told, ignored


def split_codes(text: str) -> list[str]:
    """The codes of a list that has commas or blanks between them."""
    return [code for code in _CODES.split(text.strip()) if code]


def wrong_codes(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with each code that is no lint, and a hint."""
    for code in codes:
        if code in LINTS:
            continue
        if re.fullmatch(r"E\d{4}", code):
            yield f"{code} cannot be switched off: Oozie refuses the app for it", "mend what it is about"
        else:
            yield f"'{code}' is no lint", "docs/lints.md lists the codes"


def _switches(text: str, path: str, comment: re.Pattern[str], end_of_next: Callable[[str, int], int]) -> Switches:
    switches = Switches()
    if "howdah:" not in text:
        return switches
    breaks = [match.start() for match in re.finditer("\n", text)]
    # end of a tag -> the line of the first comment before it, what all of them name: its lines are gone through once
    of_tag: dict[int, tuple[int, dict[str, Switch]]] = {}
    for match in islice(comment.finditer(text), _MOST_COMMENTS):
        line = bisect_left(breaks, match.start()) + 1
        codes = split_codes(match["codes"])
        named = dict.fromkeys(codes, Switch(path, line))
        switches.findings += _problems(match["word"], codes, line)
        if match["word"] == "ignore-file":
            switches.everywhere |= named
        elif match["word"] == "ignore":
            line_start = breaks[line - 2] + 1 if line > 1 else 0
            stands_alone = not text[max(line_start, match.start() - _LONGEST_TAG) : match.start()].strip()
            end = end_of_next(text, match.end()) if stands_alone else match.end()
            of_tag.setdefault(end, (line, {}))[1].update(named)
    for end, (first, found) in of_tag.items():
        for number in range(first, bisect_left(breaks, end) + 2):
            switches.at_line.setdefault(number, {}).update(found)
    return switches


def _end_of_next_tag(text: str, position: int) -> int:
    """Behind the tag that follows, other comments skipped; ``position`` where there is none."""
    at = position
    for _ in range(_MOST_SKIPPED):
        found = _NO_BLANK.search(text, at, at + _LONGEST_TAG)
        if found is None:
            break
        at = found.start()
        if not text.startswith("<!--", at):
            end = text.find(">", at, at + _LONGEST_TAG)
            return position if end < 0 or not text.startswith("<", at) else end
        end = text.find("-->", at, at + _LONGEST_TAG)
        if end < 0:
            break
        at = end + len("-->")
    return position


def _end_of_next_property(text: str, position: int) -> int:
    """The first line of the property that follows; comments and empty lines are skipped."""
    at = position
    for _ in range(_MOST_SKIPPED):
        start = text.find("\n", at, at + _LONGEST_TAG) + 1
        if not start:
            break
        end = text.find("\n", start, start + _LONGEST_TAG)
        line = text[start : end if end >= 0 else len(text)].strip()
        if line and line[0] not in "#!":
            return start
        at = start
    return position


def _problems(word: str, codes: list[str], line: int) -> Iterator[Diagnostic]:
    """H026 for a comment that does not do what it was written for."""
    if word not in _WORDS:
        hint = did_you_mean(word, _WORDS, "write <!-- howdah: ignore H012 -->, or ignore-file for the whole file")
        yield lint("H026", f"'howdah: {word}' is nothing that a comment can say", hint, line)
    elif not codes:
        yield lint("H026", f"'howdah: {word}' names no code", f"write {word} H012: only what is named is off", line)
    for message, hint in wrong_codes(codes) if word in _WORDS else ():
        yield lint("H026", message, hint, line)
