from __future__ import annotations

import pytest

from oozie.language.lints import property_lints, workflow_lints
from oozie.language.model import Action, Element, End, Kill, Start, Workflow

SQOOP = "uri:oozie:sqoop-action:0.4"


def leaf(tag: str, text: str) -> Element:
    return Element(tag, SQOOP, (), text, line=4)


def configuration(name: str, value: str) -> Element:
    return Element(
        "configuration",
        SQOOP,
        (),
        "",
        (Element("property", SQOOP, (), "", (leaf("name", name), leaf("value", value))),),
    )


def lints(*children: Element, error: str = "kill", kind: str = "sqoop") -> list[str]:
    body = Element(kind, SQOOP, (), "", children)
    app = Workflow("w", (Start("a"), Action("a", body, "end", error), Kill("kill", "m"), End("end")))
    found = list(workflow_lints(app))
    assert all(lint.severity == "lint" and lint.hint for lint in found)
    return [lint.code for lint in found]


@pytest.mark.parametrize(
    "children",
    [
        (leaf("arg", "--password"), leaf("arg", "secret")),
        (leaf("arg", "--password"), leaf("arg", "${password}")),
        (leaf("argument", "--password=secret"),),
        (leaf("arg", "jdbc:mysql://h/db?user=u&password=secret"),),
        (leaf("arg", "mysql://user:secret@h/db"),),
        (leaf("command", "import --password secret --table t"),),
        (leaf("jdbc-url", "jdbc:hive2://h:10000/;password=secret"),),
        (leaf("password", "secret"),),
        (configuration("javax.jdo.option.ConnectionPassword", "secret"),),
    ],
)
def test_a_password_in_plain_text(children: tuple[Element, ...]) -> None:
    assert lints(*children) == ["H010"]


@pytest.mark.parametrize(
    "children",
    [
        (leaf("arg", "--password-file"), leaf("arg", "/user/x/.password")),
        (leaf("arg", "--password-alias"), leaf("arg", "mysql")),
        (leaf("command", "import --password-file /user/x/.password"),),
        (leaf("arg", "jdbc:mysql://h/db?password=${password}"),),
        (leaf("password", "${password}"),),
        (configuration("javax.jdo.option.ConnectionPassword", "${password}"),),
        (configuration("password.file", "/x"),),
    ],
)
def test_a_password_that_stands_elsewhere(children: tuple[Element, ...]) -> None:
    assert lints(*children) == []


def test_a_sqoop_command_splits_on_blanks_in_quotes_too() -> None:
    command = leaf("command", "import --query 'select 1'")

    assert lints(command) == ["H011"]
    assert lints(command, configuration("oozie.action.sqoop.shellsplitter", "true")) == []
    assert lints(leaf("command", "import --table t")) == []
    assert lints(command, kind="ssh") == []


def test_a_failure_that_ends_in_success() -> None:
    # nothing leads to the kill node any more
    assert lints(error="end") == ["H013", "H012"]


def test_a_node_that_nothing_leads_to() -> None:
    app = Workflow("w", (Start("end"), Kill("lost", "m", line=3), End("end")))

    [lint] = workflow_lints(app)

    assert (lint.code, lint.line, lint.node, lint.message) == ("H012", 3, "lost", "no way leads to kill 'lost'")


def test_passwords_in_job_properties() -> None:
    properties = {
        "dbPassword": "secret",
        "passwordFile": "/x",
        "otherPassword": "${dbPassword}",
        "url": "jdbc:mysql://h/db?password=secret",
        "empty.password": "",
    }

    assert [lint.message.split("'")[1] for lint in property_lints(properties)] == ["dbPassword", "url"]
