from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from rich.console import Console

from howdah.action_lines import ActionLines
from howdah.demo.following import Follower, Hook, Patience
from howdah.errors import CommandError
from howdah.explaining import Explainer
from howdah.oozie_option import OozieServer, YarnAddresses
from oozie.client import OozieClient

COORDINATOR, JOB = "0000001-260101000000000-oozie-me-C", "0000002-260101000000000-oozie-me-W"


def workflow(status: str, **actions: str) -> dict[str, Any]:
    listed = [
        {"id": f"{JOB}@{name}", "name": name, "type": "fs", "status": each, "startTime": None, "endTime": None}
        for name, each in actions.items()
    ]
    return {"id": JOB, "appName": "a", "appPath": "/a", "status": status, "user": "me", "conf": "", "actions": listed}


def coordinator(status: str, instance: str | None = None, job: str = "") -> dict[str, Any]:
    actions = [] if instance is None else [
        {"id": f"{COORDINATOR}@1", "coordJobId": COORDINATOR, "actionNumber": 1, "status": instance,
         "externalId": job or None, "nominalTime": "Thu, 01 Jan 2026 02:30:00 GMT"}
    ]  # fmt: skip
    return {"coordJobId": COORDINATOR, "coordJobName": "a", "coordJobPath": "/a", "status": status, "user": "me",
            "conf": "", "total": len(actions), "actions": actions}  # fmt: skip


class Story:
    """An Oozie whose answers on the coordinator and on the job come one after the other, the last one for ever."""

    def __init__(self, coordinators: list[dict[str, Any]], jobs: list[dict[str, Any]]) -> None:
        answers = {COORDINATOR: coordinators, JOB: jobs}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                told = next((told for job, told in answers.items() if f"/job/{job}" in self.path), None)
                answer: Any = [0, 1, 2] if told is None else told.pop(0) if len(told) > 1 else told[0]
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,))
        self.thread.start()
        self.oozie = OozieClient(f"http://127.0.0.1:{self.httpd.server_port}/oozie")
        self.out = io.StringIO()

    def follower(self, patience: Patience | None = None) -> Follower:
        lines = ActionLines(Console(file=self.out, width=80))
        explainer = Explainer(OozieServer(self.oozie.url), YarnAddresses())
        return Follower(self.oozie, lines, explainer, patience)

    def close(self) -> None:
        self.oozie.close()
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()


@pytest.fixture
def stories() -> Iterator[list[Story]]:
    made: list[Story] = []
    yield made
    for story in made:
        story.close()


def tell(stories: list[Story], coordinators: list[dict[str, Any]], *jobs: dict[str, Any]) -> Story:
    stories.append(Story(coordinators, list(jobs)))
    return stories[-1]


BEGUN = coordinator("RUNNING", "RUNNING", JOB)


def test_the_hook_is_called_once_when_all_of_its_actions_are_ok(stories: list[Story]) -> None:
    story = tell(
        stories,
        [coordinator("PREP"), coordinator("RUNNING", "READY"), BEGUN],
        workflow("RUNNING", one="OK", two="RUNNING"),
        workflow("RUNNING", one="OK", two="OK", train="RUNNING"),
        workflow("SUCCEEDED", one="OK", two="OK", train="OK"),
    )
    said: list[str] = []
    hook = Hook(frozenset({"one", "two"}), lambda: said.append(story.out.getvalue()))

    job = story.follower().follow(COORDINATOR, 1, hook)

    assert (job.id, job.status) == (JOB, "SUCCEEDED")
    [before] = said
    assert "✓ two" in before
    assert "✓ train" not in before
    assert f"job {JOB}, nominal time 2026-01-01T02:30Z" in before
    assert "✓ train" in story.out.getvalue()


def test_a_failed_import_brings_no_newer_rows(stories: list[Story]) -> None:
    story = tell(stories, [BEGUN], workflow("KILLED", one="ERROR"))
    said: list[str] = []

    assert story.follower().follow(COORDINATOR, 1, Hook(frozenset({"one"}), lambda: said.append("x"))).has_failed
    assert said == []


@pytest.mark.parametrize(
    ("coordinators", "message"),
    [
        ([coordinator("KILLED")], "instance 1 never ran, it is not there; its coordinator is KILLED"),
        ([coordinator("RUNNING", "TIMEDOUT")], "instance 1 never ran, it is TIMEDOUT"),
        ([coordinator("RUNNING", "WAITING")], "instance 1 does not begin within 0 s: WAITING"),
    ],
)
def test_what_never_begins_is_said_with_its_status(
    stories: list[Story], coordinators: list[dict[str, Any]], message: str
) -> None:
    story = tell(stories, coordinators)
    with pytest.raises(CommandError, match=f"^H747 {message}$"):
        story.follower(Patience(begin_s=0.2)).follow(COORDINATOR, 1)


def test_a_long_wait_for_the_beginning_is_said_once(stories: list[Story]) -> None:
    story = tell(stories, [coordinator("PREP"), coordinator("PREP"), BEGUN], workflow("SUCCEEDED", one="OK"))

    story.follower(Patience(silence_s=0.0)).follow(COORDINATOR, 1)

    assert story.out.getvalue().count("waiting for Oozie to begin it") == 1


@pytest.mark.parametrize(("status", "message"), [("SUSPENDED", "is suspended"), ("RUNNING", "does not end")])
def test_what_goes_on_no_more_is_not_waited_for(stories: list[Story], status: str, message: str) -> None:
    story = tell(stories, [BEGUN], workflow(status, one="START_MANUAL" if status == "SUSPENDED" else "RUNNING"))
    with pytest.raises(CommandError, match=f"H747 instance 1 {message}"):
        story.follower(Patience(end_s=0.2)).follow(COORDINATOR, 1)
