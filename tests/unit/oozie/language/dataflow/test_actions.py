"""The table of action types."""

from __future__ import annotations

from oozie.language.dataflow import Surroundings, doing
from oozie.language.dataflow.actions import ACTIONS
from oozie.language.dataflow.uses import Doing
from oozie.language.model import Workflow
from oozie.language.reader import examine
from oozie.language.schema_tables import TABLES

AROUND = Surroundings({}, {})


def done(body: str, before: str = "") -> Doing:
    text = f"""<workflow-app name="w" xmlns="uri:oozie:workflow:0.5">{before}<start to="a"/><action name="a">{body}
    <ok to="end"/><error to="end"/></action><end name="end"/></workflow-app>"""
    app, _ = examine(text.encode())
    assert isinstance(app, Workflow)
    return doing(app.actions[0], app, AROUND)


def test_every_type_that_oozie_knows_has_its_row() -> None:
    kinds = {namespace.split(":")[2].removesuffix("-action") for namespace in TABLES if "-action" in namespace}

    assert kinds | {"map-reduce", "pig", "fs", "java", "sub-workflow", "http"} == set(ACTIONS)


def test_a_mail() -> None:
    mail = done('<email xmlns="uri:oozie:email-action:0.2"><to>a@x</to><cc>b@x</cc>'
                "<subject>It\n failed</subject><body>b</body><attachment>/r.csv</attachment></email>")  # fmt: skip

    assert mail.does == "sends a mail to a@x, b@x: “It failed”"
    assert [(use.how, use.name) for use in mail.uses] == [("reads", "/r.csv")]


def test_a_workflow_within() -> None:
    assert done("<sub-workflow><app-path>/w</app-path><propagate-configuration/></sub-workflow>").does == (
        "runs the workflow at /w and hands its properties down"
    )


def test_an_extension_is_named() -> None:
    strange = done('<bean xmlns="uri:some:bean:0.1"/>')

    assert strange == Doing("runs a bean action", (), ("its type is an extension that is not known here",))


def test_what_is_global_counts_and_what_is_prepared_is_replaced() -> None:
    shared = ("<global><configuration><property><name>mapred.input.dir</name><value>/in</value></property>"
              "</configuration></global>")  # fmt: skip
    mapped = done(
        '<map-reduce><prepare><delete path="/out"/></prepare><configuration><property><name>mapred.output.dir</name>'
        "<value>/out</value></property></configuration></map-reduce>",
        shared,
    )

    assert [(use.how, use.name) for use in mapped.uses] == [("reads", "/in"), ("replaces", "/out")]
