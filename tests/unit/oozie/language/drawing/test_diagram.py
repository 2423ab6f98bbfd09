"""Boxes and arrows: what a workflow's picture is made of."""

from __future__ import annotations

from oozie.language.drawing import Arrow, diagram_of
from oozie.language.model import Action, Case, Decision, Element, End, Fork, Join, Kill, Start, Workflow


def action(name, ok, error, tag="fs"):
    return Action(name, Element(tag), ok, error)


def test_every_kind_of_node_and_transition():
    app = Workflow(
        "nightly",
        (
            Start("load"),
            action("load", "which", "stop"),
            Decision("which", (Case("split", "${wf:conf('a') eq 'b'}"), Case("end", "${a} and ${b}")), "stop"),
            Fork("split", ("one", "two")),
            action("one", "together", "stop"),
            action("two", "together", "stop", "shell"),
            Join("together", "end"),
            Kill("stop", " it failed "),
            End("end"),
        ),
    )

    diagram = diagram_of(app)

    assert [(box.name, box.kind, box.detail) for box in diagram.boxes] == [
        (":start:", "start", ""),
        ("load", "action", "fs"),
        ("which", "decision", ""),
        ("split", "fork", ""),
        ("one", "action", "fs"),
        ("two", "action", "shell"),
        ("together", "join", ""),
        ("stop", "kill", "it failed"),
        ("end", "end", ""),
    ]
    assert diagram.arrows[:6] == (
        Arrow(":start:", "load", "path"),
        Arrow("load", "which", "ok"),
        Arrow("load", "stop", "error"),
        Arrow("which", "split", "case", "wf:conf('a') eq 'b'"),
        Arrow("which", "end", "case", "${a} and ${b}"),
        Arrow("which", "stop", "default", "otherwise"),
    )
    assert [(arrow.source, arrow.target) for arrow in diagram.arrows[6:]] == [
        ("split", "one"),
        ("split", "two"),
        ("one", "together"),
        ("one", "stop"),
        ("two", "together"),
        ("two", "stop"),
        ("together", "end"),
    ]


def test_a_node_that_is_missing_is_drawn_as_missing_and_once():
    app = Workflow("w", (Start("a"), action("a", "b", "nowhere"), action("b", "nowhere", "end"), End("end")))

    boxes = diagram_of(app).boxes

    assert [(box.name, box.kind) for box in boxes if box.kind == "missing"] == [("nowhere", "missing")]


def test_of_two_nodes_with_one_name_the_first_is_drawn():
    app = Workflow("w", (Start("a"), action("a", "end", "end"), action("a", "a", "a", "shell"), End("end")))

    assert [(box.name, box.detail) for box in diagram_of(app).boxes] == [(":start:", ""), ("a", "fs"), ("end", "")]
