"""Cases of tests/conformance on the real Oozie."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from oozie.language.properties import read_properties
from tests.conformance.cases import Case, Step, node_line, normalise, one_line
from tests.contract.oozie.driver import Driver, RefusedError

_ENDED = frozenset({"SUCCEEDED", "KILLED", "FAILED"})
_LONGEST_S = 150
_ATTEMPTS = 3
_ACTIVE = frozenset({"RUNNING", "PREP", "DONE", "END_RETRY", "USER_RETRY"})


class RealOozie:
    """One HDFS folder on one stack, below which every case has its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def trace(self, case: Case) -> list[Step]:
        """What the case does there.

        Oozie's embedded Derby now and then refuses a lock (E0603), upon which a job may stand still: then again.
        """
        for attempt in range(_ATTEMPTS):
            run = _Run(self.driver, case, attempt)
            try:
                steps = run.steps()
            finally:
                run.kill()
            lines = "\n".join(line for step in steps for line in step.lines())
            if "E0603" not in lines and not any(step.end.startswith("RUNNING") for step in steps):
                break
        return steps


class _Run:
    def __init__(self, driver: Driver, case: Case, attempt: int) -> None:
        self.driver = driver
        self.case = case
        self.folder = f"{driver.folder}/apps{attempt}/{case.name}"
        self.dir = f"{driver.folder}/data{attempt}/{case.name}"
        name_node = driver.stack.name_node
        self.app = name_node + self.folder
        self.places = {self.app: "<app>", self.folder: "<app>", self.dir: "<dir>", name_node: "<nameNode>"}
        self.job_id = ""

    def steps(self) -> list[Step]:
        """Every step of the case with what came of it."""
        for name, content in self.case.files.items():
            self.driver.put(f"{self.folder}/{name}", content)
        self.driver.make_folder(self.dir)
        return [self.done(step) for step in self.case.steps]

    def done(self, step: Step) -> Step:
        """The step with what came of it."""
        try:
            self.do(step)
        except RefusedError as error:
            message = one_line(error.message.removeprefix(f"{error.code}: "))
            end = normalise(f"refused {error.code} {message}", self.places)
            return Step(step.operation, step.properties, (), end)
        return Step(step.operation, step.properties, *self.observed())

    def do(self, step: Step) -> None:
        """The step's operation, until the job is at rest."""
        stack = self.driver.stack
        addresses = {"nameNode": stack.name_node, "jobTracker": stack.resource_manager, "dir": self.dir}
        given = {"oozie.wf.application.path": self.app, **addresses, **step.properties}
        if step.operation in ("run", "submit"):
            self.job_id = self.driver.submit(given, "start" if step.operation == "run" else "")
        elif step.operation == "rerun":
            self.driver.rerun(self.job_id, given)
        else:
            self.driver.change(self.job_id, step.operation)
        if step.operation != "submit":
            begins = step.operation in ("run", "start", "rerun")
            self.wait(lambda job: _is_at_rest(job) or (job["status"] == "PREP" and not begins))

    def wait(self, is_enough: Callable[[dict[str, Any]], bool]) -> None:
        """Until the job and those of its sub-workflows are at rest."""
        end = time.monotonic() + _LONGEST_S
        pause = 0.3
        while not is_enough(self.driver.info(self.job_id)):
            if time.monotonic() > end:
                return
            time.sleep(pause)
            pause = min(1.0, pause * 1.3)

    def observed(self) -> tuple[tuple[str, ...], str]:
        """The job's nodes and its end."""
        job = self.driver.info(self.job_id)
        message = ""
        if job["status"] in ("KILLED", "FAILED"):
            said = [a for a in job["actions"] if a["type"] == ":KILL:" or a["status"] == "FAILED"]
            message = one_line((said or [{"errorMessage": ""}])[-1]["errorMessage"] or "")
        nodes = tuple(normalise(line, self.places) for line in self._nodes(job, ""))
        return nodes, normalise(" ".join(filter(None, [job["status"], message])), self.places)

    def _nodes(self, job: dict[str, Any], prefix: str) -> list[str]:
        lines = []
        for action in job["actions"]:
            lines.append(_line(action, prefix))
            if action["type"] == "sub-workflow" and (action["externalId"] or "").endswith("-W"):
                lines += self._nodes(self.driver.info(action["externalId"]), f"{prefix}{action['name']}/")
        return lines

    def kill(self) -> None:
        """Leave nothing running."""
        if self.job_id and self.driver.info(self.job_id)["status"] not in _ENDED:
            self.driver.change(self.job_id, "kill")


def _is_at_rest(job: Mapping[str, Any]) -> bool:
    if job["status"] in _ENDED:
        return not any(action["status"] in _ACTIVE for action in job["actions"])
    return bool(job["status"] == "SUSPENDED")


def _line(action: Mapping[str, Any], prefix: str) -> str:
    data = action["data"] or ""
    is_told_at_the_end = action["type"] == ":KILL:" and not prefix
    to = action["transition"] or ""
    return node_line(
        prefix + action["name"], action["status"], code=action["errorCode"] or "", to="" if to == "null" else to,
        retries=action["userRetryCount"], message="" if is_told_at_the_end else action["errorMessage"] or "",
        data=read_properties(data) if "=" in data else {},
    )  # fmt: skip
