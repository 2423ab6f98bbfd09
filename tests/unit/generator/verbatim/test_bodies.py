from __future__ import annotations

import pytest

from generator.cluster_actions import ssh
from generator.declare import fs, hive, op, shell
from generator.values import ActionStep
from generator.verbatim import launcher, places, sla, workflow_app
from oozie.language import model
from oozie.language.model import Element


def body_of(step: ActionStep, schema: str = "0.5", **more: object) -> Element:
    made = workflow_app("w", step, schema=schema, **more).app  # type: ignore[arg-type]
    assert isinstance(made, model.Workflow)
    return made.actions[0].body


def test_an_action_says_where_it_runs_as_all_do_or_otherwise() -> None:
    all_of_them = {"each_action": places(job_tracker="j", name_node="n")}
    step = hive("h", query="q", prepare_delete=["/x"])

    assert [child.tag for child in body_of(step, **all_of_them).children][:2] == ["job-tracker", "name-node"]
    assert body_of(step.but(places=places(resource_manager="r")), **all_of_them).text_of("resource-manager") == "r"
    assert body_of(step.but(places=places()), **all_of_them).children[0].tag == "prepare"
    assert body_of(fs("f", op("mkdir", path="/x")), **all_of_them).children[0].tag == "mkdir"


@pytest.mark.parametrize(
    ("step", "schema", "schemas", "namespace"),
    [
        (hive("h", query="q"), "0.5", {}, "uri:oozie:hive-action:0.6"),
        (hive("h", query="q"), "1.0", {}, "uri:oozie:hive-action:1.0"),
        (hive("h", query="q"), "0.4", {"hive": "0.2"}, "uri:oozie:hive-action:0.2"),
        (hive("h", query="q").but(schema="0.3"), "0.4", {"hive": "0.2"}, "uri:oozie:hive-action:0.3"),
        (hive("h", query="q").but(schema="uri:own:1"), "0.4", {}, "uri:own:1"),
        (fs("f", op("mkdir", path="/x")), "0.4", {}, "uri:oozie:workflow:0.4"),
    ],
)
def test_the_namespace_of_an_action(step: ActionStep, schema: str, schemas: dict[str, str], namespace: str) -> None:
    body = body_of(step, schema, schemas=schemas)

    assert {body.namespace, *(child.namespace for child in body.children)} == {namespace}


def test_what_an_action_alone_says() -> None:
    step = shell("s", command="x", prepare_mkdir=["/y"]).but(
        launcher=launcher({"queue": "q"}), sla=sla(nominal_time="n", should_end="e"), credentials="c"
    )
    made = workflow_app("w", step, schema="1.0").app
    assert isinstance(made, model.Workflow)

    assert [child.tag for child in made.actions[0].body.children] == ["prepare", "launcher", "exec"]
    assert made.actions[0].credentials == "c"
    assert made.actions[0].sla == sla(nominal_time="n", should_end="e")


def test_ssh_says_its_arguments_as_its_schema_does() -> None:
    step = ssh("s", host="h", command="c", args=["a"])

    assert body_of(step).texts("arg") == body_of(step, schemas={"ssh": "0.1"}).texts("args") == ("a",)
