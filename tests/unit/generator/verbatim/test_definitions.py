from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.declare import every, shell
from generator.errors import DeclarationError
from generator.verbatim import (
    app,
    async_dataset,
    bundle_app,
    controls,
    coordinator_app,
    data_in,
    data_out,
    dataset,
    member,
    workflow_app,
)
from generator.verbatim.values import Definition
from oozie.language import model


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
