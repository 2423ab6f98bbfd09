"""What a group's requests came to, and how each version of its members did beside the answers that were given."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from serving.speculation.collector import Outcome, Reply

_MOST_VERSIONS = 64


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


@dataclass
class GroupCounts:
    """Requests to the group: all, those with a degraded answer, with the default answer, and with none."""

    requests: int = 0
    degraded: int = 0
    defaulted: int = 0
    unanswered: int = 0
    members: dict[tuple[str, int], MemberCounts] = field(default_factory=dict)


class Counts:
    """What one worker counts of one group, in any of its threads."""

    def __init__(self) -> None:
        self._counts = GroupCounts()
        self._lock = threading.Lock()

    def count_asked(self, member: str, version: int) -> None:
        """A member that is to be called."""
        with self._lock:
            self._of(member, version).asked += 1

    def count_unbegun(self, member: str, version: int) -> None:
        """A call that never begins: its version has too much to do."""
        with self._lock:
            self._of(member, version).busy += 1

    def count_ended(self, member: str, version: int, place: int, reply: Reply, outcome: Outcome, *, late: bool) -> None:
        """A call that has ended, and how what it says stands beside the answer that was given."""
        found = _compare(place, reply, outcome)
        with self._lock:
            counts = self._of(member, version)
            counts.used += found.used
            counts.compared += found.compared
            counts.agreed += found.agreed
            counts.difference += found.difference
            if reply.refusal:
                counts.refused += 1
            elif reply.problem:
                counts.failed += 1
            elif late:
                counts.late += 1
            else:
                counts.in_time += 1

    def count_decided(self, *, degraded: bool, defaulted: bool, unanswered: bool) -> None:
        """A request that has its answer, or never gets one."""
        with self._lock:
            self._counts.requests += 1
            self._counts.degraded += degraded
            self._counts.defaulted += defaulted
            self._counts.unanswered += unanswered

    def as_json(self) -> Mapping[str, object]:
        """All counts; the members by name and version."""
        with self._lock:
            told = asdict(self._counts)
        members = told.pop("members")
        return {**told, "members": [{"member": key[0], "version": key[1], **one} for key, one in members.items()]}

    def _of(self, member: str, version: int) -> MemberCounts:
        known = self._counts.members
        if (member, version) not in known:
            if len(known) >= _MOST_VERSIONS:
                del known[next(iter(known))]  # the one that came first
            known[member, version] = MemberCounts()
        return known[member, version]


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
