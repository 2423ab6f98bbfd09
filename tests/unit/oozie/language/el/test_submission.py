from __future__ import annotations

import pytest

from oozie.language.el.errors import ElError
from oozie.language.el.submission import PerRun, Place, Submission

KNOWN = Submission({"user.name": "bob", "n": " 3 "}, inputs={"in"}, outputs={"out"})


@pytest.mark.parametrize(
    ("place", "text", "value"),
    [
        ("name", "a${n}", "a3"),
        ("sla", "${n * MINUTES + 2 * HOURS}", "123"),
        ("bundle", "${bundle:conf('n')}", "3"),
        ("bundle", "${bundle:conf('nothing')}", ""),
        ("frequency", "${coord:hours(2)}", "120"),
        ("timeout", "${coord:days(1)}", "1"),
        ("settings", "/in/${YEAR}/${n}", "/in/${YEAR}/3"),
        ("initial-instance", "${coord:dateOffset('2026-01-01T00:00Z', 1, 'DAY')}", "2026-01-02T00:00Z"),
        ("instance", "${coord:current(coord:daysInMonth(0) - 1)}", "coord:current(29)"),
        ("instance", "${coord:current(coord:hoursInDay(0) + coord:tzOffset())}", "coord:current(27)"),
        ("data", "${coord:dataIn('in')},${coord:dataOut('out')}", "coord:dataIn('in'),coord:dataOut('out')"),
        ("data", "${coord:user()}", "bob"),
        ("coord-sla", "${coord:nominalTime()} ${DAYS}", "coord:nominalTime() 1440"),
        ("coord-sla", "${hadoop:conf('h', 'x')}", ""),
    ],
)
def test_each_place_has_its_names(place: Place, text: str, value: str) -> None:
    assert KNOWN.tried(place, text) == value


@pytest.mark.parametrize(
    ("place", "text", "code"),
    [
        ("name", "${nothing}", "E0803"),
        ("name", "${coord:user()}", "E0803"),
        ("name", "${MINUTES}", "E0803"),
        ("bundle", "${coord:user()}", "E1310"),
        ("timeout", "${coord:endOfDays(1)}", "E1004"),
        ("settings", "${coord:current(0)}", "E1004"),
        ("initial-instance", "${YEAR}", "E1004"),
        ("instance", "${coord:current()}", "E1004"),
        ("instance", "${coord:dataIn('in')}", "E1004"),
        ("data", "${coord:dataIn('out')}", "E1004"),
        ("data", "${coord:current(0)}", "E1004"),
        ("coord-sla", "${coord:dataIn('in')}", "E0803"),
    ],
)
def test_what_belongs_elsewhere_is_refused(place: Place, text: str, code: str) -> None:
    for job in (KNOWN, Submission.of(None)):
        if text != "${nothing}" or job is KNOWN:
            with pytest.raises(ElError) as caught:
                job.tried(place, text)
            assert caught.value.code == code


def test_what_needs_a_property_is_undecided_while_none_is_known() -> None:
    unknown = Submission.of(None)

    assert unknown.tried("name", "a${n}") is None
    assert unknown.tried("settings", "${coord:conf('n')}") is None
    assert unknown.frequency("${n}") == (None, "MINUTE", False)
    assert unknown.tried("name", "${1 + 1}") == "2"


def test_who_submits_is_known_in_properties_too() -> None:
    job = Submission.of(
        {"nameNode": "hdfs://n", "app": "${nameNode}/user/${user.name}/${rest}", "rest": "${user.name}"}
    )

    assert job.tried("settings", "${app}") == "hdfs://n/user/user/user"


def test_a_frequency_has_a_unit() -> None:
    assert KNOWN.frequency("${coord:months(n)}") == ("3", "MONTH", False)
    assert KNOWN.frequency("${coord:endOfDays(1)}") == ("1", "DAY", True)
    assert KNOWN.frequency("90") == ("90", "MINUTE", False)


def test_what_each_run_is_given_is_undecided_until_there_is_one() -> None:
    job = Submission.of({"t": PerRun("${coord:nominalTime()}"), "n": "1"})

    assert job.tried("sla", "${t}") is None
    assert job.tried("name", "${n}${n}") == "11"
