"""Cases on the local engine."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

from oozie.local.engine import Engine
from oozie.local.states import ActionState, ActionStatus, JobStatus, WorkflowJob
from storage.errors import HowdahError
from tests.conformance.cases import Case, Step, node_line, normalise, one_line

_SKIP, _FAILED = "oozie.wf.rerun.skip.nodes", "oozie.wf.rerun.failnodes"
NAME_NODE = "hdfs://hw1:8020"


class JumpingClock:
    """A clock for which every wait is over at once: it jumps to the moment that is waited for."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def now(self):
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def seconds_until(self, moment):
        self.moment = max(self.moment, moment)
        return 0.0


class LocalOozie:
    """An engine of its own for each case; its mails go to ``smtp_port`` of the loopback."""

    def __init__(self, state: Path, smtp_port: int) -> None:
        self.state = state
        self.smtp_port = smtp_port

    def trace(self, case: Case) -> list[Step]:
        """What the case does here."""
        with Engine(self.state, clock=JumpingClock()) as engine:
            return _Run(engine, case, self.smtp_port).steps()


class _Run:
    def __init__(self, engine: Engine, case: Case, smtp_port: int) -> None:
        self.engine = engine
        self.case = case
        self.mail = {"oozie.email.smtp.host": "127.0.0.1", "oozie.email.smtp.port": str(smtp_port)}
        self.app, self.dir = f"{NAME_NODE}/apps/{case.name}", f"/data/{case.name}"
        self.places = {self.app: "<app>", f"/apps/{case.name}": "<app>", self.dir: "<dir>", NAME_NODE: "<nameNode>"}
        self.job_id = ""

    def steps(self) -> list[Step]:
        """Every step of the case with what came of it."""
        _write(self.engine.root / "apps" / self.case.name, self.case.files)
        for folder in (self.dir, f"/user/{getpass.getuser()}"):
            (self.engine.root / folder[1:]).mkdir(parents=True)
        return [self.done(step) for step in self.case.steps]

    def done(self, step: Step) -> Step:
        """The step with what came of it."""
        try:
            self.do(step)
        except HowdahError as error:
            first = error.diagnostics[0]
            end = normalise(f"refused {first.code} {one_line(first.message)}", self.places)
            return Step(step.operation, step.properties, (), end)
        return Step(step.operation, step.properties, *self.observed(self.engine.job(self.job_id)))

    def do(self, step: Step) -> None:
        """The step's operation, until the job is at rest."""
        if step.operation in ("run", "submit"):
            addresses = {
                "nameNode": NAME_NODE,
                "jobTracker": "hw1:8032",
                "dir": self.dir,
                "user.name": getpass.getuser(),
            }
            given = {**addresses, **self.mail, **step.properties}
            app = given.pop("oozie.wf.application.path", self.app).replace("${nameNode}", NAME_NODE)
            self.job_id = self.engine.submit(app, given)
        elif step.operation == "rerun":
            properties = dict(step.properties)
            skip = properties.get(_SKIP)
            if skip is None or _FAILED not in properties:
                properties = {name: value for name, value in properties.items() if name not in (_SKIP, _FAILED)}
            if skip is None and _FAILED not in step.properties:
                skip = ""
            nodes = None if skip is None else tuple(filter(None, (name.strip() for name in skip.split(","))))
            self.engine.rerun(self.job_id, properties, skip=nodes)
        elif step.operation != "start":
            getattr(self.engine, step.operation)(self.job_id)
        is_begun = self.engine.job(self.job_id).status is not JobStatus.PREP
        if step.operation in ("run", "start", "rerun") or (step.operation != "submit" and is_begun):
            self.engine.run(self.job_id)

    def observed(self, job: WorkflowJob) -> tuple[tuple[str, ...], str]:
        """The job's nodes and its end."""
        nodes = tuple(self._nodes(job, ""))
        said = [
            action.error_message
            for action in job.actions.values()
            if action.type == ":KILL:" or action.status is ActionStatus.FAILED
        ]
        message = one_line(said[-1]) if said and job.status in (JobStatus.KILLED, JobStatus.FAILED) else ""
        return nodes, normalise(" ".join(filter(None, [job.status.value, message])), self.places)

    def _nodes(self, job: WorkflowJob, prefix: str) -> list[str]:
        lines = []
        for action in job.actions.values():
            lines.append(normalise(_line(action, prefix), self.places))
            if action.type == "sub-workflow" and action.external_id:
                lines += self._nodes(self.engine.job(action.external_id), f"{prefix}{action.name}/")
        return lines


def _line(action: ActionState, prefix: str) -> str:
    is_told_at_the_end = action.type == ":KILL:" and not prefix
    return node_line(
        prefix + action.name, action.status.value, code=action.error_code, to=action.transition,
        retries=action.retries, message="" if is_told_at_the_end else action.error_message, data=action.data,
    )  # fmt: skip


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
