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
    walked = walk_rules(workflow)
    assert walked.findings == []
    return [finding.code for finding in fork_rules(workflow, walked)]


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

    [finding] = fork_rules(workflow, walk_rules(workflow))

    assert finding.node == "b"
    assert finding.message == "action 'b' ends the workflow inside a fork"
    assert finding.hint == "lead it to the join of fork 'f' first"


def test_a_chain_of_decisions_takes_no_exponential_time() -> None:
    chain = ", ".join(f"d{n}? a{n} b{n}, a{n}: d{n + 1} d{n + 1}, b{n}: d{n + 1} d{n + 1}" for n in range(150))
    before = time.process_time()

    assert codes(f"{chain}, d150? end end") == []

    assert time.process_time() - before < 2


# A transition that leads nowhere, twice somewhere, or in a circle; what is told of forks and joins all the same.
LOST = {
    "a path that ends nowhere": ("f! a b, a: j, b: nowhere, j* end", []),
    "no path that comes to a join": ("f! a b, a: nowhere, b: nowhere, j* end", []),
    "a path of the fork that is not there": ("f! a nowhere, a: j, j* end", []),
    "what is not there twice": ("f! nowhere nowhere, a: j, j* end", []),
    "a fork in a fork, of which nobody knows the join": ("f! a g, g! b c, a: j, b: x, c: x, i* j, j* end", []),
    "a fork behind a join that is known": ("f! a b, a: j, b: x, j* g, g! c d, c: end, d: end", ["E0737", "E0737"]),
    "a fork behind a lost transition": ("a: nowhere, f! b c, b: end, c: end, j* end", []),
    "a fork before a lost transition": ("f! a b, a: end, b: j, j* c, c: nowhere", ["E0737"]),
    "an error that is lost": ("f! a b, a: j, b: j nowhere, j* g, g! c c, c: i, i* end", ["E0744"]),
    "ways that meet": ("f! a b, a: c, b: c, c: d, d: nowhere", ["E0743"]),
    "a join without a fork": ("a: j nowhere, j* end", ["E0742"]),
    "two joins and a lost path": ("f! a b c, a: j, b: i, c: nowhere, j* end, i* end", ["E0757"]),
    "a circle before a fork": ("a: b, b: f a, f! c d, c: end, d: i, i* end", ["E0737"]),
    "a circle over a fork and its join": ("f! a b, a: j, b: j, j* f", []),
    "a circle of two paths": ("f! a b, a: b, b: a, j* end", []),
    "a circle over the join of another fork": ("f! a b, a: j, b: j, j* g, g! c d, c: j, d: i, i* end", []),
    "a node that leads to itself": ("f! a b, a: a, b: j, j* c, c: i, i* end", ["E0742"]),
    "two nodes of a name": ("f! a b, a: j, b: j, a: end, j* g, g! c d, c: end, d: i, i* end", ["E0737"]),
}


@pytest.mark.parametrize(("text", "expected"), LOST.values(), ids=LOST.keys())
def test_what_stays_where_a_transition_is_lost(text: str, expected: list[str]) -> None:
    workflow = app(text)
    walked = walk_rules(workflow)

    assert walked.lost
    assert [finding.code for finding in fork_rules(workflow, walked)] == expected


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_one_lost_transition_is_one_slip(text: str) -> None:
    """Of a right app nothing else is told, wherever one of its transitions gets lost."""
    words = text.replace(",", " ,").split()
    names = [word[:-1] for word in words if word[-1] in ":!*?"]
    broken = 0
    for index, word in enumerate(words):
        for name in ("nowhere", *names) if word in (*names, "end", "k") else ():
            workflow = app(" ".join([*words[:index], name, *words[index + 1 :]]))
            walked = walk_rules(workflow)
            if walked.lost:
                broken += 1
                assert fork_rules(workflow, walked) == [], workflow

    assert broken > 2
