"""Instances in their days: where the coordinator is at home, with the turns of clocks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from howdah.console.calendar import a_day, minutes_between, period_of, rows, weeks, zone_of
from oozie.client import CoordinatorAction

UTC = timezone.utc
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def instances(*moments: datetime) -> list[CoordinatorAction]:
    return [
        CoordinatorAction(f"1-C@{number}", "1-C", number, "SUCCEEDED", nominal=moment)
        for number, moment in enumerate(moments, start=1)
    ]


def test_a_month_begins_at_midnight_where_the_coordinator_is_at_home() -> None:
    period = period_of("2026-10", None, BERLIN, NOW)

    assert (period.title, period.name) == ("October 2026", "2026-10")
    # Summer time ends in it.
    assert period.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert period.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert (period.previous.name, period.next.name) == ("2026-09", "2026-11")


def test_a_day_has_its_neighbours() -> None:
    day = period_of("2026-03-01", None, UTC, NOW)

    assert (day.previous.name, day.title, day.next.name) == ("2026-02-28", "2026-03-01", "2026-03-02")
    assert day.end - day.start == timedelta(days=1)


@pytest.mark.parametrize("name", ["", "2026-13", "2026-02-30", "9999-01", "0000-01", "x", "2026-11-21; drop"])
def test_what_is_no_period_shows_the_month_of_the_latest_instance(name: str) -> None:
    assert period_of(name, datetime(2026, 4, 30, 23, 30, tzinfo=UTC), BERLIN, NOW).name == "2026-05"
    assert period_of(name, None, UTC, NOW).name == "2026-11"


@pytest.mark.parametrize(("name", "zone"), [("Asia/Bangkok", ZoneInfo("Asia/Bangkok")), ("GMT+7", UTC), ("../x", UTC)])
def test_a_zone_that_is_not_known_is_utc(name: str, zone: object) -> None:
    assert zone_of(name) == zone


@pytest.mark.parametrize(
    ("frequency", "unit", "minutes"),
    [("15", "MINUTE", 15), ("2", "HOUR", 120), ("1", "DAY", 1440), ("1", "MONTH", 43200)],
)
def test_a_frequency_says_how_far_instances_are_apart(frequency: str, unit: str, minutes: float) -> None:
    assert minutes_between((), frequency, unit) == minutes


def test_a_cron_coordinator_shows_it_in_its_instances() -> None:
    moments = [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in (0, 6, 12, 18)]

    assert minutes_between(instances(*moments), "0 */6 * * *", "CRON") == 360
    assert minutes_between((), "0 */6 * * *", "CRON") == 1440
    assert a_day(360) == 4
    assert a_day(0) == 1


def test_weeks_begin_on_monday_and_hold_instances_on_the_day_at_home() -> None:
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # the third in Berlin
    outside = datetime(2026, 12, 1, 12, tzinfo=UTC)
    found = weeks(period_of("2026-11", None, BERLIN, NOW), instances(late, outside), NOW)

    assert [day.date.isoformat() for day in found[0]][::6] == ["2026-10-26", "2026-11-01"]
    days = {day.date.isoformat(): day for week in found for day in week}
    assert [entry.local.strftime("%H:%M") for entry in days["2026-11-03"].entries] == ["00:30"]
    assert [day for day in days.values() if day.is_today] == [days["2026-11-21"]]
    assert not days["2026-10-31"].is_inside
    assert days["2026-12-01"].entries == ()


def test_rows_are_days_of_a_month_or_hours_of_a_day() -> None:
    moments = [datetime(2026, 11, 1, 3, 0, tzinfo=UTC), datetime(2026, 11, 1, 3, 15, tzinfo=UTC),
               datetime(2026, 11, 2, 4, 0, tzinfo=UTC)]  # fmt: skip

    def told(period: str) -> list[tuple[str, int]]:
        found = rows(period_of(period, None, UTC, NOW), instances(*moments[::-1]))
        return [(row.label, len(row.entries)) for row in found]

    assert told("2026-11") == [("Sun 01", 2), ("Mon 02", 1)]
    assert told("2026-11-01") == [("03 h", 2)]
