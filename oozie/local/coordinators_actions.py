"""The actions of one coordinator job as the journal knows them, and what is told of them while they wait.

Source: org.apache.oozie.client.CoordinatorAction, CoordActionInputCheckXCommand, CoordActionReadyXCommand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeAlias

from oozie.language.submission import ResolvedCoordinator
from oozie.local.events import InstancePassed, InstanceWaits
from oozie.local.journal import JobRow, Journal
from oozie.local.states import JobStatus

# oozie.coord.execution.none.tolerance
_NONE_TOLERANCE = timedelta(minutes=1)
_STARTED = {"PREP": "RUNNING"}


@dataclass(frozen=True)
class InstanceState:
    """One action: its status in Oozie's words, since when it waits, and the workflow job that it started last."""

    number: int
    nominal_time: datetime
    status: str
    since: datetime
    workflow: JobRow | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may still run by itself."""
        return self.status == "WAITING" or (self.workflow is not None and not JobStatus(self.status).is_terminal)


def instances_of(journal: Journal, job_id: str) -> dict[int, InstanceState]:
    """Every action that was made of a coordinator job, by its number."""
    found: dict[int, InstanceState] = {}
    for event in journal.events(job_id):
        if isinstance(event, InstanceWaits | InstancePassed):
            status: str = event.status if isinstance(event, InstancePassed) else "WAITING"
            nominal = datetime.fromisoformat(event.nominal_time)
            found[event.number] = InstanceState(event.number, nominal, status, event.at)
    for row in journal.children(job_id):
        number = int(row.parent.rpartition("@")[2])
        last = found.get(number)
        if last is not None and last.since > row.created:
            continue  # it ran before; asked for by its nominal time it was made once more
        status = _STARTED.get(row.status, row.status)
        found[number] = InstanceState(number, row.nominal_time or row.created, status, row.created, row)
    return dict(sorted(found.items()))


def is_past(resolved: ResolvedCoordinator, nominal: datetime, following: datetime | None, now: datetime) -> bool:
    """Whether an action is no longer wanted: LAST_ONLY when the next one is due, NONE a minute after its time.

    ``following`` is the nominal time after this one. As in Oozie, one at the very end still counts as the next.
    """
    if resolved.controls.execution == "NONE":
        return now > nominal + _NONE_TOLERANCE
    if resolved.controls.execution != "LAST_ONLY":
        return False
    return following is not None and following <= resolved.end and now > following


def is_through(resolved: ResolvedCoordinator, known: Mapping[int, InstanceState]) -> bool:
    """Whether every action of the calendar has been made."""
    return next(islice(resolved.nominal_times(), max(known, default=0), None), None) is None


@dataclass(frozen=True)
class Waiting:
    """An action waits for what is ``missing``; ``until`` then it is TIMEDOUT."""

    number: int
    nominal_time: datetime
    missing: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class TimedOut:
    """An action's data did not come in time."""

    number: int
    nominal_time: datetime
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Skipped:
    """Actions that the execution order leaves out."""

    first: int
    last: int
    execution: str


@dataclass(frozen=True)
class Noted:
    """Something that is otherwise than one may think, and what to do."""

    text: str
    hint: str = ""


Told: TypeAlias = Waiting | TimedOut | Skipped | Noted
Listener: TypeAlias = Callable[[Told], None]


def tell_nobody(_told: Told) -> None:
    """Nobody listens."""
