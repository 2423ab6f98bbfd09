"""One request to a group: replies come in, in any order and from any thread, until its policy decides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from serving.speculation.policies import Policy
from serving.speculation.votes import Decision, Standing, Vote
from storage.errors import HowdahError


@dataclass(frozen=True)
class Reply:
    """What came of asking one member: votes, one a record, with ``told`` beside them, or a problem.

    ``refusal`` is the error of a member that the records do not fit.
    """

    votes: tuple[Vote, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""
    refusal: HowdahError | None = None
    latency_s: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What was decided, and the replies that were in by then, in the order of the members: None where none was."""

    decision: Decision
    replies: tuple[Reply | None, ...]
    in_time: bool


OnLate = Callable[[int, Reply, Outcome], None]


class Collector:
    """Waits for as many replies as ``policy`` needs and never longer than to the deadline.

    ``on_late`` gets every reply that comes after the decision, in the thread that brings it.
    """

    def __init__(
        self,
        members: Sequence[str],
        policy: Policy,
        on_late: OnLate,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members = members
        self._policy = policy
        self._on_late = on_late
        self._clock = clock
        self._replies: list[Reply | None] = [None] * len(members)
        self._outcome: Outcome | None = None
        self._news = threading.Condition()

    def put(self, place: int, reply: Reply) -> None:
        """The reply of the member at ``place``."""
        with self._news:
            outcome = self._outcome
            if outcome is None:
                self._replies[place] = reply
                self._news.notify()
        if outcome is not None:
            self._on_late(place, reply, outcome)

    def wait(self, deadline: float) -> Outcome:
        """What the policy decides, by ``deadline`` on this collector's clock."""
        with self._news:
            while True:
                left_s = deadline - self._clock()
                decision = self._policy([self._standing(place) for place in range(len(self._members))], left_s)
                if decision is not None:
                    self._outcome = Outcome(decision, tuple(self._replies), left_s > 0)
                    return self._outcome
                self._news.wait(left_s)

    def _standing(self, place: int) -> Standing:
        reply, name = self._replies[place], self._members[place]
        return Standing(name) if reply is None else Standing(name, reply.votes, reply.problem)
