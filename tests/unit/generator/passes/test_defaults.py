from __future__ import annotations

import pytest

from generator.cluster_actions import git
from generator.declare import credential, fs, hive, op, shell, workflow
from generator.errors import DeclarationError, GenerationError
from generator.passes import lower
from generator.profiles import HDP, LOCAL
from oozie.language.model import Element


def _namespaces(element: Element) -> set[str]:
    return {element.namespace}.union(*map(_namespaces, element.children))


def test_every_element_has_its_schema() -> None:
    app = lower(workflow("w", fs("f", op("mkdir", path="/x")), shell("s", command="x", configuration={"a": "b"})), HDP)

    assert app.namespace == "uri:oozie:workflow:0.5"
    assert [_namespaces(action.body) for action in app.actions] == [
        {"uri:oozie:workflow:0.5"},
        {"uri:oozie:shell-action:0.3"},
    ]
    assert app.global_section is not None
    assert _namespaces(app.global_section) == {"uri:oozie:workflow:0.5"}


def test_actions_share_cluster_and_queue() -> None:
    section = lower(workflow("w", shell("s", command="x")), LOCAL).global_section

    assert section is not None
    assert section.text_of("name-node") == "${nameNode}"
    assert section.text_of("job-tracker") == "${jobTracker}"
    assert set(section.configuration().values()) == {"${queueName}"}


def test_what_the_app_speaks_of_are_its_parameters() -> None:
    app = lower(workflow("w", hive("h", script="/x", params={"d": "${day}"})), HDP)

    assert [p.name for p in app.parameters] == ["day", "hiveUrl", "jobTracker", "nameNode", "queueName"]


def test_credentials_are_declared() -> None:
    declared = workflow(
        "w",
        hive("h", script="/x", credentials="hs2"),
        credentials=(credential("hs2", "hive2", {"hive2.server.principal": "p"}),),
    )

    app = lower(declared, HDP)
    assert app.actions[0].credentials == "hs2"
    assert app.credentials is not None
    assert app.credentials.children[0].attributes == (("name", "hs2"), ("type", "hive2"))
    with pytest.raises(DeclarationError, match="no credential is called 'hs2'"):
        lower(workflow("w", hive("h", script="/x", credentials="hs2")), HDP)


def test_an_action_that_the_place_has_not() -> None:
    with pytest.raises(GenerationError, match="profile 'hdp' has no git action"):
        lower(workflow("w", git("g", uri="https://x/y", destination="/z")), HDP)
