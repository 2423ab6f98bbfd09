"""Every node gets a name that says where it stands, and no two the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from generator.errors import refuse
from generator.passes.draft import Draft
from generator.steps import LONGEST_NAME
from generator.tree import walk
from generator.values import ActionStep, Decide, ErrorRoute, Kill, Parallel, Step

END = "end"
FAIL = "fail"


def name_nodes(draft: Draft) -> Draft:
    """Forks are called fork-1, fork-2 ... in the order of the declaration, an alert ``<action>-alert``.

    Raises: DeclarationError H304 for a name that stands twice.
    """
    forks, kills = count(1), count(1)
    named = replace(draft, steps=tuple(_named(step, forks, kills) for step in draft.steps))
    _check_unique(named)
    return named


def _named(step: Step, forks: Iterator[int], kills: Iterator[int]) -> Step:
    match step:
        case ActionStep():
            return _name_handlers(step)
        case Parallel():
            number = next(forks) if not step.name else 0
            branches = tuple(tuple(_named(inner, forks, kills) for inner in branch) for branch in step.branches)
            if step.name:
                return replace(step, branches=branches)
            return replace(step, name=f"fork-{number}", join_name=f"join-{number}", branches=branches)
        case Decide():
            cases = tuple(
                replace(case, steps=tuple(_named(inner, forks, kills) for inner in case.steps)) for case in step.cases
            )
            return replace(step, cases=cases, otherwise=tuple(_named(inner, forks, kills) for inner in step.otherwise))
        case Kill():
            return step if step.name else replace(step, name=f"kill-{next(kills)}")
        case _:
            return step


def _name_handlers(step: ActionStep) -> ActionStep:
    handlers = tuple(
        _name_handlers(replace(inner, name=inner.name or f"{step.name}-alert")) for inner in step.on_error.steps
    )
    return replace(step, on_error=replace(step.on_error, steps=handlers))


def _check_unique(draft: Draft) -> None:
    seen = {END: "the end of every workflow", FAIL: "the kill node of every workflow"}
    for step in walk(draft.steps):
        for name in _names(step):
            if name in seen:
                message = f"two nodes are called '{name}': this one and {seen[name]}"
                hint = "an action that stands in two places needs two names"
                raise refuse("H304", message, hint, name, place=step.place)
            if len(name) > LONGEST_NAME:
                message = f"the name '{name[:40]}...' has {len(name)} characters; Oozie takes {LONGEST_NAME}"
                raise refuse("H304", message, "shorten the step's name", name, place=step.place)
            _, line = step.place
            seen[name] = f"the one of line {line}" if line else "an earlier one"


def _names(step: Step) -> tuple[str, ...]:
    if isinstance(step, Parallel):
        return step.name, step.join_name
    if isinstance(step, ActionStep) and step.on_error.names_a_kill:
        return step.name, kill_name(step.name, step.on_error)
    return (step.name,)


def kill_name(step: str, route: ErrorRoute) -> str:
    """The kill node of an action whose error has a message of its own."""
    return route.kill_name or f"{step}-fail"
