from __future__ import annotations

import json

import pytest

from tests.oozie_rest import Answer, Asked, ManyJobs, Recording, serving
from tests.unit.howdah.commands.conftest import Call, called


def test_a_table_of_80_columns(recording: Recording) -> None:
    with serving(ManyJobs(recording, 10_000)) as server:
        result = called(server.oozie, "jobs", "-n", "3", "--offset", "2")

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "job                                   status     name   created    ",
        "0009998-261121120000000-oozie-root-W  KILLED     app-2  11-21 12:00",
        "0009997-261121120000000-oozie-root-W  RUNNING    app-3  11-21 12:00",
        "0009996-261121120000000-oozie-root-W  SUCCEEDED  app-4  11-21 12:00",
        "2 to 4 of 10,000 workflow jobs; --offset 5 shows the next",
    ]


@pytest.mark.parametrize("kind", ["wf", "coord", "bundle"])
def test_each_kind_as_json(call: Call, kind: str) -> None:
    result = call("jobs", "--kind", kind, "-n", "5", "--format", "json")

    page = json.loads(result.output)
    assert page["total"] >= 1
    assert all(job["user"] == "root" and job["created"].endswith("Z") for job in page["jobs"])


@pytest.mark.parametrize("kind", ["wf", "coord", "bundle"])
def test_no_line_is_longer_than_80(call: Call, kind: str) -> None:
    result = call("jobs", "--kind", kind, "-n", "5")

    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80


def test_filters_are_oozies(recording: Recording) -> None:
    with serving(ManyJobs(recording, 3)) as server:
        called(server.oozie, "jobs", "--status", "killed,FAILED", "--name", "a", "--owner", "ann", "-n", "2")
        asked = server.asked[-1].target

    assert "filter=status%3DKILLED%3Bstatus%3DFAILED%3Bname%3Da%3Buser%3Dann" in asked


def test_a_status_that_is_none_names_the_nearest(call: Call) -> None:
    result = call("jobs", "--status", "SUCEEDED")

    assert result.exit_code == 2
    assert "did you mean 'SUCCEEDED'?" in result.output


def test_none_and_past_the_end(recording: Recording) -> None:
    with serving(ManyJobs(recording, 0)) as server:
        assert called(server.oozie, "jobs").output == "no workflow jobs\n"
    with serving(ManyJobs(recording, 4)) as server:
        assert called(server.oozie, "jobs", "--offset", "9").output == "there are 4\n"


def test_a_name_cannot_move_the_terminals_cursor() -> None:
    body = json.dumps(
        {
            "total": 1,
            "workflows": [{"id": "1-W", "appName": "a\x1b[2Jb[red]c\nd", "status": "\x1b]0;x\x07", "user": "u"}],
        }
    )

    def respond(asked: Asked) -> Answer:
        return Answer(body="[0,1,2]" if "versions" in asked.target else body)

    with serving(respond) as server:
        result = called(server.oozie, "jobs")

    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "a\\x1b[2Jb[red]c\\nd" in result.output


def test_without_an_oozie_the_option_is_named() -> None:
    result = called("", "jobs")

    assert result.exit_code == 2
    assert "$OOZIE_URL" in result.output


def test_what_is_not_oozie_is_an_error_with_a_hint() -> None:
    with serving(lambda _: Answer(200, "<html>", {"Content-Type": "text/html"})) as server:
        result = called(server.oozie, "jobs")

    assert result.exit_code == 1
    assert result.output.startswith("H802 ")
