"""What the passes hand on: a declaration on its way to an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from generator.profiles import Profile
from generator.values import ActionStep, Decide, Parallel, Step, Workflow
from oozie.language import model


@dataclass(frozen=True)
class Draft:
    """The declaration, where it will run, and how far it has come: its steps, then its nodes, then the app."""

    declaration: Workflow
    profile: Profile
    steps: tuple[Step, ...]
    nodes: tuple[model.Node, ...] = ()
    app: model.Workflow = field(default_factory=lambda: model.Workflow("", ()))


def map_actions(steps: tuple[Step, ...], change: Callable[[ActionStep], ActionStep]) -> tuple[Step, ...]:
    """The same tree with every action changed, those of error routes included."""
    return tuple(_map_step(step, change) for step in steps)


def _map_step(step: Step, change: Callable[[ActionStep], ActionStep]) -> Step:
    match step:
        case ActionStep():
            return map_action(step, change)
        case Parallel():
            return replace(step, branches=tuple(map_actions(branch, change) for branch in step.branches))
        case Decide():
            cases = tuple(replace(case, steps=map_actions(case.steps, change)) for case in step.cases)
            return replace(step, cases=cases, otherwise=map_actions(step.otherwise, change))
        case _:
            return step


def map_action(step: ActionStep, change: Callable[[ActionStep], ActionStep]) -> ActionStep:
    """One action changed, and the ones of its error's route."""
    route = replace(step.on_error, steps=tuple(map_action(inner, change) for inner in step.on_error.steps))
    return change(replace(step, on_error=route))
