from __future__ import annotations

import pytest

from oozie.language.lints.sla import idle_slas
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, App, Coordinator, Element, End, Start, Workflow


def info(**values: str) -> Element:
    children = (Element(tag.replace("_", "-"), text=text, line=5) for tag, text in values.items())
    return Element("info", "uri:oozie:sla:0.2", children=tuple(children), line=4)


def found(app: App) -> list[str]:
    lints = list(idle_slas(Subject(app, "w.xml", {}, None)))
    assert all(lint.code == "H027" and lint.hint for lint in lints)
    return [lint.message for lint in lints]


def workflow(sla: Element | None, of_action: Element | None = None) -> Workflow:
    return Workflow("w", (Start("a"), Action("a", Element("fs"), "end", "end", sla=of_action), End("end")), sla=sla)


@pytest.mark.parametrize(
    ("sla", "says"),
    [
        (info(should_end="-5"), "sla:should-end is negative"),
        (info(max_duration="-0.5"), "sla:max-duration is negative"),
        (info(max_duration="soon"), "sla:max-duration 'soon' is no number"),
        (info(alert_events="start_mist", alert_contact="a@b"), "'start_mist' is no event of an SLA"),
        (info(alert_events="end_miss"), "nobody gets a mail"),
    ],
)
def test_what_does_not_come_about(sla: Element, says: str) -> None:
    for app in (workflow(sla), workflow(None, sla), Coordinator("c", "60", "s", "e", "UTC", "/a", sla=sla)):
        assert any(says in message for message in found(app))


@pytest.mark.parametrize(
    "sla",
    [
        None,
        info(should_start="5", should_end="30", max_duration="1.5"),
        info(should_end="${-5}", alert_events="${events}", alert_contact="a@b"),
        info(alert_events="start_miss, END_MISS", alert_contact="a@b"),
        info(nominal_time="soon", should_end="soon"),  # Oozie refuses it: E0803, E1007
    ],
)
def test_an_sla_as_it_should_be(sla: Element | None) -> None:
    assert found(workflow(sla)) == []


@pytest.mark.parametrize(
    ("sla", "number"),
    [
        (info(nominal_time="soon"), 1),
        (info(nominal_time="2026-01-01T00:00Z", should_start="", should_end=""), 1),
        (info(should_end="1.5"), 1),
        (info(nominal_time="${coord:nominalTime()}", should_start="", should_end="30"), 0),
    ],
)
def test_a_coordinator_fails_over_bad_values_when_it_makes_its_first_action(sla: Element, number: int) -> None:
    messages = found(Coordinator("c", "60", "s", "e", "UTC", "/a", sla=sla))

    assert len(messages) == number
    assert all("FAILS when its first action is made" in message for message in messages)
