"""What can be done with a job, in which states, and what is asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from howdah.console.errors import ConsoleError
from howdah.rerunning import rerun_workflow
from oozie.client import Bundle, Coordinator, CoordinatorAction, Job, OozieClient, Workflow

Options = Mapping[str, str]

_RUNNING = frozenset({"PREP", "RUNNING", "RUNNINGWITHERROR", "PAUSED", "PAUSEDWITHERROR", "PREPPAUSED"})
_SUSPENDED = frozenset({"SUSPENDED", "SUSPENDEDWITHERROR", "PREPSUSPENDED"})
_ENDED = frozenset({"SUCCEEDED", "KILLED", "FAILED"})
_INSTANCE_ENDED = frozenset({"SUCCEEDED", "KILLED", "FAILED", "TIMEDOUT", "IGNORED", "SKIPPED"})
_INSTANCE_OPEN = frozenset({"WAITING", "READY", "SUBMITTED", "RUNNING", "SUSPENDED"})


@dataclass(frozen=True)
class Choice:
    """A box to tick on the page that asks."""

    name: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing to do: in which states, what the button says, what is asked, what Oozie is told, what is said after."""

    verb: str
    button: str
    states: frozenset[str]
    question: str
    effect: str
    run: Callable[[OozieClient, str, Options], object]
    done: str
    is_grave: bool = False
    choices: tuple[Choice, ...] = ()
    has_scope: bool = False


def _rerun(client: OozieClient, job_id: str, *, everything: bool) -> None:
    rerun_workflow(client, job_id, skip=(), everything=everything, overrides={})


def _rerun_instances(client: OozieClient, job_id: str, scope: str, options: Options) -> None:
    client.rerun_coordinator(
        job_id, type="action", scope=scope, refresh="refresh" in options, cleanup="cleanup" in options
    )


def _of_instance(action_id: str) -> tuple[str, str]:
    job_id, _, number = action_id.partition("@")
    return job_id, number


_REFRESH = Choice("refresh", "look again whether the data that it waits for is there")
_CLEANUP = Choice("cleanup", "delete what the instance wrote before", is_chosen=True)

_START = Operation(
    "start", "Start", frozenset({"PREP"}), "Start this workflow?", "Its first action begins.",
    lambda client, job_id, options: client.start(job_id), "Started.",
)  # fmt: skip
_SUSPEND = Operation(
    "suspend", "Suspend", frozenset({"RUNNING"}), "Suspend this workflow?",
    "What runs now runs on to its end; nothing new begins until it is resumed.",
    lambda client, job_id, options: client.suspend(job_id), "Suspended.",
)  # fmt: skip
_RESUME = Operation(
    "resume", "Resume", _SUSPENDED, "Resume this job?", "It goes on where it was.",
    lambda client, job_id, options: client.resume(job_id), "Resumed.",
)  # fmt: skip
_KILL = Operation(
    "kill", "Kill", frozenset({"PREP", "RUNNING", "SUSPENDED"}), "Kill this workflow?",
    "Its running actions are killed, and so are their YARN applications.",
    lambda client, job_id, options: client.kill(job_id), "Killed.", is_grave=True,
)  # fmt: skip
_RERUN_FAILED = Operation(
    "rerun-failed", "Run again what failed", frozenset({"KILLED", "FAILED"}), "Run again what failed?",
    "Actions that were OK keep their results; the failed ones and all that comes after them run again.",
    lambda client, job_id, options: _rerun(client, job_id, everything=False), "Running again from what failed.",
)  # fmt: skip
_RERUN_ALL = Operation(
    "rerun-all", "Run all again", _ENDED, "Run the whole workflow again?",
    "Every action runs again, under the same id.",
    lambda client, job_id, options: _rerun(client, job_id, everything=True), "Running again from the start.",
)  # fmt: skip
_SUSPEND_ALL = Operation(
    "suspend", "Suspend", _RUNNING, "Suspend this job?",
    "The workflows that it runs are suspended, and no instance begins until it is resumed.",
    lambda client, job_id, options: client.suspend(job_id), "Suspended.",
)  # fmt: skip
_KILL_ALL = Operation(
    "kill", "Kill", _RUNNING | _SUSPENDED, "Kill this job?",
    "Everything that it runs is killed, and nothing of it will ever begin again.",
    lambda client, job_id, options: client.kill(job_id), "Killed.", is_grave=True,
)  # fmt: skip
_RERUN_SCOPE = Operation(
    "rerun", "Run instances again", _RUNNING | _SUSPENDED | _ENDED | {"DONEWITHERROR"},
    "Which instances shall run again?", "Each must have ended; each runs as a new workflow.",
    lambda client, job_id, options: _rerun_instances(client, job_id, options.get("scope", ""), options),
    "They are running again.", choices=(_REFRESH, _CLEANUP), has_scope=True,
)  # fmt: skip
_RERUN_INSTANCE = Operation(
    "rerun", "Run again", _INSTANCE_ENDED, "Run this instance again?", "It runs as a new workflow.",
    lambda client, action_id, options: _rerun_instances(client, *_of_instance(action_id), options),
    "It is running again.", choices=(_REFRESH, _CLEANUP),
)  # fmt: skip
_KILL_INSTANCE = Operation(
    "kill", "Kill", _INSTANCE_OPEN, "Kill this instance?", "Its workflow is killed, if it has one.",
    lambda client, action_id, options: client.kill(_of_instance(action_id)[0], scope=_of_instance(action_id)[1]),
    "Killed.", is_grave=True,
)  # fmt: skip

_OPERATIONS: Mapping[type, tuple[Operation, ...]] = MappingProxyType(
    {
        Workflow: (_START, _SUSPEND, _RESUME, _RERUN_FAILED, _RERUN_ALL, _KILL),
        Coordinator: (_SUSPEND_ALL, _RESUME, _RERUN_SCOPE, _KILL_ALL),
        Bundle: (_SUSPEND_ALL, _RESUME, _KILL_ALL),
        CoordinatorAction: (_RERUN_INSTANCE, _KILL_INSTANCE),
    }
)


def operations_of(thing: Job | CoordinatorAction) -> tuple[Operation, ...]:
    """What can be done with a job, or an instance, in the state that it is in."""
    return tuple(each for each in _OPERATIONS[type(thing)] if thing.status in each.states)


def operation(thing: Job | CoordinatorAction, verb: str) -> Operation:
    """The operation that an address names. Raises: ConsoleError H750, H755."""
    named = [each for each in _OPERATIONS[type(thing)] if each.verb == verb]
    if not named:
        raise ConsoleError("H750", f"there is nothing called '{verb:.50}' to do with {thing.id}")
    if thing.status not in named[0].states:
        hint = "it has changed since the page was made; look at it again"
        raise ConsoleError("H755", f"{thing.id} is {thing.status}: '{named[0].button}' is not possible now", hint=hint)
    return named[0]
