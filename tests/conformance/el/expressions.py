"""Expressions in a workflow and what the real Oozie makes of them: what a kill node's message becomes.

``expressions.txt`` has the properties of the job, one a line, then each text with its value below it, or with ``!``
where the server refuses it (E0756)::

    word=hello

    ${word += 1}
      = hello1
    ${word + 1}
      !

Line ends, tabs and blanks at an end are written as the characters that picture them (␊ ␍ ␉ ␠). Where the two engines
differ, a third line says what ours gives, and why::

      here: ! since ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "expressions.txt"
_PROPERTY = re.compile(r"(\w[\w.-]*)=(.*)")
_HERE = re.compile(r"  here: (!|= .*) since (.*)")
_REFUSED = "!"
LONGEST = 500  # characters of a message that Oozie keeps


@dataclass(frozen=True)
class Case:
    """One text; None stands for an error. ``here`` and ``reason`` where ours differs."""

    text: str
    oozie: str | None
    here: str | None = None
    reason: str = ""

    @property
    def ours(self) -> str | None:
        """What our evaluator gives."""
        return self.here if self.reason else self.oozie


@lru_cache
def read() -> tuple[dict[str, str], tuple[Case, ...]]:
    """The properties of the job, and all cases."""
    properties: dict[str, str] = {}
    found: list[Case] = []
    text = ""
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("# ") or not line:
            continue
        if match := _HERE.fullmatch(line):
            found[-1] = replace(found[-1], here=_value(match[1]), reason=match[2])
        elif line.startswith("  "):
            found.append(Case(text, _value(line[2:])))
        elif not found and not text and (match := _PROPERTY.fullmatch(line)):
            properties[match[1]] = _plain(match[2])
        else:
            text = _plain(line)
    return properties, tuple(found)


def block(case: Case) -> str:
    """The lines of a case."""
    lines = [spelled(case.text), f"  {_shown(case.oozie)}"]
    if case.reason:
        lines.append(f"  here: {_shown(case.here)} since {case.reason}")
    return "\n".join(lines) + "\n"


def _value(shown: str) -> str | None:
    return None if shown == _REFUSED else _plain(shown[2:])


def _shown(value: str | None) -> str:
    return _REFUSED if value is None else f"= {spelled(value)}"


def spelled(text: str) -> str:
    """``text`` on one line, its line ends and tabs, and blanks at its ends, written so that they can be seen."""
    line = text.replace("\r", "␍").replace("\n", "␊").replace("\t", "␉")
    return "␠" * (len(line) - len(line.lstrip(" "))) + line.strip(" ") + "␠" * (len(line) - len(line.rstrip(" ")))


def _plain(line: str) -> str:
    return line.replace("␍", "\r").replace("␊", "\n").replace("␉", "\t").replace("␠", " ")
