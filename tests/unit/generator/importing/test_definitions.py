from __future__ import annotations

import pytest

from generator.importing.definitions import said_definition
from generator.importing.python_text import render, value_of
from generator.verbatim.values import Definition
from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
    Controls,
    Coordinator,
    DataEvent,
    Dataset,
    Element,
    End,
    Kill,
    Parameter,
    Start,
    Workflow,
)

SHELL = Element(
    "shell", "uri:oozie:shell-action:0.1", children=(Element("exec", "uri:oozie:shell-action:0.1", text="x"),)
)
NS = "uri:oozie:workflow:0.4"


def said(app: App, file: str) -> str:
    return render(said_definition(file, app, ()), 0, -10_000)


def test_a_workflow_says_no_more_than_it_has() -> None:
    nodes = (Start("a"), Action("a", SHELL, "end", "k"), Kill("k", "m"), End("end"))

    assert said(Workflow("w", nodes, NS), "workflow.xml") == (
        'workflow_app("w", shell("a", command="x"), schema="0.4", schemas={"shell": "0.1"}, fail=kill("m", name="k"))'
    )


def test_what_stands_around_the_nodes() -> None:
    app = Workflow(
        "w",
        (Start("stop"), End("stop")),
        NS,
        parameters=(Parameter("p", "1"), Parameter("q")),
        global_section=Element("global", NS, children=(Element("name-node", NS, text="n"),)),
        credentials=Element("credentials", NS),
        sla=Element("info", "uri:oozie:sla:0.2", children=(Element("should-end", "uri:oozie:sla:0.2", text="e"),)),
    )

    assert said(app, "x.xml").startswith(
        'workflow_app(\n    "w",\n    schema="0.4",\n    parameters={"p": "1", "q": None},'
    )
    assert value_of(said_definition("x.xml", app, ())) == Definition("x.xml", app)
    described = Workflow("w", (Start("end"), End("end")), NS, parameters=(Parameter("p", "1", "d"),))
    assert 'parameters=[parameter("p", value="1", description="d")]' in said(described, "workflow.xml")


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("${coord:days(2)}", "every(days=2)"),
        ("${coord:months(1)}", "every(months=1)"),
        ("90", "every(minutes=90)"),
        ("120", "every(hours=2)"),
        ("0 2 * * MON", 'cron("0 2 * * MON")'),
        ("${coord:hours(1)}", '"${coord:hours(1)}"'),
        ("090", '"090"'),
        ("0  2 * * *", '"0  2 * * *"'),
    ],
)
def test_a_frequency_is_said_in_words_that_give_it_back(frequency: str, expected: str) -> None:
    app = Coordinator("c", frequency, "s", "e", "UTC", "/x")

    assert f"frequency={expected}, " in said(app, "coordinator.xml")
    assert value_of(said_definition("c.xml", app, ())) == Definition("c.xml", app)


def test_a_coordinator_with_data() -> None:
    app = Coordinator(
        "c", "60", "s", "e", "UTC", "/x", (("a", "1"), ("a", "2")), "uri:oozie:coordinator:0.4",
        Controls(execution="FIFO"),
        includes=("/i.xml",),
        datasets=(Dataset("d", "/d/${YEAR}", "60", "i", "UTC", ""),),
        inputs=(DataEvent("in", "d", ("${coord:current(0)}",)), DataEvent("r", "d", (), "a", "b")),
        outputs=(DataEvent("out", "d", ("x",), nocleanup="true"),),
    )  # fmt: skip

    text = said(app, "coordinator.xml")
    assert 'configuration=[["a", "1"], ["a", "2"]], controls=controls(execution="FIFO"), includes=["/i.xml"]' in text
    assert 'inputs=[data_in("in", "d", "${coord:current(0)}"), data_in("r", "d", start="a", end="b")]' in text
    assert value_of(said_definition("coordinator.xml", app, ())) == Definition("coordinator.xml", app)


def test_a_bundle() -> None:
    app = Bundle("b", (BundleMember("m", "/m", (("a", "1"),), "true", "false"),), "2026-01-01T00:00Z")

    assert said(app, "bundle.xml") == (
        'bundle_app("b", member("m", "/m", configuration={"a": "1"}, enabled="true", critical="false"), '
        'schema="0.2", kick_off_time="2026-01-01T00:00Z")'
    )
