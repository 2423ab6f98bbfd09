"""Coordinator expressions; every value was given by CoordELFunctions of Oozie 5.2.1."""

from __future__ import annotations

import pytest

from oozie.language.calendar import Frequency, parse_time, time_zone
from oozie.language.el import ElError, evaluate
from oozie.language.el.coordinator import CoordinatorState, Phase, coordinator_scope
from oozie.language.el.instances import ResolvedDataset

LOS_ANGELES = "America/Los_Angeles"
DATASETS = {
    "hourly": (Frequency(60), "2026-01-01T00:00Z", "UTC"),
    "daily": (Frequency(1, "DAY"), "2026-03-01T08:00Z", LOS_ANGELES),
    "monthly": (Frequency(1, "MONTH"), "2026-01-31T00:00Z", "UTC"),
    "eod": (Frequency(1, "DAY", at_end=True), "2026-03-01T10:00Z", LOS_ANGELES),
    "biweekly": (Frequency(2, "WEEK", at_end=True), "2026-01-01T00:00Z", "Europe/London"),
}


def state(dataset: str, nominal: str, *existing: str) -> CoordinatorState:
    frequency, initial, zone = DATASETS[dataset]
    resolved = ResolvedDataset(
        dataset, frequency, parse_time(initial), time_zone(zone), "/d/${YEAR}/${MONTH}/${DAY}/${HOUR}${MINUTE}", "ok"
    )
    return CoordinatorState(
        {"user.name": "joe", "queue": " daily "},
        name="c",
        action_id="7-C@1",
        zone=time_zone("Asia/Bangkok"),
        nominal_time=parse_time(nominal),
        actual_time=parse_time(nominal),
        dataset=resolved,
        exists=(lambda uri: uri in existing) if existing else None,
    )


INSTANCES = """
hourly   | 2026-01-02T03:30Z | current(0)             | 2026-01-02T03:00Z
hourly   | 2026-01-02T03:30Z | current(-3)            | 2026-01-02T00:00Z
hourly   | 2026-01-01T01:30Z | currentRange(-3, 1)    | 2026-01-01T02:00Z#2026-01-01T01:00Z#2026-01-01T00:00Z
hourly   | 2025-12-31T00:00Z | current(0)             |
daily    | 2026-03-09T08:00Z | currentRange(-2, 0)    | 2026-03-09T07:00Z#2026-03-08T08:00Z#2026-03-07T08:00Z
daily    | 2026-03-09T06:59Z | current(0)             | 2026-03-08T08:00Z
monthly  | 2026-03-30T00:00Z | current(0)             | 2026-03-31T00:00Z
monthly  | 2026-03-31T00:00Z | currentRange(-1, 1)    | 2026-04-28T00:00Z#2026-03-28T00:00Z#2026-02-28T00:00Z
eod      | 2026-03-09T08:00Z | currentRange(-1, 0)    | 2026-03-09T07:00Z#2026-03-08T08:00Z
biweekly | 2026-02-01T00:00Z | currentRange(-1, 0)    | 2026-02-01T00:00Z#2026-01-18T00:00Z
hourly   | 2026-01-02T03:30Z | offset(-90, 'MINUTE')  | 2026-01-02T01:00Z
hourly   | 2026-01-02T03:30Z | offset(-1, 'DAY')      | 2026-01-01T03:00Z
daily    | 2026-03-09T08:00Z | offset(-1, 'MONTH')    |
daily    | 2026-03-12T08:00Z | offset(-30, 'HOUR')    | 2026-03-10T07:00Z
daily    | 2026-03-07T08:00Z | hoursInDay(0)          | 24
daily    | 2026-03-07T08:00Z | hoursInDay(1)          | 23
daily    | 2026-10-31T08:00Z | hoursInDay(1)          | 25
daily    | 2026-02-01T00:00Z | hoursInDay(0)          | -1
monthly  | 2026-02-15T00:00Z | daysInMonth(0)         | 28
monthly  | 2026-02-15T00:00Z | daysInMonth(1)         | 31
daily    | 2026-03-07T08:00Z | tzOffset()             | -900
daily    | 2026-03-09T08:00Z | tzOffset()             | -840
hourly   | 2026-01-02T03:30Z | latest(0)              | ${coord:latest(0)}
hourly   | 2026-01-02T03:30Z | futureRange(0, 1, 9)   | ${coord:futureRange(0, 1, 9)}
"""


@pytest.mark.parametrize("row", INSTANCES.strip().split("\n"))
def test_instances(row: str) -> None:
    dataset, nominal, call, expected = (part.strip() for part in row.split("|"))
    assert evaluate(f"${{coord:{call}}}", coordinator_scope("instance", state(dataset, nominal))) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("latest(0)", "2026-01-02T02:00Z"),
        ("latest(-1)", "2026-01-01T23:00Z"),
        ("latestRange(-1, 0)", "2026-01-02T02:00Z#2026-01-01T23:00Z"),
        ("latest(-2)", "${coord:latest(-2)}"),
        ("future(0, 5)", "2026-01-02T05:00Z"),
        ("future(1, 5)", "${coord:future(1, 5)}"),
        ("futureRange(0, 1, 9)", "2026-01-02T05:00Z#2026-01-02T12:00Z"),
    ],
)
def test_instances_that_exist(call: str, expected: str) -> None:
    existing = [f"/d/2026/01/{day}00/ok" for day in ("01/23", "02/02", "02/05", "02/12")]
    scope = coordinator_scope("instance", state("hourly", "2026-01-02T03:30Z", *existing))
    assert evaluate(f"${{coord:{call}}}", scope) == expected


AT_ACTION = {
    "${coord:nominalTime()} ${coord:actualTime()}": "2026-03-08T09:30Z 2026-03-08T09:30Z",
    "${coord:formatTime(coord:nominalTime(), 'yyyy-MM-dd')}": "2026-03-08",
    "${coord:dateOffset(coord:nominalTime(), -1, 'DAY')}": "2026-03-07T09:30Z",
    "${coord:dateOffset('2026-01-31T00:00Z', 1, 'MONTH')}": "2026-02-28T00:00Z",
    "${coord:dateTzOffset(coord:nominalTime(), 'America/Los_Angeles')}": "2026-03-08T01:30Z",
    "${coord:dateTzOffset(coord:nominalTime(), 'GMT+0530')}": "2026-03-08T15:00Z",
    "${coord:epochTime('2026-01-01T00:00Z', 'false')}": "1767225600",
    "${coord:epochTime('2026-01-01T00:00Z', 'TRUE')}": "1767225600000",
    "${coord:actionId()} ${coord:name()} ${coord:user()}": "7-C@1 c joe",
    "${coord:conf('queue')}|${coord:conf('absent')}|${queue}": "daily||daily",
    "${coord:dataIn('in')}|${coord:dataIn('open')}|${coord:dataOut('out')}": "/a,/b|${coord:dataIn('open')}|/c",
}


@pytest.mark.parametrize("text", AT_ACTION)
def test_values_of_an_action(text: str) -> None:
    action = state("daily", "2026-03-08T09:30Z")
    action.inputs, action.outputs = {"in": "/a,/b", "open": None}, {"out": "/c"}
    assert evaluate(text, coordinator_scope("data", action)) == AT_ACTION[text]


@pytest.mark.parametrize(
    ("call", "value", "unit", "at_end"),
    [
        *(("minutes(90)", "90", "MINUTE", False), ("hours(2)", "120", "MINUTE", False), ("days(1)", "1", "DAY", False)),
        *(("months(3)", "3", "MONTH", False), ("endOfDays(1)", "1", "DAY", True), ("endOfWeeks(1)", "1", "WEEK", True)),
        ("endOfMonths(2)", "2", "MONTH", True),
    ],
)
def test_frequencies(call: str, value: str, unit: str, at_end: bool) -> None:
    frequency = CoordinatorState({})
    assert evaluate(f"${{coord:{call}}}", coordinator_scope("frequency", frequency)) == value
    assert (frequency.unit, frequency.at_end) == (unit, at_end)


def test_parts_of_an_instance_stand_for_themselves_at_submission() -> None:
    text = "${queue}/${YEAR}/${MONTH}/${DAY}/${HOUR}/${MINUTE}"
    scope = coordinator_scope("settings", state("daily", "2026-03-08T09:30Z"))
    assert evaluate(text, scope) == "daily/${YEAR}/${MONTH}/${DAY}/${HOUR}/${MINUTE}"


def test_uri_of_an_instance() -> None:
    dataset = state("daily", "2026-03-08T09:30Z").data
    assert dataset.uri("2026-03-08T09:05Z") == "/d/2026/03/08/0905"
    assert dataset.flag_path("/d/x") == "/d/x/ok"


ERRORS: list[tuple[Phase, str, int, str]] = [
    ("data", "${coord:current(0)}", 2, "function 'coord:current' is not allowed here"),
    ("instance", "${coord:nominalTime()}", 2, "function 'coord:nominalTime' is not allowed here"),
    ("frequency", "${wf:id()}", 2, "function 'wf:id' is not allowed here"),
    ("timeout", "${coord:endOfDays(1)}", 2, "function 'coord:endOfDays' is not allowed here"),
    ("frequency", "${coord:dayz(1)}", 2, "there is no function 'coord:dayz'"),
    ("frequency", "${coord:days(0)}", 2, "parameter [n] = [0]  must be greater than zero"),
    ("frequency", "${coord:days('x')}", 13, "'x' (text) is no whole number"),
    ("instance", "${coord:latest(1)}", 2, "parameter [latest:n] = [1]  must be zero or less"),
    ("instance", "${coord:future(0, 0)}", 2, "parameter [future:instance] = [0]  must be greater than zero"),
    ("instance", "${coord:offset(1, 'EON')}", 2, "'EON' is no unit of time"),
    ("instance", "${coord:currentRange(0, 2000000000)}", 2, "a range of 2000000000 instances is too long"),
    ("data", "${coord:dataIn('none')}", 2, "data_in_name none is not valid"),
    ("data", "${coord:formatTime('today', 'yyyy')}", 2, "'today' is no time of the form"),
    ("data", "${coord:formatTime(coord:nominalTime(), 'yyyy-q')}", 2, "'q' in the pattern"),
    ("data", "${coord:dateTzOffset(coord:nominalTime(), 'Mars')}", 2, "'Mars' is no time zone"),
    ("data", "${coord:dateOffset(coord:nominalTime(), 2000000000, 'YEAR')}", 2, "2000000000 YEARs from"),
    ("data", "${coord:dataInPartitions('in', 'x')}", 2, "HCatalog partitions are not supported yet"),
]


@pytest.mark.parametrize(("phase", "text", "offset", "reason"), ERRORS)
def test_errors(phase: Phase, text: str, offset: int, reason: str) -> None:
    with pytest.raises(ElError) as caught:
        evaluate(text, coordinator_scope(phase, state("daily", "2026-03-09T08:00Z")))
    assert (caught.value.code, caught.value.offset) == ("E1004", offset)
    assert caught.value.reason.startswith(reason)
