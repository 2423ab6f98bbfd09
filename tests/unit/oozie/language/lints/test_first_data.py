from __future__ import annotations

import pytest

from oozie.language.lints.first_data import early_starts
from oozie.language.lints.subject import Subject
from oozie.language.model import Coordinator, DataEvent, Dataset


def coordinator(instances: str = "${coord:current(0)}", first: str = "2026-01-03T00:00Z", out: str = "") -> Coordinator:
    """Daily from January 1st 2026; ``instances`` apart by blanks."""
    days = Dataset("days", "/d/${YEAR}${MONTH}${DAY}", "${coord:days(1)}", first, "UTC", line=3)
    return Coordinator(
        "c", "${coord:days(1)}", "2026-01-01T00:00Z", "2026-02-01T00:00Z", "UTC", "/a",
        datasets=(days,),
        inputs=(DataEvent("in", "days", tuple(instances.split()), line=5),) if instances else (),
        outputs=(DataEvent("out", "days", (out,), line=7),) if out else (),
    )  # fmt: skip


def found(app: Coordinator, properties: dict[str, str] | None = None) -> list[str]:
    lints = list(early_starts(Subject(app, "c.xml", {}, properties)))
    assert all(lint.code == "H015" for lint in lints)
    return [f"{lint.line} {lint.message} / {lint.hint.partition(',')[0]}" for lint in lints]


def test_actions_before_the_first_instance_get_nothing() -> None:
    assert found(coordinator()) == [
        "5 for the first 2 actions coord:dataIn('in') is empty: dataset 'days' begins at 2026-01-03T00:00Z "
        "/ start at 2026-01-03T00:00Z"
    ]
    assert found(coordinator("", out="${coord:current(0)}")) == [
        "7 for the first 2 actions coord:dataOut('out') is empty: dataset 'days' begins at 2026-01-03T00:00Z "
        "/ start at 2026-01-03T00:00Z"
    ]


def test_a_range_that_reaches_back_before_the_first_instance() -> None:
    [text] = found(coordinator("${coord:current(0)} ${coord:current(-1)}", "2026-01-01T00:00Z"))

    assert text == (
        "5 the first action gets too little of 'in' (1 instance, not 2): dataset 'days' begins at 2026-01-01T00:00Z "
        "/ start at 2026-01-02T00:00Z"
    )


def test_a_dataset_that_begins_after_all() -> None:
    [text] = found(coordinator(first="2027-01-01T00:00Z"))

    assert text.startswith("5 for at least the first 31 actions coord:dataIn('in') is empty")
    assert text.endswith("/ start later")


@pytest.mark.parametrize(
    "app",
    [
        coordinator(first="2026-01-01T00:00Z"),
        coordinator(first="2020-01-01T00:00Z", instances="${coord:current(-30)}"),
        coordinator(first="2025-12-31T12:00Z"),
        coordinator("${coord:latest(0)}"),
        coordinator(first="${first}"),
        coordinator(first="soon"),
    ],
)
def test_a_start_when_there_is_data_or_nobody_knows(app: Coordinator) -> None:
    assert found(app) == []


def test_properties_are_put_in() -> None:
    assert len(found(coordinator(first="${first}"), {"first": "2026-01-02T00:00Z"})) == 1


def test_ranges_of_thousands_are_not_counted_out() -> None:
    assert found(coordinator("${coord:currentRange(-99999999999,0)}", "2026-01-01T00:00Z")) == []
    [text] = found(coordinator("${coord:currentRange(-400,0)}", "2026-01-01T00:00Z"))

    assert text.startswith("5 at least the first 5 actions get too little of 'in' (1 instance, not 401)")
