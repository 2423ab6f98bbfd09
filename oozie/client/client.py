"""Oozie's REST API as one class: what its own command line can do, over versions 1 and 2.

Source: org.apache.oozie.client.OozieClient, org.apache.oozie.servlet.V1JobServlet and V2JobServlet.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, overload

from oozie.client.ids import check_kind, kind_of
from oozie.client.reading import (
    read_attempt,
    read_bundle,
    read_coordinator,
    read_coordinator_action,
    read_run,
    read_strings,
    read_waiting,
    read_workflow,
    read_workflow_action,
    records,
    required,
    strange,
    text,
    texts,
)
from oozie.client.transport import Authentication, Lines, Transport
from oozie.client.values import (
    Attempt,
    Bundle,
    Coordinator,
    CoordinatorAction,
    Job,
    Kind,
    Page,
    Run,
    Waiting,
    Workflow,
    WorkflowAction,
)
from oozie.client.writing import Filters, configuration_of, joined_filters

Range = Literal["action", "date"]

NOTHING: Mapping[str, str] = MappingProxyType({})
_ALL = 100_000


class OozieClient:
    """An Oozie server at ``url`` (``http://host:11000/oozie``), asked as ``user`` or on behalf of ``do_as``.

    Every method raises OozieClientError: with Oozie's own code where Oozie refuses, OozieAwayError H801 where it does
    not answer. Ids that cannot be ids are refused before anything is asked.

    Units: ``timeout_s`` in seconds, for a connection and for an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str = "",
        authentication: Authentication = "none",
        token: str = "",
        do_as: str = "",
        timeout_s: tuple[float, float] = (10.0, 60.0),
    ) -> None:
        """Without ``user``, the one who runs this program; ``token`` is hadoop.auth's cookie or a delegation token."""
        self._oozie = Transport(
            url, user=user, authentication=authentication, token=token, do_as=do_as, timeout_s=timeout_s
        )
        self._submitter = do_as or self._oozie.user

    def __repr__(self) -> str:
        return f"OozieClient('{self.url}')"

    def __enter__(self) -> OozieClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where the server is, without a slash at the end."""
        return self._oozie.url

    @property
    def user(self) -> str:
        """Whose the jobs are that this client submits."""
        return self._submitter

    def close(self) -> None:
        """Let go of the connections."""
        self._oozie.close()

    # The server.

    def api_version(self) -> int:
        """The version of the API that is spoken: 1 or 2."""
        return self._oozie.version

    def system_mode(self) -> str:
        """NORMAL, NOWEBSERVICE or SAFEMODE."""
        return text(self._object("GET", "admin", "status"), "systemMode")

    def build_version(self) -> str:
        """Such as ``5.2.1``."""
        return text(self._object("GET", "admin", "build-version"), "buildVersion")

    def configuration(self) -> dict[str, str]:
        """The server's own configuration, passwords masked."""
        return read_strings(self._object("GET", "admin", "configuration"))

    def share_libs(self, name: str = "") -> dict[str, list[str]]:
        """The share lib's parts and the files of each; without ``name`` Oozie tells no files."""
        found = self._object("GET", "admin", "list_sharelib", since=2, lib=name or None)
        return {text(each, "name"): texts(each, "files") for each in records(found, "sharelib")}

    def update_share_lib(self) -> list[dict[str, str]]:
        """Make every Oozie server look for its share lib anew; what each says: host, status, the folders."""
        found = self._oozie.json("GET", "admin", "update_sharelib", since=2, allservers=True)
        answers = found if isinstance(found, list) else [found]
        updates = [each.get("sharelibUpdate") for each in answers if isinstance(each, dict)]
        if not updates or not all(isinstance(each, dict) for each in updates):
            raise strange("sharelibUpdate")
        return [read_strings(each) for each in updates if each is not None]

    # Submitting.

    def submit(self, properties: Mapping[str, str], *, start: bool = False) -> str:
        """The id of the new job; a workflow stays PREP until it is started, here or later."""
        found = self._object("POST", "jobs", body=self._job(properties), action="start" if start else None)
        return required(found, "id")

    def dry_run(self, properties: Mapping[str, str]) -> str:
        """What Oozie says without submitting: OK for a workflow, a coordinator's definition and first instances."""
        found = self._object("POST", "jobs", body=self._job(properties), action="dryrun")
        return text(found, "id")

    def validate(self, xml: bytes, *, name: str = "workflow.xml") -> str:
        """What Oozie says of a definition against its schemas, and no more than those (E0701 where it refuses)."""
        found = self._object("POST", "validate", since=2, body=xml, file=f"/{name.lstrip('/')}", user=self._submitter)
        return text(found, "validate")

    # Looking.

    @overload
    def jobs(
        self, kind: Literal["wf"] = ..., *, filters: Filters = ..., offset: int = ..., length: int = ...
    ) -> Page[Workflow]: ...
    @overload
    def jobs(
        self, kind: Literal["coord"], *, filters: Filters = ..., offset: int = ..., length: int = ...
    ) -> Page[Coordinator]: ...
    @overload
    def jobs(
        self, kind: Literal["bundle"], *, filters: Filters = ..., offset: int = ..., length: int = ...
    ) -> Page[Bundle]: ...
    def jobs(self, kind: Kind = "wf", *, filters: Filters = NOTHING, offset: int = 1, length: int = 50) -> Page[Any]:
        """A page of jobs, the newest first; filters are user, name, status, group, id, text, startcreatedtime ..."""
        name, read = _LISTS[kind]
        found = self._object(
            "GET", "jobs", jobtype=kind, filter=joined_filters(filters) or None, offset=max(offset, 1), len=length
        )
        jobs = tuple(map(read, records(found, name)))
        total = found.get("total", len(jobs))
        if not isinstance(total, int):
            raise strange("total")
        return Page(jobs, total, max(offset, 1))

    def job(self, job_id: str) -> Job:
        """The job of whatever kind its id says."""
        kind = kind_of(job_id)
        if kind == "wf":
            return self.workflow(job_id)
        return self.coordinator(job_id) if kind == "coord" else self.bundle(job_id)

    def status(self, job_id: str) -> str:
        """The status alone, of a job or of an instance of a coordinator: one small answer."""
        return text(self._object("GET", "job", job_id, since=2, show="status"), "status")

    def workflow(self, job_id: str) -> Workflow:
        """A workflow job with all its actions, in the order in which they were reached."""
        check_kind(job_id, "wf")
        return read_workflow(self._object("GET", "job", job_id, show="info", offset=1, len=_ALL))

    def coordinator(
        self,
        job_id: str,
        *,
        offset: int = 1,
        length: int = 1000,
        filters: Filters = NOTHING,
        newest_first: bool = False,
    ) -> Coordinator:
        """A coordinator with ``length`` of its instances; filters are status (``status!``: all but) and nominaltime."""
        check_kind(job_id, "coord")
        shown = joined_filters(filters) or None
        order = "desc" if newest_first else None
        return read_coordinator(
            self._object(
                "GET", "job", job_id, show="info", offset=max(offset, 1), len=length, filter=shown, order=order
            )
        )

    def bundle(self, job_id: str) -> Bundle:
        """A bundle with its coordinators."""
        check_kind(job_id, "bundle")
        return read_bundle(self._object("GET", "job", job_id, show="info"))

    def workflow_action(self, action_id: str) -> WorkflowAction:
        """One action, ``JOB@NAME``."""
        return read_workflow_action(self._object("GET", "job", action_id, show="info"))

    def coordinator_action(self, action_id: str) -> CoordinatorAction:
        """One instance, ``JOB@NUMBER``."""
        return read_coordinator_action(self._object("GET", "job", action_id, show="info"))

    def definition(self, job_id: str) -> str:
        """The XML that the job was submitted with."""
        return self._oozie.text("GET", "job", job_id, show="definition")

    def log(self, job_id: str, *, filters: Mapping[str, str] = NOTHING, actions: str = "") -> Lines:
        """Oozie's own log of a job, line by line; filters are loglevel, limit, recent, start, end, text, debug.

        ``actions`` are a coordinator's instances, such as ``1-3,7``.
        """
        return self._log("log", job_id, filters, actions)

    def error_log(self, job_id: str) -> Lines:
        """What of it Oozie keeps as errors."""
        return self._log("errorlog", job_id, {}, "", since=2)

    def audit_log(self, job_id: str) -> Lines:
        """Who did what with the job."""
        return self._log("auditlog", job_id, {}, "", since=2)

    def retries(self, action_id: str) -> tuple[Attempt, ...]:
        """The attempts of an action before its present one (``retry-max``)."""
        found = self._object("GET", "job", action_id, since=2, show="retries")
        return tuple(map(read_attempt, records(found, "retries")))

    def runs_of(self, coordinator_action_id: str) -> tuple[Run, ...]:
        """Every workflow job that an instance had."""
        found = self._object("GET", "job", coordinator_action_id, since=2, show="allruns")
        return tuple(map(read_run, records(found, "workflows")))

    def missing_dependencies(self, job_id: str, *, actions: str = "", dates: str = "") -> tuple[Waiting, ...]:
        """What instances wait for: those of ``actions`` (``1-3,7``) or ``dates``, or the one that the id names."""
        found = self._object(
            "GET", "job", job_id, since=2, show="missing-dependencies", action_list=actions or None, date=dates or None
        )
        return tuple(map(read_waiting, records(found, "missingDependencies")))

    # Acting.

    def start(self, job_id: str) -> None:
        """Start a workflow that was submitted."""
        self._act(job_id, "start")

    def suspend(self, job_id: str) -> None:
        """Suspend a job: what runs runs on, nothing new begins."""
        self._act(job_id, "suspend")

    def resume(self, job_id: str) -> None:
        """Let a suspended job go on."""
        self._act(job_id, "resume")

    def kill(
        self,
        job_id: str,
        *,
        scope: str = "",
        type: Range = "action",  # noqa: A002  Oozie's own name
    ) -> tuple[CoordinatorAction, ...]:
        """Kill a job, or the instances ``scope`` of a coordinator, which are given back."""
        if not scope:
            self._act(job_id, "kill")
            return ()
        found = self._object("PUT", "job", job_id, action="kill", type=type, scope=scope)
        return tuple(map(read_coordinator_action, records(found, "actions")))

    def rerun(self, job_id: str, properties: Mapping[str, str]) -> None:
        """Run a workflow again, by oozie.wf.rerun.failnodes or oozie.wf.rerun.skip.nodes among the properties."""
        check_kind(job_id, "wf")
        self._oozie.json("PUT", "job", job_id, body=self._job(properties), action="rerun")

    def rerun_coordinator(
        self,
        job_id: str,
        *,
        type: Range,  # noqa: A002  Oozie's own name
        scope: str,
        refresh: bool = False,
        cleanup: bool = True,
        failed: bool = False,
        properties: Mapping[str, str] = NOTHING,
    ) -> tuple[CoordinatorAction, ...]:
        """Run instances again: ``scope`` is ``1-3,7``, or dates ``2026-01-01T00:00Z::2026-01-02T00:00Z``."""
        check_kind(job_id, "coord")
        found = self._object(
            "PUT", "job", job_id, body=configuration_of(properties), action="coord-rerun", type=type, scope=scope,
            refresh=refresh, nocleanup=not cleanup, failed=failed,
        )  # fmt: skip
        return tuple(map(read_coordinator_action, records(found, "actions")))

    def rerun_bundle(
        self, job_id: str, *, coordinators: str = "", dates: str = "", refresh: bool = False, cleanup: bool = True
    ) -> None:
        """Run a bundle's coordinators again: by their names, or the instances of ``dates``."""
        check_kind(job_id, "bundle")
        self._oozie.json(
            "PUT", "job", job_id, body=configuration_of({}), action="bundle-rerun", refresh=refresh,
            nocleanup=not cleanup, coord_scope=coordinators or None, date_scope=dates or None,
        )  # fmt: skip

    def change(self, job_id: str, value: str) -> None:
        """Change a coordinator or bundle: ``endtime=...;concurrency=...;pausetime=...``."""
        self._oozie.json("PUT", "job", job_id, action="change", value=value)

    def ignore(self, job_id: str, *, actions: str = "") -> tuple[CoordinatorAction, ...]:
        """Let a coordinator that ended, or some of its instances, count no more."""
        by = "action" if actions else None
        found = self._object("PUT", "job", job_id, since=2, action="ignore", type=by, scope=actions or None)
        return tuple(map(read_coordinator_action, records(found, "actions")))

    def update(
        self, job_id: str, properties: Mapping[str, str] = NOTHING, *, dry_run: bool = False, diff: bool = True
    ) -> str:
        """Give a coordinator its app's present definition, and properties; what changes, as text."""
        found = self._object(
            "PUT", "job", job_id, since=2, body=self._job(properties), action="update", dryrun=dry_run, diff=diff
        )
        change = found.get("update")
        if not isinstance(change, dict):
            raise strange("update")
        return text(change, "diff")

    def _act(self, job_id: str, action: str) -> None:
        self._oozie.json("PUT", "job", job_id, action=action)

    def _log(self, show: str, job_id: str, filters: Mapping[str, str], actions: str, since: int = 1) -> Lines:
        by = "action" if actions else None
        shown = joined_filters(filters) or None
        return self._oozie.lines(
            "GET", "job", job_id, since=since, show=show, logfilter=shown, type=by, scope=actions or None
        )

    def _object(
        self, method: str, *place: str, body: bytes | None = None, since: int = 1, **parameters: str | int | bool | None
    ) -> Mapping[str, Any]:
        found = self._oozie.json(method, *place, body=body, since=since, **parameters)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise strange("/".join(place))
        return found

    def _job(self, properties: Mapping[str, str]) -> bytes:
        return configuration_of({"user.name": self._submitter, **properties})


_LISTS: dict[Kind, tuple[str, Any]] = {
    "wf": ("workflows", read_workflow),
    "coord": ("coordinatorjobs", read_coordinator),
    "bundle": ("bundlejobs", read_bundle),
}
