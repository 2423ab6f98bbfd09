"""What is due for a job: the machine says so, the engine does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True)
class Launch:
    """Prepare an action and say so with :class:`~oozie.local.events.Launched`."""

    node: str


@dataclass(frozen=True)
class Watch:
    """See to it that launch ``launch`` of an action runs, and report its end."""

    node: str
    launch: int


@dataclass(frozen=True)
class Wait:
    """Report when the moment of a retry has come."""

    node: str
    until: datetime


@dataclass(frozen=True)
class Decide:
    """Evaluate a decision's predicates."""

    node: str


@dataclass(frozen=True)
class Conclude:
    """Resolve a kill node's message."""

    node: str


@dataclass(frozen=True)
class Stop:
    """End the process of an action."""

    node: str
    launch: int


Effect: TypeAlias = Launch | Watch | Wait | Decide | Conclude | Stop
