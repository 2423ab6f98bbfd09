from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.language.lints.clocks import moved_times
from oozie.language.lints.subject import Subject
from oozie.language.model import Coordinator, DataEvent, Dataset


def coordinator(
    frequency: str, zone: str, start: str = "2026-01-15T01:00Z", end: str = "2027-01-01T00:00Z"
) -> Coordinator:
    return Coordinator("c", frequency, start, end, zone, "/a", line=2)


def found(app: Coordinator) -> list[str]:
    lints = list(moved_times(Subject(app, "c.xml", {}, None)))
    assert all(lint.hint for lint in lints)
    return [f"{lint.code} {lint.line} {lint.message}" for lint in lints]


@pytest.mark.parametrize(
    ("frequency", "said"), [("1440", "1440 minutes"), ("${coord:hours(24)}", "1440 minutes"), ("2880", "2880 minutes")]
)
def test_days_that_are_counted_in_minutes(frequency: str, said: str) -> None:
    [text] = found(coordinator(frequency, "Europe/Berlin"))

    assert text.startswith(f"H016 2 every {said} is not every day in Europe/Berlin")
    assert "02:00 becomes 03:00 there on 2026-03-" in text


def test_a_time_that_clocks_leave_out_or_show_twice() -> None:
    [gap] = found(coordinator("${coord:days(1)}", "Europe/Berlin", "2026-01-15T01:30Z"))
    [twice] = found(coordinator("${coord:days(1)}", "Europe/Berlin", "2026-07-15T00:30Z"))

    assert gap == ("H016 2 on 2026-03-29 it is due at 01:30 in Europe/Berlin: 02:30 does not exist there that day")
    assert twice.startswith("H016 2 on 2026-10-25 it is due at 02:30 in Europe/Berlin: clocks show 02:30 twice")


def test_cron_that_daylight_saving_moves() -> None:
    [text] = found(coordinator("0 8 * * *", "America/New_York"))

    assert text == (
        "H016 2 cron is read in UTC, and America/New_York moves it: from 2026-03-08 on it is 07:00Z while it catches "
        "up, and as written once it has"
    )


def test_cron_in_a_zone_without_daylight_saving() -> None:
    assert found(coordinator("0 8 * * *", "Asia/Bangkok")) == [
        "H025 2 cron is read in UTC, whatever the timezone: the first time of '0 8 * * *' is 08:00Z, "
        "15:00 in Asia/Bangkok"
    ]


@pytest.mark.parametrize(
    "app",
    [
        coordinator("0 8 * * *", "UTC"),
        coordinator("*/10 * * * *", "Asia/Bangkok"),
        coordinator("1440", "UTC"),
        coordinator("1440", "Asia/Bangkok"),
        coordinator("60", "Europe/Berlin"),
        coordinator("1440", "Europe/Berlin", end="2026-02-01T00:00Z"),
        coordinator("${coord:days(1)}", "Europe/Berlin", "2026-01-15T11:00Z"),
        coordinator("${coord:months(1)}", "Europe/Berlin", "2026-01-15T11:00Z"),
        coordinator("${every}", "Europe/Berlin"),
        coordinator("1440", "Nowhere/Land"),
    ],
)
def test_times_that_stay_where_they_are(app: Coordinator) -> None:
    assert found(app) == []


def with_dataset(zone: str, frequency: str = "${coord:days(1)}", start: str = "2026-01-15T23:00Z") -> Coordinator:
    days = Dataset("days", "/d/${YEAR}${MONTH}${DAY}", frequency, "2026-01-01T23:00Z", zone, line=4)
    event = DataEvent("in", "days", ("${coord:current(0)}",))
    return replace(coordinator("${coord:days(1)}", "Europe/Berlin", start), datasets=(days,), inputs=(event,))


@pytest.mark.parametrize("frequency", ["${coord:days(1)}", "1440"])
def test_a_dataset_whose_days_are_not_the_coordinators(frequency: str) -> None:
    [text] = found(with_dataset("UTC", frequency))

    assert text.startswith("H016 4 dataset 'days' has its days in UTC, the coordinator in Europe/Berlin: on 2026-03-30")


def test_a_dataset_with_the_same_days() -> None:
    assert found(with_dataset("Europe/Berlin")) == []
    assert found(with_dataset("UTC", "${coord:hours(1)}")) == []
    assert found(with_dataset("UTC", start="2026-01-15T11:00Z")) == []
