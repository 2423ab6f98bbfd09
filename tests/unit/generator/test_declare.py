from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from generator import cluster_actions, declare, verbatim
from generator.declare import credential, decide, kill, parallel, retry, shell, when, workflow
from generator.errors import DeclarationError
from generator.values import Retry


def _step(name: str = "a") -> Any:
    return shell(name, command="true")


def test_a_workflow_keeps_its_steps_in_order() -> None:
    declared = workflow("w", _step("a"), _step("b"), parameters={"day": None, "database": "d"}, description="x")

    assert [step.name for step in declared.steps] == ["a", "b"]  # type: ignore[union-attr]
    assert declared.parameters == (("day", None), ("database", "d"))
    assert declared.description == "x"


def test_equal_declarations_are_equal_wherever_they_stand() -> None:
    assert workflow("w", _step()) == workflow("w", _step())


def test_a_declaration_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        workflow("w", _step()).name = "other"  # type: ignore[misc]


def test_everything_offered_exists_and_can_be_called_through_one_door() -> None:
    doors = (declare, cluster_actions, verbatim)
    offered = [(door, name) for door in doors for name in door.__all__]

    assert all(callable(getattr(door, name)) for door, name in offered)
    assert len({name for _, name in offered}) == len(offered)


def test_retry_counts_and_waits() -> None:
    assert retry(3) == Retry(3, 10)
    assert retry(2, 1, policy="exponential").policy == "exponential"


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda: workflow("1st", _step()), "H304", "'1st' cannot be the name of a workflow"),
        (lambda: workflow("w"), "H305", "workflow 'w' has no step"),
        (lambda: workflow("w", kill("no")), "H305", "has no step"),
        (lambda: workflow("w", "a"), "H301", "steps[0] is 'a', not a step"),
        (lambda: workflow("w", kill("no"), _step()), "H305", "nothing can follow kill('no')"),
        (lambda: workflow("w", _step(), schedule="daily"), "H301", "schedule is 'daily'"),
        (lambda: workflow("w", _step(), parameters={"a-b": "1"}), "H304", "'a-b' is no name"),
        (lambda: workflow("w", _step(), parameters={"dbPassword": "x"}), "H303", "is a password by its name"),
        (lambda: parallel(_step()), "H305", "parallel() has 1 branch(es)"),
        (lambda: parallel(_step("a"), []), "H305", "branch 2 has no step"),
        (lambda: parallel(_step("a"), "b"), "H301", "branch 2 is 'b'"),
        (lambda: parallel(_step("a"), _step("b"), name="a b"), "H304", "'a b' cannot be the name of a fork"),
        (lambda: decide("d"), "H302", "needs a case"),
        (lambda: decide("d", _step()), "H301", "is no case"),
        (lambda: decide("d", when("${true}"), otherwise="x"), "H301", "otherwise is 'x'"),
        (lambda: when("rows > 1", _step()), "H301", "is no EL expression"),
        (lambda: when("${rows gt}", _step()), "H301", "predicate"),
        (lambda: kill(""), "H301", "message is empty"),
        (lambda: retry(0), "H301", "times is 0"),
        (lambda: retry(1, True), "H301", "minutes is True"),
        (lambda: retry(1, policy="often"), "H301", "policy is 'often'"),
        (lambda: credential("c", "hive2", {"a": 1}), "H301", "properties['a'] is 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(make: Any, code: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    diagnostic = caught.value.diagnostics[0]
    assert diagnostic.code == code
    assert words in diagnostic.message
    assert diagnostic.path == __file__
    assert diagnostic.line > 0
