"""A coordinator as a calendar."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import Shown

Look = Callable[..., Shown]
DAYS = [date(2026, 11, day) for day in range(1, 13)]


def test_a_month_of_days_with_their_instances(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('daily-load')}")

    assert page.one("//h2[@id='calendar']") == "November 2026"
    # 01:00 in UTC is 08:00 where the coordinator is at home.
    assert page.one("//*[@id='at-1']") == "08:00 SUCCEEDED"
    assert page.one("//*[@id='at-3']") == "08:00 KILLED"
    assert page.one("//*[@id='at-7']") == "08:00 WAITING"
    assert "times in Asia/Bangkok" in page.main


def test_what_the_waiting_ones_wait_for(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('daily-load')}")

    assert "raw/202611070100/_SUCCESS" in page.one("//section[@aria-labelledby='waits']")


def test_other_months_and_days(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("daily-load")
    page = look(f"/jobs/{job}?period=2026-10")

    assert page.one("//h2[@id='calendar']") == "October 2026"
    assert "No instance in this time." in page.main
    assert page.one("//a[@rel='next'][contains(@href, 'period')]/@href") == f"/jobs/{job}?period=2026-11"


def test_many_instances_a_day_are_small_fields(look: Look, oozie: RecordedOozie) -> None:
    job = oozie.id_of("daily-load")
    for key, answer in oozie.answers.items():
        if job in key and "show=info" in key and "@" not in key:
            often = {**json.loads(answer.body), "frequency": "15", "timeUnit": "MINUTE"}
            oozie.answers[key] = replace(answer, body=json.dumps(often))

    page = look(f"/jobs/{job}?period=2026-11")
    assert page.all("//table[@id='dense']//th") == [f"{day:%a %d}" for day in DAYS]
    assert page.all("//table[@id='dense']//a")[0] == "08:00 SUCCEEDED"


def test_instances_as_a_list(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('daily-load')}/instances")

    numbers = page.all("//td[@class='name']/a")
    assert numbers == sorted(numbers, key=int, reverse=True)
    assert look(f"/jobs/{oozie.id_of('nightly-import')}/instances").status in (404, 503)


def test_a_bundle_has_its_coordinators(look: Look, oozie: RecordedOozie) -> None:
    page = look(f"/jobs/{oozie.id_of('warehouse')}")

    assert sorted(page.all("//td[@class='name']/a")) == ["daily-load", "quarter-hourly"]
    assert "Part of the bundle" in look(f"/jobs/{oozie.id_of('daily-load')}").main
