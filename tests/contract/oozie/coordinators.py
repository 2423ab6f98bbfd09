"""Cases of tests/conformance/coordinators on the real Oozie."""

from __future__ import annotations

import contextlib
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from oozie.language.calendar import format_time
from tests.conformance.coordinators.cases import (
    EXISTING,
    FOLDER,
    NAME_NODE,
    PROPERTIES,
    Line,
    calendar_app,
    value_app,
)
from tests.conformance.coordinators.runs import Run
from tests.contract.oozie.driver import Driver, RefusedError

WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="w"><start to="end"/><end name="end"/></workflow-app>"""
_NAMESPACE = "{uri:oozie:coordinator:0.4}"
_CODE = re.compile(r"\bE[01]\d{3}(?=:)")
# As the job's information calls the controls and the frequency.
_TOLD_BY_THE_JOB = {"timeout": ("timeOut",), "concurrency": ("concurrency",), "throttle": ("mat_throttling",)}
_TOLD_BY_THE_JOB |= {"execution": ("executionPolicy",), "frequency": ("frequency", "timeUnit")}
_LONGEST_S, _LONGEST_RUN_S = 120.0, 480.0
_ATTEMPTS, _PAUSE_S = 4, 1.0
_T = TypeVar("_T")


class RealCoordinators:
    """One HDFS folder on one stack, in which every case has its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def prepare(self) -> None:
        """What the cases of calendar.txt and values.txt share."""
        self.driver.put("workflow/workflow.xml", WORKFLOW)
        for path in EXISTING:
            self.driver.make_folder(path.removeprefix(f"{FOLDER}/"))

    def nominal_times(self, number: int, line: Line) -> str:
        """The nominal times of the actions that Oozie makes, or its code."""
        try:
            properties = self.properties(f"calendar-{number}", calendar_app(line.text))
            job_id = unlocked(lambda: self.driver.submit(properties))
        except RefusedError as error:
            return error.code
        try:
            job = self.driver.wait_for(job_id, _is_all_made, _LONGEST_S)
        finally:
            self.kill(job_id)
        if job["status"] == "PREP":
            return "never made"
        actions = sorted(job["actions"], key=lambda action: int(action["actionNumber"]))
        return " ".join(format_time(parsedate_to_datetime(action["nominalTime"])) for action in actions)

    def value(self, number: int, line: Line) -> str:
        """What the text becomes in a dry run (of controls and frequency: in a job), or the innermost code."""
        kind = line.place.split()[0]
        properties = self.properties(f"values-{number}", value_app(line))
        try:
            if kind in _TOLD_BY_THE_JOB:
                job_id = unlocked(lambda: self.driver.submit(properties))
                job = self.driver.info(job_id)
                self.kill(job_id)
                return " ".join(str(job[field]) for field in _TOLD_BY_THE_JOB[kind])
            _, _, made = unlocked(lambda: self.driver.dry_run(properties)).partition("action for new instance")
        except RefusedError as error:
            return error.code if kind == "sla" else innermost_code(error)
        return self.shown(_text_of(kind, ET.fromstring(made)))

    def properties(self, name: str, xml: str) -> Mapping[str, str]:
        """What submits the coordinator, which is put into HDFS."""
        path = self.driver.put(f"apps/{name}/coordinator.xml", xml.replace(FOLDER, self.driver.folder))
        name_node = self.driver.stack.name_node
        return {**PROPERTIES, "nameNode": name_node, "oozie.coord.application.path": path}

    def shown(self, text: str) -> str:
        """``text`` with the names that stand in the cases."""
        return text.replace(self.driver.stack.name_node, NAME_NODE).replace(self.driver.folder, FOLDER)

    def kill(self, job_id: str) -> None:
        """End what may still go on."""
        with contextlib.suppress(RefusedError):  # it has ended by itself
            unlocked(lambda: self.driver.change(job_id, "kill"))


def unlocked(ask: Callable[[], _T]) -> _T:
    """What ``ask`` gives; asked again while Oozie's embedded Derby refuses a lock (E0603)."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return ask()
        except RefusedError as error:
            if "E0603" not in (error.code, *_CODE.findall(error.message)):
                raise
        time.sleep(_PAUSE_S)
    return ask()


def innermost_code(error: RefusedError) -> str:
    """The last code of a message; E1012 where only the wrapping E0803 stands there."""
    codes = _CODE.findall(error.message) or [error.code]
    wraps_nothing = codes[-1] == "E0803" and "undefined" not in error.message and "Duplicate" not in error.message
    return "E1012" if wraps_nothing else codes[-1]


def _text_of(kind: str, action: ET.Element) -> str:
    if kind == "property":
        return action.findtext(f".//{_NAMESPACE}property/{_NAMESPACE}value") or ""
    if kind == "sla":
        return action.findtext(".//{uri:oozie:sla:0.2}notification-msg") or ""
    if kind == "app-path":
        return action.findtext(f".//{_NAMESPACE}app-path") or ""
    event = action.find(f".//{_NAMESPACE}{'data-out' if kind == 'output' else 'data-in'}")
    if event is None:
        return ""
    uris = (event.findtext(f"{_NAMESPACE}uris") or "").replace("#", " ")
    still_open = (event.findtext(f"{_NAMESPACE}unresolved-instances") or "").split("#")
    return " ".join([uris, *(f"open: {text}" for text in still_open if text)]).strip()


def _is_all_made(job: Mapping[str, Any]) -> bool:
    if job["status"] in ("KILLED", "FAILED"):
        return True
    following = job.get("nextMaterializedTime")
    if not following or not job["actions"]:
        return False
    return parsedate_to_datetime(following) >= parsedate_to_datetime(job["endTime"])


class RealRuns:
    """The coordinators of runs.txt on the real Oozie."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def ends(self, number: int, run: Run) -> str:
        """How the actions and the job end."""
        place = f"runs/{number}"
        app = self.driver.put(f"{place}/app/coordinator.xml", run.app)
        if run.workflow is not None:
            self.driver.put(f"{place}/workflow/workflow.xml", run.workflow)
        self._make(place, run.there)
        properties = {"place": f"{self.driver.uri}/{place}", "oozie.coord.application.path": app}
        job_id = unlocked(lambda: self.driver.submit(properties))
        try:
            self.driver.wait_for(job_id, lambda job: len(job["actions"]) == run.instances)
            self._make(place, run.later)
            job = self.driver.wait_for(job_id, _has_ended, _LONGEST_RUN_S)
        finally:
            with contextlib.suppress(RefusedError):  # it has ended by itself
                unlocked(lambda: self.driver.change(job_id, "kill"))
        actions = sorted(job["actions"], key=lambda action: int(action["actionNumber"]))
        return f"{' '.join(action['status'] for action in actions)}: {job['status']}"

    def _make(self, place: str, paths: list[str]) -> None:
        for path in paths:
            if path.endswith("/"):
                self.driver.make_folder(f"{place}/in/{path}")
            else:
                self.driver.put(f"{place}/in/{path}", b"")


def _has_ended(job: Mapping[str, Any]) -> bool:
    return job["status"] in ("SUCCEEDED", "KILLED", "FAILED", "DONEWITHERROR")
