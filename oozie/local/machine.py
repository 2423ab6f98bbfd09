"""The workflow state machine: pure, so that replaying the journal always gives the same job.

:func:`step` takes a job and an event and gives the job after it and the effects that are newly due. What is due follows
from the job alone (:func:`pending`); an engine that was killed asks again and goes on.

Source: org.apache.oozie.workflow.lite.LiteWorkflowInstance, org.apache.oozie.command.wf.SignalXCommand, ActionXCommand,
ReRunXCommand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from oozie.language.model import Action, Decision, End, Fork, Join, Kill, Start
from oozie.language.reader import read_workflow
from oozie.local.effects import Conclude, Decide, Effect, Launch, Stop, Wait, Watch
from oozie.local.errors import RunError
from oozie.local.events import (
    Abandoned,
    Concluded,
    Decided,
    Event,
    Finished,
    KillRequested,
    Launched,
    RerunRequested,
    ResumeRequested,
    RetryDue,
    Started,
    Stopped,
    SuspendRequested,
)
from oozie.local.states import ActionState, ActionStatus, JobStatus, WorkflowJob

# Source: oozie-default.xml, oozie.service.LiteWorkflowStoreService.user.retry.error.code
RETRY_CODES = frozenset({"JA008", "JA009", "JA017", "JA018", "JA019", "FS008", "FS009", "FS014"})
_LONGEST_MESSAGE = 500  # what Oozie's database keeps
_SUSPEND_ON = "oozie.suspend.on.nodes"
_RETRY_CODES_PROPERTY = "oozie.service.LiteWorkflowStoreService.user.retry.error.code"


def step(job: WorkflowJob, event: Event) -> tuple[WorkflowJob, tuple[Effect, ...]]:
    """The job after ``event``, and what is newly due. Raises: RunError H403 for an event that cannot happen now."""
    after = _HANDLERS[type(event)](job, event)
    before = frozenset(pending(job))
    return after, tuple(effect for effect in pending(after) if effect not in before)


def pending(job: WorkflowJob) -> tuple[Effect, ...]:
    """Everything that is due for ``job``, in order of entry."""
    due = (_due(job, action) for action in job.actions.values())
    return tuple(effect for effect in due if effect is not None)


def _due(job: WorkflowJob, action: ActionState) -> Effect | None:
    if action.status is ActionStatus.RUNNING:
        kind = Stop if job.status.is_terminal else Watch
        return kind(action.name, action.launch)
    if job.status is not JobStatus.RUNNING:
        return None
    if action.status is ActionStatus.USER_RETRY and action.retry_at is not None:
        return Wait(action.name, action.retry_at)
    if action.status is ActionStatus.PREP:
        return _WHEN_ENTERED.get(action.type, Launch)(action.name)
    return None


_WHEN_ENTERED: dict[str, Callable[[str], Effect]] = {"switch": Decide, ":KILL:": Conclude}


# --- events -----------------------------------------------------------------------------------------------------------


def _started(job: WorkflowJob, event: Started) -> WorkflowJob:
    _require(job, event, JobStatus.PREP)
    return _enter(replace(job, status=JobStatus.RUNNING, started=event.at), ":start:", "/", event.at)


def _decided(job: WorkflowJob, event: Decided) -> WorkflowJob:
    if job.status.is_terminal:
        return job
    job = _record(
        job, event.node, status=ActionStatus.OK, ended=event.at, transition=event.to, external_status=event.to
    )
    return _enter(job, event.to, job.actions[event.node].path, event.at)


def _launched(job: WorkflowJob, event: Launched) -> WorkflowJob:
    started = job.actions[event.node].started or event.at
    job = _record(
        job, event.node, status=ActionStatus.RUNNING, started=started, ended=None, external_id=event.external_id,
        external_status="RUNNING", launch=event.launch, retry_max=event.retry_max, retry_interval=event.retry_interval,
        retry_policy=event.retry_policy, error_code="", error_message="",
    )  # fmt: skip
    return replace(job, launches={**job.launches, event.node: event.launch})


def _finished(job: WorkflowJob, event: Finished) -> WorkflowJob:
    if job.status.is_terminal:
        return _record(job, event.node, status=ActionStatus.KILLED, ended=event.at)
    job = _record(
        job, event.node, status=ActionStatus.DONE, ended=event.at, started=job.actions[event.node].started or event.at,
        external_status=event.external_status, error_code=event.error_code,
        error_message=event.error_message[:_LONGEST_MESSAGE],
        data=dict(event.data), outcome=ActionStatus(event.outcome),
    )  # fmt: skip
    outcome = ActionStatus(event.outcome)
    if outcome is ActionStatus.FAILED or job.status is JobStatus.RUNNING:
        return _leave(job, event.node, outcome, event.at)
    return job


def _leave(job: WorkflowJob, name: str, outcome: ActionStatus, at: datetime) -> WorkflowJob:
    """Go on from an action that has ended: retry, fail the job, or take the ok or error transition."""
    action = job.actions[name]
    if outcome is not ActionStatus.OK and _is_retried(job, action):
        return _record(
            job, name, status=ActionStatus.USER_RETRY, retries=action.retries + 1, retry_at=at + _retry_delay(action)
        )
    if outcome is ActionStatus.FAILED:
        job = _record(job, name, status=outcome)
        return _end_job(job, JobStatus.FAILED, at, action.error_code, action.error_message)
    node = job.workflow.node(name)
    to = "" if not isinstance(node, Action) else node.ok if outcome is ActionStatus.OK else node.error
    job = _record(job, name, status=outcome, transition=to)
    if outcome is ActionStatus.ERROR:
        job = replace(job, last_error_node=name)
    return _enter(job, to, action.path, at)


def _is_retried(job: WorkflowJob, action: ActionState) -> bool:
    extra = ",".join(job.configuration.get(_RETRY_CODES_PROPERTY + suffix, "") for suffix in ("", ".ext"))
    allowed = RETRY_CODES | {code.strip() for code in extra.split(",")}
    return action.retries < action.retry_max and ("ALL" in allowed or action.error_code in allowed)


def _retry_delay(action: ActionState) -> timedelta:
    factor = 2**action.retries if action.retry_policy.lower() == "exponential" else 1
    return timedelta(minutes=factor * action.retry_interval)


def _abandoned(job: WorkflowJob, event: Abandoned) -> WorkflowJob:
    status = ActionStatus.KILLED if job.status.is_terminal else ActionStatus.PREP
    return _record(job, event.node, status=status, external_status="")


def _retry_due(job: WorkflowJob, event: RetryDue) -> WorkflowJob:
    return _record(job, event.node, status=ActionStatus.PREP, retry_at=None, ended=None)


def _concluded(job: WorkflowJob, event: Concluded) -> WorkflowJob:
    if job.status.is_terminal:
        return job
    # A message that cannot be resolved (E0756) leaves the kill node itself in ERROR.
    status = ActionStatus.OK if event.error_code == "E0729" else ActionStatus.ERROR
    message = event.message[:_LONGEST_MESSAGE]
    job = _record(job, event.node, status=status, ended=event.at, error_code=event.error_code, error_message=message)
    return _end_job(job, JobStatus.KILLED, event.at, event.error_code, message)


def _stopped(job: WorkflowJob, event: Stopped) -> WorkflowJob:
    return _record(job, event.node, status=ActionStatus.KILLED, external_status="KILLED", ended=event.at)


def _kill_requested(job: WorkflowJob, event: KillRequested) -> WorkflowJob:
    _require(job, event, JobStatus.PREP, JobStatus.RUNNING, JobStatus.SUSPENDED)
    return _end_job(job, JobStatus.KILLED, event.at, "", "killed by the user")


def _suspend_requested(job: WorkflowJob, event: SuspendRequested) -> WorkflowJob:
    _require(job, event, JobStatus.RUNNING)
    return replace(job, status=JobStatus.SUSPENDED)


def _resume_requested(job: WorkflowJob, event: ResumeRequested) -> WorkflowJob:
    _require(job, event, JobStatus.SUSPENDED)
    job = replace(job, status=JobStatus.RUNNING)
    for action in tuple(job.actions.values()):
        if action.status is ActionStatus.PREP and action.type in _PASSED:
            job = _PASSED[action.type](job, job.workflow.node(action.name), action.path, event.at)
    for action in tuple(job.actions.values()):
        if action.status is ActionStatus.DONE and not job.status.is_terminal:
            job = _leave(job, action.name, action.outcome or ActionStatus.ERROR, event.at)
    return job


def _rerun_requested(job: WorkflowJob, event: RerunRequested) -> WorkflowJob:
    _require(job, event, JobStatus.SUCCEEDED, JobStatus.KILLED, JobStatus.FAILED)
    children = {
        action.name: action.external_id
        for action in job.actions.values()
        if action.type == "sub-workflow" and action.name not in event.skip and action.external_id
    }
    return replace(
        job,
        workflow=read_workflow(event.definition.encode(), job.app_path) if event.definition else job.workflow,
        status=JobStatus.PREP,
        run=job.run + 1,
        ended=None,
        configuration=dict(event.configuration),
        actions={name: action for name, action in job.actions.items() if name in event.skip},
        forks={},
        skip=frozenset(event.skip),
        children=children if event.keep_children else {},
        last_error_node="",
        error_code="",
        error_message="",
    )


_HANDLERS: dict[type[Event], Callable[[WorkflowJob, Any], WorkflowJob]] = {
    Started: _started,
    Decided: _decided,
    Launched: _launched,
    Finished: _finished,
    Abandoned: _abandoned,
    RetryDue: _retry_due,
    Concluded: _concluded,
    Stopped: _stopped,
    KillRequested: _kill_requested,
    SuspendRequested: _suspend_requested,
    ResumeRequested: _resume_requested,
    RerunRequested: _rerun_requested,
}


def _require(job: WorkflowJob, event: Event, *allowed: JobStatus) -> None:
    if job.status not in allowed:
        raise RunError("H403", f"{job.id} is {job.status.value}: {type(event).__name__} is not possible now")


# --- nodes ------------------------------------------------------------------------------------------------------------


def _enter(job: WorkflowJob, name: str, path: str, at: datetime) -> WorkflowJob:
    """Arrive at node ``name`` on execution path ``path``."""
    if job.status.is_terminal:
        return job
    node = job.workflow.node(name)
    if node is None:
        return _end_job(job, JobStatus.FAILED, at, "E0708", f"there is no node '{name}'")
    visited = job.actions.get(name)
    if visited is not None and visited.run == job.run and not isinstance(node, Join | End | Kill):
        return _end_job(job, JobStatus.FAILED, at, "E0709", f"Loop detected at runtime, node [{name}]")
    return _ENTRIES[type(node)](job, node, path, at)


def _is_halt(job: WorkflowJob, name: str) -> bool:
    """Whether the job is to be suspended when it reaches ``name``."""
    wanted = [text.strip() for text in job.configuration.get(_SUSPEND_ON, "").split(",")]
    return name in wanted or wanted == ["*"]


def _halt(job: WorkflowJob, name: str, kind: str, path: str) -> WorkflowJob | None:
    """The job suspended before a control node that would be passed at once; None when it goes on."""
    before = job.actions.get(name)
    if not _is_halt(job, name) or (before is not None and before.run == job.run):
        return None
    job = _put(job, ActionState(name, kind, path, ActionStatus.PREP, run=job.run))
    return replace(job, status=JobStatus.SUSPENDED)


def _enter_start(job: WorkflowJob, node: Start, path: str, at: datetime) -> WorkflowJob:
    return _enter(_pass(job, node.name, ":START:", path, at, node.to), node.to, path, at)


def _enter_end(job: WorkflowJob, node: End, path: str, at: datetime) -> WorkflowJob:
    halted = _halt(job, node.name, ":END:", path)
    return halted or _end_job(_pass(job, node.name, ":END:", path, at, ""), JobStatus.SUCCEEDED, at)


def _enter_fork(job: WorkflowJob, node: Fork, path: str, at: datetime) -> WorkflowJob:
    halted = _halt(job, node.name, ":FORK:", path)
    if halted is not None:
        return halted
    job = _pass(job, node.name, ":FORK:", path, at, "*")
    job = replace(job, forks={**job.forks, path: len(node.paths)})
    for branch in node.paths:
        job = _enter(job, branch, f"{path}{branch}/", at)
    return job


def _enter_join(job: WorkflowJob, node: Join, path: str, at: datetime) -> WorkflowJob:
    parent = path.rstrip("/").rpartition("/")[0] + "/"
    missing = job.forks.get(parent, 1) - 1
    job = replace(job, forks={**job.forks, parent: missing})
    if missing > 0:
        return job
    return _halt(job, node.name, ":JOIN:", parent) or _pass_join(job, node, parent, at)


def _pass_join(job: WorkflowJob, node: Join, path: str, at: datetime) -> WorkflowJob:
    return _enter(_pass(job, node.name, ":JOIN:", path, at, node.to), node.to, path, at)


def _enter_decision(job: WorkflowJob, node: Decision, path: str, at: datetime) -> WorkflowJob:
    return _revisit(job, node.name, path, at) or _begin(job, node.name, "switch", path, at)


def _enter_kill(job: WorkflowJob, node: Kill, path: str, at: datetime) -> WorkflowJob:
    return _begin(job, node.name, ":KILL:", path, at)


def _enter_action(job: WorkflowJob, node: Action, path: str, at: datetime) -> WorkflowJob:
    return _revisit(job, node.name, path, at) or _begin(job, node.name, node.type, path, at)


_ENTRIES: dict[type, Callable[[WorkflowJob, Any, str, datetime], WorkflowJob]] = {
    Start: _enter_start,
    End: _enter_end,
    Fork: _enter_fork,
    Join: _enter_join,
    Decision: _enter_decision,
    Kill: _enter_kill,
    Action: _enter_action,
}


# Control nodes that are entered and left in one moment, unless the job is suspended in between.
_PASSED: dict[str, Callable[[WorkflowJob, Any, str, datetime], WorkflowJob]] = {
    ":END:": _enter_end,
    ":FORK:": _enter_fork,
    ":JOIN:": _pass_join,
}


def _revisit(job: WorkflowJob, name: str, path: str, at: datetime) -> WorkflowJob | None:
    """Pass over a node that a rerun skips: it leaves as it left before; None when it is not to be skipped."""
    before = job.actions.get(name)
    if name not in job.skip or before is None or not before.transition:
        return None
    job = _put(job, replace(before, path=path, run=job.run))
    return _enter(job, before.transition, path, at)


def _begin(job: WorkflowJob, name: str, kind: str, path: str, at: datetime) -> WorkflowJob:
    started = at if kind in _WHEN_ENTERED else None
    job = _put(job, ActionState(name, kind, path, ActionStatus.PREP, started=started, run=job.run))
    return replace(job, status=JobStatus.SUSPENDED) if _is_halt(job, name) else job


def _pass(job: WorkflowJob, name: str, kind: str, path: str, at: datetime, to: str) -> WorkflowJob:
    """Record a control node that is entered and left in the same moment."""
    return _put(
        job,
        ActionState(name, kind, path, ActionStatus.OK, started=at, ended=at, transition=to, external_status="OK",
                    run=job.run),
    )  # fmt: skip


def _put(job: WorkflowJob, action: ActionState) -> WorkflowJob:
    # A node entered again (after a rerun) goes to the end: `actions` keeps the order of entry.
    others: Mapping[str, ActionState] = {k: v for k, v in job.actions.items() if k != action.name}
    return replace(job, actions={**others, action.name: action})


def _record(job: WorkflowJob, name: str, **changes: Any) -> WorkflowJob:
    return replace(job, actions={**job.actions, name: replace(job.actions[name], **changes)})


def _end_job(job: WorkflowJob, status: JobStatus, at: datetime, code: str = "", message: str = "") -> WorkflowJob:
    """End the job; what has no process yet is killed at once, what runs is stopped by an effect."""
    waiting = (ActionStatus.PREP, ActionStatus.USER_RETRY, ActionStatus.DONE)
    actions = {
        name: replace(action, status=ActionStatus.KILLED, ended=at, retry_at=None)
        if action.status in waiting
        else action
        for name, action in job.actions.items()
    }
    return replace(job, status=status, ended=at, actions=actions, error_code=code, error_message=message)
