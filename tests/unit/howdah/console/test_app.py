"""Every page, whatever Oozie says: errors are pages, names are text, and what is unchanged is not sent again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.browser.recorded_oozie import RecordedOozie
from tests.oozie_rest import Answer
from tests.unit.howdah.console.conftest import OpenConsole, Shown

Look = Callable[..., Shown]
EVIL = "</title><script>alert('x')</script><img src=x onerror=alert(1)>"
EVIL_CONFIGURATION = (
    "<configuration><property><name>&lt;script&gt;alert</name><value>&lt;script&gt;alert(1)</value></property>"
    "</configuration>"
)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("nightly-import", ("", "/time", "/log", "/definition", "/configuration")),
        ("daily-load", ("", "/instances", "/log", "/definition", "/configuration")),
        ("warehouse", ("", "/definition", "/configuration")),
    ],
)
def test_every_page_of_a_job_has_a_title_one_heading_and_a_way_to_skip_to_it(
    look: Look, oozie: RecordedOozie, name: str, more: tuple[str, ...]
) -> None:
    for each in more:
        page = look(f"/jobs/{oozie.id_of(name)}{each}")
        assert page.status == 200, each
        assert page.one("//h1") == name
        assert name in page.one("//head/title")
        assert page.one("//a[@class='skip']/@href") == "#content"
        assert len(page.all("//nav[@class='tabs']//a[@aria-current='page']")) == 1


def test_a_job_that_is_not_known(look: Look) -> None:
    page = look("/jobs/9999999-261121151934367-oozie-root-W")

    assert page.status == 404
    assert "E0604" in page.main
    assert "howdah" not in page.main.lower()  # a page, no command


@pytest.mark.parametrize(
    "address", ["/jobs/x", "/jobs/1-X", "/actions/x@y", "/nothing", "/jobs/1-W/do", "/static/none"]
)
def test_an_address_that_is_none(look: Look, address: str) -> None:
    page = look(address)

    assert page.status == 404
    assert page.all("//section[contains(@class, 'problem-page')]//code")


def test_an_oozie_that_is_away_says_so_on_a_page_that_tries_again(look: Look, oozie: RecordedOozie) -> None:
    oozie.is_away = True
    page = look("/workflows")

    assert page.status == 503
    assert page.one("//h1") == "Oozie does not answer"
    assert int(page.one("//body/@data-follow-ms")) > 0

    oozie.is_away = False
    while look("/workflows").status != 200:
        pass  # a failure is kept for a moment


def test_an_oozie_that_takes_too_long(open_console: OpenConsole, oozie: RecordedOozie) -> None:
    oozie.delay_s = 0.3
    page = Shown(open_console(patience_s=0.02), "/workflows")

    assert page.status == 504
    assert "H751" in page.main
    assert int(page.one("//body/@data-follow-ms")) > 0


def changed(oozie: RecordedOozie, ending: str, **fields: object) -> None:
    """Lets Oozie answer with other values."""
    for key, answer in oozie.answers.items():
        if key.endswith(ending):
            oozie.answers[key] = replace(answer, body=json.dumps({**json.loads(answer.body), **fields}))


def test_markup_in_whatever_oozie_says_is_text(look: Look, oozie: RecordedOozie) -> None:
    """Names, users, paths, messages, output, configuration, logs and the definition all come from who submits jobs."""
    job, coordinator = oozie.id_of("nightly-import"), oozie.id_of("daily-load")
    for key, answer in oozie.answers.items():
        if job in key and "show=info" in key:
            info = json.loads(answer.body)
            values = {"appName": EVIL, "user": EVIL, "appPath": EVIL, "parentId": EVIL, "conf": EVIL_CONFIGURATION}
            told = {"errorMessage": EVIL, "errorCode": EVIL, "externalId": EVIL, "data": EVIL, "conf": EVIL,
                    "type": EVIL, "externalStatus": EVIL, "transition": EVIL, "externalChildIDs": EVIL}  # fmt: skip
            actions = [{**action, **told} for action in info["actions"]]
            oozie.answers[key] = replace(answer, body=json.dumps({**info, **values, "actions": actions}))
        elif job in key and "show=log" in key:
            oozie.answers[key] = Answer(200, EVIL, {"Content-Type": "text/plain"})
        elif job in key and "show=definition" in key:
            hidden = answer.body.replace("summary-report", "a&lt;script&gt;b").replace(
                "${wf:conf", "&lt;script&gt;${wf:conf"
            )
            oozie.answers[key] = replace(answer, body=hidden)
        elif coordinator in key and "show=info" in key and "@" not in key:
            info = json.loads(answer.body)
            told = {"missingDependencies": EVIL, "errorMessage": EVIL, "externalId": EVIL}
            info["actions"] = [{**action, **told} for action in info["actions"]]
            oozie.answers[key] = replace(answer, body=json.dumps({**info, "coordJobName": EVIL}))
    addresses = [f"/jobs/{job}{end}" for end in ("", "/time", "/log", "/definition", "/configuration")]
    addresses += [f"/actions/{job}@prepare", f"/actions/{job}@prepare/log", f"/jobs/{job}/do/rerun-all", "/workflows"]
    addresses += [f"/jobs/{coordinator}", f"/jobs/{coordinator}/instances", "/coordinators", "/bundles"]
    for address in addresses:
        page = look(address)
        assert page.status in (200, 409), address
        assert page.all("//script[not(@src)] | //img[@onerror] | //*[@onerror]") == [], address
        assert "<script>alert" not in page.text, address


def test_an_id_that_oozie_tells_leads_nowhere_else(look: Look, oozie: RecordedOozie) -> None:
    """What stands in an address is a part of a path of this console: no javascript: and no //host."""
    job = oozie.id_of("nightly-import")
    for key, answer in oozie.answers.items():
        if job in key and "show=info" in key:
            info = json.loads(answer.body)
            hostile = {
                "externalId": "javascript:alert(1)",
                "consoleUrl": "javascript:alert(1)",
                "trackerUri": "//evil.example",
            }
            actions = [{**action, **hostile, "id": f"{job}@{action['name']}"} for action in info["actions"]]
            info |= {"actions": actions, "parentId": "javascript:alert(1)", "consoleUrl": "javascript:alert(1)"}
            oozie.answers[key] = replace(answer, body=json.dumps(info))
    for address in (f"/jobs/{job}", f"/jobs/{job}/time", f"/actions/{job}@refresh-marts", "/workflows"):
        page = look(address)
        links = page.all("//@href | //@src | //@action")
        assert links
        assert [link for link in links if not link.startswith(("/", "#", "?")) or link.startswith("//")] == []


def test_a_failure_of_its_own_is_a_page_and_not_a_traceback(look: Look, oozie: RecordedOozie) -> None:
    """An answer that no Oozie gives."""
    job = oozie.id_of("nightly-import")
    for key in list(oozie.answers):
        if job in key and "show=info" in key:
            oozie.answers[key] = Answer(body='["no", "job"]')

    page = look(f"/jobs/{job}")

    assert page.status >= 500
    assert "Traceback" not in page.text
    assert page.all("//code")


def test_a_page_that_has_not_changed_is_not_sent_again(console: FlaskClient, oozie: RecordedOozie) -> None:
    address = f"/jobs/{oozie.id_of('check-disk')}"
    first = console.get(address)
    again = console.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_style_and_signs_of_the_drawing(console: FlaskClient) -> None:
    assert b"--good:" in console.get("/style/flow.css").data
    assert console.get("/style/look.css", buffered=True).mimetype == "text/css"
    assert console.get("/style/icon.svg", buffered=True).mimetype == "image/svg+xml"
    assert console.get("/style/page.css").status_code == 404
    assert console.get("/signs/bad.svg").mimetype == "image/svg+xml"
    assert console.get("/signs/none.svg").status_code == 404
