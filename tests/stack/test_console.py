"""The console in a real Chromium, over the real Oozie."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from howdah.stack.addresses import Addresses
from oozie.client import OozieClient
from tests.browser.conftest import browser, open_page  # noqa: F401  (fixtures)
from tests.browser.console_process import running_console
from tests.stack.console_jobs import SCRIPT_NAME, place

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.slow]

WAIT_S = 300


@dataclass(frozen=True)
class Placed:
    """A console, and the jobs that were started for it by the names of their apps."""

    url: str
    client: OozieClient
    jobs: dict[str, str]

    def until(self, app: str, *statuses: str) -> None:
        """Wait for one of ``statuses``."""
        end = time.monotonic() + WAIT_S
        while self.client.status(self.jobs[app]) not in statuses:
            assert time.monotonic() < end, f"{app} does not come to be {statuses}"
            time.sleep(0.5)


@pytest.fixture(scope="module")
def console(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Placed]:
    with OozieClient(stack.oozie, user=stack.user) as client:
        placed = place(client, stack)
        jobs = {app: placed.submit(app) for app in ("exit", "script", "held")}
        with running_console(stack.oozie, tmp_path_factory.mktemp("console")) as url:
            yield Placed(url, client, jobs)
        for job in jobs.values():
            if not client.workflow(job).is_ended:
                client.kill(job)


def confirm(page: Any, button: str) -> None:
    page.locator(f"a.button:has-text('{button}…')").click()
    page.get_by_role("button", name=button).click()
    page.wait_for_selector("p.done")


def test_from_the_list_to_what_a_failed_step_wrote(console: Placed, open_page: Any) -> None:  # noqa: F811
    console.until("exit", "KILLED")
    page = open_page(console.url)
    page.set_default_timeout(WAIT_S * 1000)  # a busy Oozie looks for its log's lines for long
    open_page.allowed.append("504")
    page.get_by_label("Name holds").fill("check-disk")
    page.get_by_label("KILLED").check()
    page.get_by_role("button", name="Filter").click()
    page.wait_for_selector("#count:has-text('1 to ')")
    assert {*page.locator("td.name > a").all_inner_texts()} == {"check-disk"}
    page.locator(f"#row-{console.jobs['exit']} td.name a").click()
    page.locator("svg a[aria-label^='action, measure']").click()
    page.wait_for_selector(".telling")
    assert page.locator(".telling").inner_text() == "df: /data: No such file or directory"
    page.get_by_role("link", name="The whole log").click()
    page.wait_for_selector("h3:has-text('stdout')")
    assert "checking /data" in page.locator("main").inner_text()


def test_a_name_that_is_markup_is_a_name(console: Placed, open_page: Any) -> None:  # noqa: F811
    page = open_page(f"{console.url}/jobs/{console.jobs['script']}")
    assert page.locator("h1").inner_text() == SCRIPT_NAME
    assert SCRIPT_NAME in page.title()


def test_suspended_resumed_and_killed_with_a_token_only(console: Placed, open_page: Any) -> None:  # noqa: F811
    job = console.jobs["held"]
    console.until("held", "RUNNING")
    address = f"{console.url}/jobs/{job}"
    for headers in ({}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert requests.post(f"{address}/do/kill", data={"token": "x"}, headers=headers, timeout=60).status_code == 403
    requests.head(f"{address}/do/kill", timeout=60)
    assert requests.get(address, headers={"Host": "evil.example"}, timeout=60).status_code == 421
    assert console.client.status(job) == "RUNNING"

    page = open_page(address)
    for button, status in (("Suspend", "SUSPENDED"), ("Resume", "RUNNING"), ("Kill", "KILLED")):
        confirm(page, button)
        console.until("held", status)
        page.wait_for_selector(f"#state:has-text('{status}')")


def test_on_a_phone_no_page_scrolls_sideways(console: Placed, open_page: Any) -> None:  # noqa: F811
    page = open_page(console.url, width=390, height=844)
    for address in ("/workflows", "/coordinators", "/bundles", f"/jobs/{console.jobs['exit']}"):
        page.goto(f"{console.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
