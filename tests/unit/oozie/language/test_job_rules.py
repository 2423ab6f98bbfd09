from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.language.el.submission import PerRun
from oozie.language.job_rules import job_rules, sla_lints, start_rules
from oozie.language.model import Action, Element, End, Start, Workflow

SLA = "uri:oozie:sla:0.2"
APP = Workflow("w", (Start("a"), Action("a", Element("fs"), "end", "end"), End("end")))


def sla(**values: str) -> Element:
    children = (Element(tag.replace("_", "-"), SLA, (), text) for tag, text in values.items())
    return Element("info", SLA, (), "", tuple(children))


def found(app: Workflow, properties: dict[str, str] | None = None) -> list[str]:
    return [f"{d.code} {d.message}" for rules in (job_rules, start_rules) for d in rules(app, properties)]


@pytest.mark.parametrize("name", ["w", "of ${owner}", "v${1 + 2}", "${user}", "#"])
def test_names_that_oozie_takes(name: str) -> None:
    assert found(replace(APP, name=name), {"owner": "bob", "user": "x"}) == []


@pytest.mark.parametrize("name", ["${nobody}", "${", "${1 +}", "${wf:id()}", "${concat('a', 'b')}", "${KB}", "${my.x}"])
def test_names_that_oozie_refuses(name: str) -> None:
    [message] = found(replace(APP, name=name), {"my.x": "1"})

    assert message.startswith("E0803 the workflow's name: ")


def test_a_name_may_hold_properties_that_are_not_known_yet_but_no_nonsense() -> None:
    assert found(replace(APP, name="of ${owner}")) == []
    assert len(found(replace(APP, name="${KB}"))) == 1
    assert len(found(replace(APP, name="${wf:id()}"))) == 1


@pytest.mark.parametrize(("length", "codes"), [(255, []), (256, ["E0803"])])
def test_a_name_fits_the_database(length: int, codes: list[str]) -> None:
    assert [finding.code for finding in job_rules(replace(APP, name="n" * length), {})] == codes


def test_an_sla_is_tried_with_its_constants() -> None:
    right = sla(nominal_time="${t}", should_start="${5 * MINUTES}", should_end="${2 * HOURS}", max_duration="")

    assert found(replace(APP, sla=right)) == []
    assert found(replace(APP, sla=right), {"t": "2026-01-01T00:00Z"}) == []
    assert found(replace(APP, sla=right), {"t": "soon"}) == [
        "E0803 sla:nominal-time: 'soon' is no time of the form yyyy-MM-ddTHH:mmZ"
    ]


@pytest.mark.parametrize(
    ("value", "of_workflow", "of_action"),
    [
        ("10", "", ""),
        ("-1", "", ""),  # only a server with the SLA service refuses that: a lint
        ("1.5", "E0803", "E1007"),
        ("ten", "E0803", "E1007"),
        ("", "E0803", "E1007"),
        ("${no}", "E0803", "E0803"),
    ],
)
def test_minutes_are_integers(value: str, of_workflow: str, of_action: str) -> None:
    late = sla(should_end=value)
    nodes = (APP.nodes[0], replace(APP.actions[0], sla=late), APP.nodes[2])

    assert [text[:5] for text in found(replace(APP, sla=late), {})] == [of_workflow][: bool(of_workflow)]
    assert [text[:5] for text in found(replace(APP, nodes=nodes), {})] == [of_action][: bool(of_action)]


def test_what_oozie_finds_at_the_start_comes_behind_what_it_finds_at_the_submission() -> None:
    first, second = (
        replace(APP.actions[0], name=name, sla=sla(should_end=text)) for name, text in (("a", "1.5"), ("b", "${"))
    )
    app = replace(APP, name="n" * 256, nodes=(APP.nodes[0], first, second, APP.nodes[2]))

    assert [text[:5] for text in found(app, {})] == ["E0803", "E0803", "E1007"]


def test_of_what_is_refused_at_the_start_a_lint_speaks() -> None:
    app = replace(APP, nodes=(APP.nodes[0], replace(APP.actions[0], sla=sla(should_end="1.5")), APP.nodes[2]))

    [finding] = sla_lints(app, {})

    assert (finding.code, finding.severity, finding.node) == ("H030", "lint", "a")
    assert finding.message == (
        "sla:should-end of action 'a': '1.5' is no whole number of minutes: "
        "Oozie takes the app and then refuses to start its job (E1007)"
    )


def test_an_sla_is_one_expression_and_xml_again() -> None:
    """Each text by itself would do."""
    properties = {"a": "1", "b": "R&D", "t": "2026-01-01T00:00Z"}
    of_one = sla(nominal_time="${t}", should_end="5", alert_contact="${b}")
    of_two = sla(nominal_time="${t}", should_end="#{a}")

    assert found(replace(APP, sla=of_one), properties) == [
        "E0803 sla:alert-contact becomes 'R&D', which breaks the XML"
    ]
    [mixed] = found(replace(APP, sla=of_two), properties)
    assert mixed.startswith("E0803 sla:info: ")
    assert found(replace(APP, sla=sla(nominal_time="2026-01-01T00:00Z", should_end="#{a}")), properties) == []


def test_what_each_run_of_a_coordinator_gives_is_not_judged_before_it() -> None:
    app = replace(APP, sla=sla(nominal_time="${nominalTime}", should_end="${30 * MINUTES}"))

    assert found(app, {"nominalTime": PerRun("${coord:nominalTime()}")}) == []
    assert len(found(app, {"nominalTime": "${coord:nominalTime()}"})) == 1
    assert len(found(app, {"nominalTime": "yesterday"})) == 1


@pytest.mark.parametrize(("length", "codes"), [(255, []), (256, ["E0803"])])
def test_what_an_sla_says_fits_the_database(length: int, codes: list[str]) -> None:
    said = sla(should_end="5", notification_msg=f" &{'m' * (length - 1)} ")

    assert [finding.code for finding in job_rules(replace(APP, sla=said), {})] == codes
