from __future__ import annotations

import pytest

from oozie.language.lints.expressions import Use, broken_expressions, uses
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, Case, Decision, Element, End, Kill, Start, Workflow


def app(text: str) -> Workflow:
    action = Action("a", Element("fs", children=(Element("mkdir", attributes=(("path", text),), line=3),)), "d", "k")
    decision = Decision("d", (Case("end", "${wf:conf('go') eq 'on'}", 5),), "k")
    return Workflow("w", (Start("a"), action, decision, Kill("k", "${why}", 7), End("end")))


def broken(text: str) -> list[str]:
    return [f"{f.line} {f.message}" for f in broken_expressions(Subject(app(text), "w.xml", {}, None))]


def test_uses_stand_where_their_node_says_them() -> None:
    assert list(uses(app("${x}/${wf:conf('y')}"))) == [
        Use("x", 3, "a"),
        Use("y", 3, "a", is_call=True),
        Use("go", 5, "d", is_call=True, is_doubtful=True),
        Use("why", 7, "k"),
    ]


def test_what_a_lambda_takes_is_neither_a_property_nor_a_function() -> None:
    text = "${(f -> f(x, [y, {'a': z}]))(v -> v.name)}"
    assert [use.name for use in uses(app(text)) if use.node == "a"] == ["x", "y", "z"]
    assert broken(text) == []


def test_a_text_of_any_length_is_walked() -> None:
    text = "${" + "x + " * 5000 + "not " * 5000 + "a" + ".b" * 5000 + "}"
    assert {use.name[:3] for use in uses(app(text)) if use.node == "a"} == {"x", "a.b"}
    assert broken(text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${wf:errorMessage()}", "wf:errorMessage() takes 1 argument, not 0"),
        ("${wf:confg('x')}", "a workflow has no function wf:confg()"),
        ("${coord:nominalTime()}", "a workflow has no function coord:nominalTime()"),
        ("${trim(upper('x'))}", "a workflow has no function upper()"),
        ("${x ? trimm(x) : ''}", "a workflow has no function trimm()"),
        ("${x", "node 'a': "),
        ("${'x}", "node 'a': "),
    ],
)
def test_what_can_never_be_evaluated(text: str, says: str) -> None:
    [found] = broken(text)

    assert found.startswith("3 node 'a': ")
    assert says in found


@pytest.mark.parametrize("text", ["", "${x}", "$x {y}", "${wf:conf(concat('a', b))[c]}", "${not empty x and -y lt 3}"])
def test_what_can_be(text: str) -> None:
    assert broken(text) == []


def test_the_hint_knows_where_a_function_belongs() -> None:
    [finding] = broken_expressions(Subject(app("${coord:nominalTime()}"), "w.xml", {}, None))

    assert finding.hint == "evaluate it in coordinator.xml and hand the value on as a property of the workflow"


def test_the_hint_says_what_comes_of_it() -> None:
    action = Action("a", Element("fs", children=(Element("mkdir", attributes=(("path", "${wf:run(1)}"),)),)), "k", "k")
    found = Workflow("w", (Start("a"), action, Kill("k", "${wf:errorMessage()}"), End("end")))

    hints = [finding.hint for finding in broken_expressions(Subject(found, "w.xml", {}, None))]

    assert ["the whole job FAILS" in hints[0], "nothing is left of the message" in hints[1]] == [True, True]
