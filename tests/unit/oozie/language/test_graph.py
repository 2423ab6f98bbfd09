from __future__ import annotations

from oozie.language.graph import called, nodes_by_name, reachable, transitions
from oozie.language.model import Action, Case, Decision, Element, End, Fork, Join, Kill, Start, Workflow

FS = Element("fs", "uri:oozie:workflow:0.5")


def test_transitions_come_in_the_order_in_which_oozie_follows_them() -> None:
    assert transitions(Decision("d", (Case("a", "x"), Case("b", "y")), "c")) == (
        ("in a case", "a"),
        ("in a case", "b"),
        ("by default", "c"),
    )
    assert transitions(Action("a", FS, "b", "k")) == (("on ok", "b"), ("on error", "k"))
    assert transitions(Fork("f", ("a", "b"))) == (("", "a"), ("", "b"))
    assert transitions(Join("j", "a")) == transitions(Start("a")) == (("", "a"),)
    assert transitions(End("e")) == transitions(Kill("k", "")) == ()


def test_nodes_are_called_by_what_they_are() -> None:
    assert called(Start("a")) == "start"
    assert called(Action("a", FS, "b", "k")) == "action 'a'"


def test_of_two_nodes_with_one_name_the_first_counts() -> None:
    app = Workflow("w", (Start("a"), End("a"), Kill("a", "")))

    assert nodes_by_name(app)["a"] == End("a")


def test_reachable_follows_errors_too() -> None:
    app = Workflow("w", (Start("a"), Action("a", FS, "end", "k"), Kill("k", ""), Kill("lost", ""), End("end")))

    assert reachable(app) == {":start:", "a", "k", "end"}
