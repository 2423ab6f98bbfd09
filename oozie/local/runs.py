"""What ``howdah run`` does, without a terminal: an app's folder to jobs that have ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Literal

from oozie.language.el.matching import is_searching
from oozie.language.reader import read_workflow
from oozie.local.app_files import content
from oozie.local.clock import Clock
from oozie.local.coordinators_actions import Listener, tell_nobody
from oozie.local.deploy import AppFolder, check_app, deploy, read_app_folder
from oozie.local.engine import Engine, Interrupted, Observer
from oozie.local.errors import RunError
from oozie.local.states import ActionState, ActionStatus, JobStatus, WorkflowJob
from oozie.local.submission import prepare_workflow

_ON_JAVA = frozenset({"hive", "hive2", "spark"})


@dataclass(frozen=True)
class Planned:
    """A job that is about to be run, and how it came about; ``number`` is its coordinator action's, 0 without one."""

    job_id: str
    how: Literal["new", "continued", "rerun"]
    number: int = 0
    nominal_time: datetime | None = None


@dataclass(frozen=True)
class JobResult:
    """A job after its run, and where its logs are."""

    job: WorkflowJob
    state: Path

    @property
    def succeeded(self) -> bool:
        """Whether the job is SUCCEEDED."""
        return self.job.status is JobStatus.SUCCEEDED

    @property
    def actions(self) -> tuple[ActionState, ...]:
        """The actions that were entered, in order, control nodes left out."""
        return tuple(action for action in self.job.actions.values() if not action.is_control)

    @property
    def passed_over(self) -> tuple[ActionState, ...]:
        """The actions that failed although the job succeeded: their error transition led on."""
        return tuple(action for action in self.actions if self.succeeded and action.status is ActionStatus.ERROR)

    def log(self, action: ActionState) -> Path | None:
        """The log of the action's last launch; None for one that never started a process."""
        file = self.state / "actions" / self.job.id / action.name / str(action.launch) / "log"
        return file if file.is_file() else None


def run_app(
    folder: Path,
    properties: Mapping[str, str] | None = None,
    state: Path = Path(".howdah"),
    observer: Observer | None = None,
    nominal_time: datetime | None = None,
    *,
    clock: Clock | None = None,
    tell: Listener = tell_nobody,
) -> JobResult:
    """Put the app in ``folder`` below the HDFS root of ``state`` and run it once to its end.

    Of a coordinator the instance of ``nominal_time`` is run, else the next one, when its data are there; ``tell`` hears
    of that. Ctrl-C and SIGTERM end what runs.

    Raises: HowdahError for what is wrong with the app or the machine, KeyboardInterrupt.
    """
    app = read_app_folder(folder, properties or {})
    with open_engine(state, observer, clock=clock) as engine:
        planned = next(plan(engine, app, nominal_time=nominal_time, tell=tell), None)
        if planned is None:
            raise RunError("H441", f"no instance of {app.folder} was run: its data did not come in time")
        return JobResult(engine.run(planned.job_id), engine.state)


@contextmanager
def open_engine(state: Path, observer: Observer | None = None, *, clock: Clock | None = None) -> Iterator[Engine]:
    """An engine that Ctrl-C, SIGTERM and SIGHUP interrupt in an orderly way, in the main thread at least."""
    options: dict[str, Observer] = {} if observer is None else {"observer": observer}
    with Engine(state, clock=clock, **options) as engine, _signals_to(engine.interrupt):
        try:
            yield engine
        except Interrupted as error:
            raise KeyboardInterrupt from error


@contextmanager
def _signals_to(interrupt: Callable[[], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        interrupt()
        if is_searching():  # the engine may not come to where it looks whether it was interrupted
            raise Interrupted

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def plan(
    engine: Engine,
    app: AppFolder,
    *,
    nominal_time: datetime | None = None,
    instances: int = 1,
    rerun_failed: bool = False,
    update: bool = False,
    tell: Listener = tell_nobody,
) -> Iterator[Planned]:
    """Deploy ``app`` and give the jobs to run, one after another; the next is made when the one before has ended.

    A job that was interrupted is gone on with. With ``update`` a coordinator's last job becomes what the app is now.
    Instances of a coordinator wait here for their data; ``tell`` hears of that. Raises: HowdahError, Interrupted.
    """
    check_app(app)
    _check_java(app)
    deploy(app, app.app_path, engine.root, engine.state)
    if app.kind == "coordinator":
        from oozie.local.coordinators import plan_instances

        yield from plan_instances(
            engine, app, nominal_time=nominal_time, instances=instances, rerun_failed=rerun_failed,
            update=update, tell=tell,
        )  # fmt: skip
        return
    if nominal_time is not None or instances != 1 or update:
        raise RunError(
            "H414",
            f"{app.folder} has no coordinator.xml, so it has no instances",
            hint="leave out --nominal-time, --instances and --update",
        )
    yield _plan_workflow(engine, app, rerun_failed=rerun_failed)


def _check_java(app: AppFolder) -> None:
    """Find out before the first action, not after an hour of imports, that Java is missing. Raises: JavaError."""
    file = app.folder / "workflow.xml"
    if file.is_file() and any(action.type in _ON_JAVA for action in read_workflow(content(file), str(file)).actions):
        from oozie.local.java import find_java, find_spark

        find_java(find_spark())


def _plan_workflow(engine: Engine, app: AppFolder, *, rerun_failed: bool) -> Planned:
    earlier = engine.journal.jobs(kind="W", app_path=app.app_path, parent="")
    last = earlier[-1] if earlier else None
    if rerun_failed:
        if last is None:
            raise RunError("H415", f"{app.folder} has not been run yet: there is nothing to run again")
        return rerun(engine, last.id, app.properties)
    if last is not None and not JobStatus(last.status).is_terminal:
        submission = prepare_workflow(app.app_path, app.properties, engine.root)
        if (submission.definition, submission.configuration) == (last.definition, last.configuration):
            return Planned(last.id, "continued")
        end_job(engine, last.id)  # the app was changed since: what it was is not worth going on with
    return Planned(engine.submit(app.app_path, app.properties), "new")


def rerun(engine: Engine, job_id: str, properties: Mapping[str, str], number: int = 0) -> Planned:
    """A planned rerun of the nodes of ``job_id`` that were not OK; an interrupted job is gone on with first."""
    job = engine.job(job_id)
    if not job.status.is_terminal:
        return Planned(job_id, "continued", number, job.nominal_time)
    if job.status is JobStatus.SUCCEEDED and not JobResult(job, engine.state).passed_over:
        raise RunError(
            "H416", f"{job_id} has SUCCEEDED: nothing failed in it", hint="run it without --rerun to start a new job"
        )
    engine.rerun(job_id, properties)
    return Planned(job_id, "rerun", number, job.nominal_time)


def end_job(engine: Engine, job_id: str) -> None:
    """Kill a job and whatever still runs of it."""
    engine.kill(job_id)
    engine.run(job_id)
