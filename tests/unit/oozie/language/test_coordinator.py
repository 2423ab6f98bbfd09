"""The actions of a coordinator, one at a time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oozie.language.coordinator import Dependency, materialise
from oozie.language.el import ElError
from oozie.language.model import Coordinator, DataEvent, Dataset
from storage.errors import HowdahError

RAW = Dataset("raw", "${nn}/raw/${YEAR}/${MONTH}/${DAY}", "${coord:days(1)}", "2026-01-01T00:00Z", "UTC")
OUT = Dataset("out", "/out/${YEAR}${MONTH}${DAY}", "${coord:days(1)}", "2026-01-01T00:00Z", "UTC", done_flag="")
COORDINATOR = Coordinator(
    "c",
    "${coord:days(1)}",
    "2026-03-01T00:00Z",
    "2026-03-04T00:00Z",
    "UTC",
    "${nn}/app",
    (
        ("day", "${coord:formatTime(coord:nominalTime(), 'yyyyMMdd')}"),
        ("input", "${coord:dataIn('in')}"),
        ("output", " ${coord:dataOut('out')} "),
        ("id", "${coord:actionId()}"),
        ("${key}", "v"),
    ),
    datasets=(RAW, OUT),
    inputs=(DataEvent("in", "raw", start_instance="${coord:current(-1)}", end_instance="${coord:current(0)}"),),
    outputs=(DataEvent("out", "out", ("${coord:current(0)}",)),),
)
PROPERTIES = {"nn": "hdfs://hw1", "key": "k", "day": "overridden", "queue": "daily"}


def test_an_action() -> None:
    first, second, third = materialise(COORDINATOR, PROPERTIES, job_id="7-C")
    assert [action.number for action in (first, second, third)] == [1, 2, 3]
    assert second.nominal_time == datetime(2026, 3, 2, tzinfo=timezone.utc)
    assert second.app_path == "hdfs://hw1/app"
    assert second.configuration == {
        "nn": "hdfs://hw1",
        "key": "k",
        "k": "v",
        "queue": "daily",
        "day": "20260302",
        "input": "hdfs://hw1/raw/2026/03/02,hdfs://hw1/raw/2026/03/01",
        "output": "/out/20260302",
        "id": "7-C@2",
        "oozie.wf.application.path": "hdfs://hw1/app",
    }
    uris = [f"hdfs://hw1/raw/2026/03/0{day}" for day in (2, 1)]
    assert second.inputs == tuple(Dependency("in", uri, f"{uri}/_SUCCESS") for uri in uris)
    assert second.outputs == (Dependency("out", "/out/20260302", "/out/20260302"),)
    assert not second.unresolved


def test_what_waits_for_files_stays_open_until_they_exist() -> None:
    coordinator = replace(COORDINATOR, inputs=(DataEvent("in", "raw", ("${coord:latest(0)}",)),))
    action = next(materialise(coordinator, PROPERTIES))
    assert action.unresolved == {"in": ("${coord:latest(0)}",)}
    assert (action.inputs, action.configuration["input"]) == ((), "${coord:dataIn('in')}")
    found = "hdfs://hw1/raw/2026/02/11"
    action = next(materialise(coordinator, PROPERTIES, exists=lambda uri: uri == f"{found}/_SUCCESS"))
    assert not action.unresolved
    assert action.inputs == (Dependency("in", found, f"{found}/_SUCCESS"),)
    assert action.configuration["input"] == found


def test_the_actual_time_is_that_of_the_clock() -> None:
    coordinator = replace(COORDINATOR, configuration=(("made", "${coord:actualTime()}"),))
    now = datetime(2026, 3, 9, 1, 2, 3, tzinfo=timezone.utc)
    assert next(materialise(coordinator, PROPERTIES, now=lambda: now)).configuration["made"] == "2026-03-09T01:02Z"
    assert next(materialise(coordinator, PROPERTIES)).configuration["made"] == "2026-03-01T00:00Z"


def test_actions_are_made_when_they_are_asked_for() -> None:
    started = time.process_time()
    forever = replace(COORDINATOR, frequency="5", end="9999-12-31T00:00Z")
    assert len(list(islice(materialise(forever, PROPERTIES), 10))) == 10
    assert time.process_time() - started < 1


def test_what_is_wrong_at_submission_is_said_before_the_first_action() -> None:
    with pytest.raises(ElError, match=r"start: variable \[begin\] cannot be resolved"):
        materialise(replace(COORDINATOR, start="${begin}"), PROPERTIES)


def test_oozie_in_another_zone() -> None:
    coordinator = replace(
        COORDINATOR,
        start="2026-03-01T07:00+0700",
        end="2026-03-04T00:00+0700",
        datasets=tuple(replace(dataset, initial_instance="2026-01-01T00:00+0700") for dataset in (RAW, OUT)),
    )
    action = next(materialise(coordinator, PROPERTIES, processing="GMT+0700"))
    assert action.nominal_time == datetime(2026, 3, 1, tzinfo=timezone.utc)
    assert action.configuration["day"] == "20260301"
    assert action.outputs[0].uri == "/out/20260301"  # the day that began at 17:00 UTC


_ODD = st.sampled_from(
    [
        *("", "${", "5", "-1", "99999999999", "é", "* * * * *", "0 0 L * ?", "Asia/Tokyo", "GMT-12:00", "GMT+23:59"),
        *("9999-12-31T23:59Z", "0100-01-01T00:00Z", "1970-01-01T00:00Z", "${YEAR}", "${coord:months(9999)}"),
        *(
            "${coord:days(2147483647)}",
            "${coord:endOfMonths(1)}",
            "${coord:current(-2147483648)}",
            "${coord:latest(-3)}",
        ),
        *("${coord:offset(-2147483648,'YEAR')}", "${coord:endOfWeeks(2147483647)}", "${coord:current('1e999')}"),
        *("${coord:absolute('9999-12-31T23:59Z')}", "${coord:future(2,20)}", "${coord:hoursInDay(2147483647)}"),
        *("${coord:dateTzOffset('9999-12-31T23:59Z','Asia/Tokyo')}", "${coord:formatTime('9999-12-31T23:59Z','YYYY')}"),
    ]
)
_FIELDS = ("frequency", "start", "end", "timezone", "initial_instance", "dataset_frequency", "first", "last", "value")


@given(st.dictionaries(st.sampled_from(_FIELDS), st.one_of(_ODD, st.text(max_size=8)), max_size=4))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_nothing_but_errors_of_ours(odd: dict[str, str]) -> None:
    raw = replace(
        RAW,
        frequency=odd.get("dataset_frequency", RAW.frequency),
        initial_instance=odd.get("initial_instance", RAW.initial_instance),
    )
    first, last = odd.get("first", "${coord:current(-1)}"), odd.get("last", "${coord:current(0)}")
    coordinator = replace(
        COORDINATOR,
        datasets=(raw, OUT),
        inputs=(DataEvent("in", "raw", start_instance=first, end_instance=last), DataEvent("one", "raw", (first,))),
        configuration=(("day", odd.get("value", "1")),),
        **{name: odd[name] for name in ("frequency", "start", "end", "timezone") if name in odd},
    )
    try:
        actions = list(islice(materialise(coordinator, PROPERTIES, exists=lambda uri: False), 2))
    except HowdahError as error:
        assert "\n" not in str(error.diagnostics[0])
    else:
        assert all(action.number in (1, 2) for action in actions)
