"""What happens to a job: the vocabulary of the journal.

Every event is a frozen value with its moment; :func:`to_json` and :func:`from_json` carry it to and from one line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Event:
    """Something that happened ``at`` a moment (UTC)."""

    at: datetime


@dataclass(frozen=True)
class Started(Event):
    """The job leaves PREP and enters its start node."""


@dataclass(frozen=True)
class Decided(Event):
    """A decision chose where to go."""

    node: str
    to: str


@dataclass(frozen=True)
class Launched(Event):
    """An action's process (or sub-workflow job) is about to be started.

    Its folder is ready, its retry settings are resolved; ``retry_interval`` in minutes.
    """

    node: str
    launch: int
    external_id: str
    retry_max: int = 0
    retry_interval: int = 10
    retry_policy: str = "periodic"


@dataclass(frozen=True)
class Finished(Event):
    """An action ended: well, badly, or so that the whole job fails."""

    node: str
    outcome: Literal["OK", "ERROR", "FAILED"]
    external_status: str = ""
    error_code: str = ""
    error_message: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Abandoned(Event):
    """A running action's process was ended or lost before it finished: it will be started again."""

    node: str


@dataclass(frozen=True)
class RetryDue(Event):
    """The interval before a user-retry is over."""

    node: str


@dataclass(frozen=True)
class Concluded(Event):
    """A kill node's message is resolved; the job ends as KILLED."""

    node: str
    message: str
    error_code: str = "E0729"


@dataclass(frozen=True)
class Stopped(Event):
    """The process of an action of a job that has ended is gone."""

    node: str


@dataclass(frozen=True)
class KillRequested(Event):
    """Somebody kills the job."""


@dataclass(frozen=True)
class SuspendRequested(Event):
    """Somebody suspends the job: what runs goes on, nothing new begins."""


@dataclass(frozen=True)
class ResumeRequested(Event):
    """A suspended job goes on."""


@dataclass(frozen=True)
class RerunRequested(Event):
    """A job that has ended runs again under its own id, passing over the nodes in ``skip``.

    ``definition`` is the app's XML as it is now; "" when it is what it was.
    """

    skip: tuple[str, ...]
    configuration: Mapping[str, str]
    keep_children: bool = False
    definition: str = ""


@dataclass(frozen=True)
class InstanceWaits(Event):
    """An action of a coordinator was made, or is taken up again: from now on it waits for its data."""

    number: int
    nominal_time: str


@dataclass(frozen=True)
class InstancePassed(Event):
    """An action of a coordinator that will never start a workflow: its data did not come, or it is no longer wanted."""

    number: int
    status: Literal["TIMEDOUT", "SKIPPED"]
    nominal_time: str


_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Started, Decided, Launched, Finished, Abandoned, RetryDue, Concluded, Stopped,
        KillRequested, SuspendRequested, ResumeRequested, RerunRequested, InstanceWaits, InstancePassed,
    )
}  # fmt: skip


def to_json(event: Event) -> str:
    """``event`` as one line of JSON."""
    values = {f.name: getattr(event, f.name) for f in fields(event)}
    values["at"] = event.at.isoformat()
    return json.dumps({"event": type(event).__name__, **values}, ensure_ascii=False)


def from_json(line: str) -> Event:
    """The event that :func:`to_json` wrote. Raises: ValueError, KeyError, TypeError for anything else."""
    values: dict[str, Any] = json.loads(line)
    kind = _KINDS[values.pop("event")]
    values["at"] = datetime.fromisoformat(values["at"])
    if "skip" in values:
        values["skip"] = tuple(values["skip"])
    return kind(**values)
