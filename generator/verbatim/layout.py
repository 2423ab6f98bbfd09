"""Steps as the nodes of a workflow, names and order as they are said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from generator.errors import refuse
from generator.tree import walk
from generator.values import (
    ERROR_MESSAGE,
    ActionStep,
    Decide,
    ErrorRoute,
    Fork,
    Goto,
    Join,
    Kill,
    Parallel,
    Place,
    Step,
)
from oozie.language import model
from oozie.language.model import Element
from storage.nearest import did_you_mean

FAIL = "fail"

BodyOf = Callable[[ActionStep], Element]


class Layout:
    """The nodes of a workflow: actions and forks where they are said, then kills, then where errors lead by default.

    ``fail``: the steps that an error leads to where nothing else is said; an error among these leads to their kill.
    """

    def __init__(self, fail: tuple[Step, ...], body_of: BodyOf) -> None:
        self.body_of = body_of
        self.fail = fail or (Kill(ERROR_MESSAGE, FAIL),)
        self.fails_at = self.fail[0].name or FAIL
        self.default_is_used = bool(fail)
        self.nodes: list[model.Node] = []
        self.kills: dict[str, model.Kill] = {}

    def lay_out(self, steps: Sequence[Step], after: str) -> None:
        """Adds the nodes of ``steps``, of which the last goes on to ``after``."""
        following = (entry((step,), after) for step in steps[1:])
        for step, then in zip(steps, (*following, after), strict=False):
            self._step(step, then)

    def all_nodes(self, start: str, end: str) -> tuple[model.Node, ...]:
        """Start, all that was laid out, kills, where errors lead by default, end."""
        if self.default_is_used:
            self.fails_at = self.fail[-1].name or FAIL
            self.lay_out(self.fail, end)
        return (model.Start(start), *self.nodes, *self.kills.values(), model.End(end))

    def _step(self, step: Step, following: str) -> None:
        match step:
            case ActionStep():
                self._action(step, following)
            case Parallel():
                self.nodes.append(model.Fork(step.name, tuple(entry(b, step.join_name) for b in step.branches)))
                for branch in step.branches:
                    self.lay_out(branch, step.join_name)
                self.nodes.append(model.Join(step.join_name, following))
            case Decide():
                self._decision(step, following)
            case Kill():
                self._kill(model.Kill(step.name or FAIL, step.message), step.place)
            case Fork():
                self.nodes.append(model.Fork(step.name, step.paths))
            case Join():
                self.nodes.append(model.Join(step.name, following))
            case Goto():
                pass

    def _decision(self, step: Decide, following: str) -> None:
        cases = tuple(
            model.Case(entry(case.steps, following), case.predicate, is_cdata=case.is_cdata) for case in step.cases
        )
        self.nodes.append(model.Decision(step.name, cases, entry(step.otherwise, following)))
        for steps in (*(case.steps for case in step.cases), step.otherwise):
            self.lay_out(steps, following)

    def _action(self, step: ActionStep, following: str) -> None:
        again = step.retry
        last = self._end_of_route(step, following)
        handlers = tuple(_named_after(step, inner) for inner in step.on_error.steps)
        self.nodes.append(
            model.Action(
                name=step.name,
                body=self.body_of(step),
                ok=following,
                error=entry(handlers, last),
                credentials=str(step.credentials),
                retry_max=_said(again.times) if again else "",
                retry_interval=_said(again.minutes) if again else "",
                retry_policy=_said(again.policy) if again else "",
                sla=step.verbatim.sla,
            )
        )
        self.lay_out(handlers, last)

    def _end_of_route(self, step: ActionStep, following: str) -> str:
        """Where an error of ``step`` leads behind its own handlers."""
        route: ErrorRoute = step.on_error
        if route.to:
            return route.to
        if route.then == "continue":
            return following
        if route.names_a_kill:
            name = route.kill_name or f"{step.name}-fail"
            self._kill(model.Kill(name, route.message), step.place)
            return name
        self.default_is_used = True
        return self.fails_at

    def _kill(self, kill: model.Kill, place: Place) -> None:
        """One kill may be said in several places, if it is the same."""
        if self.kills.setdefault(kill.name, kill) != kill:
            message = f"two kills are called '{kill.name}', with different messages"
            raise refuse("H304", message, "", kill.name, place=place)


def entry(steps: Sequence[Step], after: str) -> str:
    """The node at which ``steps`` begin; ``after`` when there are none."""
    return steps[0].name or FAIL if steps else after


def in_order(nodes: tuple[model.Node, ...], order: Sequence[str], place: Place) -> tuple[model.Node, ...]:
    """The nodes that ``order`` names, then the others; start and end keep their places. Raises: DeclarationError."""
    start, *middle, end = nodes
    found = {node.name: node for node in middle}
    for name in order:
        if name not in found:
            hint = did_you_mean(name, found, "name nodes of this workflow, start and end apart")
            message = f"order names '{name}', which is no node"
            raise refuse("H302", message, hint, place=place)
    return (start, *(found[name] for name in dict.fromkeys([*order, *found])), end)


def check_nodes(nodes: tuple[model.Node, ...], places: dict[str, Place], place: Place) -> None:
    """No name stands twice; whether every way leads somewhere is for the validator. Raises: DeclarationError H304."""
    names: set[str] = set()
    for node in nodes:
        if node.name in names:
            message, hint = f"two nodes are called '{node.name}'", "names are unique in a workflow"
            raise refuse("H304", message, hint, node.name, place=places.get(node.name, place))
        names.add(node.name)


def places_of(steps: Iterable[Step]) -> dict[str, Place]:
    """Where each step is said, by the name of its node."""
    return {step.name: step.place for step in walk(tuple(steps)) if not isinstance(step, Goto)}


def _named_after(step: ActionStep, handler: ActionStep) -> ActionStep:
    return handler if handler.name else replace(handler, name=f"{step.name}-alert")


def _said(value: object) -> str:
    return "" if value is None else str(value)
