from __future__ import annotations

import pytest

from oozie.language.lints.schemas import old_schemas
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, App, Coordinator, Element, End, Start, Workflow

SLA = Element("info", "uri:oozie:sla:0.1", line=9)
TEXT = "${a}${b}${c}"


def action(name: str, tag: str = "pig", text: str = TEXT, namespace: str = "") -> Action:
    body = Element(tag, namespace, children=(Element("job-tracker", text=text), Element("name-node")), line=4)
    return Action(name, body, "end", "end")


def workflow(version: str, *actions: Action, **more: Element) -> Workflow:
    return Workflow("w", (Start("a"), *actions, End("end")), f"uri:oozie:workflow:{version}", **more)


def found(app: App) -> list[str]:
    lints = list(old_schemas(Subject(app, "w.xml", {}, None)))
    assert all(lint.code == "H018" and lint.hint for lint in lints)
    return [f"{lint.line} {lint.message}" for lint in lints]


def test_an_old_workflow_that_would_gain() -> None:
    assert found(workflow("0.2", action("a"), action("b"))) == [
        "0 workflow schema 0.2 has no <parameters>, with which a missing property is refused at once"
    ]
    assert found(workflow("0.3", *(action(name, text="jt") for name in "abc"))) == [
        "0 workflow schema 0.3 has no <global>, which says once what 3 actions here repeat"
    ]


@pytest.mark.parametrize(
    "app",
    [
        workflow("0.4", action("a"), action("b"), action("c")),
        workflow("0.2", action("a")),
        workflow("0.2", action("a", text="jt"), action("b", text="jt")),
        workflow("0.5", action("a", "email", namespace="uri:oozie:email-action:0.1")),
    ],
)
def test_a_workflow_that_would_gain_nothing(app: Workflow) -> None:
    assert found(app) == []


def test_an_email_that_no_executor_reads() -> None:
    email = action("a", "email", namespace="uri:oozie:workflow:0.1")

    [text] = found(workflow("0.1", email))

    assert text == "4 action 'a' is an email of workflow schema 0.1, which Oozie cannot send any more"


def test_ssh_is_an_action_of_its_own_later() -> None:
    [lint] = old_schemas(Subject(workflow("0.1", action("a"), action("b", "ssh")), "w.xml", {}, None))

    assert "uri:oozie:ssh-action:0.2" in lint.hint


def test_the_first_sla_is_deprecated_wherever_it_stands() -> None:
    of_action = Action("a", Element("fs"), "end", "end", sla=SLA)
    coordinator = Coordinator("c", "60", "s", "e", "UTC", "/a", sla=SLA)

    assert len(found(workflow("0.5", of_action, sla=SLA))) == 2
    assert len(found(coordinator)) == 1
    assert found(workflow("0.5", action("a"), sla=Element("info", "uri:oozie:sla:0.2"))) == []
