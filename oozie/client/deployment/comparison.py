"""What is deployed, compared with what is to be: the definitions, the properties, the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from oozie.client.client import OozieClient
from oozie.client.deployment.jobs import latest, same_schedules
from oozie.client.deployment.source import JOB_PROPERTIES, AppSource, LocalFile, split_uri
from oozie.client.deployment.submission import JARS, LIBRARY_PATH
from oozie.client.deployment.versions import FOLDER, read_record, versions_in
from oozie.client.values import Coordinator, Job
from oozie.language.changes import Change, file_changes, property_changes
from oozie.language.secret_names import masked_text, masked_value
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem, join_path

_VERSION = re.compile(rf"/{re.escape(FOLDER)}/[0-9a-f]{{16}}(?![0-9a-f])")
# What Oozie adds to a job's properties by itself.
_OWN = frozenset({"user.name", "group.name", "mapreduce.job.user.name", "oozie.bundle.id", "oozie.job.acl"})
# What is no longer than that is compared byte by byte; for the rest the record of the version speaks.
_COMPARED_BYTES = 1 << 20


@dataclass(frozen=True)
class Comparison:
    """What would change against ``job``, the newest one of the app; file by file. Without a job, all is new."""

    job: Job | None
    changes: Mapping[str, list[Change]] = field(default_factory=dict)

    @property
    def has_changes(self) -> bool:
        """Whether anything would be different."""
        return self.job is None or any(self.changes.values())


def unversioned(name: str, value: str) -> str:
    """A property's value as it was before it was led to a version."""
    text = _VERSION.sub("", value)
    return re.sub(rf"/{JARS}(?=,|$)", "", text) if name == LIBRARY_PATH and text != value else text


def masked(changes: list[Change]) -> list[Change]:
    """The changes without the passwords in them, wherever they stand."""
    return [
        replace(each, part=masked_text(each.part), old=_mask(each, each.old), new=_mask(each, each.new))
        for each in changes
    ]


def _mask(change: Change, value: str) -> str:
    """By the name of a property, else by the last word of what has changed: ``argument --password``."""
    words = [change.name] if change.kind == "property" else change.part.split()
    return masked_value(words[-1] if words else "", value)


def compare_with_job(client: OozieClient, source: AppSource, name: str) -> Comparison:
    """By what Oozie itself knows of the job: its definition, its properties, and the workflow that it ran last."""
    job = _present(client, source, name)
    if job is None:
        return Comparison(None)
    changes = {
        source.definition: file_changes(
            source.definition, client.definition(job.id).encode(), source.read(source.definition)
        ),
        JOB_PROPERTIES: _properties(job, source),
    }
    if isinstance(job, Coordinator) and "workflow.xml" in source.paths:
        newest = client.coordinator(job.id, length=1, newest_first=True)
        run = next((action.external_id for action in newest.actions if action.external_id.endswith("-W")), "")
        if run:
            deployed = client.definition(run).encode()
            changes["workflow.xml"] = file_changes("workflow.xml", deployed, source.read("workflow.xml"))
    return _shown(job, changes)


def compare_with_deployed(
    client: OozieClient, filesystem: FileSystem, source: AppSource, files: Mapping[str, LocalFile], name: str
) -> Comparison:
    """By the definition and properties of the job, and by the other files that lie in HDFS where it reads."""
    job = _present(client, source, name)
    if job is None:
        return Comparison(None)
    place = next(versions_in(job.app_path), "") or _folder(job.app_path)
    deployed = client.definition(job.id).encode()
    changes = {
        source.definition: file_changes(source.definition, deployed, source.read(source.definition)),
        JOB_PROPERTIES: _properties(job, source),
    }
    recorded = read_record(filesystem, place)
    for file, local in files.items():
        if file not in changes:
            changes[file] = _file_change(filesystem, place, file, local, source, recorded.get(file))
    # Of a folder that we did not make nobody knows what in it is the app's.
    for gone in sorted(set(recorded) - set(files)):
        changes[gone] = [Change("removed", "file", gone)]
    return _shown(job, changes)


def _shown(job: Job, changes: Mapping[str, list[Change]]) -> Comparison:
    return Comparison(job, {name: masked(found) for name, found in changes.items()})


def _present(client: OozieClient, source: AppSource, name: str) -> Job | None:
    """The schedule that runs, else the newest job of the app."""
    running = same_schedules(client, source, name)
    return client.job(running[0].id) if running else latest(client, source, name)


def _file_change(
    filesystem: FileSystem, place: str, name: str, local: LocalFile, source: AppSource, recorded: tuple[int, str] | None
) -> list[Change]:
    new = f"{local.length:,} bytes"
    try:
        length = filesystem.status(join_path(place, name)).length
        if name.endswith(".xml") or (length == local.length and length <= _COMPARED_BYTES):
            with filesystem.open(join_path(place, name)) as stream:
                old = stream.read()
            return file_changes(name, old, source.read(name)) if old != source.read(name) else []
    except PathNotFoundError:
        return [Change("added", "file", name, new=new)]
    if recorded == (length, local.sha256):
        return []
    return [Change("changed", "file", name, old=f"{length:,} bytes", new=new)]


def _folder(app_path: str) -> str:
    path = split_uri(app_path)[1]
    return path.rpartition("/")[0] if path.endswith(".xml") else path


def _properties(job: Job, source: AppSource) -> list[Change]:
    old = {name: unversioned(name, value) for name, value in job.configuration.items() if name not in _OWN}
    new = {name: value for name, value in source.properties.items() if name not in _OWN}
    return property_changes(old, new)
