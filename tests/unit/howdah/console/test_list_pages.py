"""Lists of jobs: filtered, a page at a time, and which jobs that SUCCEEDED have not."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from howdah.console.list_pages import near_pages
from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import Shown

Look = Callable[..., Shown]


def test_the_first_page_is_that_of_the_workflows(look: Look) -> None:
    assert look("/").response.headers["Location"] == "/workflows"


def test_jobs_with_their_states(look: Look) -> None:
    page = look("/workflows")

    names = page.all("//td[@class='name']/a")
    assert {"nightly-import", "check-disk", "wait-for-export"} <= set(names)
    assert set(page.all("//td[@data-label='State']")) >= {"SUCCEEDED", "KILLED", "SUSPENDED"}
    assert page.one("//*[@id='count']").startswith(f"1 to {len(names)} of {len(names)}")


def test_a_filter_by_state_name_and_user(look: Look, oozie: RecordedOozie) -> None:
    page = look("/workflows?status=KILLED&name=disk&user=root")

    assert page.all("//td[@class='name']/a") == ["check-disk"]
    assert page.all("//input[@type='checkbox'][@checked]/@value") == ["KILLED"]
    assert page.one("//input[@id='name']/@value") == "disk"


@pytest.mark.parametrize("plural", ["workflows", "coordinators", "bundles"])
def test_nothing_fits(look: Look, plural: str) -> None:
    page = look(f"/{plural}?name=nothing-like-it")

    assert page.one("//*[@id='count']") == f"No {plural} fit the filter."
    assert page.all("//table") == []


def test_an_oozie_without_jobs(look: Look, oozie: RecordedOozie) -> None:
    oozie.answers = {key: answer for key, answer in oozie.answers.items() if "-oozie-root-" not in key}

    assert look("/workflows").one("//*[@id='count']") == "There are no workflows yet."


def test_pages(look: Look, oozie: RecordedOozie) -> None:
    oozie.copies = 300
    page = look("/workflows?length=25&page=3&user=root")

    assert len(page.all("//tbody/tr")) == 25
    assert page.one("//*[@id='count']").startswith("51 to 75 of 3")
    assert page.one("//a[@rel='next']/@href") == "/workflows?user=root&length=25&page=4"
    assert page.one("//a[@aria-current='page'][starts-with(@aria-label, 'Page')]") == "3"


def test_a_page_after_the_last_says_where_the_list_ends(look: Look) -> None:
    assert "This page is empty: the list ends at page 1." in look("/workflows?page=99").main


def test_a_failure_that_was_passed_over_is_seen_in_the_list(look: Look) -> None:
    end = time.monotonic() + 5
    while "failed, passed over: summary-report" not in (page := look("/workflows")).main:
        assert time.monotonic() < end
    assert "at measure (1)" in page.main


def test_what_cannot_be_filtered_by(look: Look) -> None:
    page = look("/workflows?since=yesterday")

    assert page.status == 400
    assert "H758" in page.main


def test_find_by_id(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")

    assert look(f"/find?id=+{job}").response.headers["Location"] == f"/jobs/{job}"
    assert look(f"/find?id={job}@prepare").response.headers["Location"] == f"/actions/{job}@prepare"
    assert look("/find?id=").status == 404
    # Not away from here, whatever is looked for.
    assert look("/find?id=//evil.example/").response.headers["Location"].startswith("/jobs/")


@pytest.mark.parametrize(
    ("page", "pages", "offered"),
    [(1, 1, [1]), (1, 5, [1, 2, 3, 0, 5]), (50, 99, [1, 0, 48, 49, 50, 51, 52, 0, 99]), (9, 3, [1, 0, 3])],
)
def test_the_pages_that_are_offered(page: int, pages: int, offered: list[int]) -> None:
    assert near_pages(page, pages) == offered
