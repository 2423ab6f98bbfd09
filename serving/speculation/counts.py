"""What a group's requests came to, and how each version of its members did beside the answers that were given.

Counted over all workers and their lives, in shared memory as :mod:`serving.statistics` does: each worker writes to a
part of its own, and any of them can add up all parts.
"""

from __future__ import annotations

import math
import mmap
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from serving.speculation.collector import Outcome, Reply
from serving.speculation.group import Group

_NUMBER_BYTES = 8
_REQUESTS = ("requests", "degraded", "defaulted", "unanswered")
_MOST_VERSIONS = 16  # of one member; those that come when all rows are taken share the last one
_OTHERS = -1.0


@dataclass
class MemberCounts:
    """One version of one member.

    Requests: ``asked`` is the sum of the five below it once every call has ended. ``refused`` are those whose records
    do not fit, ``busy`` those that it was never called for.

    Records: ``used`` are those it gave the answer to; of the others, ``compared`` with the answer, ``agreed`` said the
    same, and ``difference`` is the sum of the absolute differences of numbers.
    """

    asked: int = 0
    in_time: int = 0
    late: int = 0
    failed: int = 0
    refused: int = 0
    busy: int = 0
    used: int = 0
    compared: int = 0
    agreed: int = 0
    difference: float = 0.0

    def __add__(self, other: MemberCounts) -> MemberCounts:
        return MemberCounts(*(one + two for one, two in zip(vars(self).values(), vars(other).values(), strict=True)))


_COUNTS = len(fields(MemberCounts))
_ROW = 1 + _COUNTS  # a version, and what it did


@dataclass(frozen=True)
class Totals:
    """Requests by what they came to; what members did, by name and version, None for versions that came too late."""

    requests: Mapping[str, int]
    members: Mapping[tuple[str, int | None], MemberCounts]

    def as_json(self) -> Mapping[str, object]:
        """The totals as ``GET /groups`` tells them."""
        members = [
            {"member": member, "version": version, **asdict(counts), "difference": _finite(counts.difference)}
            for (member, version), counts in self.members.items()
        ]
        return {**self.requests, "members": members}


class SharedCounts:
    """The memory of one group's counts for up to ``slots`` workers at once; made before they are forked."""

    def __init__(self, group: Group, slots: int = 1) -> None:
        self.members = group.members
        self._slots = slots
        self._width = len(_REQUESTS) + len(group.members) * _MOST_VERSIONS * _ROW
        self._numbers = memoryview(mmap.mmap(-1, slots * self._width * _NUMBER_BYTES)).cast("d")

    def part(self, slot: int) -> Counts:
        """What the worker in ``slot`` counts in, with what its predecessor there had counted."""
        return Counts(self, self._numbers[slot * self._width : (slot + 1) * self._width])

    def totals(self) -> Totals:
        """What all workers, living and dead, have counted."""
        requests = dict.fromkeys(_REQUESTS, 0)
        rows: defaultdict[tuple[int, float], MemberCounts] = defaultdict(MemberCounts)
        for start in range(0, self._slots * self._width, self._width):
            part = self._numbers[start : start + self._width].tolist()
            if not any(part):
                continue  # no worker was here yet
            for name, number in zip(_REQUESTS, part, strict=False):
                requests[name] += int(number)
            for place, version, counts in _rows(part, len(self.members)):
                rows[place, version] += counts
        members = {
            (self.members[place], int(version) if version != _OTHERS else None): counts
            for (place, version), counts in sorted(rows.items(), key=lambda row: row[0])
        }
        return Totals(requests, members)


class Counts:
    """What one worker counts of one group, in any of its threads."""

    def __init__(self, shared: SharedCounts, part: memoryview[float]) -> None:
        self._shared = shared
        self._part = part
        self._lock = threading.Lock()

    def totals(self) -> Totals:
        """What all workers have counted."""
        return self._shared.totals()

    def count_asked(self, place: int, version: int) -> None:
        """The member at ``place`` is to be called."""
        self._add(place, version, MemberCounts(asked=1))

    def count_unbegun(self, place: int, version: int) -> None:
        """A call that never begins: its version has too much to do."""
        self._add(place, version, MemberCounts(busy=1))

    def count_ended(self, place: int, version: int, reply: Reply, outcome: Outcome, *, late: bool) -> None:
        """A call that has ended, and how what it says stands beside the answer that was given."""
        found = _compare(place, reply, outcome)
        if reply.refusal:
            found.refused = 1
        elif reply.problem:
            found.failed = 1
        elif late:
            found.late = 1
        else:
            found.in_time = 1
        self._add(place, version, found)

    def count_decided(self, *, degraded: bool, defaulted: bool, unanswered: bool) -> None:
        """A request that has its answer, or never gets one."""
        with self._lock:
            for index, number in enumerate((1, degraded, defaulted, unanswered)):
                self._part[index] += number

    def _add(self, place: int, version: int, counts: MemberCounts) -> None:
        with self._lock:
            start = self._row(place, float(version)) + 1
            for index, number in enumerate(vars(counts).values()):
                self._part[start + index] += number

    def _row(self, place: int, version: float) -> int:
        rows = _starts(place)
        for start in rows:
            taken = self._part[start]
            if not taken:
                self._part[start] = version if start != rows[-1] else _OTHERS
            if taken in (0.0, version):
                return start
        return rows[-1]


def make_counts(groups: Sequence[Group], slots: int = 1) -> Mapping[str, SharedCounts]:
    """The memory of each group's counts, by its name."""
    return {group.name: SharedCounts(group, slots) for group in groups}


def _finite(number: float) -> float | None:
    """None for a sum that has become too large: JSON has no infinity."""
    return number if math.isfinite(number) else None


def _starts(place: int) -> range:
    """Where the rows of a member begin in a part."""
    first = len(_REQUESTS) + place * _MOST_VERSIONS * _ROW
    return range(first, first + _MOST_VERSIONS * _ROW, _ROW)


def _rows(part: Sequence[float], members: int) -> Iterator[tuple[int, float, MemberCounts]]:
    """Place, version and counts of each row that is taken."""
    for place in range(members):
        for start in _starts(place):
            version, *numbers = part[start : start + _ROW]
            if version:
                *whole, difference = numbers
                yield place, version, replace(MemberCounts(*map(int, whole)), difference=difference)


def _compare(place: int, reply: Reply, outcome: Outcome) -> MemberCounts:
    found = MemberCounts()
    for record, source in enumerate(outcome.decision.places if reply.votes else ()):
        chosen = outcome.replies[source]
        if source == place or chosen is None:
            found.used += 1
            continue
        said, answer = reply.votes[record].prediction, chosen.votes[record].prediction
        found.compared += 1
        found.agreed += said == answer
        if isinstance(said, float) and isinstance(answer, float):
            found.difference += abs(said - answer)
    return found
