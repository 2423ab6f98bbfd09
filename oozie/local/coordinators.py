"""Coordinators in the foreground: their instances one after another, without waiting for the wall clock.

A coordinator job is a row of its own in the journal; the workflow job of its n-th action has ``ID@n`` as its parent.
An action is made (``InstanceWaits``), waits until its data are there or its time is over, and starts its workflow.
What was made and has not ended is gone on with by the next call; else that goes on in the calendar. Time passes for an
action only while somebody waits: a call that takes it up again gives it the coordinator's whole timeout once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from oozie.language.coordinator import CoordinatorAction, materialise_one
from oozie.language.submission import ResolvedCoordinator
from oozie.local.coordinators_actions import (
    InstanceState,
    Listener,
    Noted,
    Skipped,
    TimedOut,
    Waiting,
    instances_of,
    is_past,
    is_through,
    tell_nobody,
)
from oozie.local.coordinators_jobs import job_of, submitted
from oozie.local.deploy import AppFolder, deploy
from oozie.local.engine import Engine
from oozie.local.errors import RunError
from oozie.local.events import InstancePassed, InstanceWaits
from oozie.local.globs import match_paths
from oozie.local.journal import JobRow
from oozie.local.mounts import to_local
from oozie.local.runs import Planned, rerun
from oozie.local.submission import COORDINATOR_PATH

_SEARCHED = 100_000  # instances looked through for a nominal time
_BEFORE, _AFTER = 2, 3  # nominal times around a wrong one that an error names
_OF_ALL = ({"KILLED"}, {"FAILED"})  # what the job is when all its actions are
_LOOK_AGAIN = timedelta(seconds=2)  # oozie.service.coord.input.check.requeue.interval is a minute


def plan_instances(
    engine: Engine,
    app: AppFolder,
    *,
    nominal_time: datetime | None,
    instances: int,
    rerun_failed: bool,
    update: bool = False,
    tell: Listener = tell_nobody,
) -> Iterator[Planned]:
    """The instances to run: that of ``nominal_time`` and those after it, else the next ones, each when its data are
    there. What waits, times out or is skipped is told to ``tell``.

    Raises: AppError and ElError for a coordinator that Oozie would refuse, RunError H413 when none is left, H417 for a
    time at which none is due, H440 for nothing that could be updated.
    """
    now = submitted(engine, app)
    if rerun_failed:
        yield _rerun(engine, app, now.resolved, nominal_time)
        return
    row = job_of(engine, app, now, tell, update=update)
    if now.resolved.coordinator.sla is not None:
        tell(Noted("sla:info is not watched on this machine", "Oozie does, with its SLA service"))
    known = instances_of(engine.journal, row.id)
    first = 0 if nominal_time is None else _number_at(now.resolved, nominal_time)
    queue = _Queue(engine, app, row, now.resolved, tell, known, first, instances)
    if not queue.has_any():
        raise RunError(
            "H413", f"{app.folder} has no instance left: all {max(known, default=0)} until"
            f" {now.resolved.end:%Y-%m-%dT%H:%MZ} have been", hint="run one of them again with --nominal-time",
        )  # fmt: skip
    yield from queue.run()
    _close(engine, row, now.resolved)


def _close(engine: Engine, row: JobRow, resolved: ResolvedCoordinator) -> None:
    """The job's status when every action of the calendar has ended. Source: CoordStatusTransitXCommand."""
    known = instances_of(engine.journal, row.id)
    if any(action.is_open for action in known.values()) or not is_through(resolved, known):
        return
    statuses = {action.status for action in known.values()}
    if statuses <= {"SUCCEEDED", "SKIPPED"}:
        engine.journal.set_status(row.id, "SUCCEEDED")
    else:
        engine.journal.set_status(row.id, statuses.pop() if statuses in _OF_ALL else "DONEWITHERROR")


@dataclass
class _Waiter:
    """An action that was made and has not started yet."""

    number: int
    nominal: datetime
    since: datetime
    missing: tuple[str, ...] | None = None


@dataclass
class _Queue:
    """The actions that one call runs. ``first`` is 0 to go on in the calendar; ``left`` how many are still to run."""

    engine: Engine
    app: AppFolder
    row: JobRow
    resolved: ResolvedCoordinator
    tell: Listener
    known: Mapping[int, InstanceState]
    first: int
    left: int
    waiting: list[_Waiter] = field(default_factory=list)

    def __post_init__(self) -> None:
        still_open = [] if self.first else [action for action in self.known.values() if action.is_open]
        self.open = still_open[: self.left]
        begin = self.first or max(self.known, default=0) + 1
        self.following = enumerate(islice(self.resolved.nominal_times(), begin - 1, None), begin)
        self.upcoming = next(self.following, None)

    def has_any(self) -> bool:
        """Whether there is anything to run."""
        return bool(self.open or self.upcoming)

    def run(self) -> Iterator[Planned]:
        """Each action's workflow job, as its turn comes."""
        for action in self.open:
            if action.workflow is not None:
                self.left -= 1
                yield Planned(action.workflow.id, "continued", action.number, action.nominal_time)
            else:
                self._wait(action.number, action.nominal_time)
        while self._make() or self.waiting:
            ready = [found for waiter in tuple(self.waiting) if (found := self._look(waiter)) is not None]
            if ready:
                # FIFO, LIFO and LAST_ONLY choose among those whose data are there, as Oozie does.
                chosen = ready[-1] if self.resolved.controls.execution in ("LIFO", "LAST_ONLY") else ready[0]
                yield self._begin(chosen)
            elif self.waiting:
                deadline = min(self._until(waiter) for waiter in self.waiting)
                self.engine.pause(min(deadline, self.engine.now() + _LOOK_AGAIN))

    def _make(self) -> bool:
        """Make actions, up to the throttle; whether there is one now."""
        skipped: list[int] = []
        room = min(self.left, self.resolved.controls.throttle)
        while self.upcoming is not None and len(self.waiting) < room:
            number, nominal = self.upcoming
            self.upcoming = next(self.following, None)
            after = self.upcoming[1] if self.upcoming else self.resolved.nominal_time_after_all()
            if not self.first and is_past(self.resolved, nominal, after, self.engine.now()):
                self._pass(number, nominal, "SKIPPED")
                skipped.append(number)
            else:
                self._wait(number, nominal)
        if skipped:
            self.tell(Skipped(skipped[0], skipped[-1], self.resolved.controls.execution))
        return bool(self.waiting)

    def _wait(self, number: int, nominal: datetime) -> None:
        now = self.engine.now()
        self.engine.journal.append(self.row.id, InstanceWaits(now, number, nominal.isoformat()), "RUNNING")
        self.waiting.append(_Waiter(number, nominal, now))

    def _pass(self, number: int, nominal: datetime, status: Literal["TIMEDOUT", "SKIPPED"]) -> None:
        event = InstancePassed(self.engine.now(), number, status, nominal.isoformat())
        self.engine.journal.append(self.row.id, event, "RUNNING")

    def _until(self, waiter: _Waiter) -> datetime:
        # Oozie counts whole minutes and waits until there are more than the timeout says.
        return waiter.since + timedelta(minutes=self.resolved.controls.timeout_minutes + 1)

    def _look(self, waiter: _Waiter) -> tuple[_Waiter, CoordinatorAction] | None:
        """The action when its data are there; else None, and it goes on waiting or is timed out."""
        action = _materialise(self.engine, self.row, self.resolved, waiter.number, waiter.nominal)
        missing = _missing(self.engine, action)
        if not missing:
            return waiter, action
        if self.engine.now() >= self._until(waiter):
            self.waiting.remove(waiter)
            self.left -= 1
            self._pass(waiter.number, waiter.nominal, "TIMEDOUT")
            self.tell(TimedOut(waiter.number, waiter.nominal, missing))
        elif missing != waiter.missing:
            waiter.missing = missing
            self.tell(Waiting(waiter.number, waiter.nominal, missing, self._until(waiter)))
        return None

    def _begin(self, ready: tuple[_Waiter, CoordinatorAction]) -> Planned:
        """Make the workflow job of an action."""
        waiter, action = ready
        _deploy_workflow(self.engine, self.app, action.app_path)
        job_id = self.engine.submit(
            action.app_path, _properties(action), parent=f"{self.row.id}@{action.number}",
            nominal_time=action.nominal_time,
        )  # fmt: skip
        self.waiting.remove(waiter)
        self.left -= 1
        return Planned(job_id, "new", action.number, action.nominal_time)


def _materialise(
    engine: Engine, row: JobRow, resolved: ResolvedCoordinator, number: int, nominal: datetime
) -> CoordinatorAction:
    def exists(uri: str) -> bool:
        return bool(match_paths(to_local(uri, engine.root)))

    return materialise_one(resolved, number, nominal, job_id=row.id, exists=exists, actual=engine.now())


def _properties(action: CoordinatorAction) -> Mapping[str, str]:
    return {name: value for name, value in action.configuration.items() if name != COORDINATOR_PATH}


def _missing(engine: Engine, action: CoordinatorAction) -> tuple[str, ...]:
    """What has to appear before the action can start."""
    absent = [need.flag_path for need in action.inputs if not match_paths(to_local(need.flag_path, engine.root))]
    return (*absent, *(text for texts in action.unresolved.values() for text in texts))


def _deploy_workflow(engine: Engine, app: AppFolder, app_path: str) -> None:
    """Put the folder where the coordinator looks for its workflow, when that is another place than its own."""
    ours = to_local(app.app_path, engine.root)
    home, place = ours.parent if ours.suffix == ".xml" else ours, to_local(app_path, engine.root)
    if (app.folder / "workflow.xml").is_file() and (place.parent if place.suffix == ".xml" else place) != home:
        deploy(app, app_path, engine.root, engine.state)


def _number_at(resolved: ResolvedCoordinator, moment: datetime) -> int:
    """The number of the action of ``moment``. Raises: RunError H417, which names the nominal times around it."""
    before: list[datetime] = []
    times = islice(resolved.nominal_times(), _SEARCHED)
    after: list[datetime] = []
    for number, nominal in enumerate(times, 1):
        if nominal == moment:
            return number
        if nominal > moment:
            after = [nominal, *islice(times, _AFTER - 1)]
            break
        before = [*before, nominal][-_BEFORE:]
    near = ", ".join(f"{nominal:%Y-%m-%dT%H:%MZ}" for nominal in (*before, *after))
    raise RunError("H417", f"no instance is due at {moment:%Y-%m-%dT%H:%MZ}", hint=f"the nearest are {near}")


def _rerun(engine: Engine, app: AppFolder, resolved: ResolvedCoordinator, nominal_time: datetime | None) -> Planned:
    """The last instance again (or that of ``nominal_time``), with the properties as they are now."""
    rows = engine.journal.jobs(kind="C", app_path=app.app_path)[-1:]
    begun = {n: action.workflow for n, action in instances_of(engine.journal, rows[0].id).items()} if rows else {}
    started = {number: workflow for number, workflow in begun.items() if workflow is not None}
    number = max(started, default=0) if nominal_time is None else _number_at(resolved, nominal_time)
    last = started.get(number)
    if last is None or last.nominal_time is None:
        raise RunError("H415", f"{app.folder} has no such run: there is nothing to run again")
    _deploy_workflow(engine, app, last.app_path)
    action = _materialise(engine, rows[0], resolved, number, last.nominal_time)
    return rerun(engine, last.id, _properties(action), number)
