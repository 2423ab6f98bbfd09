"""Steps that only an app that is said to the letter has: nodes that are reached by name, actions as XML."""

from __future__ import annotations

from generator.errors import place_of_caller, refuse
from generator.steps import check_name, error_route
from generator.values import ActionStep, Fork, Goto, Join, OnError, Retry, Verbatim
from generator.verbatim.sections import xml


def goto(name: str) -> Goto:
    """The way to the node called ``name``: the last of a sequence of steps, or what ``on_error`` says."""
    return Goto(check_name(name, "a node"), place=place_of_caller())


def fork(name: str, *paths: str) -> Fork:
    """A fork whose paths lead to nodes by their names; :func:`parallel` is the usual form."""
    if len(paths) < 2:
        raise refuse("H305", f"fork '{name}' has {len(paths)} path(s): two are the least", "", name)
    return Fork(check_name(name, "a fork"), tuple(check_name(p, "a node") for p in paths), place=place_of_caller())


def join(name: str) -> Join:
    """A join that paths reach by ``goto``; what follows it comes next."""
    return Join(check_name(name, "a join"), place=place_of_caller())


def action(
    name: str, body: str, *, credentials: str = "", on_error: OnError = "kill", retry: Retry | None = None
) -> ActionStep:
    """An action whose body is XML with its own namespace: a type that Howdah has no function for, an unusual form."""
    check_name(name)
    if retry is not None and not isinstance(retry, Retry):
        raise refuse("H301", f"{name}: retry is {retry!r}", "write retry=retry(times=3, minutes=10)", name)
    return ActionStep(
        name,
        xml(body),
        error_route(on_error, name),
        retry,
        credentials,
        verbatim=Verbatim(is_xml=True),
        place=place_of_caller(),
    )
