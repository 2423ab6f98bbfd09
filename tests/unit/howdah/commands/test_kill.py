"""kill, suspend and resume: one way to change jobs."""

from __future__ import annotations

import json

import pytest

from tests.oozie_rest import Answer, Asked, Recording, Server, serving
from tests.unit.howdah.commands.conftest import Call, called
from tests.unit.howdah.commands.jobs_that_change import BUNDLE, COORDINATOR, ORDERS, WORKFLOW, ChangingJob


@pytest.mark.parametrize("job_id", [WORKFLOW, COORDINATOR, BUNDLE])
@pytest.mark.parametrize(
    ("verb", "before", "past", "after"),
    [
        ("kill", "RUNNING", "killed", "KILLED"),
        ("kill", "SUSPENDED", "killed", "KILLED"),
        ("suspend", "RUNNING", "suspended", "SUSPENDED"),
        ("resume", "SUSPENDED", "resumed", "RUNNING"),
    ],
)
def test_a_change_is_made_and_said(job_id: str, verb: str, before: str, past: str, after: str) -> None:
    job = ChangingJob(before)
    with serving(job) as server:
        result = called(server.oozie, verb, job_id)

    assert (result.exit_code, result.output) == (0, f"{job_id} {past} (was {before}, is {after})\n")
    assert [name for name, _ in job.changes] == [verb]


def test_a_change_may_take_a_moment() -> None:
    with serving(ChangingJob(lag=2)) as server:
        assert called(server.oozie, "kill", WORKFLOW).output.endswith("is KILLED)\n")


def test_a_workflow_that_waits_to_be_started_is_resumed_by_that() -> None:
    job = ChangingJob("PREP")
    with serving(job) as server:
        assert called(server.oozie, "resume", WORKFLOW).output == f"{WORKFLOW} resumed (was PREP, is RUNNING)\n"
        job.status = "PREP"
        assert called(server.oozie, "resume", COORDINATOR).exit_code == 1  # it begins by itself
    assert [name for name, _ in job.changes] == ["start"]


@pytest.mark.parametrize(
    ("verb", "status"), [("kill", "SUCCEEDED"), ("kill", "KILLED"), ("suspend", "SUSPENDED"), ("resume", "RUNNING")]
)
def test_what_oozie_passes_over_in_silence_is_said(verb: str, status: str) -> None:
    job = ChangingJob(status)
    with serving(job) as server:
        result = called(server.oozie, verb, WORKFLOW)

    assert result.exit_code == 1
    said = " ".join(result.output.split())  # on as many lines of 80 columns as it needs
    assert said.startswith(f"H771 {WORKFLOW} is {status}: there is nothing to {verb} ")
    assert job.changes == []


def test_oozies_own_refusal_is_told_with_its_code() -> None:
    with serving(ChangingJob(refuses=True)) as server:
        result = called(server.oozie, "kill", WORKFLOW)

    assert (result.exit_code, result.output.splitlines()[0]) == (1, "E0509 User [ann] not authorized")


def test_one_that_refuses_does_not_keep_the_others_back(call: Call, recording: Recording) -> None:
    with serving(ChangingJob()) as server:
        result = called(server.oozie, "kill", "nonsense", WORKFLOW)

    assert result.exit_code == 1
    assert "H805" in result.output
    assert f"{WORKFLOW} killed" in result.output


def test_a_job_that_has_ended_on_the_recorded_server(oozie: Server, call: Call, recording: Recording) -> None:
    assert call("kill", recording.jobs["killed"]).exit_code == 1
    assert {each.method for each in oozie.asked} == {"GET"}


def test_instances_are_of_one_coordinator() -> None:
    assert called("http://localhost:1/oozie", "kill", "--actions", "1-2", COORDINATOR, COORDINATOR).exit_code == 2


def test_no_job_is_a_wrong_call() -> None:
    for verb in ("kill", "suspend", "resume"):
        assert called("http://localhost:1/oozie", verb).exit_code == 2


@pytest.mark.parametrize("verb", ["kill", "suspend"])
def test_a_status_gives_a_terminal_no_orders(verb: str) -> None:
    with serving(ChangingJob(ORDERS)) as server:
        output = called(server.oozie, verb, WORKFLOW).output

    assert r"\x1b]0;x\x07\x9b31m\u202e" in output
    assert not set(output) & set(ORDERS[:1] + ORDERS[5:7] + ORDERS[-1])


def test_killed_instances_give_a_terminal_no_orders() -> None:
    def respond(asked: Asked) -> Answer:
        killed = {"actions": [{"id": f"{COORDINATOR}@1", "actionNumber": 1, "status": ORDERS}]}
        return Answer(body="[0,1,2]" if "versions" in asked.target else json.dumps(killed))

    with serving(respond) as server:
        output = called(server.oozie, "kill", "--actions", "1", COORDINATOR).output

    assert output == f"{COORDINATOR}@1 " + r"\x1b]0;x\x07\x9b31m\u202e (of )" + "\n"
