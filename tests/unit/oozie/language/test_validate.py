from __future__ import annotations

import time
from dataclasses import replace

import pytest

from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
    Coordinator,
    Element,
    End,
    Fork,
    Kill,
    Parameter,
    Start,
    Workflow,
)
from oozie.language.validate import validate

NS = "uri:oozie:workflow:0.5"
FS = Element("fs", NS)
APP = Workflow("w", (Start("a"), Action("a", FS, "end", "kill"), Kill("kill", "m"), End("end")), NS)
FORKED = replace(
    APP,
    nodes=(
        Start("f"),
        Fork("f", ("a", "b")),
        Action("a", FS, "end", "kill", line=4),
        Action("b", FS, "end", "kill", line=5),
        Kill("kill", "m"),
        End("end"),
    ),
)
COORDINATOR = Coordinator("c", "60", "2026-01-01T00:00Z", "2027-01-01T00:00Z", "UTC", "/app")
BUNDLE = Bundle("b", (BundleMember("m", "/m"),))


def codes(app: App, properties: dict[str, str] | None = None) -> list[str]:
    return [finding.code for finding in validate(app, properties)]


@pytest.mark.parametrize("app", [APP, COORDINATOR, BUNDLE])
def test_right_apps_have_nothing_to_find(app: App) -> None:
    assert codes(app) == []
    assert codes(app, {}) == []


def test_the_first_finding_is_the_one_that_oozie_would_give() -> None:
    assert codes(FORKED) == ["E0730", "E0737", "E0737"]


def test_findings_carry_the_path() -> None:
    assert {finding.path for finding in validate(FORKED, None, "w.xml")} == {"w.xml"}


@pytest.mark.parametrize("value", ["false", " FALSE "])
def test_fork_and_join_rules_can_be_switched_off_as_in_oozie(value: str) -> None:
    assert codes(FORKED, {"oozie.wf.validate.ForkJoin": value}) == []
    assert codes(FORKED, {"oozie.wf.validate.ForkJoin": "no"}) == ["E0730", "E0737", "E0737"]


def test_a_built_app_is_held_against_the_schema_too() -> None:
    fs = Element("fs", NS, (), "", (Element("delete", NS),))
    nodes = (Start("a"), Action("a", fs, "edn", "kill"), Kill("kill", "m"), End("end"))

    assert codes(replace(APP, nodes=nodes)) == ["E0701", "E0708"]


def test_an_app_without_a_start_is_not_walked() -> None:
    assert codes(replace(APP, nodes=APP.nodes[1:])) == ["E0701"]


def test_behind_a_lost_transition_unreachable_nodes_are_no_slip() -> None:
    nodes = (Start("a"), Action("a", FS, "ned", "kill"), *FORKED.nodes[3:])

    assert codes(replace(APP, nodes=nodes)) == ["E0708"]


def test_forks_are_judged_also_where_another_transition_is_lost() -> None:
    nodes = (*FORKED.nodes[:2], replace(FORKED.nodes[2], error="kil"), *FORKED.nodes[3:])

    assert codes(replace(APP, nodes=nodes)) == ["E0708", "E0737", "E0737"]


def test_of_two_nodes_of_a_name_neither_is_unreachable_but_another_may_be() -> None:
    nodes = (Start("a"), Action("a", FS, "b", "kill"), Action("a", FS, "c", "kill"))
    rest = (Action("b", FS, "end", "kill"), Action("c", FS, "end", "kill"), Action("d", FS, "end", "kill"))

    findings = validate(replace(APP, nodes=(*nodes, *rest, *APP.nodes[2:])))

    assert [(finding.code, finding.node) for finding in findings] == [("E0705", "a"), ("H012", "d")]


def test_lints_come_last() -> None:
    nodes = (Start("a"), Action("a", FS, "end", "end"), Action("b", FS, "end", "kill"), Kill("kill", "m"), End("end"))

    findings = validate(replace(APP, nodes=nodes, parameters=(Parameter("p"),)), {})

    assert [(f.code, f.severity) for f in findings] == [
        ("E0738", "error"),
        ("H013", "lint"),
        ("H012", "lint"),
        ("H012", "lint"),
    ]


def test_parameters_need_a_value_once_the_job_is_known() -> None:
    app = replace(APP, parameters=(Parameter("p", line=2), Parameter("q", "1"), Parameter("r", line=4), Parameter("s")))

    assert codes(app) == []
    [finding] = validate(app, {"s": "1"})
    assert (finding.code, finding.line, finding.message) == ("E0738", 2, "the job has no value for 'p', 'r'")


def test_a_parameter_needs_a_name() -> None:
    assert codes(replace(APP, parameters=(Parameter(" ", "1"),))) == ["E0739"]


def test_a_parameter_of_a_workflow_may_not_give_a_value_to_a_constant() -> None:
    """Of a coordinator and a bundle Oozie looks before it reads their parameters."""
    assert codes(replace(APP, parameters=(Parameter("MB", "1"),))) == ["E0803"]
    assert codes(replace(COORDINATOR, parameters=(Parameter("YEAR", "1"),)), {}) == []


def test_who_submits_what_is_known_without_a_property() -> None:
    names = ("user.name", "mapreduce.job.user.name", "oozie.wf.application.path", "oozie.coord.application.path")
    parameters = tuple(Parameter(name) for name in names)

    [finding] = validate(replace(APP, parameters=parameters), {})
    assert finding.message == "the job has no value for 'oozie.coord.application.path'"
    [finding] = validate(replace(COORDINATOR, parameters=parameters), {})
    assert finding.message == "the job has no value for 'oozie.wf.application.path'"


def test_of_schema_0_4_5_oozie_looks_at_no_parameters() -> None:
    """It reads two numbers from a version, and finds none that it knows."""
    app = replace(APP, name="${p}", parameters=(Parameter("p"), Parameter("", "1")))

    assert codes(app, {}) == ["E0739", "E0738", "E0803"]
    assert codes(replace(app, namespace="uri:oozie:workflow:0.4.5", parameters=(Parameter("p", "1"),)), {}) == ["E0803"]


def test_the_job_may_not_define_oozies_constants() -> None:
    assert codes(APP, {"MB": "1"}) == ["E0803"]
    assert codes(APP, {"YEAR": "1"}) == []
    assert codes(COORDINATOR, {"YEAR": "1"}) == ["E0803"]
    assert codes(BUNDLE, {"YEAR": "1"}) == ["E1310"]


def test_a_coordinator_sees_the_values_of_its_parameters() -> None:
    app = replace(COORDINATOR, frequency="${every}", parameters=(Parameter("every", "often"),))

    assert codes(app, {}) == ["E1003"]
    assert codes(app, {"every": "60"}) == []


def test_a_bundle_wraps_what_is_wrong() -> None:
    app = replace(BUNDLE, parameters=(Parameter("p"),))

    [finding] = validate(app, {})
    assert finding.code == "E1310"
    assert finding.message.startswith("E0738: ")


def test_a_workflow_of_a_thousand_actions_takes_less_than_a_second() -> None:
    ns = "uri:oozie:shell-action:0.3"
    parts = [Element(tag, ns, (), "x") for tag in ("job-tracker", "name-node", "exec", *["argument"] * 10)]
    actions = [Action(f"a{n}", Element("shell", ns, (), "", tuple(parts)), f"a{n + 1}", "kill") for n in range(1000)]
    app = replace(APP, nodes=(Start("a0"), *actions, Kill("a1000", "m"), Kill("kill", "m"), End("end")))
    before = time.process_time()

    assert codes(app) == ["H012"]

    assert time.process_time() - before < 1
