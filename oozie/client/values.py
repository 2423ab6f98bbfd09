"""What Oozie answers, as values: jobs, their actions, and pages of them. Times are in UTC, None where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

Kind = Literal["wf", "coord", "bundle"]
# The states of jobs, kind by kind: what a list may be filtered by.
STATUSES: Mapping[Kind, tuple[str, ...]] = {
    "wf": ("PREP", "RUNNING", "SUSPENDED", "SUCCEEDED", "KILLED", "FAILED"),
    "coord": (
        "PREP", "RUNNING", "RUNNINGWITHERROR", "PREPSUSPENDED", "SUSPENDED", "SUSPENDEDWITHERROR", "PREPPAUSED",
        "PAUSED", "PAUSEDWITHERROR", "SUCCEEDED", "DONEWITHERROR", "KILLED", "FAILED", "IGNORED",
    ),
    "bundle": (
        "PREP", "RUNNING", "RUNNINGWITHERROR", "PREPSUSPENDED", "SUSPENDED", "SUSPENDEDWITHERROR", "PREPPAUSED",
        "PAUSED", "PAUSEDWITHERROR", "SUCCEEDED", "DONEWITHERROR", "KILLED", "FAILED",
    ),
}  # fmt: skip

# No status follows these by itself; a rerun may still bring the job back.
ENDED = frozenset({"SUCCEEDED", "KILLED", "FAILED", "DONEWITHERROR", "IGNORED"})
# Of a coordinator's action there are two more.
INSTANCE_ENDED = ENDED | {"TIMEDOUT", "SKIPPED"}
UNSUCCESSFUL = frozenset({"KILLED", "FAILED", "DONEWITHERROR", "TIMEDOUT"})
_ACTION_FAILED = frozenset({"ERROR", "FAILED", "KILLED"})
# DONE is not among them: the work is done and what follows from it is not.
_ACTION_ENDED = frozenset({"OK", *_ACTION_FAILED})


@dataclass(frozen=True)
class WorkflowAction:
    """One action of a workflow job in its present run; control nodes too (``is_control``)."""

    id: str
    name: str
    type: str
    status: str
    transition: str = ""
    external_id: str = ""
    external_status: str = ""
    external_child_ids: tuple[str, ...] = ()
    error_code: str = ""
    error_message: str = ""
    retries: int = 0
    user_retry_count: int = 0
    user_retry_max: int = 0
    user_retry_interval_minutes: int = 0
    configuration_xml: str = ""
    data: str = ""
    stats: str = ""
    credentials: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    tracker_uri: str = ""
    console_url: str = ""

    @property
    def is_control(self) -> bool:
        """Whether this is start, end, kill, fork, join or a decision rather than work."""
        return self.type.startswith(":") or self.type == "switch"

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.status in _ACTION_FAILED

    @property
    def is_ended(self) -> bool:
        """Whether nothing more comes of it in this run."""
        return self.status in _ACTION_ENDED


@dataclass(frozen=True)
class Workflow:
    """A workflow job; in a list of jobs, ``configuration`` and ``actions`` are empty."""

    id: str
    app_name: str
    app_path: str
    status: str
    user: str
    group: str = ""
    run: int = 0
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    last_modified: datetime | None = None
    parent_id: str = ""
    external_id: str = ""
    console_url: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[WorkflowAction, ...] = ()

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.status in ENDED

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.status in UNSUCCESSFUL

    @property
    def passed_over(self) -> tuple[WorkflowAction, ...]:
        """The actions that failed and whose error transition does not lead to a kill: the job's status hides them."""
        return tuple(action for action in self._failed_actions if not self._is_fatal(action))

    @property
    def failures(self) -> tuple[WorkflowAction, ...]:
        """The actions that failed and for which the job ends, where it does."""
        return tuple(action for action in self._failed_actions if self._is_fatal(action))

    @property
    def _failed_actions(self) -> tuple[WorkflowAction, ...]:
        return tuple(action for action in self.actions if action.has_failed and not action.is_control)

    def _is_fatal(self, failed: WorkflowAction) -> bool:
        """Whether the way on from a failed action came to a kill node before another failure, or there is none."""
        if self.status == "SUCCEEDED":
            return False
        by_name = {action.name: action for action in self.actions}
        seen = {failed.name}
        node = by_name.get(failed.transition)
        if node is None:
            return True
        while node is not None and node.name not in seen:
            if node.type == ":KILL:":
                return True
            if node.has_failed:
                return False
            seen.add(node.name)
            node = by_name.get(node.transition)
        return False


@dataclass(frozen=True)
class CoordinatorAction:
    """One instance of a coordinator; ``external_id`` is its workflow job, once there is one."""

    id: str
    job_id: str
    number: int
    status: str
    nominal: datetime | None = None
    created: datetime | None = None
    last_modified: datetime | None = None
    missing_dependencies: tuple[str, ...] = ()
    push_missing_dependencies: tuple[str, ...] = ()
    external_id: str = ""
    external_status: str = ""
    error_code: str = ""
    error_message: str = ""
    type: str = ""
    created_configuration: Mapping[str, str] = field(default_factory=dict)
    run_configuration: Mapping[str, str] = field(default_factory=dict)
    tracker_uri: str = ""
    console_url: str = ""

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.status in INSTANCE_ENDED

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.status in UNSUCCESSFUL


@dataclass(frozen=True)
class Coordinator:
    """A coordinator job; ``actions`` is the part that was asked for, ``total`` how many there are."""

    id: str
    app_name: str
    app_path: str
    status: str
    user: str
    group: str = ""
    frequency: str = ""
    time_unit: str = ""
    time_zone: str = ""
    start: datetime | None = None
    end: datetime | None = None
    pause: datetime | None = None
    created: datetime | None = None
    next_materialised: datetime | None = None
    last_action: datetime | None = None
    concurrency: int = 0
    throttle: int = 0
    execution: str = ""
    timeout_minutes: int = 0
    bundle_id: str = ""
    external_id: str = ""
    console_url: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[CoordinatorAction, ...] = ()
    total: int = 0

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.status in ENDED

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.status in UNSUCCESSFUL


@dataclass(frozen=True)
class Bundle:
    """A bundle job and its coordinators, without their instances."""

    id: str
    app_name: str
    app_path: str
    status: str
    user: str
    group: str = ""
    kickoff: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None
    pause: datetime | None = None
    created: datetime | None = None
    time_unit: str = ""
    timeout_minutes: int = 0
    external_id: str = ""
    console_url: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    coordinators: tuple[Coordinator, ...] = ()

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.status in ENDED

    @property
    def has_failed(self) -> bool:
        """Whether it ended, and not well."""
        return self.status in UNSUCCESSFUL


Job = Workflow | Coordinator | Bundle
JobT = TypeVar("JobT", Workflow, Coordinator, Bundle)


@dataclass(frozen=True)
class Page(Generic[JobT]):
    """A part of a list of jobs, the newest first; ``offset`` counts from 1, ``total`` is of the whole list."""

    jobs: tuple[JobT, ...]
    total: int
    offset: int = 1


@dataclass(frozen=True)
class Run:
    """One of the workflow jobs that an instance of a coordinator had."""

    id: str
    status: str
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Attempt:
    """One of an action's attempts before the present one."""

    number: int
    started: datetime | None
    ended: datetime | None
    external_child_ids: tuple[str, ...] = ()
    console_url: str = ""


@dataclass(frozen=True)
class Waiting:
    """What an instance of a coordinator waits for: ``first`` is what it looks for now, ``datasets`` all by name."""

    number: int
    first: str
    datasets: Mapping[str, tuple[str, ...]]
