from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.declare import alert, decide, email, handle, kill, parallel, shell, when
from generator.errors import DeclarationError
from generator.values import ActionStep
from generator.verbatim import app, fork, goto, join, workflow_app
from oozie.language import model


def do(name: str, **more: object) -> ActionStep:
    return shell(name, command="true", **more)  # type: ignore[arg-type]


def nodes(*steps: object, **more: object) -> dict[str, model.Node]:
    made = workflow_app("w", *steps, schema="0.5", **more).app  # type: ignore[arg-type]
    assert isinstance(made, model.Workflow)
    return {node.name: node for node in made.nodes}


def test_steps_follow_one_another() -> None:
    found = nodes(do("a"), parallel(do("b"), [do("c"), do("d")], name="f", join="j"), do("e"))

    assert list(found) == [":start:", "a", "f", "b", "c", "d", "j", "e", "fail", "end"]
    assert found["f"] == model.Fork("f", ("b", "c"))
    assert found["j"] == model.Join("j", "e")
    assert (found["a"].ok, found["d"].ok, found["e"].ok) == ("f", "j", "end")  # type: ignore[union-attr]


def test_a_case_falls_through_or_goes_away() -> None:
    found = nodes(
        decide("d", when("${a}", goto("stop")), when("${b}"), otherwise=kill("no", name="k")), do("a"), end="stop"
    )

    assert found["d"] == model.Decision("d", (model.Case("stop", "${a}"), model.Case("a", "${b}")), "k")
    assert list(found)[-2:] == ["fail", "stop"]


def test_errors_lead_where_they_are_said_to() -> None:
    found = nodes(
        do("a"),
        do("b", on_error="continue"),
        do("c", on_error=goto("tidy")),
        do("d", on_error=kill("own", name="k")),
        do("e", on_error=handle(do("h"), then=goto("tidy"))),
        do("f", on_error=alert("x@y", then="continue")),
        fail=[email("tell", to="x@y", subject="s", body="b"), kill("all", name="stop")],
        aside=[do("tidy"), goto("end")],
    )

    errors = {name: node.error for name, node in found.items() if isinstance(node, model.Action)}
    assert errors == {
        "a": "tell", "b": "c", "c": "tidy", "d": "k", "e": "h", "h": "tell", "f": "f-alert", "f-alert": "end",
        "tidy": "tell", "tell": "stop",
    }  # fmt: skip
    assert found["h"].ok == "tidy"  # type: ignore[union-attr]
    assert list(found)[-3:] == ["k", "stop", "end"]


def test_a_graph_of_any_shape() -> None:
    found = nodes(fork("f", "a", "b"), aside=[do("a"), goto("j"), do("b"), join("j"), goto("end")], order=["j", "b"])

    assert list(found) == [":start:", "j", "b", "f", "a", "fail", "end"]
    assert found["b"].ok == "j"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nodes(do("a"), do("a")), "two nodes are called 'a'"),
        (lambda: nodes(do("a", on_error=kill("1", name="k")), do("b", on_error=kill("2", name="k"))), "two kills"),
        (lambda: nodes(do("a"), order=["b"]), "order names 'b'"),
        (lambda: nodes(do("a"), fail=do("b")), "does not end in kill"),
        (lambda: nodes(do("a"), end="a"), "two nodes are called 'a'"),
        (lambda: app(), "wants definitions"),
    ],
)
def test_what_cannot_be_laid_out(make: Callable[[], object], words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].path == __file__
