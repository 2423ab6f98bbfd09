"""Times, zones and frequencies; the moments are those of Java 17's GregorianCalendar and of Oozie 5.2.1."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from itertools import islice

import pytest

from oozie.language.calendar import (
    Cron,
    Frequency,
    TimeError,
    Unit,
    add,
    format_time,
    move_to_end,
    nominal_times,
    parse_cron,
    parse_time,
    processing_zone,
    time_zone,
)

LOS_ANGELES = "America/Los_Angeles"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("text", "processing", "moment"),
    [
        ("2026-01-01T00:00Z", "UTC", "2026-01-01T00:00"),
        (" 2026-1-1T7:5Z ", "UTC", "2026-01-01T07:05"),
        ("2026-01-01T07:00+0700", "GMT+0700", "2026-01-01T00:00"),
        ("2025-12-31T20:30-0330", "GMT-0330", "2026-01-01T00:00"),
    ],
)
def test_parse_time(text: str, processing: str, moment: str) -> None:
    assert shown(parse_time(text, processing)) == moment
    assert parse_time(format_time(at(moment), processing), processing) == at(moment)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-13-01T00:00Z", "2026-02-29T00:00Z", "2026-01-01T24:00Z", "2026-01-01T00:60Z", "2026-01-01T00:00"),
        *("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01t00:00Z", "2026-01-01T00:00+0000", "", "0000-01-01T00:00Z"),
    ],
)
def test_no_time(text: str) -> None:
    with pytest.raises(TimeError):
        parse_time(text)


def test_another_zones_form_is_no_time() -> None:
    with pytest.raises(TimeError, match=r"\+0700"):
        parse_time("2026-01-01T00:00Z", "GMT+0700")


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        *(("UTC", 0), ("GMT", 0), ("GMT+05:30", 330), ("GMT+0530", 330), ("GMT-08:00", -480), ("Asia/Bangkok", 420)),
        *(("PST", -420), ("EST", -300), ("IST", 330), (LOS_ANGELES, -420), ("Etc/GMT+8", -480), ("ACT", 570)),
    ],
)
def test_time_zone(name: str, minutes: int) -> None:
    assert at("2026-07-01T00:00").astimezone(time_zone(name)).utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Mars/Olympus", "America/los_angeles", "America", "GMT+5:30", "GMT+24:00", "+05:30", "UTC+5", "GMT+5"),
        *("../etc/passwd", "/etc/localtime", "posix/UTC", "Factory", "a\x00b"),
    ],
)
def test_no_time_zone(name: str) -> None:
    with pytest.raises(TimeError):
        time_zone(name)


def test_oozies_own_zone_has_no_daylight_saving() -> None:
    with pytest.raises(TimeError):
        processing_zone("Asia/Bangkok")


@pytest.mark.parametrize(
    ("moment", "amount", "unit", "zone", "expected"),
    [
        ("2026-03-07T10:30", 1, "DAY", LOS_ANGELES, "2026-03-08T09:30"),  # 02:30 is missing: an hour early
        ("2026-03-07T10:30", 2, "DAY", LOS_ANGELES, "2026-03-09T09:30"),
        ("2026-02-08T10:30", 1, "MONTH", LOS_ANGELES, "2026-03-08T10:30"),  # and by months an hour late
        ("2026-10-31T08:30", 1, "DAY", LOS_ANGELES, "2026-11-01T08:30"),  # 01:30 comes twice: the first
        ("2026-10-01T08:30", 1, "MONTH", LOS_ANGELES, "2026-11-01T09:30"),  # and by months the second
        ("2026-03-07T08:00", 24, "HOUR", LOS_ANGELES, "2026-03-08T08:00"),
        ("2026-01-31T00:00", 1, "MONTH", "UTC", "2026-02-28T00:00"),
        ("2024-02-29T00:00", 1, "YEAR", "UTC", "2025-02-28T00:00"),
        ("2026-01-31T00:00", -2, "WEEK", "UTC", "2026-01-17T00:00"),
    ],
)
def test_add(moment: str, amount: int, unit: Unit, zone: str, expected: str) -> None:
    assert shown(add(at(moment), amount, unit, time_zone(zone))) == expected


def test_add_past_the_calendar() -> None:
    for unit in ("MINUTE", "DAY", "YEAR"):
        with pytest.raises(TimeError):
            add(at("2026-01-01T00:00"), 2**40, unit, timezone.utc)


@pytest.mark.parametrize(
    ("moment", "unit", "zone", "expected"),
    [
        ("2026-03-07T20:15", "DAY", LOS_ANGELES, "2026-03-08T08:00"),
        ("2026-03-08T08:00", "DAY", LOS_ANGELES, "2026-03-09T07:00"),
        ("2026-01-31T10:00", "MONTH", "UTC", "2026-02-01T00:00"),
        ("2026-01-17T11:00", "WEEK", "UTC", "2026-01-18T00:00"),  # from a Saturday
        ("2026-01-18T00:00", "WEEK", "UTC", "2026-01-25T00:00"),  # from a Sunday
        ("2018-11-03T12:00", "DAY", "America/Sao_Paulo", "2018-11-04T03:00"),  # that day began at one o'clock
    ],
)
def test_move_to_end(moment: str, unit: Unit, zone: str, expected: str) -> None:
    assert shown(move_to_end(at(moment), unit, time_zone(zone))) == expected


NOMINAL: list[tuple[Frequency | Cron, str, str, list[str]]] = [
    (Frequency(150), "2026-01-01T00:00", LOS_ANGELES, ["2026-01-01T00:00", "2026-01-01T02:30", "2026-01-01T05:00"]),
    (
        Frequency(1, "DAY"),
        "2026-03-07T08:00",
        LOS_ANGELES,
        ["2026-03-07T08:00", "2026-03-08T08:00", "2026-03-09T07:00"],
    ),
    (
        Frequency(1, "DAY"),
        "2026-10-31T07:00",
        LOS_ANGELES,
        ["2026-10-31T07:00", "2026-11-01T07:00", "2026-11-02T08:00"],
    ),
    (Frequency(1440), "2026-03-07T08:00", LOS_ANGELES, ["2026-03-07T08:00", "2026-03-08T08:00", "2026-03-09T08:00"]),
    (Frequency(1, "MONTH"), "2026-01-31T00:00", "UTC", ["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00"]),
    (Frequency(1, "DAY", at_end=True), "2026-03-07T20:00", LOS_ANGELES, ["2026-03-08T08:00", "2026-03-09T07:00"]),
    (Frequency(1, "MONTH", at_end=True), "2026-01-15T00:00", "UTC", ["2026-02-01T00:00", "2026-03-01T00:00"]),
    (Frequency(1, "WEEK", at_end=True), "2026-01-14T00:00", "UTC", ["2026-01-18T00:00", "2026-01-25T00:00"]),
    (parse_cron("0 0/6 * * *"), "2026-01-01T00:00", "UTC", ["2026-01-01T00:00", "2026-01-01T06:00"]),
    # Cron is read in UTC, yet moved with daylight saving when a day or more lies between.
    (
        parse_cron("0 9 * * *"),
        "2026-03-07T08:00",
        LOS_ANGELES,
        ["2026-03-07T09:00", "2026-03-08T09:00", "2026-03-09T08:00"],
    ),
    (parse_cron("0 9,21 * * *"), "2026-03-08T12:00", LOS_ANGELES, ["2026-03-08T21:00", "2026-03-09T09:00"]),
    (
        parse_cron("0 8 * * *"),
        "2026-10-31T08:00",
        LOS_ANGELES,
        ["2026-10-31T08:00", "2026-11-01T08:00", "2026-11-02T09:00"],
    ),
]


@pytest.mark.parametrize(("frequency", "start", "zone", "expected"), NOMINAL)
def test_nominal_times(frequency: Frequency | Cron, start: str, zone: str, expected: list[str]) -> None:
    times = nominal_times(frequency, at(start), at("2027-01-01T00:00"), time_zone(zone))
    assert [shown(moment) for moment in islice(times, len(expected))] == expected


def test_cron_in_oozies_own_zone() -> None:
    times = nominal_times(
        parse_cron("30 7 * * *"), at("2026-01-01T00:00"), at("2026-01-03T00:00"), timezone.utc, "GMT+0700"
    )
    assert [shown(moment) for moment in times] == ["2026-01-01T00:30", "2026-01-02T00:30"]


def test_the_end_is_not_a_nominal_time() -> None:
    times = nominal_times(Frequency(60), at("2026-01-01T00:00"), at("2026-01-01T02:00"), timezone.utc)
    assert len(list(times)) == 2


def test_the_end_of_the_calendar_is_an_end() -> None:
    for frequency in (Frequency(1, "MONTH"), Frequency(1, "MONTH", at_end=True), parse_cron("0 0 L * ?")):
        times = list(nominal_times(frequency, at("9999-11-30T00:00"), at("9999-12-31T23:59"), time_zone("Asia/Tokyo")))
        assert 1 <= len(times) <= 2


def test_a_rare_cron_is_found_without_looking_at_every_minute() -> None:
    started = time.process_time()
    times = list(nominal_times(parse_cron("0 0 29 2 ?"), at("2026-01-01T00:00"), at("2100-01-01T00:00"), timezone.utc))
    assert [moment.year for moment in times] == list(range(2028, 2100, 4))
    assert time.process_time() - started < 1
