"""Coordinators in the foreground: their instances one after another, without waiting for the wall clock.

A coordinator job is a row of its own in the journal; the workflow job of its n-th action has ``ID@n`` as its parent.
The next instance is the one after the last that was begun, so that a second call goes on in the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from oozie.language.coordinator import CoordinatorAction, materialise_one
from oozie.language.el import evaluate
from oozie.language.el.coordinator import CoordinatorState, coordinator_scope
from oozie.language.errors import AppError
from oozie.language.model import Dataset
from oozie.language.reader import read_coordinator, read_datasets
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from oozie.language.validate import validate
from oozie.local.deploy import AppFolder, deploy
from oozie.local.engine import Engine
from oozie.local.errors import RunError
from oozie.local.globs import match_paths
from oozie.local.journal import JobRow
from oozie.local.mounts import to_local
from oozie.local.runs import Planned, end_job, rerun
from oozie.local.states import JobStatus
from oozie.local.submission import COORDINATOR_PATH, complete, definition_file

_SHOWN = 5  # nominal times that an error names
_SEARCHED = 100_000  # instances looked through for a nominal time


def plan_instances(
    engine: Engine, app: AppFolder, *, nominal_time: datetime | None, instances: int, rerun_failed: bool
) -> Iterator[Planned]:
    """The instances to run: that of ``nominal_time`` and those after it, else the next ones.

    Raises: AppError and ElError for a coordinator that Oozie would refuse, RunError H413 when none is left, H417 for a
    time at which none is due.
    """
    submitted = _submitted(engine, app)
    if rerun_failed:
        yield _rerun(engine, app, submitted.resolved, nominal_time)
        return
    row, resolved = _coordinator_job(engine, app, submitted), submitted.resolved
    begun = _begun(engine, row)
    first = max(begun, default=0) + 1
    if nominal_time is not None:
        first = _number_at(resolved, nominal_time)
    elif begun and not JobStatus(begun[first - 1].status).is_terminal:
        first -= 1
    due = list(islice(enumerate(resolved.nominal_times(), 1), first - 1, first - 1 + instances))
    if not due:
        raise RunError(
            "H413", f"{app.folder} has no instance left: all {first - 1} until {resolved.end:%Y-%m-%dT%H:%MZ} have run",
            hint="run one of them again with --nominal-time",
        )  # fmt: skip
    for number, nominal in due:
        last = begun.get(number)
        if last is not None and not JobStatus(last.status).is_terminal:
            yield Planned(last.id, "continued", number, nominal)
        else:
            yield Planned(_begin(engine, app, row, resolved, number, nominal), "new", number, nominal)
    if not any(True for _ in islice(resolved.nominal_times(), first + instances - 1, first + instances)):
        engine.journal.set_status(row.id, "SUCCEEDED")


@dataclass(frozen=True)
class _Submitted:
    """A coordinator app as it lies below the HDFS root now."""

    definition: bytes
    properties: Mapping[str, str]
    resolved: ResolvedCoordinator


def _submitted(engine: Engine, app: AppFolder) -> _Submitted:
    file = definition_file(app.app_path, engine.root, "coordinator.xml")
    definition = file.read_bytes()
    coordinator = read_coordinator(definition, str(app.definition))
    properties = complete({**app.properties, COORDINATOR_PATH: app.app_path}, file.parent, coordinator.parameters)
    problems = [p for p in validate(coordinator, properties, str(app.definition)) if p.severity == "error"]
    if problems:
        raise AppError.of(problems)
    included = _included(coordinator.includes, properties, engine.root)
    return _Submitted(definition, properties, resolve_coordinator(coordinator, properties, included=included))


def _included(
    uris: tuple[str, ...], properties: Mapping[str, str], root: Path, above: tuple[str, ...] = ()
) -> tuple[Dataset, ...]:
    """The datasets of other files, after each file's own what it includes in its turn: the last of a name counts.

    Raises: RunError H419 for a file that is not there or includes itself, AppError for one that Oozie would refuse.

    Source: org.apache.oozie.command.coord.CoordSubmitXCommand.includeOneDSFile.
    """
    found: list[Dataset] = []
    scope = coordinator_scope("settings", CoordinatorState(properties))
    for uri in (evaluate(text.strip(), scope) for text in uris):
        file = to_local(uri, root)
        if uri in above:
            raise RunError("H419", f"{uri} includes itself", hint=f"it is included by {above[-1]}")
        if not file.is_file():
            raise RunError("H419", f"there is no file of datasets at {uri}", hint=f"it would be the file {file}")
        includes, datasets = read_datasets(file.read_bytes(), str(file))
        found += [*datasets, *_included(includes, properties, root, (*above, uri))]
    return tuple(found)


def _coordinator_job(engine: Engine, app: AppFolder, submitted: _Submitted) -> JobRow:
    """The coordinator's job: the last one while its definition and properties are what they were, else a new one."""
    for row in engine.journal.jobs(kind="C", app_path=app.app_path)[-1:]:
        if (row.definition, row.configuration) == (submitted.definition, submitted.properties):
            return row
        _end_children(engine, row)
        engine.journal.set_status(row.id, "KILLED")
    row = engine.journal.create(
        "C", name=submitted.resolved.name, user=submitted.properties["user.name"], app_path=app.app_path,
        definition=submitted.definition, configuration=submitted.properties, created=engine.now(),
    )  # fmt: skip
    engine.journal.set_status(row.id, "RUNNING")
    return row


def _begun(engine: Engine, row: JobRow) -> dict[int, JobRow]:
    """The last workflow job of each instance that was begun, by its number."""
    return {int(child.parent.rpartition("@")[2]): child for child in engine.journal.children(row.id)}


def _end_children(engine: Engine, row: JobRow) -> None:
    """End what is left of a coordinator that was changed since."""
    for child in engine.journal.children(row.id):
        if not JobStatus(child.status).is_terminal:
            end_job(engine, child.id)


def _begin(
    engine: Engine, app: AppFolder, row: JobRow, resolved: ResolvedCoordinator, number: int, nominal: datetime
) -> str:
    """Make the workflow job of an instance whose data are there. Raises: RunError H418 when they are not."""
    action = _materialise(engine, row, resolved, number, nominal)
    _require_data(action, engine.root)
    _deploy_workflow(engine, app, action.app_path)
    return engine.submit(
        action.app_path, _properties(action), parent=f"{row.id}@{number}", nominal_time=action.nominal_time
    )


def _materialise(
    engine: Engine, row: JobRow, resolved: ResolvedCoordinator, number: int, nominal: datetime
) -> CoordinatorAction:
    def exists(uri: str) -> bool:
        return bool(match_paths(to_local(uri, engine.root)))

    return materialise_one(resolved, number, nominal, job_id=row.id, exists=exists, actual=engine.now())


def _properties(action: CoordinatorAction) -> Mapping[str, str]:
    return {name: value for name, value in action.configuration.items() if name != COORDINATOR_PATH}


def _require_data(action: CoordinatorAction, root: Path) -> None:
    """An instance waits for its data on the cluster; here somebody stands and waits, so it says what is missing."""
    missing = [need.flag_path for need in action.inputs if not match_paths(to_local(need.flag_path, root))]
    missing += [f"{event}: {text}" for event, texts in action.unresolved.items() for text in texts]
    if missing:
        raise RunError(
            "H418", f"instance {action.number} waits for data that are not there: {', '.join(missing)}",
            hint="make them below the state folder's hdfs/, or run another instance with --nominal-time",
        )  # fmt: skip


def _deploy_workflow(engine: Engine, app: AppFolder, app_path: str) -> None:
    """Put the folder where the coordinator looks for its workflow, when that is another place than its own."""
    ours = to_local(app.app_path, engine.root)
    home, place = ours.parent if ours.suffix == ".xml" else ours, to_local(app_path, engine.root)
    if (app.folder / "workflow.xml").is_file() and (place.parent if place.suffix == ".xml" else place) != home:
        deploy(app, app_path, engine.root, engine.state)


def _number_at(resolved: ResolvedCoordinator, moment: datetime) -> int:
    near: list[datetime] = []
    for number, nominal in enumerate(islice(resolved.nominal_times(), _SEARCHED), 1):
        if nominal == moment:
            return number
        near = [*near, nominal][-_SHOWN:]
        if nominal > moment and len(near) == _SHOWN:
            break
    times = ", ".join(f"{nominal:%Y-%m-%dT%H:%MZ}" for nominal in near)
    raise RunError("H417", f"no instance is due at {moment:%Y-%m-%dT%H:%MZ}", hint=f"there are: {times}")


def _rerun(engine: Engine, app: AppFolder, resolved: ResolvedCoordinator, nominal_time: datetime | None) -> Planned:
    """The last instance again (or that of ``nominal_time``), with the properties as they are now."""
    rows = engine.journal.jobs(kind="C", app_path=app.app_path)[-1:]
    begun = _begun(engine, rows[0]) if rows else {}
    number = max(begun, default=0) if nominal_time is None else _number_at(resolved, nominal_time)
    last = begun.get(number)
    if last is None or last.nominal_time is None:
        raise RunError("H415", f"{app.folder} has no such run: there is nothing to run again")
    _deploy_workflow(engine, app, last.app_path)
    action = _materialise(engine, rows[0], resolved, number, last.nominal_time)
    return rerun(engine, last.id, _properties(action), number)
