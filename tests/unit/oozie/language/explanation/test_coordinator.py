"""When a coordinator runs and what it waits for."""

from __future__ import annotations

import pytest

from oozie.language.explanation import CoordinatorFacts, explain_bundle, explain_coordinator
from oozie.language.family import Link
from oozie.language.reader import read_bundle, read_coordinator

DATASETS = """<datasets><dataset name="d" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>/d/${DAY}</uri-template></dataset><dataset name="e" frequency="60" initial-instance="2026-01-01T00:00Z"
timezone="UTC"><uri-template>/e</uri-template><done-flag></done-flag></dataset></datasets>"""
ONE = '<data-in name="one" dataset="d"><instance>${coord:current(0)}</instance></data-in>'
TWO = '<data-in name="two" dataset="e"><instance>${coord:latest(0)}</instance></data-in>'


def explained(inner: str = "", start: str = "2026-03-07T07:00Z", **properties: str) -> CoordinatorFacts:
    text = f"""<coordinator-app name="c" frequency="${{coord:days(1)}}" start="{start}" end="2026-12-01T00:00Z"
    timezone="America/New_York" xmlns="uri:oozie:coordinator:0.5">{inner}<action><workflow><app-path>${{wf}}</app-path>
    <configuration><property><name>dir</name><value>${{coord:dataIn('one')}}</value></property></configuration>
    </workflow></action></coordinator-app>"""
    return explain_coordinator(read_coordinator(text.encode()), properties, Link("${wf}"))


def test_its_first_times_with_what_is_odd_about_them() -> None:
    schedule = explained().schedule

    assert (schedule.frequency, schedule.start, schedule.end, schedule.timezone) == (
        "every day", "2026-03-07T07:00Z", "2026-12-01T00:00Z", "America/New_York",
    )  # fmt: skip
    assert [(due.utc, due.local) for due in schedule.first] == [
        ("2026-03-07T07:00Z", "2026-03-07T02:00-05:00"),
        ("2026-03-08T06:00Z", "2026-03-08T01:00-05:00"),
        ("2026-03-09T06:00Z", "2026-03-09T02:00-04:00"),
    ]
    assert "does not exist" in schedule.first[1].note


def test_what_is_not_known_is_named() -> None:
    schedule = explained(start="${begin}").schedule

    assert (schedule.start, schedule.first, schedule.unknown) == ("${begin}", (), ("begin",))
    assert schedule.trouble == "begin is not known here"
    assert explained(start="${begin}", begin="2026-03-07T07:00Z").schedule.first


def test_times_that_oozie_would_refuse() -> None:
    assert explained(start="yesterday").schedule.trouble.startswith("Oozie would refuse them: start: ")


def test_the_data_that_it_waits_for() -> None:
    facts = explained(f"{DATASETS}<input-events>{ONE}{TWO}</input-events>")

    assert facts.waiting == "all of these"
    assert [(data.name, data.uri, data.instances, data.complete) for data in facts.waits_for] == [
        ("one", "/d/${DAY}", ("the current instance",), "complete once _SUCCESS is in it"),
        ("two", "/e", ("the latest that exists",), "complete once the directory is there"),
    ]
    assert facts.timeout == "gives up (TIMEDOUT) when its data has not come within 2 hours"
    assert facts.hands == {"dir": "${coord:dataIn('one')}"}


def test_data_that_no_dataset_defines() -> None:
    facts = explained(f"<input-events>{ONE}</input-events>")

    assert facts.waits_for[0].note == "no such dataset is defined here"


def test_data_of_which_some_is_enough() -> None:
    logic = """<input-logic><or name="x"><and><data-in dataset="one"/><data-in dataset="two"/></and>
    <data-in dataset="one"/></or></input-logic>"""

    facts = explained(f"{DATASETS}<input-events>{ONE}{TWO}</input-events>{logic}")

    assert facts.waiting == "these, combined: ((one and two) or one)"


@pytest.mark.parametrize(
    ("timeout", "words"),
    [
        ("-1", "waits for its data as long as it takes (60 days at most)"),
        ("0", "gives up at once where its data is not there when it is made"),
        ("60", "gives up (TIMEDOUT) when its data has not come within 1 hour"),
        ("${t}", "gives up (TIMEDOUT) when its data has not come within ${t} minutes"),
    ],
)
def test_how_long_it_waits(timeout: str, words: str) -> None:
    controls = f"<controls><timeout>{timeout}</timeout></controls>"

    assert explained(f"{controls}{DATASETS}<input-events>{ONE}</input-events>").timeout == words


def test_how_many_at_once_and_in_which_order() -> None:
    facts = explained(
        "<controls><concurrency>4</concurrency><execution>LIFO</execution><throttle>3</throttle></controls>"
    )

    assert (facts.concurrency, facts.order, facts.throttle) == ("up to 4 at a time", "the newest first", "3")
    assert (explained().concurrency, explained().order) == ("one at a time", "the oldest first")
    assert explained().waiting == "nothing but the time"


def test_a_bundle() -> None:
    bundle = read_bundle(b"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><controls>
    <kick-off-time>${t}</kick-off-time></controls><coordinator name="one" enabled="false">
    <app-path>/c</app-path></coordinator>
    <coordinator name="two" enabled="${on}"><app-path>/d</app-path><configuration><property><name>a</name>
    <value>${x}</value></property><property><name>dbPassword</name><value>${x}</value></property></configuration>
    </coordinator></bundle-app>""")

    facts = explain_bundle(bundle, {"t": "2026-01-01T00:00Z", "x": "1"}, {"one": Link("/c", "c.xml")})

    assert facts.kick_off == "at 2026-01-01T00:00Z"
    assert [(one.name, one.starts.path, one.is_enabled, one.hands) for one in facts.coordinators] == [
        ("one", "c.xml", "it is switched off", {}),
        ("two", "", "only if ${on} is true", {"a": "1", "dbPassword": "(hidden)"}),
    ]
