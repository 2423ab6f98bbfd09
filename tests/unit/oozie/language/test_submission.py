"""What Oozie makes of a coordinator at submission, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oozie.language.calendar import Frequency
from oozie.language.model import Controls, Coordinator, DataEvent, Dataset, Element, Parameter
from oozie.language.submission import ResolvedControls, resolve_coordinator
from storage.errors import HowdahError

COORDINATOR = Coordinator(
    "c-${env}", "${frequency}", "${start}", "${end}", "Asia/Bangkok", "${nameNode}/app", (("day", "${start}"),)
)
PROPERTIES = {
    "env": "dev",
    "frequency": "150",
    "year": "2026",
    "start": "${year}-01-01T00:00Z",
    "end": "2027-01-01T00:00Z",
    "nameNode": "hdfs://hw1:8020",
}
DATASET = Dataset("raw", "/raw/${YEAR}", "${coord:days(1)}", "2026-01-01T00:00Z", "UTC")
IN = DataEvent("in", "raw", ("${coord:current(0)}",))


def test_properties_are_put_in() -> None:
    resolved = resolve_coordinator(COORDINATOR, PROPERTIES)
    assert (resolved.name, resolved.app_path) == ("c-dev", "hdfs://hw1:8020/app")
    assert resolved.frequency == Frequency(150)
    assert resolved.start.isoformat() == "2026-01-01T00:00:00+00:00"
    assert resolved.controls == ResolvedControls(120, 1, "FIFO", 12)


def test_a_formal_parameters_default_is_used() -> None:
    parameters = (Parameter("env", "prod"), Parameter("queue", "daily"))
    resolved = resolve_coordinator(replace(COORDINATOR, parameters=parameters), PROPERTIES)
    assert (resolved.properties["env"], resolved.properties["queue"]) == ("dev", "daily")


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        (Controls("30", "2", "LIFO", "20"), (30, 2, "LIFO", 20)),
        (Controls("-1"), (86400, 1, "FIFO", 12)),
        (Controls("${coord:days(2)}"), (2880, 1, "FIFO", 12)),
        (Controls("${coord:hours(2)}"), (120, 1, "FIFO", 12)),
        (Controls(throttle="9999"), (120, 1, "FIFO", 500)),
        (Controls(execution="LAST_ONLY"), (120, 1, "LAST_ONLY", 12)),
    ],
)
def test_controls(controls: Controls, expected: tuple[Any, ...]) -> None:
    resolved = resolve_coordinator(replace(COORDINATOR, controls=controls), PROPERTIES)
    assert resolved.controls == ResolvedControls(*expected)


def test_an_own_dataset_hides_an_included_one() -> None:
    coordinator = replace(COORDINATOR, includes=("/data.xml",), datasets=(DATASET,), inputs=(IN,))
    included = (replace(DATASET, uri_template="/other"), replace(DATASET, name="more"))
    resolved = resolve_coordinator(coordinator, PROPERTIES, included=included)
    assert {name: dataset.uri_template for name, dataset in resolved.datasets.items()} == {
        "raw": "/raw/${YEAR}",
        "more": "/raw/${YEAR}",
    }
    assert resolved.datasets["raw"].done_flag == "_SUCCESS"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"start": "${strat}"}, "E1004", "variable [strat] cannot be resolved"),
    ({"start": "2026-01-01"}, "E1003", "yyyy-MM-ddTHH:mmZ"),
    ({"end": "2026-01-01T00:00Z"}, "E1003", "must be earlier"),
    ({"timezone": "Mars/Olympus"}, "E1003", "no time zone"),
    ({"frequency": "4"}, "E1003", "faster"),
    ({"frequency": "-60"}, "E1003", "faster"),
    ({"frequency": "often"}, "E1003", "has 1 field,"),
    ({"frequency": "0 0 30 2 ?"}, "E1003", "materializes no actions"),
    ({"frequency": "${coord:days(0)}"}, "E1004", "greater than zero"),
    ({"frequency": "${coord:current(0)}"}, "E1004", "not allowed here"),
    ({"controls": Controls(execution="RANDOM")}, "E1003", "RANDOM"),
    ({"controls": Controls(concurrency="two")}, "E1003", "two"),
    ({"configuration": (("a", "${nobody}"),)}, "E1004", "property 'a'"),
    ({"configuration": (("a", "${coord:dataIn('x')}"),)}, "E1004", "data_in_name x"),
    ({"parameters": (Parameter("one"), Parameter("two"))}, "E0738", "one, two"),
    ({"input_logic": Element("input-logic")}, "E1028", "not supported yet"),
    ({"includes": ("/data.xml",)}, "E1001", "/data.xml"),
    ({"inputs": (IN,)}, "E0803", "undefined dataset: raw"),
    ({"datasets": (DATASET,), "inputs": (IN, IN)}, "E0803", "duplicate"),
    ({"datasets": (replace(DATASET, kind="async-dataset"),), "inputs": (IN,)}, "E1004", "asynchronous"),
    ({"datasets": (replace(DATASET, frequency="0"),)}, "E1003", "greater than zero"),
    ({"datasets": (replace(DATASET, frequency="0 0 * * *"),)}, "E1003", "no whole number"),
    ({"datasets": (replace(DATASET, initial_instance="1969-12-31T00:00Z"),)}, "E1021", "1970"),
    ({"datasets": (DATASET,), "inputs": (replace(IN, instances=(" ",)),)}, "E1021", "empty"),
    (
        {"datasets": (DATASET,), "inputs": (replace(IN, instances=("${coord:current(0)},${coord:current(1)}",)),)},
        "E1021",
        "more than one instance",
    ),
    ({"datasets": (DATASET,), "inputs": (replace(IN, instances=("${coord:now(0)}",)),)}, "E1004", "coord:now"),
]


@pytest.mark.parametrize(("change", "code", "message"), REFUSED)
def test_refused(change: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(HowdahError) as caught:
        resolve_coordinator(replace(COORDINATOR, **change), PROPERTIES)
    assert caught.value.code == code
    assert message in str(caught.value)


def test_oozies_own_zone_is_fixed() -> None:
    with pytest.raises(HowdahError, match="E1003"):
        resolve_coordinator(COORDINATOR, PROPERTIES, processing="Asia/Bangkok")
