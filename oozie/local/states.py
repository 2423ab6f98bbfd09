"""What is known of a workflow job at one moment, as frozen values; :mod:`oozie.local.machine` alone makes new ones.

Source: org.apache.oozie.client.WorkflowJob, WorkflowAction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from oozie.language.model import Workflow


class JobStatus(str, Enum):
    """Where a job stands, in Oozie's words."""

    PREP = "PREP"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    SUCCEEDED = "SUCCEEDED"
    KILLED = "KILLED"
    FAILED = "FAILED"

    @property
    def is_terminal(self) -> bool:
        """Whether the job has ended; only a rerun leads out."""
        return self in _TERMINAL


_TERMINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.KILLED, JobStatus.FAILED})


class ActionStatus(str, Enum):
    """Where an action stands, in Oozie's words; DONE has ended but waits for a suspended job to go on."""

    PREP = "PREP"
    RUNNING = "RUNNING"
    DONE = "DONE"
    USER_RETRY = "USER_RETRY"
    OK = "OK"
    ERROR = "ERROR"
    FAILED = "FAILED"
    KILLED = "KILLED"


# How Oozie's records name the types of the control nodes.
CONTROL_TYPES = ("", ":START:", ":END:", ":KILL:", ":FORK:", ":JOIN:", "switch")


@dataclass(frozen=True)
class ActionState:
    """One node that was entered: an action, or a control node as Oozie records it.

    ``path`` is Oozie's execution path (``/`` or ``/branch/``); ``launch`` counts the processes started for this node
    over the job's whole life; ``data`` is the captured output; ``outcome`` how its last launch ended;
    ``retry_interval`` is in minutes.
    """

    name: str
    type: str
    path: str
    status: ActionStatus
    started: datetime | None = None
    ended: datetime | None = None
    transition: str = ""
    external_id: str = ""
    external_status: str = ""
    error_code: str = ""
    error_message: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    outcome: ActionStatus | None = None
    launch: int = 0
    retries: int = 0
    retry_max: int = 0
    retry_interval: int = 10
    retry_policy: str = "periodic"
    retry_at: datetime | None = None
    run: int = 0

    @property
    def is_control(self) -> bool:
        """Whether this is a start, end, kill, fork, join or decision."""
        return self.type in CONTROL_TYPES


@dataclass(frozen=True)
class WorkflowJob:
    """One submitted workflow and how far it has come.

    ``actions`` holds every node entered in this run, in order of entry; ``forks`` how many branches each fork's path
    still waits for; ``skip`` the nodes that a rerun passes over; ``children`` the job of each sub-workflow action that
    a rerun takes up again.
    """

    id: str
    app_path: str
    workflow: Workflow
    configuration: Mapping[str, str]
    created: datetime
    name: str = ""
    user: str = ""
    parent: str = ""
    nominal_time: datetime | None = None
    status: JobStatus = JobStatus.PREP
    run: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    actions: Mapping[str, ActionState] = field(default_factory=dict)
    forks: Mapping[str, int] = field(default_factory=dict)
    launches: Mapping[str, int] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
    children: Mapping[str, str] = field(default_factory=dict)
    last_error_node: str = ""
    error_code: str = ""
    error_message: str = ""

    def action_id(self, name: str) -> str:
        """Oozie's id of a node of this job: ``JOB@node``."""
        return f"{self.id}@{name}"
