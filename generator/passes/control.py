"""Sequence, forks, decisions and errors as transitions between nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.passes.draft import Draft
from generator.passes.names import END, FAIL, kill_name
from generator.tree import walk
from generator.values import ERROR_MESSAGE, ActionStep, Decide, ErrorRoute, Fork, Goto, Join, Kill, Parallel, Step
from oozie.language import model


def fork_and_join(draft: Draft) -> Draft:
    """Lays the tree out as nodes: each goes on ok to what follows it; errors lead nowhere yet."""
    return replace(draft, nodes=(model.Start(_entry(draft.steps, END)), *_lay_out(draft.steps, END)))


def route_errors(draft: Draft) -> Draft:
    """Sends each action's error where its route says, the route's own actions standing behind it; kills come last."""
    routes = {step.name: step.on_error for step in walk(draft.steps) if isinstance(step, ActionStep)}
    nodes: list[model.Node] = []
    kills: list[model.Kill] = []
    waiting: list[model.Node] = list(draft.nodes)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, model.Kill):
            kills.append(node)
            continue
        if isinstance(node, model.Action):
            route = routes[node.name]
            last = node.ok if route.then == "continue" else _kill_of(node.name, route)
            if route.then == "kill":
                kills.append(model.Kill(last, route.message))
            node = replace(node, error=_entry(route.steps, last))
            waiting = [*_lay_out(route.steps, last), *waiting]
        nodes.append(node)
    # One kill node serves all who have nothing of their own to say; a dict keeps the order of first use.
    distinct = {kill.name: kill for kill in sorted(kills, key=lambda kill: kill.name == FAIL)}
    return replace(draft, nodes=(*nodes, *distinct.values(), model.End(END)))


def _kill_of(name: str, route: ErrorRoute) -> str:
    return kill_name(name, route) if route.names_a_kill else FAIL


def _entry(steps: Sequence[Step], after: str) -> str:
    """The node at which ``steps`` begin; ``after`` when there are none."""
    return steps[0].name if steps else after


def _lay_out(steps: Sequence[Step], after: str) -> list[model.Node]:
    nodes: list[model.Node] = []
    for index, step in enumerate(steps):
        following = _entry(steps[index + 1 :], after)
        match step:
            case ActionStep():
                nodes.append(_action(step, following))
            case Parallel():
                nodes.extend(_fork(step, following))
            case Decide():
                nodes.extend(_decision(step, following))
            case Kill():
                nodes.append(model.Kill(step.name, step.message or ERROR_MESSAGE))
            case Goto() | Fork() | Join():  # workflow() has refused them
                raise AssertionError(step)
    return nodes


def _action(step: ActionStep, following: str) -> model.Action:
    again = step.retry
    return model.Action(
        name=step.name,
        body=step.body,
        ok=following,
        error="",
        credentials=step.credentials,
        retry_max=_said(again.times) if again else "",
        retry_interval=_said(again.minutes) if again else "",
        retry_policy=_said(again.policy) if again else "",
    )


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _fork(step: Parallel, following: str) -> list[model.Node]:
    paths = tuple(_entry(branch, step.join_name) for branch in step.branches)
    inner = [node for branch in step.branches for node in _lay_out(branch, step.join_name)]
    return [model.Fork(step.name, paths), *inner, model.Join(step.join_name, following)]


def _decision(step: Decide, following: str) -> list[model.Node]:
    cases = tuple(
        model.Case(_entry(case.steps, following), case.predicate, is_cdata=case.is_cdata) for case in step.cases
    )
    decision = model.Decision(step.name, cases, _entry(step.otherwise, following))
    inner = [node for case in step.cases for node in _lay_out(case.steps, following)]
    return [decision, *inner, *_lay_out(step.otherwise, following)]
