from __future__ import annotations

import pytest

from generator.importing.python_text import Call, Expression, Items, Text, render
from generator.importing.steps import DEEPEST, said_steps
from oozie.language.model import Action, Case, Decision, Element, End, Fork, Join, Kill, Node, Start, Workflow


def said(start: str, *nodes: Node) -> list[str]:
    """Steps, then where errors lead, then what stands aside, each as Python in one line."""

    def call(action: Action) -> Call:
        if action.body.tag == "email":
            named = (("to", Text("x@y")), ("subject", Text("s")), ("body", Text("b")))
            return Call("email", (Text(action.name),), named)
        return Call("do", (Text(action.name),))

    app = Workflow("w", (Start(start), *nodes, End("end")))
    told = said_steps(app, call)
    groups: tuple[tuple[Expression, ...], ...] = (told.steps, told.fail, told.aside)
    return [render(Items(group), 0, -10_000) for group in groups]


def do(name: str, ok: str, error: str = "fail") -> Action:
    return Action(name, Element("shell"), ok, error)


def mail(name: str, ok: str, error: str = "fail") -> Action:
    return Action(name, Element("email"), ok, error)


FAIL = Kill("fail", "m")
FAILS = '[kill("m", name="fail")]'


def test_a_line() -> None:
    assert said("a", do("a", "b"), do("b", "end", "end"), FAIL) == [
        '[do("a"), do("b", on_error="continue")]',
        FAILS,
        "[]",
    ]


def test_branches_come_together_at_the_join() -> None:
    nodes = (Fork("f", ("a", "b")), do("a", "c"), do("c", "j"), do("b", "j"), Join("j", "d"), do("d", "end"), FAIL)

    assert said("f", *nodes) == [
        '[parallel([do("a"), do("c")], do("b"), name="f", join="j"), do("d")]', FAILS, "[]"
    ]  # fmt: skip


def test_a_fork_without_a_join_of_its_own() -> None:
    found = said("f", Fork("f", ("a", "b")), do("a", "j"), do("b", "end"), Join("j", "end"), FAIL)

    assert found[0] == '[fork("f", "a", "b")]'
    assert found[2] == '[do("a"), join("j"), goto("end"), do("b"), goto("end")]'


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (  # cases meet again
            (Decision("d", (Case("a", "${x}"),), "b"), do("a", "c"), do("b", "c"), do("c", "end")),
            '[decide("d", when("${x}", do("a")), otherwise=do("b")), do("c")]',
        ),
        (  # a step that may be left out
            (Decision("d", (Case("a", "${x}"),), "c"), do("a", "c"), do("c", "end")),
            '[decide("d", when("${x}", do("a"))), do("c")]',
        ),
        (  # a guard
            (Decision("d", (Case("end", "${x}"),), "a"), do("a", "b"), do("b", "c"), do("c", "end")),
            '[decide("d", when("${x}", goto("end"))), do("a"), do("b"), do("c")]',
        ),
        (  # a case that ends the job
            (Decision("d", (Case("a", "${x}"),), "k"), do("a", "end"), Kill("k", "no")),
            '[decide("d", when("${x}"), otherwise=kill("no", name="k")), do("a")]',
        ),
        (  # a loop, which Oozie refuses and a declaration can say
            (Decision("d", (Case("a", "true"),), "end"), do("a", "d")),
            '[decide("d", when(as_is("true")), otherwise=goto("end")), do("a"), goto("d")]',
        ),
    ],
)
def test_decisions(nodes: tuple[Node, ...], expected: str) -> None:
    assert said("d", *nodes, FAIL)[0] == expected


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ((do("a", "b", "h"), do("h", "fail")), '[do("a", on_error=do("h")), do("b"), do("c")]'),
        (
            (do("a", "b", "h"), do("h", "b", "b")),
            '[do("a", on_error=handle(do("h", on_error="continue"), then="continue")), do("b"), do("c")]',
        ),
        (
            (do("a", "b", "h"), mail("h", "fail")),
            '[do("a", on_error=alert("x@y", name="h", subject="s", body="b")), do("b"), do("c")]',
        ),
        ((do("a", "b", "k"), Kill("k", "own")), '[do("a", on_error=kill("own", name="k")), do("b"), do("c")]'),
        ((do("a", "b", "c"),), '[do("a", on_error=goto("c")), do("b"), do("c")]'),
        ((do("a", "b", "end"),), '[do("a", on_error=goto("end")), do("b"), do("c")]'),
    ],
)
def test_errors(nodes: tuple[Node, ...], expected: str) -> None:
    assert said("a", *nodes, do("b", "c"), do("c", "end"), FAIL)[0] == expected


def test_where_most_errors_lead_is_said_once() -> None:
    found = said("a", do("a", "b", "tell"), do("b", "c", "tell"), do("c", "end"), mail("tell", "fail"), FAIL)

    assert found[0] == '[do("a"), do("b"), do("c", on_error=goto("fail"))]'
    assert found[1] == '[email("tell", to="x@y", subject="s", body="b"), kill("m", name="fail")]'


def test_what_nobody_reaches_stands_aside() -> None:
    found = said("a", do("a", "end"), do("x", "y"), do("y", "end"), Kill("k", "no"), FAIL)

    assert found[2] == '[do("x"), do("y"), goto("end"), kill("no", name="k")]'


def test_what_is_too_deep_is_told_apart() -> None:
    depth = 3 * DEEPEST
    nodes = [Decision(f"d{i}", (Case(f"d{i + 1}", "${x}"),), f"a{i}") for i in range(depth)]
    nodes_to_end = [do(f"a{i}", f"a{i}x") for i in range(depth)] + [do(f"a{i}x", "end") for i in range(depth)]

    found = said("d0", *nodes, do(f"d{depth}", "end"), *nodes_to_end, FAIL)

    assert found[0].count("decide(") == DEEPEST + 1
    assert sum(text.count("decide(") for text in found) == depth
