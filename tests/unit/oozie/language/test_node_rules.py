from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.language.model import Action, Case, Decision, Element, End, Kill, Node, Start, Workflow
from oozie.language.node_rules import Walked, definition_rules, walk_rules

NS = "uri:oozie:workflow:0.5"
FS = Element("fs", NS)
SHELL = "uri:oozie:shell-action:0.3"


def act(name: str, ok: str, error: str = "kill", body: Element = FS, **attributes: str) -> Action:
    return Action(name, body, ok, error, **attributes)


def app(*nodes: Node, global_section: Element | None = None) -> Workflow:
    return Workflow("w", (*nodes, Kill("kill", "m")), NS, global_section=global_section)


def defined(workflow: Workflow, properties: dict[str, str] | None = None) -> list[str]:
    return [f"{d.code} {d.message}" for d in definition_rules(workflow, properties)]


def walked(workflow: Workflow) -> list[str]:
    return [f"{d.code} {d.message}" for d in walk_rules(workflow)[0]]


def test_nodes_after_the_end_with_the_same_name_or_leading_to_themselves() -> None:
    workflow = app(Start("a"), act("a", "a"), End("end"), act("a", "end"))

    assert defined(workflow) == [
        "E0706 action 'a' leads to itself",
        "E0704 action 'a' comes after the end",
        "E0705 there are two nodes called 'a'",
        "E0704 kill 'kill' comes after the end",
    ]


def test_an_action_type_that_oozie_does_not_run() -> None:
    http = Element("http", "uri:oozie:workflow:0.1")

    assert defined(app(Start("a"), act("a", "kill", body=http))) == ["E0723 Oozie has no action type 'http'"]


def test_a_launched_action_must_know_the_cluster() -> None:
    workflow = app(Start("a"), act("a", "kill", body=Element("shell", SHELL)))

    assert defined(workflow) == [
        "E0701 action 'a' has no name-node",
        "E0701 action 'a' has no job-tracker or resource-manager",
    ]


def test_global_may_say_where_the_cluster_is() -> None:
    for tag in ("job-tracker", "resource-manager"):
        everywhere = Element("global", NS, (), "", (Element(tag, NS), Element("name-node", NS)))
        assert defined(app(act("a", "kill", body=Element("shell", SHELL)), global_section=everywhere)) == []


def test_actions_of_the_server_itself_need_no_cluster() -> None:
    assert defined(app(act("a", "kill"), act("b", "kill", body=Element("email", "uri:oozie:email-action:0.1")))) == []


def test_retry_settings_may_name_properties_only_if_they_exist() -> None:
    workflow = app(act("a", "kill", retry_max="${retries}"))

    assert defined(workflow, None) == []
    assert defined(workflow, {"retries": "2"}) == []
    assert defined(workflow, {}) == ["E0703 the retry settings of action 'a': variable [retries] cannot be resolved"]


@pytest.mark.parametrize("value", ["${1 +}", "${wf:run()}", "${concat('1', '2')}"])
def test_retry_settings_are_expressions_without_functions(value: str) -> None:
    [finding] = defined(app(act("a", "kill", retry_interval=value)))

    assert finding.startswith("E0703 the retry settings of action 'a': ")


@pytest.mark.parametrize(
    ("number", "is_taken"), [("512", True), ("+512", True), (" 512", False), ("3000000000", False)]
)
def test_a_launchers_numbers_are_read_as_java_reads_them(number: str, is_taken: bool) -> None:
    launcher = Element("launcher", NS, (), "", (Element("memory.mb", NS, (), number), Element("queue", NS, (), "q")))
    cluster = (Element("resource-manager", NS), Element("name-node", NS))
    java = Element("java", NS, (), "", (*cluster, launcher))
    expected = [] if is_taken else [f"E0803 '{number}' in <memory.mb> is no whole number that Java can read"]

    assert defined(app(act("a", "kill", body=java))) == expected
    assert defined(app(global_section=Element("global", NS, (), "", (launcher,)))) == expected


def test_of_a_launchers_number_that_stands_twice_the_first_counts() -> None:
    numbers = tuple(Element("vcores", NS, (), text) for text in ("1", " 1"))
    launcher = Element("launcher", NS, (), "", numbers)

    assert defined(app(global_section=Element("global", NS, (), "", (launcher,)))) == []


def test_a_workflow_has_a_name() -> None:
    assert defined(replace(app(), name="")) == ["E0803 the workflow's name is empty"]


def test_an_sla_alone_is_no_action() -> None:
    sla = Element("info", "uri:oozie:sla:0.2")

    assert defined(app(act("a", "kill", body=sla))) == ["E0803 action 'a' does nothing: it has only an SLA"]


def test_a_transition_to_nowhere_names_its_neighbour() -> None:
    [finding] = walk_rules(app(Start("a"), act("a", "publsh"), act("publish", "kill")))[0]

    assert str(finding) == "E0708 action 'a' goes on ok to 'publsh', which does not exist"
    assert (finding.hint, finding.node) == ("did you mean 'publish'?", "a")


def test_every_dead_end_is_found() -> None:
    decision = Decision("d", (Case("x1", "e"),), "x2")

    assert walked(app(Start("a"), act("a", "d", "x3"), decision)) == [
        "E0708 decision 'd' goes in a case to 'x1', which does not exist",
        "E0708 decision 'd' goes by default to 'x2', which does not exist",
        "E0708 action 'a' goes on error to 'x3', which does not exist",
    ]


def test_a_loop_is_shown_as_it_goes() -> None:
    assert walked(app(Start("a"), act("a", "b"), act("b", "kill", "c"), act("c", "b"))) == [
        "E0707 the nodes go round in a circle: b -> c -> b"
    ]


def test_what_is_out_of_reach_is_not_walked() -> None:
    assert walked(app(Start("kill"), act("a", "nowhere"))) == []


@pytest.mark.parametrize("name", ["a" * 129, "1a", "a b", "é"])
def test_a_name_that_oozie_refuses(name: str) -> None:
    [finding] = walk_rules(app(Start(name), act(name, "kill")))[0]

    assert finding.code == "E0724"


def test_a_workflow_longer_than_python_s_stack_is_walked() -> None:
    actions = [act(f"a{n}", f"a{n + 1}") for n in range(5000)]

    assert walk_rules(app(Start("a0"), *actions, act("a5000", "kill"))) == Walked([], 0, 0)
