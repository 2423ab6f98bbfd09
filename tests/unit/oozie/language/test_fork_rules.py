"""The cases of Oozie's own parser tests (TestLiteWorkflowAppParser), restated as graphs."""

from __future__ import annotations

import time

import pytest

from oozie.language.fork_rules import fork_rules
from oozie.language.model import Action, Case, Decision, Element, End, Fork, Join, Kill, Node, Start, Workflow
from oozie.language.node_rules import walk_rules

FS = Element("fs", "uri:oozie:workflow:0.5")


def app(text: str) -> Workflow:
    """``a: b k`` is an action (ok, error), ``f! a b`` a fork, ``j* a`` a join, ``d? a b`` a decision (default last)."""
    nodes: list[Node] = [Start(text.split()[0].rstrip(":!*?"))]
    for part in text.split(","):
        name, *to = part.split()
        kind, name = name[-1], name[:-1]
        if kind == ":":
            nodes.append(Action(name, FS, to[0], to[1] if len(to) > 1 else "k"))
        elif kind == "!":
            nodes.append(Fork(name, tuple(to)))
        elif kind == "*":
            nodes.append(Join(name, to[0]))
        else:
            nodes.append(Decision(name, tuple(Case(case, "true") for case in to[:-1]), to[-1]))
    return Workflow("w", (*nodes, Kill("k", "m"), End("end")))


def codes(text: str) -> list[str]:
    workflow = app(text)
    findings, forks, joins = walk_rules(workflow)
    assert findings == []
    return [finding.code for finding in fork_rules(workflow, forks, joins)]


ACCEPTED = {
    "a fork and its join": "f! a b, a: j, b: j, j* end",
    "a fork in a fork": "f! a g, g! b c, a: j, b: i, c: i, i* j, j* end",
    "one fork after the other": "f! a b, a: j, b: j, j* g, g! c d, c: i, d: i, i* end",
    "a path of several actions": "f! a b, a: c, c: j, b: j, j* end",
    "a decision in a path": "f! d b, d? a c, a: j, c: j, b: j, j* end",
    "ways of one decision that meet": "d? a b c, a: c, b: c, c: end",
    "nested decisions that meet": "d? e a, e? a b, b: a, a: end",
    "a decision around forks": "d? f g, f! a b, g! c e, a: j, b: j, c: i, e: i, j* end, i* end",
    "a decision that may kill": "f! d b, d? j k, b: j, j* end",
    "a fork after a join of a decision's path": "d? f e, f! a b, a: j, b: j, j* e, e: end",
    "errors that meet": "f! a b, a: j x, b: j x, x: j, j* end",
    "an error over an action to the join": "f! a b, a: j e, e: j, b: j, j* end",
    "an error to a node that ok reaches too": "a: b c, b: c, c: end",
    "an error that leads on": "a: b b, b: end end",
    "a fork with the join on two paths": "f! a j j, a: j, j* end",
    "a fork that a fork's join follows into a join": "f! a g, a: j, g! b c, b: h, c: h, h* e, e: j, j* end",
}

REFUSED = {
    "a fork without a join": ("f! a b, a: end, b: end", ["E0730", "E0737", "E0737"]),
    "a join without a fork": ("a: j, j* end", ["E0730", "E0742"]),
    "an end in a fork": ("f! a b, a: j, b: end, j* end", ["E0737"]),
    "an end over an error in a fork": ("f! a b, a: j, b: j end, j* end", ["E0737"]),
    "paths that meet before the join": ("f! a b, a: c, b: c, c: j, j* end", ["E0743"]),
    "paths that go on into each other": ("f! a b, a: b, b: j, j* end", ["E0743"]),
    "a path named twice": ("f! a a, a: j, j* end", ["E0744"]),
    "two joins for a fork": (
        "f! a b, a: j, b: g, g! c e, c: i, e: i, i* h, h* end, j* end",
        ["E0730", "E0757"],
    ),
    "one join for two forks": ("f! a g, g! b c, a: j, b: j, c: j, j* i, i* end", ["E0758", "E0742"]),
    "decisions in two paths that meet": ("f! d e, d? a j, e? a j, a: j, j* end", ["E0743"]),
    "a way into a join past its fork": ("d? f j, f! a b, a: j, b: j, j* end", ["E0742"]),
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_oozie_takes(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_oozie_refuses(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_finding_names_its_node_and_a_way_out() -> None:
    workflow = app("f! a b, a: j, b: end, j* end")

    [finding] = fork_rules(workflow, 1, 1)

    assert finding.node == "b"
    assert finding.message == "action 'b' ends the workflow inside a fork"
    assert finding.hint == "lead it to the join of fork 'f' first"


def test_a_chain_of_decisions_takes_no_exponential_time() -> None:
    chain = ", ".join(f"d{n}? a{n} b{n}, a{n}: d{n + 1} d{n + 1}, b{n}: d{n + 1} d{n + 1}" for n in range(150))
    before = time.process_time()

    assert codes(f"{chain}, d150? end end") == []

    assert time.process_time() - before < 2
