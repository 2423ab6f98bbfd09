"""A workflow drawn as it goes, its time, its log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from howdah.console.job_pages import marks, taken
from oozie.client import Workflow, WorkflowAction
from oozie.language.drawing import Arrow, Box, Diagram
from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import Shown

Look = Callable[..., Shown]


def test_a_workflow_is_drawn_with_its_states_and_links(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")
    page = look(f"/jobs/{job}")

    labels = page.all("//svg//a/@aria-label")
    assert "action, prepare, fs, OK" in labels
    assert "action, summary-report, fs, passed over" in labels
    assert "decision, enough, took split" in labels
    assert f"/actions/{job}@prepare" in page.all("//svg//a/@href")
    assert page.all("//*[contains(@class, 'taken')]")


def test_a_failure_that_was_passed_over_is_said_above_everything(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('nightly-import')}")

    assert "summary-report failed" in page.one("//p[contains(@class, 'passed-over-notice')]")
    assert page.one("//*[@id='state']") == "SUCCEEDED"
    row = page.one("//*[@id='step-summary-report']")
    assert "passed over" in row
    assert "FS006" in row


def test_why_a_killed_workflow_failed_is_said_above_everything(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('check-disk')}")

    assert page.one("//p[@class='notice failed']").startswith("measure ended in ERROR")


def test_a_definition_that_cannot_be_drawn_leaves_the_rest(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("check-disk")
    for key, answer in oozie.answers.items():
        if job in key and "show=definition" in key:
            oozie.answers[key] = replace(answer, body="<workflow-app")

    page = look(f"/jobs/{job}")
    assert "The definition cannot be drawn" in page.main
    assert page.all("//*[@id='step-measure']")


def test_the_chart_of_the_time(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('nightly-import')}/time")

    assert page.all("//table[@id='gantt']//th[@scope='row']/a")[:2] == ["prepare", "count-rows"]
    assert len(page.all("//table[@id='gantt']//svg//*[contains(@class, 'run')]")) == 8
    assert look(f"/jobs/{oozie.id_of('daily-load')}/time").status == 404


def test_an_attempt_before_the_last_stands_in_the_chart(look: Look, oozie: RecordedOozie) -> None:
    assert look(f"/jobs/{oozie.id_of('put-away')}/time").all("//*[starts-with(@class, 'attempt')]")


def test_the_log_can_be_filtered(look: Look, oozie: RecordedOozie) -> None:
    address = f"/jobs/{oozie.id_of('nightly-import')}/log"

    assert "FsActionExecutor" in look(address).one("//pre")
    errors = look(f"{address}?level=ERROR").main
    assert " ERROR " in errors
    assert " INFO " not in errors
    assert "Oozie has no such lines" in look(f"/jobs/{oozie.id_of('refresh-marts')}/log?level=ERROR").main
    assert look(f"{address}?level=LOUD").status == 400


def test_what_was_submitted(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")

    assert look(f"/jobs/{job}/definition").one("//pre").startswith('<workflow-app xmlns="uri:oozie:workflow:1.0"')
    assert "oozie.wf.application.path" in look(f"/jobs/{job}/configuration").all("//dl[@class='pairs']//dt")


def test_a_sub_workflow_leads_up_and_down(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")
    (child,) = look(f"/actions/{job}@refresh-marts").all("//dd/a/@href")

    page = look(child)
    assert page.one("//h1") == "refresh-marts"
    assert f"/find?id={job}" in page.root.xpath("//dd/a/@href")[0].replace("%40", "@")


DIAGRAM = Diagram(
    "app",
    (Box("d", "decision", "d"), Box("a", "action", "a"), Box("k", "kill", "k"), Box("f", "fork", "f")),
    (
        Arrow("d", "a", "case", "1"), Arrow("d", "a", "case", "2"), Arrow("a", "k", "ok"), Arrow("a", "k", "error"),
        Arrow("f", "a", "path"), Arrow("f", "d", "path"),
    ),
)  # fmt: skip


def ran(name: str, kind: str, status: str, transition: str) -> WorkflowAction:
    return WorkflowAction(f"1-W@{name}", name, kind, status, transition=transition)


@pytest.mark.parametrize(("status", "way"), [("OK", "ok"), ("ERROR", "error")])
def test_the_way_that_a_run_took(status: str, way: str) -> None:
    actions = (ran("d", "switch", "OK", "a"), ran("a", "fs", status, "k"), ran("f", ":FORK:", "OK", "*"))
    job = Workflow("1-W", "app", "/app", "KILLED", "root", actions=actions)

    found = taken(job, DIAGRAM)
    # Of two cases that lead to one node Oozie does not say which it was.
    assert found == {DIAGRAM.arrows[0], Arrow("a", "k", way), *DIAGRAM.arrows[4:]}  # type: ignore[arg-type]


def test_marks_of_nodes_that_do_no_work() -> None:
    actions = (ran("d", "switch", "OK", "a"), ran("k", ":KILL:", "OK", ""), ran("f", ":FORK:", "OK", "*"))
    found = marks(Workflow("1-W", "app", "/app", "KILLED", "root", actions=actions), DIAGRAM)

    assert {name: (mark.mood, mark.text) for name, mark in found.items()} == {
        "d": ("good", "took a"),
        "k": ("bad", "reached"),
    }
