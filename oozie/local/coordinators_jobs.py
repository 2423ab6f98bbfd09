"""Coordinator apps as they lie below the HDFS root, and the coordinator jobs that are made of them.

Source: CoordSubmitXCommand, CoordUpdateXCommand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.language.el import evaluate
from oozie.language.el.coordinator import CoordinatorState, coordinator_scope
from oozie.language.errors import AppError
from oozie.language.model import Dataset
from oozie.language.reader import read_coordinator, read_datasets
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from oozie.language.validate import validate
from oozie.local.app_files import content
from oozie.local.coordinators_actions import Listener, Noted, instances_of, is_through
from oozie.local.deploy import AppFolder
from oozie.local.engine import Engine
from oozie.local.errors import RunError
from oozie.local.journal import JobRow
from oozie.local.mounts import to_local
from oozie.local.runs import end_job
from oozie.local.states import JobStatus
from oozie.local.submission import COORDINATOR_PATH, complete, definition_file

_SHOWN = 3  # properties that a note names


@dataclass(frozen=True)
class Submitted:
    """A coordinator app as it lies below the HDFS root now."""

    definition: bytes
    properties: Mapping[str, str]
    resolved: ResolvedCoordinator


def submitted(engine: Engine, app: AppFolder) -> Submitted:
    """The coordinator of ``app`` with its properties put in. Raises: AppError, ElError, RunError H406, H419."""
    file = definition_file(app.app_path, engine.root, "coordinator.xml")
    definition = content(file)
    coordinator = read_coordinator(definition, str(app.definition))
    properties = complete({**app.properties, COORDINATOR_PATH: app.app_path}, file.parent, coordinator.parameters)
    problems = [p for p in validate(coordinator, properties, str(app.definition)) if p.severity == "error"]
    if problems:
        raise AppError.of(problems)
    included = _included(coordinator.includes, properties, engine.root)
    return Submitted(definition, properties, resolve_coordinator(coordinator, properties, included=included))


def _included(
    uris: tuple[str, ...], properties: Mapping[str, str], root: Path, above: tuple[str, ...] = ()
) -> tuple[Dataset, ...]:
    """The datasets of other files, after each file's own what it includes in its turn.

    Raises: RunError H419 for a file that is not there or includes itself, AppError for one that Oozie would refuse.

    Source: CoordSubmitXCommand.includeOneDSFile.
    """
    found: list[Dataset] = []
    scope = coordinator_scope("settings", CoordinatorState(properties))
    for uri in (evaluate(text.strip(), scope) for text in uris):
        file = to_local(uri, root)
        if uri in above:
            raise RunError("H419", f"{uri} includes itself", hint=f"it is included by {above[-1]}")
        if not file.is_file():
            raise RunError("H419", f"there is no file of datasets at {uri}", hint=f"it would be the file {file}")
        read = read_datasets(content(file), str(file))
        if read.trouble is not None:
            raise AppError.of([read.trouble])
        found += [*read.datasets, *_included(tuple(text for text, _ in read.includes), properties, root, (*above, uri))]
    return tuple(found)


def job_of(engine: Engine, app: AppFolder, now: Submitted, tell: Listener, *, update: bool) -> JobRow:
    """The coordinator's job: the last one of the same definition and properties, else a new one.

    With ``update`` the last one of others, which becomes what the app is now; one that was begun meanwhile is killed.

    Raises: RunError H440, AppError E1023.
    """
    rows = engine.journal.jobs(kind="C", app_path=app.app_path)
    alike = [row for row in rows if (row.definition, row.configuration) == (now.definition, now.properties)]
    same = [row for row in alike if row.status != "KILLED" or _is_through(engine, row, now.resolved)]
    others = [row for row in rows if row not in alike and row.status != "KILLED"]
    if update:
        row = _updated(engine, app, others or same, now)
        for begun in same if others else ():
            _end_children(engine, begun)
            engine.journal.set_status(begun.id, "KILLED")
        return row
    if same:
        return same[-1]
    row = engine.journal.create(
        "C", name=now.resolved.name, user=now.properties["user.name"], app_path=app.app_path,
        definition=now.definition, configuration=now.properties, created=engine.now(),
    )  # fmt: skip
    engine.journal.set_status(row.id, "RUNNING")
    if others:
        tell(_another_job(engine, others[-1], row))
    for earlier in others:
        if earlier.definition != now.definition:  # what it was is not worth going on with
            _end_children(engine, earlier)
    return row


def _is_through(engine: Engine, row: JobRow, resolved: ResolvedCoordinator) -> bool:
    """Whether a killed job is one whose every action was killed, not one that an update put an end to."""
    return is_through(resolved, instances_of(engine.journal, row.id))


def _another_job(engine: Engine, earlier: JobRow, row: JobRow) -> Noted:
    """Why this is another job than before, and how to go on with that one."""
    known = instances_of(engine.journal, earlier.id)
    came_to = f" came to instance {max(known)} ({known[max(known)].nominal_time:%Y-%m-%dT%H:%MZ})" if known else ""
    if earlier.definition != row.definition:
        why, back = "coordinator.xml has changed", "with coordinator.xml as it was"
    else:
        before, after = earlier.configuration, row.configuration
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        changes = [f"{name} is {_shown(after, name)} and was {_shown(before, name)}" for name in names[:_SHOWN]]
        why, back = (
            "; ".join([*changes, *(["and more"] if len(names) > _SHOWN else [])]),
            "with the properties that it had",
        )
    return Noted(
        f"this is a new coordinator job, {row.id}, and begins with the first instance: {why}",
        f"the earlier job {earlier.id}{came_to}: go on with it {back}, or take the change into it with --update",
    )


def _shown(properties: Mapping[str, str], name: str) -> str:
    return f"'{properties[name]}'" if name in properties else "not set"


def _updated(engine: Engine, app: AppFolder, rows: list[JobRow], now: Submitted) -> JobRow:
    """The last job, made what the app is now. Raises: RunError H440 without one, AppError E1023 as Oozie."""
    if not rows:
        raise RunError(
            "H440", f"{app.folder} has no coordinator job yet that could be updated", hint="run it without --update"
        )
    last = rows[-1]
    before = _resolved_as_it_was(last, engine.root)
    for what in ("name", "frequency", "start", "end", "zone"):
        if getattr(before, what) != getattr(now.resolved, what):
            raise AppError(
                "E1023", f"the {what} of the coordinator has changed: {last.id} cannot be updated",
                hint="run it without --update: that is a new job", path=str(app.definition),
            )  # fmt: skip
    engine.journal.update(last.id, now.definition, now.properties)
    return engine.journal.job(last.id)


def _resolved_as_it_was(row: JobRow, root: Path) -> ResolvedCoordinator:
    coordinator = read_coordinator(row.definition, row.app_path)
    included = _included(coordinator.includes, row.configuration, root)
    return resolve_coordinator(coordinator, row.configuration, included=included)


def _end_children(engine: Engine, row: JobRow) -> None:
    """End what still runs of a job that nobody goes on with."""
    for child in engine.journal.children(row.id):
        if not JobStatus(child.status).is_terminal:
            end_job(engine, child.id)
