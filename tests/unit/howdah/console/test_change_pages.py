"""Nothing is done before it was asked about, and what Oozie refuses is said there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import Shown


@pytest.fixture
def confirm(console: FlaskClient) -> Callable[..., TestResponse]:
    """Sends the form at an address, with its token."""

    def send(address: str, **form: str) -> TestResponse:
        page = Shown(console, address)
        token = page.one("//input[@name='token']/@value")
        return console.post(address, data={"token": token, **form})

    return send


@pytest.fixture
def running(oozie: RecordedOozie) -> str:
    job = oozie.id_of("wait-for-export")
    oozie.states[job] = "RUNNING"
    return job


def test_the_question_names_the_job_its_state_and_what_will_happen(
    look: Callable[..., Shown], oozie: RecordedOozie, running: str
) -> None:
    page = look(f"/jobs/{running}/do/kill")

    assert page.one("//h1") == "Kill this workflow?"
    for text in ("wait-for-export", "RUNNING", running, "YARN applications"):
        assert text in page.main
    assert page.one("//a[@class='button']/@href") == f"/jobs/{running}"
    assert oozie.changes == []


@pytest.mark.parametrize(("verb", "said"), [("suspend", "Suspended."), ("kill", "Killed.")])
def test_what_was_confirmed_is_done_and_said(
    console: FlaskClient, confirm: Callable[..., TestResponse], oozie: RecordedOozie, running: str, verb: str, said: str
) -> None:
    answer = confirm(f"/jobs/{running}/do/{verb}")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/jobs/{running}")
    assert [(job, query["action"]) for job, query in oozie.changes] == [(running, verb)]
    page = Shown(console, answer.headers["Location"])
    assert page.one("//p[@class='done']") == said
    assert page.one("//*[@id='state']") in ("SUSPENDED", "KILLED")


def test_a_rerun_of_what_failed_skips_the_rest(confirm: Callable[..., TestResponse], oozie: RecordedOozie) -> None:
    job = oozie.id_of("check-disk")

    assert confirm(f"/jobs/{job}/do/rerun-failed").status_code == 303
    assert [(each, query["action"]) for each, query in oozie.changes] == [(job, "rerun")]


def test_what_oozie_refuses_stands_where_it_was_asked(
    confirm: Callable[..., TestResponse], oozie: RecordedOozie, running: str
) -> None:
    oozie.refusal = ("E0509", "User [ann] not authorized")
    answer = confirm(f"/jobs/{running}/do/kill")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'role="alert"' in text
    assert "E0509" in text
    assert "Kill this workflow?" in text


def test_what_has_changed_meanwhile_does_not_go(look: Callable[..., Shown], oozie: RecordedOozie, running: str) -> None:
    oozie.states[running] = "SUCCEEDED"

    page = look(f"/jobs/{running}/do/kill")
    assert page.status == 409
    assert "H755" in page.main


def test_instances_are_named_by_their_numbers(
    console: FlaskClient, confirm: Callable[..., TestResponse], oozie: RecordedOozie
) -> None:
    address = f"/jobs/{oozie.id_of('daily-load')}/do/rerun"
    for scope in ("", "all", "1;2", "1-", "-1", "1,,2"):
        answer = confirm(address, scope=scope)
        assert answer.status_code == 409
        assert "Write the numbers" in answer.get_data(as_text=True)
    assert oozie.changes == []

    assert confirm(address, scope=" 1-2, 4 ", refresh="yes").status_code == 303
    ((_, query),) = oozie.changes
    assert query["action"] == "coord-rerun"
    assert re.sub(r"\s", "", query["scope"]) == "1-2,4"
    assert (query["refresh"], query.get("nocleanup")) == ("true", "true")


def test_an_instance_is_killed_alone(confirm: Callable[..., TestResponse], oozie: RecordedOozie) -> None:
    job = oozie.id_of("daily-load")

    assert confirm(f"/actions/{job}@7/do/kill").status_code == 303
    ((changed, query),) = oozie.changes
    assert (changed, query["action"], query["scope"]) == (job, "kill", "7")


def test_what_there_is_not(look: Callable[..., Shown], oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")

    assert look(f"/jobs/{job}/do/explode").status == 404
    assert look(f"/actions/{job}@prepare/do/kill").status == 404
