"""One step out of an action's body and what every action may carry: its error's route, retries, credentials, files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from generator.elements import holding, sequence, text
from generator.errors import place_of_caller, refuse
from generator.texts import AsIs
from generator.values import STEPS, ActionStep, ErrorRoute, Goto, Kill, OnError, Place, Retry, Step
from oozie.language.model import Element

LONGEST_NAME = 128

_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_ROUTES: Mapping[str, ErrorRoute] = {"kill": ErrorRoute(), "continue": ErrorRoute(then="continue")}


def check_name(name: object, what: str = "an action") -> str:
    """``name`` if Oozie takes it as a node's name (E0724). Raises: DeclarationError."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        hint = "a letter or _, then letters, digits, _ and -: import-funnel"
        raise refuse("H304", f"{name!r} cannot be the name of {what}", hint)
    if len(name) > LONGEST_NAME:
        raise refuse("H304", f"the name '{name[:40]}...' has {len(name)} characters; Oozie takes {LONGEST_NAME}")
    return name


def action_step(
    name: str,
    body: Element,
    on_error: OnError,
    retry: Retry | None,
    credentials: str = "",
    needs: Mapping[str, str] | None = None,
) -> ActionStep:
    """The step of an action whose body is built. Raises: DeclarationError."""
    check_name(name)
    if retry is not None and not isinstance(retry, Retry):
        raise refuse("H301", f"{name}: retry is {retry!r}", "write retry=retry(times=3, minutes=10)", name)
    route = error_route(on_error, name)
    files = tuple((needs or {}).items())
    return ActionStep(name, body, route, retry, credentials, files, place=place_of_caller())


def error_route(on_error: OnError, name: str = "") -> ErrorRoute:
    """Any way to say ``on_error`` as a route. Raises: DeclarationError."""
    if isinstance(on_error, ErrorRoute):
        return on_error
    if isinstance(on_error, Kill):
        return ErrorRoute(message=on_error.message, kill_name=on_error.name)
    if isinstance(on_error, Goto):
        return ErrorRoute(to=on_error.name)
    if isinstance(on_error, ActionStep):
        return ErrorRoute(steps=(on_error,))
    if isinstance(on_error, str) and on_error in _ROUTES:
        return _ROUTES[on_error]
    hint = '"kill", "continue", alert("${adminEmail}"), kill("message"), or an action to run before the kill'
    raise refuse("H301", f"{name}: on_error is {on_error!r}", hint, name)


def branch(argument: str, steps: object) -> tuple[Step, ...]:
    """One step or a list of them as a tuple. Raises: DeclarationError."""
    if isinstance(steps, STEPS):
        return (steps,)
    found = sequence(argument, steps)
    for index, step in enumerate(found):
        if not isinstance(step, STEPS):
            hint = "steps are what hive(...), spark(...), parallel(...), decide(...) and their like return"
            raise refuse("H301", f"{argument}[{index}] is {step!r}, not a step", hint)
    for step in found[:-1]:
        if isinstance(step, Kill):
            raise refuse("H305", f"{argument}: nothing can follow kill({step.message!r})", "make it the last step")
    return tuple(step for step in found if isinstance(step, STEPS))


def shipped(tag: str, values: Sequence[str], argument: str, needs: dict[str, str]) -> tuple[Element, ...]:
    """Elements that name files, as Oozie finds them below the app; what the app must carry is added to ``needs``."""
    found = []
    for value in sequence(argument, values):
        name, files = packaged(argument, text(argument, value))
        _, mark, link = str(value).partition("#")
        needs.update(files)
        found.append(Element(tag, text=f"{name}{mark}{link}") if files else holding(tag, argument, value))
    return tuple(found)


def packaged(argument: str, value: str) -> tuple[str, dict[str, str]]:
    """How an action names a file, and what the app must carry for it.

    A path with a scheme, a leading slash or EL is on the cluster already and stays as it is, and so does one that says
    ``as_is``; any other is a file of the workflow's folder or of this distribution, and goes into the app under its own
    name.
    """
    text(argument, value)
    if isinstance(value, AsIs) or value.startswith(("/", "${")) or "://" in value:
        return value, {}
    name = PurePosixPath(value.partition("#")[0]).name
    return name, {name: value.partition("#")[0]}


def read_shipped(path: Path, place: Place, node: str = "") -> bytes:
    """What the app must carry of ``path``, which was named at ``place``. Raises: DeclarationError H314."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise refuse("H314", f"'{path}' cannot be read: {error.strerror}", "", node, place=place) from error
