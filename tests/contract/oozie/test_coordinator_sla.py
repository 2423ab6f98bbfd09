"""sla:info of a coordinator: what the real Oozie refuses at submission, and over what it fails when it makes actions.

The validator must say the same: Oozie's code, or the lint H027 where the coordinator is taken and then FAILS.
"""

from __future__ import annotations

import contextlib
import uuid

import pytest

from howdah.stack.addresses import Addresses
from oozie.language.check import check_file
from tests.contract.oozie.coordinators import unlocked
from tests.contract.oozie.driver import Driver, RefusedError

pytestmark = [pytest.mark.stack, pytest.mark.slow]

APP = """<coordinator-app name="c" frequency="${{coord:days(1)}}" start="2026-01-01T00:00Z" end="2026-01-03T00:00Z"
 timezone="UTC" xmlns="uri:oozie:coordinator:{schema}"><action><workflow><app-path>{uri}/workflow</app-path>
</workflow>{sla}</action></coordinator-app>"""
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="w"><start to="end"/><end name="end"/></workflow-app>"""
NOMINAL = "<sla:nominal-time>${coord:nominalTime()}</sla:nominal-time>"
END = "<sla:should-end>${30 * MINUTES}</sla:should-end>"
OLD = (
    f"<sla:app-name>a</sla:app-name>{NOMINAL}<sla:should-start>5</sla:should-start>{END}"
    "<sla:alert-contact>a@b</sla:alert-contact><sla:dev-contact>a@b</sla:dev-contact>"
    "<sla:qa-contact>a@b</sla:qa-contact><sla:se-contact>a@b</sla:se-contact>"
)
FAILS = "FAILED"
# what is in sla:info, the schema of SLA and of the coordinator -> "" taken, a code, or FAILED at the first action
CASES = {
    "whole": (f"{NOMINAL}<sla:should-start>5</sla:should-start>{END}", "0.2", "0.4", ""),
    "in coordinator 0.2": (NOMINAL + END, "0.2", "0.2", "E0701"),
    "in coordinator 0.1": (NOMINAL + END, "0.2", "0.1", "E0701"),
    "schema 0.1": (OLD, "0.1", "0.4", ""),
    "schema 0.1 in coordinator 0.1": (OLD, "0.1", "0.1", ""),
    "schema 0.3": (NOMINAL + END, "0.3", "0.4", "E0701"),
    "no end": (NOMINAL, "0.2", "0.4", "E0701"),
    "order": (END + NOMINAL, "0.2", "0.4", "E0701"),
    "unknown property": (f"<sla:nominal-time>${{when}}</sla:nominal-time>{END}", "0.2", "0.4", "E0803"),
    "function of a workflow": (f"{NOMINAL}<sla:should-end>${{wf:id()}}</sla:should-end>", "0.2", "0.4", "E0803"),
    "function of data": (
        f'{NOMINAL}{END}<sla:notification-msg>${{coord:dataIn("x")}}</sla:notification-msg>', "0.2", "0.4", "E0803",
    ),
    "negative": (f"{NOMINAL}<sla:should-end>-5</sla:should-end>", "0.2", "0.4", ""),
    "unknown event": (f"{NOMINAL}{END}<sla:alert-events>x</sla:alert-events>", "0.2", "0.4", ""),
    "word": (f"{NOMINAL}<sla:should-end>soon</sla:should-end>", "0.2", "0.4", FAILS),
    "empty": (f"{NOMINAL}<sla:should-end></sla:should-end>", "0.2", "0.4", FAILS),
    "fraction": (f"{NOMINAL}<sla:should-end>1.5</sla:should-end>", "0.2", "0.4", FAILS),
    "no time": (f"<sla:nominal-time>soon</sla:nominal-time>{END}", "0.2", "0.4", FAILS),
}  # fmt: skip


@pytest.fixture(scope="module")
def driver(stack: Addresses):
    found = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    found.put("workflow/workflow.xml", WORKFLOW)
    yield found
    found.delete()


@pytest.mark.parametrize("name", CASES)
def test_the_server_and_the_validator_say_the_same(driver: Driver, name: str) -> None:
    body, sla, schema, expected = CASES[name]
    info = f'<sla:info xmlns:sla="uri:oozie:sla:{sla}">{body}</sla:info>'
    xml = APP.format(schema=schema, uri=driver.uri, sla=info)

    assert what_comes_of_it(driver, name.replace(" ", "-"), xml, is_run=expected == FAILS) == expected
    found = check_file({"coordinator.xml": xml.encode(), "job.properties": b"a=b"}, "coordinator.xml").findings
    refusals = [finding.code for finding in found if finding.severity == "error"]
    fails = any(finding.code == "H027" and "FAILS" in finding.message for finding in found)
    assert ("".join(refusals[:1]) or (FAILS if fails else "")) == expected


def what_comes_of_it(driver: Driver, name: str, xml: str, *, is_run: bool) -> str:
    """The code of the refusal, FAILED for a coordinator that does, "" for one that is taken."""
    path = driver.put(f"{name}/coordinator.xml", xml)
    properties = {"nameNode": driver.stack.name_node, "oozie.coord.application.path": path}
    try:
        if not is_run:
            unlocked(lambda: driver.dry_run(properties))
            return ""
        job_id = unlocked(lambda: driver.submit(properties))
    except RefusedError as error:
        return error.code
    try:
        return str(driver.wait_for(job_id, lambda job: job["status"] in ("FAILED", "SUCCEEDED", "KILLED"))["status"])
    finally:
        with contextlib.suppress(RefusedError):  # it has ended by itself
            driver.change(job_id, "kill")
