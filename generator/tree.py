"""The tree of a declaration's steps."""

from __future__ import annotations

from collections.abc import Iterator

from generator.values import ActionStep, Decide, Parallel, Step


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step in the order of the declaration, an action before the steps of its error's route."""
    for step in steps:
        yield step
        for inner in _inner(step):
            yield from walk(inner)


def _inner(step: Step) -> tuple[tuple[Step, ...], ...]:
    match step:
        case ActionStep():
            return (step.on_error.steps,)
        case Parallel():
            return step.branches
        case Decide():
            return (*(case.steps for case in step.cases), step.otherwise)
        case _:
            return ()
