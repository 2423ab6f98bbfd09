from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.language.coordinator_rules import coordinator_rules
from oozie.language.model import Controls, Coordinator, DataEvent, Dataset, Element

APP = Coordinator("c", "150", "2026-01-01T00:00Z", "2027-01-01T00:00Z", "Asia/Bangkok", "/app", line=1)
DATASET = Dataset("in", "/in/${YEAR}", "${coord:days(1)}", "2026-01-01T00:00Z", "UTC", line=5)
EVENT = DataEvent("i", "in", ("${coord:current(0)}",), line=7)
DATA = replace(APP, datasets=(DATASET,), inputs=(EVENT,))


def found(app: Coordinator, properties: dict[str, str] | None = None) -> list[str]:
    return [f"{d.code} {d.message}" for d in coordinator_rules(app, properties)]


@pytest.mark.parametrize("app", [APP, DATA, replace(APP, controls=Controls("-1", "2", "LAST_ONLY", "12"))])
def test_right_coordinators_have_nothing_to_find(app: Coordinator) -> None:
    assert found(app) == []
    assert found(app, {}) == []


@pytest.mark.parametrize(
    "frequency", ["5", "${coord:minutes(5)}", "${coord:months(1)}", "0 8 * * MON-FRI", "${every}", "${coord:days(n)}"]
)
def test_frequencies_that_oozie_takes(frequency: str) -> None:
    assert found(replace(APP, frequency=frequency)) == []


@pytest.mark.parametrize(
    ("frequency", "code"),
    [
        ("daily", "E1003"),
        ("0 8 * *", "E1003"),
        ("0 25 * * *", "E1003"),
        ("4", "E1003"),
        ("0", "E1003"),
        ("9" * 5000, "E1003"),
        ("2147483648", "E1003"),
        ("${coord:minutes(1)}", "E1003"),
        ("${coord:weeks(1)}", "E1004"),
        ("0 0 30 2 *", "E1003"),
    ],
)
def test_frequencies_that_oozie_refuses(frequency: str, code: str) -> None:
    assert [line[:5] for line in found(replace(APP, frequency=frequency))] == [code]


@pytest.mark.parametrize(
    ("change", "start_of_message"),
    [
        ({"start": "2026-01-01"}, "E1003 start: "),
        ({"end": "2026-13-01T00:00Z"}, "E1003 end: "),
        ({"timezone": "Asia/Bankok"}, "E1003 timezone: "),
        ({"end": "2026-01-01T00:00Z"}, "E1003 start 2026-01-01T00:00Z is not before end 2026-01-01T00:00Z"),
        ({"controls": Controls(timeout="soon")}, "E1003 timeout 'soon' is no whole number"),
        ({"controls": Controls(execution="FILO")}, "E1003 there is no execution order 'FILO'"),
        ({"datasets": (replace(DATASET, frequency="0"),)}, "E1003 dataset 'in': frequency '0'"),
        ({"datasets": (replace(DATASET, frequency="0 1 * * *"),)}, "E1003 dataset 'in': frequency '0 1 * * *'"),
        (
            {"datasets": (replace(DATASET, initial_instance="1969-01-01T00:00Z"),)},
            "E1021 dataset 'in': initial-instance",
        ),
        ({"datasets": (replace(DATASET, timezone="UCT+1"),)}, "E1003 dataset 'in': timezone"),
        ({"datasets": ()}, "E0803 'i' names the dataset 'in', which is not defined"),
        ({"inputs": (EVENT, EVENT)}, "E0803 there are two data-in called 'i'"),
        ({"inputs": (replace(EVENT, instances=(" ",)),)}, "E1021 <instance> of 'i' in input-events is empty"),
        (
            {"inputs": (replace(EVENT, instances=("${coord:current(0)},${coord:current(1)}",)),)},
            "E1021 <instance> of 'i' in input-events holds several instances",
        ),
        (
            {"inputs": (replace(EVENT, instances=(), start_instance="${a}", end_instance="${coord:current(0)}}"),)},
            "E1021 <end-instance> of 'i' in input-events has unbalanced brackets",
        ),
    ],
)
def test_what_oozie_refuses(change: dict[str, object], start_of_message: str) -> None:
    [message] = found(replace(DATA, **change))  # type: ignore[arg-type]

    assert message.startswith(start_of_message)


def test_a_time_of_a_server_with_an_offset_says_where_it_belongs() -> None:
    for start, is_said in (("2026-01-01T00:00+0900", True), ("2026-01-01", False)):
        [finding] = coordinator_rules(replace(APP, start=start), None)
        assert ("oozie.processing.timezone=GMT+0900" in finding.hint) == is_said


def test_a_comma_among_arguments_is_no_second_instance() -> None:
    instance = "${coord:absolute(coord:dateOffset('2026-01-01T00:00Z', 1, 'DAY'))}"

    assert found(replace(DATA, inputs=(replace(EVENT, instances=(instance,)),))) == []


def test_an_included_file_may_define_any_dataset() -> None:
    assert found(replace(DATA, datasets=(), includes=("hdfs://h/datasets.xml",))) == []


def test_properties_are_filled_in_before_a_value_is_judged() -> None:
    app = replace(APP, start="${start}", frequency="${every}")

    assert found(app) == []
    assert found(app, {"start": "2026-02-01T00:00Z", "every": "60"}) == []
    assert [line[:5] for line in found(app, {"start": "soon", "every": "often"})] == ["E1003", "E1003"]


def test_a_property_that_is_defined_nowhere_is_named_once() -> None:
    app = replace(APP, start="${strat}", app_path="${strat}", configuration=(("a", "${nameNod}"),))

    findings = coordinator_rules(app, {"start": "2026-02-01T00:00Z", "nameNode": "x"})

    assert [f"{d.code} {d.message} {d.hint}" for d in findings] == [
        "E1004 start needs the property 'strat', which is defined nowhere did you mean 'start'?",
        "E1004 property 'a' of the workflow needs the property 'nameNod', which is defined nowhere "
        "did you mean 'nameNode'?",
    ]


@pytest.mark.parametrize(
    ("change", "code", "part"),
    [
        ({"frequency": "${coord:days(0)}"}, "E1004", "must be greater than zero"),
        ({"frequency": "${coord:user()}"}, "E1003", "frequency 'bob'"),
        ({"name": "${coord:user()}"}, "E0803", "the name: "),
        ({"start": "${YEAR}"}, "E1003", "start: "),
        ({"controls": Controls(timeout="${coord:endOfDays(1)}")}, "E1004", "timeout: "),
        ({"controls": Controls(concurrency="${coord:days(1)}")}, "E1004", "concurrency: "),
        ({"includes": ("${nowhere}",)}, "E1004", "an <include> needs the property 'nowhere'"),
        ({"datasets": (replace(DATASET, uri_template="/in/${coord:current(0)}"),)}, "E1004", "dataset 'in': "),
        ({"datasets": (replace(DATASET, initial_instance="${YEAR}"),)}, "E1004", "dataset 'in': initial-instance"),
        ({"inputs": (replace(EVENT, dataset="${coord:nominalTime()}"),)}, "E1004", "the dataset of 'i': "),
        (
            {"inputs": (replace(EVENT, dataset="${coord:current(0)}"),)},
            "E0803",
            "'i' names the dataset 'coord:current(0)'",
        ),
        ({"inputs": (replace(EVENT, instances=("${coord:nominalTime()}",)),)}, "E1004", "data-in 'i': "),
        ({"inputs": (replace(EVENT, instances=("${coord:current(0) + 1}",)),)}, "E1004", "data-in 'i': "),
        ({"app_path": "${coord:dataIn('i')}"}, "E1004", "the app-path: "),
        ({"configuration": (("a", "${coord:dataIn('o')}"),)}, "E1004", "there is no dataIn 'o'"),
        ({"configuration": (("a", "${coord:dataOut('i')}"),)}, "E1004", "there is no dataOut 'i'"),
        ({"configuration": (("a", "${wf:id()}"),)}, "E1004", "property 'a' of the workflow: "),
        ({"configuration": (("a", "${timestamp()}"),)}, "E1004", "property 'a' of the workflow: "),
        ({"sla": Element("info", "", (), "", (Element("nominal-time", "", (), "${n}"),))}, "E0803", "sla:nominal-time"),
        ({"input_logic": Element("x", "", (), "", (Element("or", "", (("name", "${n}"),)),))}, "E1004", "input-logic"),
    ],
)
def test_expressions_are_tried_as_oozie_tries_them(change: dict[str, object], code: str, part: str) -> None:
    [finding] = coordinator_rules(replace(DATA, **change), {"user.name": "bob"})  # type: ignore[arg-type]

    assert finding.code == code
    assert part in finding.message


def test_what_comes_of_an_app_path_and_of_an_sla_is_tried_once_more() -> None:
    sla = Element("info", "", (), "", (Element("nominal-time", "", (), "${later}"),))
    app = replace(DATA, app_path="${later}", sla=sla)

    assert found(app, {"later": "${coord:current(0)}"}) == [
        "E1004 the app-path: function 'coord:current' is not allowed here, at character 3 of '${coord:current(0)}'",
        "E0803 sla:nominal-time: function 'coord:current' is not allowed here, at character 3 of '${coord:current(0)}'",
    ]
    assert found(app, {"later": "2026-01-01T00:00Z"}) == []


@pytest.mark.parametrize(
    "value",
    [
        "${coord:dataIn('i')}",
        "${coord:nominalTime()}",
        "${coord:conf('nothing')}",
        "${coord:formatTime('x', 'y')}",
        "${coord:dataInPartitions('x', 'y')}",
        "${hadoop:conf('h', 'x')}",
    ],
)
def test_what_only_a_running_coordinator_can_say_is_left_to_it(value: str) -> None:
    assert found(replace(DATA, configuration=(("a", value),)), {}) == []


def test_the_findings_come_in_oozies_order() -> None:
    app = replace(DATA, frequency="x", timezone="y", controls=Controls(timeout="z"), datasets=())

    assert [line.split()[1] for line in found(app)] == ["frequency", "timezone:", "timeout", "'i'"]


@pytest.mark.parametrize(("length", "count"), [(255, 0), (256, 1)])
def test_a_name_fits_the_database(length: int, count: int) -> None:
    found = coordinator_rules(replace(APP, name="${x}"), {"x": "n" * length})

    assert [finding.code for finding in found] == ["E0803"] * count
