"""howdah submit as a user sees it, with an Oozie's stand-in and a folder for HDFS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.unit.howdah.commands.conftest import called

COORDINATOR = """<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="daily" frequency="1440"
  start="${start}" end="2099-01-01T00:00Z" timezone="UTC">
  <action><workflow><app-path>${appPath}</app-path></workflow></action></coordinator-app>"""
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="daily"><start to="make"/>
  <action name="make"><fs><mkdir path="${nameNode}/tmp/x"/></fs><ok to="end"/><error to="end"/></action>
  <end name="end"/></workflow-app>"""
PROPERTIES = """nameNode=hdfs://nn:8020
appPath=${nameNode}/apps/daily
oozie.coord.application.path=${appPath}
start=2098-01-01T00:00Z
"""

Submit = Callable[..., Result]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "daily"
    folder.mkdir()
    for name, text in (("coordinator.xml", COORDINATOR), ("workflow.xml", WORKFLOW), ("job.properties", PROPERTIES)):
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def submit(app: Path, tmp_path: Path, oozie_stand_in: Any) -> Submit:
    (tmp_path / "hdfs").mkdir()
    words = ("submit", str(app), "--hdfs", f"file://{tmp_path}/hdfs")
    return lambda *options: called(oozie_stand_in.url, *words, *options)


def test_what_was_done_and_what_to_do_next(submit: Submit, tmp_path: Path, oozie_stand_in: Any) -> None:
    result = submit()

    (job_id,) = oozie_stand_in.jobs
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert f"submitted {job_id}" in lines
    assert lines[-1] == f"Next: howdah show {job_id} --follow --oozie {oozie_stand_in.url}"
    assert any(line.startswith("app hdfs://nn:8020/apps/daily/.versions/") for line in lines)
    assert sorted(line.split()[1] for line in lines if line.startswith("  sent ")) == [
        "coordinator.xml", "job.properties", "workflow.xml",
    ]  # fmt: skip


def test_a_dry_run_says_it_and_touches_nothing(submit: Submit, tmp_path: Path, oozie_stand_in: Any) -> None:
    first = submit("--dry-run")
    assert (first.exit_code, list((tmp_path / "hdfs").iterdir()), oozie_stand_in.jobs) == (0, [], {})
    assert "all of it is new" in first.output
    assert "  + workflow.xml" in first.output
    assert "nothing was sent, nothing submitted" in first.output


def test_a_dry_run_is_against_what_runs(submit: Submit, app: Path, oozie_stand_in: Any) -> None:
    submit()
    (app / "workflow.xml").write_text(WORKFLOW.replace("/tmp/x", "/tmp/y"), "utf-8")
    (app / "new.sh").write_text("true")
    result = submit("--dry-run", "--replace")

    assert "  + action make: fs mkdir ${nameNode}/tmp/y" in result.output
    assert "  + new.sh" in result.output
    assert len(oozie_stand_in.jobs) == 1


def test_a_schedule_that_runs_is_not_submitted_twice(submit: Submit, oozie_stand_in: Any) -> None:
    submit()
    for options in ((), ("--dry-run",)):
        result = submit(*options)
        assert result.exit_code == 1
        assert "H820" in result.output
        assert "--update" in result.output
    assert len(oozie_stand_in.jobs) == 1


def test_unchanged_files_are_not_sent_again(submit: Submit, oozie_stand_in: Any) -> None:
    submit()
    result = submit("--replace")

    assert "sent 0 files (0 B), 3 unchanged" in result.output
    assert "killed" in result.output


def test_an_update_shows_what_oozie_says(submit: Submit, app: Path) -> None:
    submit()
    (app / "workflow.xml").write_text(WORKFLOW.replace("/tmp/x", "/tmp/y"), "utf-8")
    output = submit("--update").output

    assert "  -old\n  +new\n" in output
    assert "updated " in output


def test_an_update_shows_no_password(submit: Submit, oozie_stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    difference = "@@ -1,2 +1,2 @@\n <name>db.password</name>\n-<value>hunter2</value>\n+<value>hunter3</value>\n"
    reply = oozie_stand_in.reply

    def answer(method: str, place: list[str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
        status, found = reply(method, place, query, body)
        return status, {"update": {"diff": difference}} if query.get("action") == "update" else found

    monkeypatch.setattr(oozie_stand_in, "reply", answer)
    submit()
    output = submit("--update").output

    assert "+<value>(hidden)</value>" in output
    assert "hunter" not in output


def test_many_instances_that_are_due_at_once_are_said_before(submit: Submit) -> None:
    output = submit("--set", "start=2026-01-01T00:00Z", "--dry-run").output

    assert "H764" in output
    assert "are due at once" in output


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--set", "appPath="), "H8"),
        (("--set", "start="), "E"),
        (("--hdfs", "http://localhost:1"), "H104"),
        (("--oozie", "http://localhost:1/oozie"), "H801"),
        (("--oozie", "nowhere"), "H800"),
        (("--in-place", "--update"), ""),
    ],
)
def test_what_cannot_be_is_one_line_and_a_hint(submit: Submit, options: tuple[str, ...], code: str) -> None:
    result = submit(*options)

    assert result.exit_code == 1
    assert code in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_is_none(oozie_stand_in: Any, tmp_path: Path) -> None:
    result = called(oozie_stand_in.url, "submit", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert result.output.startswith("H810 there is no folder")


def test_waiting_needs_a_job_that_runs(submit: Submit) -> None:
    assert submit("--wait", "--dry-run").exit_code == 2
    assert submit("--wait", "--no-start").exit_code == 2


def test_what_a_kind_of_job_has_not_is_a_wrong_call(submit: Submit, tmp_path: Path, oozie_stand_in: Any) -> None:
    as_workflow = ("--set", "oozie.coord.application.path=", "--set", "oozie.wf.application.path=/apps/daily")

    for options in (("--no-start",), (*as_workflow, "--replace"), (*as_workflow, "--dry-run", "--replace")):
        result = submit(*options)
        assert (result.exit_code, "Usage:" in result.output) == (2, True), options
    for option in ("--yarn", "--history"):
        assert submit(option, "http://localhost:1").exit_code == 2
    assert (oozie_stand_in.jobs, list((tmp_path / "hdfs").iterdir())) == ({}, [])


def test_a_workflow_that_waits_to_be_started(submit: Submit, oozie_stand_in: Any) -> None:
    output = submit(
        "--set", "oozie.coord.application.path=", "--set", "oozie.wf.application.path=/apps/daily", "--no-start"
    ).output

    assert [job["status"] for job in oozie_stand_in.jobs.values()] == ["PREP"]
    assert f"it waits to be started: howdah resume {next(iter(oozie_stand_in.jobs))}" in output


def test_waiting_is_following(submit: Submit, oozie_stand_in: Any) -> None:
    """The stand-in's jobs do not go on, so that this one is killed by what it is asked first."""
    reply = oozie_stand_in.reply

    def killing(method: str, place: list[str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if method == "GET" and place[0] == "job" and query.get("show") == "info":
            oozie_stand_in.jobs[place[1]]["status"] = "KILLED"
        return reply(method, place, query, body)

    oozie_stand_in.reply = killing
    result = submit("--wait")

    assert result.exit_code == 1
    assert "Next:" not in result.output
    assert "KILLED" in result.output.splitlines()[-2:][0] + result.output.splitlines()[-1]


@pytest.mark.parametrize("by_variable", [True, False])
def test_waiting_looks_for_logs_where_it_is_told(
    submit: Submit, oozie_stand_in: Any, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    shown = oozie_stand_in.shown
    failed = {"id": "a", "name": "make", "type": "shell", "status": "ERROR", "externalId": "application_1_1",
              "consoleUrl": "http://localhost:2/proxy/application_1_1/"}  # fmt: skip

    def ended(job: dict[str, Any]) -> dict[str, Any]:
        return {**shown(job), "status": "KILLED", "actions": [failed]}

    oozie_stand_in.shown = ended
    if by_variable:
        monkeypatch.setenv("HOWDAH_YARN", "http://localhost:1")
    result = submit(
        "--wait", "--set", "oozie.coord.application.path=", "--set", "oozie.wf.application.path=/apps/daily",
        *([] if by_variable else ["--yarn", "http://localhost:1"]),
    )  # fmt: skip

    assert "localhost:1 does not answer" in result.output


def test_plan_compares_with_what_oozie_runs(submit: Submit, app: Path, oozie_stand_in: Any) -> None:
    new = called(oozie_stand_in.url, "plan", str(app))
    assert (new.exit_code, "all of it is new" in new.output) == (1, True)
    submit()
    same = called(oozie_stand_in.url, "plan", str(app))
    assert (same.exit_code, same.output.splitlines()[1:]) == (0, ["nothing would change"])

    (app / "job.properties").write_text(f"{PROPERTIES}queue=etl\ndbPassword=secret\n", "utf-8")
    changed = called(oozie_stand_in.url, "plan", str(app), "--format", "json")
    assert changed.exit_code == 1
    assert {each["name"]: each["new"] for each in json.loads(changed.output)} == {
        "queue": "etl", "dbPassword": "(hidden)",
    }  # fmt: skip
