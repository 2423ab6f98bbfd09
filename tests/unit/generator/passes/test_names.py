from __future__ import annotations

from typing import Any

import pytest

from generator.declare import alert, decide, handle, kill, parallel, shell, when, workflow
from generator.errors import DeclarationError
from generator.passes.draft import Draft
from generator.passes.names import name_nodes
from generator.profiles import LOCAL
from generator.tree import walk


def _step(name: str, **arguments: Any) -> Any:
    return shell(name, command="true", **arguments)


def _names(*steps: Any) -> list[str]:
    declared = workflow("w", *steps)
    return [step.name for step in walk(name_nodes(Draft(declared, LOCAL, declared.steps)).steps)]


def test_forks_and_kills_are_counted_in_the_order_of_the_declaration() -> None:
    names = _names(
        parallel(_step("a"), parallel(_step("b"), _step("c"))),
        parallel(_step("d"), _step("e"), name="named"),
        parallel(_step("f"), decide("g", when("${true}", kill("1")), otherwise=kill("2"))),
    )

    assert names == ["fork-1", "a", "fork-2", "b", "c", "named", "d", "e", "fork-3", "f", "g", "kill-1", "kill-2"]


def test_an_alert_is_called_after_its_action() -> None:
    assert _names(_step("a", on_error=alert("x@y"))) == ["a", "a-alert"]


@pytest.mark.parametrize(
    "steps",
    [
        (_step("a"), _step("a")),
        (_step("end"),),
        (_step("fail"),),
        (_step("a", on_error=alert("x@y")), _step("a-alert")),
        (_step("a", on_error=kill("no")), _step("a-fail")),
        (parallel(_step("a"), _step("b"), name="f"), _step("f-join")),
        (parallel(_step("a"), _step("b")), _step("join-1")),
        (_step("a", on_error=handle(_step("b"))), _step("b")),
        (_step("x" * 125, on_error=alert("x@y")),),
    ],
)
def test_no_two_nodes_have_one_name_and_none_is_too_long(steps: Any) -> None:
    with pytest.raises(DeclarationError) as caught:
        _names(*steps)

    assert caught.value.code == "H304"
    assert caught.value.diagnostics[0].path == __file__
