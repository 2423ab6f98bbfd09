"""The engine: drives workflow jobs from event to event until they end.

One thread, one loop: an event is journaled, the machine says what is due, the due things are done and give new events.
Nothing is known here that the journal and the launches' folders do not know: an engine that was killed goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from oozie.language.el import Scope, evaluate
from oozie.language.model import Action, Decision, Kill
from oozie.language.reader import read_workflow
from oozie.local import machine
from oozie.local.clock import Clock, SystemClock
from oozie.local.effects import Conclude, Decide, Effect, Launch, Stop, Wait, Watch
from oozie.local.errors import ActionError, JournalError, RunError
from oozie.local.evaluation import choose, scope_of
from oozie.local.events import (
    Abandoned,
    Concluded,
    Decided,
    Event,
    Finished,
    KillRequested,
    Launched,
    ResumeRequested,
    RetryDue,
    Started,
    Stopped,
    SuspendRequested,
)
from oozie.local.journal import JobRow, Journal
from oozie.local.launching import NO_RETRY, finished, prepare_launch, resolved_body, retry_settings
from oozie.local.reruns import rerun_request
from oozie.local.states import ActionState, ActionStatus, JobStatus, WorkflowJob
from oozie.local.submission import WORKFLOW_PATH, Submission, prepare_workflow
from oozie.local.subworkflow import child_properties, parent_of, refusal
from oozie.local.supervisor import Exit, Supervisor, kill_marked
from storage.errors import HowdahError

Observer = Callable[[WorkflowJob, Event], None]
SUB_WORKFLOW = "sub-workflow"


def _ignore(_job: WorkflowJob, _event: Event) -> None:
    """Nobody looks on."""


class Interrupted(BaseException):
    """The engine was asked to stop; what ran is ended, and the job goes on with the next :meth:`Engine.run`."""


class Engine:
    """An Oozie for one state folder: ``<state>/journal.db``, ``<state>/actions/JOB/NODE/LAUNCH/``, ``<state>/hdfs``.

    A context manager. Raises: StateInUseError, JournalError.
    """

    def __init__(self, state: Path, *, clock: Clock | None = None, observer: Observer = _ignore) -> None:
        self.state = state.resolve()
        self.root = self.state / "hdfs"
        self.journal = Journal(self.state)
        self._clock = clock or SystemClock()
        self._observer = observer
        self._supervisor = Supervisor()
        self._jobs: dict[str, WorkflowJob] = {}
        self._due: deque[tuple[str, Effect]] = deque()
        self._timers: dict[tuple[str, str], datetime] = {}
        self._watched: dict[Path, tuple[str, str]] = {}
        self._is_interrupted = False
        try:
            for folder in ("user", "tmp"):
                (self.root / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.close()
            raise JournalError(
                "H402", f"{self.root} cannot be made: {error.strerror}", hint="is the disk full?"
            ) from error

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the state folder; what still runs is found again by the next engine."""
        self._supervisor.close()
        self.journal.close()

    # --- what one may ask of it ---------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The clock's time."""
        return self._clock.now()

    def submit(
        self, app_path: str, properties: Mapping[str, str], *, parent: str = "", nominal_time: datetime | None = None
    ) -> str:
        """Make a job of the workflow at ``app_path`` (below the HDFS root); gives its id. Raises: HowdahError."""
        submission = prepare_workflow(app_path, properties, self.root)
        row = self.journal.create(
            "W", name=submission.name, user=submission.user, app_path=app_path, definition=submission.definition,
            configuration=submission.configuration, created=self.now(), nominal_time=nominal_time, parent=parent,
        )  # fmt: skip
        self._jobs[row.id] = _job_of(row, submission)
        return row.id

    def job(self, job_id: str) -> WorkflowJob:
        """The job as it stands, from the journal when it is not at hand. Raises: RunError H404."""
        if job_id not in self._jobs:
            row = self.journal.job(job_id)
            job = _job_of(row, None)
            for event in self.journal.events(job_id):
                job, _ = machine.step(job, event)
            self._jobs[job_id] = job
        return self._jobs[job_id]

    def run(self, job_id: str) -> WorkflowJob:
        """Go on with the job until it ends or is suspended. Raises: Interrupted, JournalError."""
        try:
            self._drive(job_id)
        except BaseException:
            # A full disk, an output that nobody reads any more: what runs would run on with nobody to hear of it.
            for folder in self._watched:
                self._supervisor.stop(folder)
            raise
        kill_marked(self.state / "actions" / job_id)
        return self._jobs[job_id]

    def rerun(
        self, job_id: str, properties: Mapping[str, str] | None = None, *, skip: tuple[str, ...] | None = None
    ) -> None:
        """Set a job that ended to run again: without ``skip`` only what was not OK (Oozie's failnodes).

        Raises: RunError E0805 to E0807 as Oozie; AppError for an app that has become wrong.
        """
        job = self.job(job_id)
        self._post(job_id, rerun_request(job, properties or {}, skip, root=self.root, at=self.now()))

    def kill(self, job_id: str) -> None:
        """Kill a job; as with Oozie nothing happens to one that has ended."""
        if not self.job(job_id).status.is_terminal:
            self._post(job_id, KillRequested(self.now()))

    def suspend(self, job_id: str) -> None:
        """Suspend a job: what runs goes on, nothing new begins. Only what runs can be suspended."""
        if self.job(job_id).status is JobStatus.RUNNING:
            self._post(job_id, SuspendRequested(self.now()))

    def resume(self, job_id: str) -> None:
        """Let a suspended job go on; nothing happens to another."""
        if self.job(job_id).status is JobStatus.SUSPENDED:
            self._post(job_id, ResumeRequested(self.now()))

    def interrupt(self) -> None:
        """Make :meth:`run` end what runs and raise Interrupted; safe in a signal handler and from another thread."""
        self._is_interrupted = True
        self._supervisor.wake()

    def pause(self, until: datetime) -> None:
        """Wait, with nothing running, until the clock says so. Raises: Interrupted."""
        while not self._is_interrupted and (left_s := self._clock.seconds_until(until)) > 0:
            self._supervisor.wait(left_s)
        if self._is_interrupted:
            self._abandon_all()
            raise Interrupted

    def launch_folder(self, job_id: str, node: str, launch: int) -> Path:
        """Where a launch has its log."""
        return self.state / "actions" / job_id / node / str(launch)

    # --- the loop -----------------------------------------------------------------------------------------------------

    def _drive(self, job_id: str) -> None:
        self._take_up(job_id)
        try:
            while not self._is_interrupted and not self._is_at_rest(job_id):
                self._turn()
        except Interrupted:  # by a signal, in an expression that is tried for long
            self._is_interrupted = True
        if self._is_interrupted and not self._is_at_rest(job_id):
            self._abandon_all()
            raise Interrupted

    def _take_up(self, job_id: str) -> None:
        """Begin a job in PREP, or do again what was due when the last engine was killed."""
        job = self.job(job_id)
        if job.status is JobStatus.PREP:
            self._post(job_id, Started(self.now()))
        else:
            self._due.extend((job_id, effect) for effect in machine.pending(job))

    def _is_at_rest(self, job_id: str) -> bool:
        job = self._jobs[job_id]
        if job.status is JobStatus.SUSPENDED:
            return not any(action.status is ActionStatus.RUNNING for action in job.actions.values())
        return job.status.is_terminal and not machine.pending(job)

    def _turn(self) -> None:
        if self._due:
            job_id, effect = self._due.popleft()
            if effect in machine.pending(self._jobs[job_id]):
                _PERFORM[type(effect)](self, self._jobs[job_id], effect)
            return
        for end in self._supervisor.wait(self._seconds_to_next_timer()):
            self._ended(end)
        for (job_id, node), until in tuple(self._timers.items()):
            if self._clock.seconds_until(until) <= 0:
                del self._timers[job_id, node]
                if Wait(node, until) in machine.pending(self._jobs[job_id]):
                    self._post(job_id, RetryDue(self.now(), node))

    def _seconds_to_next_timer(self) -> float | None:
        return min((self._clock.seconds_until(until) for until in self._timers.values()), default=None)

    def _post(self, job_id: str, event: Event) -> None:
        """Let ``event`` happen: into the journal first, then its effects."""
        job, effects = machine.step(self._jobs[job_id], event)
        self.journal.append(job_id, event, job.status.value)
        self._jobs[job_id] = job
        self._due.extend((job_id, effect) for effect in effects)
        self._observer(job, event)
        if job.parent:
            self._tell_parent(job)

    def _ended(self, end: Exit) -> None:
        job_id, name = self._watched.pop(end.folder)
        job = self._jobs[job_id]
        node = _action(job, name)
        if end.status is None:
            self._post(job_id, Abandoned(self.now(), name))
        else:
            self._post(job_id, finished(job, node, end, self.now()))

    def _abandon_all(self) -> None:
        """End every process; the actions will be launched again."""
        for folder, (job_id, name) in tuple(self._watched.items()):
            self._supervisor.stop(folder)
            self._post(job_id, Abandoned(self.now(), name))
        self._watched.clear()
        self._due.clear()
        self._timers.clear()
        self._is_interrupted = False

    # --- effects ------------------------------------------------------------------------------------------------------

    def _scope(self, job: WorkflowJob) -> Scope:
        return scope_of(job, self.root, self.now)

    def _launch(self, job: WorkflowJob, effect: Launch) -> None:
        node, launch = _action(job, effect.node), job.launches.get(effect.node, 0) + 1
        retry, external_id, failure = NO_RETRY, "", None
        try:
            scope = self._scope(job)
            retry = retry_settings(job, node)
            external_id = self._prepare(job, node, scope, launch)
        except ActionError as error:
            failure = error
        except HowdahError as error:
            failure = ActionError(error.code, error.diagnostics[0].message)
        except OSError as error:
            failure = ActionError("JA009", f"{node.name} cannot be prepared: {error}")
        now = self.now()
        self._post(job.id, Launched(now, node.name, launch, external_id, retry.maximum, retry.interval, retry.policy))
        if failure is not None:
            self._post(job.id, Finished(now, node.name, failure.status, failure.status, failure.code, failure.message))

    def _prepare(self, job: WorkflowJob, node: Action, scope: Scope, launch: int) -> str:
        """Make a launch ready; gives the external id. Raises: ActionError, HowdahError."""
        body = resolved_body(job, node, scope, self.root)
        if node.type == SUB_WORKFLOW:
            return self._child(job, node.name, child_properties(job, body, self.root))
        folder = self.launch_folder(job.id, node.name, launch)
        self._supervisor.prepare(folder)
        is_recovery = _lost_its_process(job.actions[node.name], launch)
        prepare_launch(job, node, body, folder=folder, root=self.root, state=self.state, is_recovery=is_recovery)
        return f"{job.id}/{node.name}/{launch}"

    def _watch(self, job: WorkflowJob, effect: Watch) -> None:
        action = job.actions[effect.node]
        if action.type != SUB_WORKFLOW:
            folder = self.launch_folder(job.id, effect.node, effect.launch)
            self._watched[folder] = (job.id, effect.node)
            self._supervisor.watch(folder)
        elif action.external_id:
            self._take_up(action.external_id)
            self._tell_parent(self._jobs[action.external_id])
        else:  # the engine was killed between finding that it cannot start and saying so
            self._post(job.id, Abandoned(self.now(), effect.node))

    def _wait(self, job: WorkflowJob, effect: Wait) -> None:
        self._timers[job.id, effect.node] = effect.until

    def _decide(self, job: WorkflowJob, effect: Decide) -> None:
        node = job.workflow.node(effect.node)
        if not isinstance(node, Decision):
            raise RunError("H407", f"{job.id}: '{effect.node}' is no decision; the journal is of another definition")
        try:
            event: Event = Decided(self.now(), node.name, choose(node, self._scope(job)))
        except HowdahError as error:
            event = Finished(self.now(), node.name, "FAILED", "FAILED", "EL_ERROR", error.diagnostics[0].message)
        self._post(job.id, event)

    def _conclude(self, job: WorkflowJob, effect: Conclude) -> None:
        node = job.workflow.node(effect.node)
        message = node.message if isinstance(node, Kill) else ""
        try:
            event = Concluded(self.now(), effect.node, evaluate(message, self._scope(job)))
        except HowdahError as error:
            reason = f"E0756: Exception parsing Kill node message [{error.diagnostics[0].message}]"
            event = Concluded(self.now(), effect.node, reason, "E0756")
        self._post(job.id, event)

    def _stop(self, job: WorkflowJob, effect: Stop) -> None:
        action = job.actions[effect.node]
        if action.type == SUB_WORKFLOW and action.external_id:
            child = self.job(action.external_id)
            if child.status.is_terminal:
                self._take_up(child.id)
                self._tell_parent(child)
            else:
                self.kill(child.id)
            return
        folder = self.launch_folder(job.id, effect.node, effect.launch)
        self._supervisor.stop(folder)
        self._watched.pop(folder, None)
        self._post(job.id, Stopped(self.now(), effect.node))

    # --- sub-workflows ------------------------------------------------------------------------------------------------

    def _child(self, job: WorkflowJob, name: str, properties: Mapping[str, str]) -> str:
        """The job of a sub-workflow action: the one to take up again, else a new one."""
        parent = job.action_id(name)
        known = job.children.get(name)
        if known:
            if self.job(known).status.is_terminal:
                self.rerun(known, properties)
            return known
        for row in self.journal.jobs(parent=parent):
            # The engine was killed between making the child and saying so.
            if not JobStatus(row.status).is_terminal:
                return row.id
        try:
            return self.submit(properties[WORKFLOW_PATH], properties, parent=parent)
        except HowdahError as error:
            raise refusal(error) from error

    def _tell_parent(self, child: WorkflowJob) -> None:
        """Report a sub-workflow's end, when nothing of it runs any more, to the action that waits for it."""
        parent_id, name = parent_of(child.parent)
        parent = self._jobs.get(parent_id)
        if parent is None or not child.status.is_terminal or machine.pending(child):
            return
        if name not in parent.actions or parent.actions[name].status is not ActionStatus.RUNNING:
            return
        self._post(parent_id, _end_of_child(parent, name, child, self.now()))


_PERFORM: dict[type, Callable[[Engine, WorkflowJob, Any], None]] = {
    Launch: Engine._launch,
    Watch: Engine._watch,
    Wait: Engine._wait,
    Decide: Engine._decide,
    Conclude: Engine._conclude,
    Stop: Engine._stop,
}


def _end_of_child(parent: WorkflowJob, name: str, child: WorkflowJob, at: datetime) -> Event:
    if parent.status.is_terminal:
        return Stopped(at, name)
    if child.status is JobStatus.SUCCEEDED:
        return Finished(at, name, "OK", child.status.value)
    return Finished(at, name, "ERROR", child.status.value)  # as Oozie: why it failed is the child's to say


def _job_of(row: JobRow, submission: Submission | None) -> WorkflowJob:
    workflow = submission.workflow if submission else read_workflow(row.definition, row.app_path)
    return WorkflowJob(
        row.id, row.app_path, workflow, row.configuration, row.created, row.name, row.user, row.parent, row.nominal_time
    )


def _action(job: WorkflowJob, name: str) -> Action:
    node = job.workflow.node(name)
    if not isinstance(node, Action):
        raise RunError("H407", f"{job.id}: '{name}' is no action; the journal is of another definition")
    return node


def _lost_its_process(action: ActionState, launch: int) -> bool:
    """Whether an earlier launch of this run got half-way: it was lost, or, which is the same to Oozie, is retried."""
    return launch > 1 and action.started is not None
