from __future__ import annotations

from typing import Any

import pytest

from generator.errors import DeclarationError
from generator.schedule import DataInput, DataOutput, Dataset, Frequency, Schedule, cron, every

SPAN = {"start": "2026-01-01T00:00Z", "end": "2027-01-01T00:00Z"}


def _dataset(name: str = "raw", uri: str = "/raw/${YEAR}") -> Dataset:
    return Dataset(name, uri, every(days=1), "2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (every(minutes=150), Frequency("150")),
        (every(hours=2), Frequency("120")),
        (every(days=1), Frequency("${coord:days(1)}", "calendar")),
        (every(months=3), Frequency("${coord:months(3)}", "calendar")),
        (cron(" 0 2  * * MON-FRI "), Frequency("0 2 * * MON-FRI", "cron")),
    ],
)
def test_frequencies_as_oozie_writes_them(frequency: Frequency, expected: Frequency) -> None:
    assert frequency == expected


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda: every(), "H306", "one of minutes, hours, days, months"),
        (lambda: every(minutes=1, hours=1), "H306", "one of minutes"),
        (lambda: every(minutes=-5), "H306", "minutes=-5"),
        (lambda: every(days=1.5), "H306", "days=1.5"),  # type: ignore[arg-type]
        (lambda: cron("0 2 * *"), "H306", "has not five fields"),
        (lambda: cron("0 2 * * ${day}"), "H306", "has not five fields"),
        (lambda: Schedule(150, **SPAN), "H301", "150 is no frequency"),  # type: ignore[arg-type]
        (lambda: Schedule(every(days=1), "2026-01-01", SPAN["end"]), "H306", "start is '2026-01-01'"),
        (lambda: Schedule(every(days=1), SPAN["end"], SPAN["start"]), "H306", "is not after start"),
        (lambda: Schedule(every(days=1), **SPAN, timezone="Asia/Bangkog"), "H306", "'Asia/Bangkog' is not known"),
        (lambda: Schedule(every(days=1), **SPAN, execution="ALL"), "H301", "execution is 'ALL'"),  # type: ignore[arg-type]
        (lambda: Schedule(every(days=1), **SPAN, concurrency=0), "H301", "concurrency is 0"),
        (lambda: Schedule(every(days=1), **SPAN, timeout_minutes=-2), "H301", "timeout_minutes is -2"),
        (lambda: Dataset("raw", "/raw", cron("0 2 * * *"), SPAN["start"]), "H306", "a fixed distance"),
        (lambda: Dataset("1", "/raw", every(days=1), SPAN["start"]), "H304", "'1' is no name"),
        (lambda: Dataset("raw", "/raw", every(days=1), "today"), "H306", "initial_instance is 'today'"),
    ],
)
def test_what_oozie_would_refuse_at_submission(make: Any, code: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == code
    assert words in diagnostic.message
    assert diagnostic.path == __file__


@pytest.mark.parametrize("zone", ["UTC", "Asia/Bangkok", "GMT+07:00", "GMT-0330"])
def test_zones_that_java_knows(zone: str) -> None:
    assert Schedule(every(days=1), **SPAN, timezone=zone).timezone == zone


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [
        ((DataInput("a", _dataset()), DataInput("a", _dataset())), (), "two inputs or outputs are called 'a'"),
        ((DataInput("nominalTime", _dataset()),), (), "'nominalTime'"),
        ((DataInput("a", _dataset()),), (DataOutput("b", _dataset(uri="/x")),), "two datasets are called 'raw'"),
        ((DataInput("a b", _dataset()),), (), "DataInput: 'a b' is no name"),
    ],
)
def test_each_input_and_output_is_a_property_of_its_own(inputs: Any, outputs: Any, words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        Schedule(every(days=1), **SPAN, inputs=inputs, outputs=outputs)
