"""The jobs of an Oozie that matter to a deployment: those of the same app, and those that read a version still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from oozie.client.client import OozieClient
from oozie.client.deployment.source import AppSource, split_uri
from oozie.client.deployment.versions import VersionFolder, versions_in, without_version
from oozie.client.errors import OozieClientError
from oozie.client.values import Bundle, Coordinator, Job, Kind, Workflow
from oozie.language.app_folder import AppKind
from storage.errors import StorageError

KINDS: dict[AppKind, Kind] = {"workflow": "wf", "coordinator": "coord", "bundle": "bundle"}
_SCHEDULED = (
    "PREP", "RUNNING", "SUSPENDED", "PAUSED", "PREPSUSPENDED", "PREPPAUSED", "RUNNINGWITHERROR", "SUSPENDEDWITHERROR",
    "PAUSEDWITHERROR",
)  # fmt: skip
# Parents before what they start: a workflow that begins while we read belongs to a schedule that we have seen.
_UNFINISHED: dict[Kind, tuple[str, ...]] = {
    "bundle": _SCHEDULED,
    "coord": ("PREMATER", *_SCHEDULED),
    "wf": ("PREP", "RUNNING", "SUSPENDED"),
}
_PAGE = 500
# Each page begins inside the one before: a job that ends between the two moves those behind it forward.
_OVERLAP = 50
_ALL = 1_000_000
_UNKNOWN_JOB = "E0604"


def unfinished(client: OozieClient, kind: Kind) -> list[Any]:
    """Every job of a kind that has not ended, as the list shows it (a workflow without its path)."""
    filters = {"status": _UNFINISHED[kind]}
    found: dict[str, Any] = {}
    offset = 1
    while True:
        page = client.jobs(kind, filters=filters, offset=offset, length=_PAGE)
        if found and not any(job.id in found for job in page.jobs):
            # So many ended meanwhile that some may have been passed over: one answer has them all.
            page = client.jobs(kind, filters=filters, length=_ALL)
            return list({**found, **{job.id: job for job in page.jobs}}.values())
        found.update({job.id: job for job in page.jobs})
        end = offset + len(page.jobs)
        if not page.jobs or end > page.total:
            return list(found.values())
        offset = end - min(_OVERLAP, len(page.jobs) // 2)


def app_of(job: Job) -> tuple[str, str]:
    """The folder and the definition that a job was submitted from, whatever the version."""
    kind: AppKind = (
        "workflow" if isinstance(job, Workflow) else ("coordinator" if isinstance(job, Coordinator) else "bundle")
    )
    try:
        path = without_version(split_uri(job.app_path)[1])
    except StorageError:
        return job.app_path, ""
    if path.endswith(".xml"):
        folder, _, definition = path.rpartition("/")
        return folder, definition
    return path, f"{kind}.xml"


def same_schedules(client: OozieClient, source: AppSource, name: str) -> list[Coordinator | Bundle]:
    """The coordinators (or bundles) of this app that have not ended, called ``name`` ("": however)."""
    if source.kind == "workflow":
        return []
    return [
        job
        for job in unfinished(client, KINDS[source.kind])
        if app_of(job) == (source.root, source.definition) and job.app_name == (name or job.app_name)
    ]


def latest(client: OozieClient, source: AppSource, name: str) -> Job | None:
    """The newest job of this app, ended or not, with its configuration; looked for among the last ones of its name."""
    kind = KINDS[source.kind]
    filters = {"name": name} if name else {}
    for listed in client.jobs(kind, filters=filters, length=_PAGE).jobs[:50]:
        # A list of workflows does not say where they lie.
        job = client.job(listed.id) if kind == "wf" else listed
        if app_of(job) == (source.root, source.definition):
            return client.job(listed.id)
    return None


def texts_of(job: Job) -> list[str]:
    """Every text of a job that may name a path."""
    return [job.app_path, *job.configuration.values()]


def unfinished_jobs(client: OozieClient) -> Iterator[Job]:
    """Every job that has not ended, of every kind and user, with its configuration."""
    ids = [listed.id for kind in _UNFINISHED for listed in unfinished(client, kind)]  # whole, before time passes
    for job_id in ids:
        if job := _find(client, job_id):
            yield job


def versions_in_use(client: OozieClient) -> set[str]:
    """The paths of all versions, of whatever app, that a job which has not ended reads."""
    return {path for job in unfinished_jobs(client) for text in texts_of(job) for path in versions_in(text)}


def collect(client: OozieClient, folders: Iterable[VersionFolder], *, keep: int) -> list[str]:
    """Delete the versions that no unfinished job reads, the ``keep`` newest aside; their paths. Needs the locks."""
    old = [(folder, version) for folder in folders for version in folder.ids()[keep:]]
    if not old:
        return []
    used = versions_in_use(client)
    gone = []
    for folder, version in old:
        if folder.path(version) in used or any(_is_alive(client, job) for job in folder.holders(version)):
            continue
        if folder.remove(version):
            gone.append(folder.path(version))
    return gone


def _is_alive(client: OozieClient, job_id: str) -> bool:
    job = _find(client, job_id)
    return job is not None and not job.is_ended


def _find(client: OozieClient, job_id: str) -> Job | None:
    """A job; None where it was purged meanwhile."""
    try:
        return client.job(job_id)
    except OozieClientError as error:
        if error.code == _UNKNOWN_JOB:
            return None
        raise
