"""What the real Oozie said to each mutant, as codes.txt holds it.

A line has the mutant's name, its digest and Oozie's code, or ok. Where ours differs, the next line says so::

    old-01/example-0 0123abcd E0803
        here: ok since the reason
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

CODES = Path(__file__).with_name("codes.txt")
_HERE = re.compile(r" +here: (\S+) since (.+)")


@dataclass(frozen=True)
class Verdict:
    """Oozie's code for a mutant; ``here`` and ``reason`` where ours is another one."""

    name: str
    digest: str
    oozie: str
    here: str = ""
    reason: str = ""

    @property
    def ours(self) -> str:
        """The code that our validator gives first."""
        return self.here or self.oozie


def read() -> list[Verdict]:
    """All that is recorded."""
    found: list[Verdict] = []
    for line in CODES.read_text("utf-8").splitlines():
        if match := _HERE.fullmatch(line):
            found[-1] = replace(found[-1], here=match[1], reason=match[2])
        else:
            found.append(Verdict(*line.split(" ")))
    return found


def write(verdicts: Iterable[Verdict]) -> None:
    """Record all of them."""
    lines = []
    for verdict in verdicts:
        lines.append(f"{verdict.name} {verdict.digest} {verdict.oozie}\n")
        if verdict.here:
            lines.append(f"    here: {verdict.here} since {verdict.reason}\n")
    CODES.write_text("".join(lines), "utf-8")
