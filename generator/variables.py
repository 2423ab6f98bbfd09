"""The job properties that EL speaks of, found in its syntax tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oozie.language import model
from oozie.language.el.functions import CONSTANTS
from oozie.language.el.parser import parse
from oozie.language.el.syntax import Lambda, Variable, walk
from oozie.language.model import Element


def names_in(text: str) -> Iterator[str]:
    """The properties in a text's expressions; constants are none. Raises: ElError."""
    for part in parse(text).parts:
        nodes = list(walk(part))
        bound = {name for node in nodes if isinstance(node, Lambda) for name in node.parameters}
        names = (node.name for node in nodes if isinstance(node, Variable))
        yield from (name for name in names if name not in CONSTANTS and name not in bound)


def properties_of(app: model.Workflow) -> dict[str, str]:
    """Each property that the app's EL speaks of, with the first node that does (the app's name outside of nodes)."""
    found: dict[str, str] = {}
    for owner, text in _texts(app):
        for name in names_in(text):
            found.setdefault(name, owner)
    return found


def _texts(app: model.Workflow) -> Iterator[tuple[str, str]]:
    for section in (app.global_section, app.credentials):
        if section is not None:
            yield from ((app.name, text) for text in _all_texts((section,)))
    for node in app.nodes:
        match node:
            case model.Action():
                yield from ((node.name, text) for text in _all_texts((node.body,)))
            case model.Decision():
                yield from ((node.name, case.predicate) for case in node.cases)
            case model.Kill():
                yield node.name, node.message
            case _:
                pass


def _all_texts(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        yield element.text
        yield from (value for _, value in element.attributes)
        yield from _all_texts(element.children)
