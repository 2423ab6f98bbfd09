from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.cluster_actions import ssh
from generator.declare import every, fs, hive, op, shell
from generator.errors import DeclarationError
from generator.values import ActionStep
from generator.verbatim import (
    app,
    async_dataset,
    bundle_app,
    controls,
    coordinator_app,
    data_in,
    data_out,
    dataset,
    launcher,
    member,
    places,
    sla,
    workflow_app,
)
from generator.verbatim.values import Definition
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


def test_a_coordinator_to_the_letter() -> None:
    made = coordinator_app(
        "c",
        frequency=every(days=1),
        start="s",
        end="e",
        timezone="UTC",
        app_path="/x",
        schema="0.5",
        configuration=[("a", "1"), ("a", "2")],
        controls=controls(timeout="5"),
        datasets=[
            dataset("d", "/d", frequency=every(hours=1), initial_instance="i", timezone="UTC", done_flag=""),
            async_dataset("y", "/y", sequence_type="SEQ", initial_version="1"),
        ],
        inputs=[data_in("in", "d", start="a", end="b")],
        outputs=[data_out("out", "d", "x", nocleanup="true")],
    )

    assert made == Definition(
        "coordinator.xml",
        model.Coordinator(
            "c", "${coord:days(1)}", "s", "e", "UTC", "/x", (("a", "1"), ("a", "2")), "uri:oozie:coordinator:0.5",
            model.Controls(timeout="5"),
            datasets=(
                model.Dataset("d", "/d", "60", "i", "UTC", ""),
                model.Dataset("y", "/y", kind="async-dataset", sequence_type="SEQ", initial_version="1"),
            ),
            inputs=(model.DataEvent("in", "d", start_instance="a", end_instance="b"),),
            outputs=(model.DataEvent("out", "d", ("x",), nocleanup="true"),),
        ),
    )  # fmt: skip


def test_a_bundle_to_the_letter() -> None:
    made = bundle_app("b", member("m", "/m", configuration={"a": "1"}, enabled="true"), schema="0.2", file="x.xml")

    members = (model.BundleMember("m", "/m", (("a", "1"),), enabled="true"),)
    assert made == Definition("x.xml", model.Bundle("b", members, namespace="uri:oozie:bundle:0.2"))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: workflow_app("w", shell("s", command="x"), schema="9"), "H301"),
        (lambda: bundle_app("b", schema="9"), "H301"),
        (lambda: app(bundle_app("b", schema="0.2"), bundle_app("c", schema="0.2")), "H316"),
        (lambda: app(bundle_app("b", schema="0.2"), properties={"db.password": "x"}), "H303"),
        (lambda: app(bundle_app("b", schema="0.2"), files=["../x"]), "H301"),
        (lambda: bundle_app("b", schema="0.2", file="/x"), "H301"),
    ],
)
def test_what_cannot_be_said(make: Callable[[], object], code: str) -> None:
    with pytest.raises(DeclarationError, match=code):
        make()
