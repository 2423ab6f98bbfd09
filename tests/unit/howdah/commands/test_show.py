from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from rich.console import Console

from howdah.action_lines import ActionLines
from howdah.watching import Watch
from oozie.client import OozieAwayError, OozieClient
from tests.oozie_rest import Answer, Asked, Recording, Server, serving
from tests.unit.howdah.commands.conftest import Call, called
from tests.unit.howdah.commands.jobs_that_change import ORDERS


@pytest.mark.parametrize(
    ("scene", "code"),
    [("succeeded", 0), ("passed-over", 0), ("killed", 1), ("parent", 1), ("sqoop", 1), ("bundle", 1)],
)
def test_the_exit_code_tells_whether_the_job_failed(call: Call, recording: Recording, scene: str, code: int) -> None:
    assert call("show", recording.jobs[scene]).exit_code == code


def test_a_step_that_was_passed_over_is_said_although_the_job_succeeded(call: Call, recording: Recording) -> None:
    output = call("show", recording.jobs["passed-over"]).output

    assert output.startswith("passed-over SUCCEEDED\n")
    assert "report (hive2) ended with ERROR and was passed over: the job went on" in output
    assert "[TABLE_OR_VIEW_NOT_FOUND]" in output
    assert "exit code [2]" in output  # what Oozie itself says stands there too
    assert "the job succeeded although report failed" in output
    assert max(map(len, output.splitlines())) <= 80


def test_why_a_job_was_killed(call: Call, recording: Recording) -> None:
    output = call("show", recording.jobs["spark"]).output

    assert "AnalysisException: [PATH_NOT_FOUND]" in output
    assert "at job.py, line 5: return spark.read.csv(path).count()" in output
    assert f"howdah log {recording.jobs['spark']} train" in output


def test_what_was_killed_has_no_reason_in_its_logs(recording: Recording) -> None:
    def respond(asked: Asked) -> Answer:
        answer = recording(asked)
        return replace(answer, body=re.sub(r'("status": *)"ERROR"', r'\1"KILLED"', answer.body))

    with serving(respond) as server:
        output = called(server.oozie, "show", recording.jobs["spark"]).output

        assert "train (spark) ended with KILLED" in output
        assert "AnalysisException" not in output
        assert not any("/ws/" in each.target for each in server.asked)


def test_a_sub_workflows_failure_is_the_one_that_its_action_had(call: Call, recording: Recording) -> None:
    output = call("show", recording.jobs["parent"]).output

    assert "move (fs) ended with ERROR" in output
    assert "FS006" in output


def test_without_why_yarn_is_not_asked(oozie: Server, call: Call, recording: Recording) -> None:
    output = call("show", recording.jobs["spark"], "--no-why").output

    assert "JA018" in output
    assert not any("/ws/" in each.target for each in oozie.asked)


def test_without_why_yarn_is_not_asked_while_following_either(living: Server, recording: Recording) -> None:
    output = called(living.oozie, "show", recording.jobs["shell"], "--no-why", "--follow").output

    assert "no rocket" not in output
    assert "KILLED" in output
    assert not any("/ws/" in each.target or "/logs/" in each.target for each in living.asked)


def test_one_action_and_its_configuration(call: Call, recording: Recording) -> None:
    result = call("show", recording.jobs["sqoop"], "import", "--configuration")

    assert result.exit_code == 1
    assert result.output.startswith("import ERROR\n")
    assert "doesn't exist" in result.output
    assert "<arg>not_there</arg>" in result.output  # after EL, as Sqoop got it
    assert "${" not in result.output.partition("<sqoop")[2]


def test_an_action_by_its_id(call: Call, recording: Recording) -> None:
    assert call("show", f"{recording.jobs['succeeded']}@make").output.startswith("make OK\n")


def test_an_action_that_is_none_names_the_nearest(call: Call, recording: Recording) -> None:
    result = call("show", recording.jobs["succeeded"], "mak")

    assert result.exit_code == 1
    assert "did you mean 'make'?" in result.output


def test_the_configuration_of_a_job(call: Call, recording: Recording) -> None:
    output = call("show", recording.jobs["succeeded"], "--configuration").output

    assert "\nuser.name=root\n" in output


def test_as_json(call: Call, recording: Recording) -> None:
    found = json.loads(call("show", recording.jobs["sqoop"], "--format", "json").output)

    assert (found["status"], found["failures"], found["passed_over"]) == ("KILLED", ["import"], [])
    assert "doesn't exist" in found["reasons"]["import"][0]
    assert [each["name"] for each in found["actions"]] == [":start:", "import", "fail"]


def test_a_coordinator_says_what_its_instances_wait_for(living: Server, recording: Recording) -> None:
    output = called(living.oozie, "show", recording.jobs["coordinator"]).output

    assert "waits for" in output
    assert "/in/2026-11-01/_SUCCESS" in output.replace("\n", "").replace(" ", "")
    assert max(map(len, output.splitlines())) <= 80


def test_an_instance_says_what_it_waits_for(living: Server, recording: Recording) -> None:
    output = called(living.oozie, "show", recording.jobs["coordinator"], "1").output

    assert "instance 1 of 2026-11-01T00:00Z WAITING" in output
    assert "waits for input:" in output
    assert output.count("/in/2026-11-01/_SUCCESS") == 1


def test_a_job_that_does_not_exist(call: Call, recording: Recording) -> None:
    result = call("show", recording.jobs["missing"])

    assert result.exit_code == 1
    assert result.output.startswith("E0604 Job does not exist")


def test_following_a_job_to_its_end(living: Server, recording: Recording) -> None:
    result = called(living.oozie, "show", recording.jobs["shell"], "--follow")

    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert any(line.startswith("  … wake") and line.endswith("started") for line in lines)
    ended = next(index for index, line in enumerate(lines) if line.startswith("  ✗ wake"))
    assert lines[ended + 1].strip() == "cannot reach the moon: no rocket"
    assert lines[-2].startswith("KILLED in ")


@pytest.mark.parametrize(("patience_s", "deadline", "least_s"), [(300.0, float("inf"), 300.0), (300.0, 100.0, 100.0)])
def test_patience_is_time_that_passes_that_of_the_questions_too(
    patience_s: float, deadline: float, least_s: float
) -> None:
    now, pauses = [0.0], []

    def away(_: Asked) -> Answer:
        now[0] += 20.0
        return Answer(503)

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    said = io.StringIO()
    with serving(away) as server, OozieClient(server.oozie, user="ann") as client:
        lines = ActionLines(Console(file=said))
        watch = Watch(client, lines, None, sleep=sleep, clock=lambda: now[0], patience_s=patience_s, deadline=deadline)
        with pytest.raises(OozieAwayError):
            watch.follow("1-W")

    assert least_s <= now[0] < least_s + 60.0
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    assert said.getvalue().count("still trying") == 1


def test_an_oozie_that_comes_back_is_given_all_patience_again() -> None:
    answers = iter([200, 503, 503, 503, 200, 503, 503, 503, 200])
    now, statuses = [0.0], iter(["RUNNING", "RUNNING", "KILLED"])

    def respond(asked: Asked) -> Answer:
        if "versions" in asked.target:
            return Answer(body="[0,1,2]")
        now[0] += 10.0
        if next(answers) == 503:
            return Answer(503)
        return Answer(body=json.dumps({"id": "1-W", "status": next(statuses), "actions": []}))

    said = io.StringIO()
    with serving(respond) as server, OozieClient(server.oozie, user="ann") as client:
        lines = ActionLines(Console(file=said))
        watch = Watch(client, lines, None, sleep=lambda _: None, clock=lambda: now[0], patience_s=40.0)
        assert watch.follow("1-W").status == "KILLED"

    assert said.getvalue().count("Oozie answers again") == 2


@pytest.mark.slow
def test_following_a_coordinator_to_its_end(living: Server, recording: Recording) -> None:
    result = called(living.oozie, "show", recording.jobs["coordinator"], "--follow")

    output = result.output
    assert result.exit_code == 0
    assert "instance 3 of 2026-11-03T00:00Z WAITING" in output
    assert "waits for" in output
    assert "  instance 1 of 2026-11-01T00:00Z SUCCEEDED" in output
    assert output.count("✓ make") == 2  # the second instance had ended before


def test_following_as_json_prints_nothing_else(call: Call, recording: Recording) -> None:
    assert json.loads(call("show", recording.jobs["killed"], "-f", "--format", "json").output)["status"] == "KILLED"


def test_an_action_cannot_be_followed(call: Call, recording: Recording) -> None:
    assert call("show", recording.jobs["killed"], "move", "--follow").exit_code == 2


def test_ctrl_c_ends_the_following_and_not_the_job() -> None:
    running = {
        "id": "1-W",
        "appName": "app",
        "status": "RUNNING",
        "actions": [{"id": "1-W@a", "name": "a", "status": "RUNNING"}],
    }

    def respond(asked: Asked) -> Answer:
        return Answer(body="[0,1,2]" if "versions" in asked.target else json.dumps(running))

    with serving(respond) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "howdah", "show", "1-W", "--follow"],
            env={**os.environ, "OOZIE_URL": server.oozie}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        end = time.monotonic() + 20
        while len(server.asked) < 4 and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

        assert process.returncode == 130
        assert said.startswith("no longer following; 1-W goes on")
        assert {each.method for each in server.asked} == {"GET"}


def test_a_terminals_escapes_in_names_are_written_out() -> None:
    job = {
        "id": "1-W", "appName": "a\x1b[2J", "appPath": "\x1b]0;x\x07", "status": "KILLED", "actions": [
            {"id": "1-W@a", "name": "n\x1b[1A", "type": "t\x9b", "status": "ERROR", "errorMessage": "no\x1b[31m\rway"},
        ],
    }  # fmt: skip

    def respond(asked: Asked) -> Answer:
        return Answer(body="[0,1,2]" if "versions" in asked.target else json.dumps(job))

    with serving(respond) as server:
        for arguments in (["show", "1-W"], ["show", "1-W", "--follow"], ["show", "1-W", "n\x1b[1A"]):
            output = called(server.oozie, *arguments).output
            assert not set(output) & set("\x1b\x07\r\x9b"), arguments


def test_a_terminals_orders_in_an_instance_are_written_out() -> None:
    instance = {
        "id": "1-C@1", "coordJobId": "1-C", "actionNumber": 1, "status": f"WAITING{ORDERS}",
        "missingDependencies": f"hdfs://nn/{ORDERS}", "errorMessage": ORDERS,
    }  # fmt: skip

    def respond(asked: Asked) -> Answer:
        if "versions" in asked.target:
            return Answer(body="[0,1,2]")
        if "missing-dependencies" in asked.target:
            sets = [{"dataSet": ORDERS, "missingDependencies": [f"hdfs://nn/{ORDERS}"]}]
            return Answer(body=json.dumps({"missingDependencies": [{"blockedOn": "", "dataSets": sets}]}))
        return Answer(body=json.dumps(instance if "show=allruns" not in asked.target else {"workflows": []}))

    with serving(respond) as server:
        output = called(server.oozie, "show", "1-C@1").output
    assert "WAITING" in output
    assert not set(output) & set("\x1b\x07\x9b\u202e"), output
