"""What is different between two apps, in the app's own words: nodes, arguments, properties, transitions, schedules.

Compared is the model, so that blanks, comments and the order of attributes do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from oozie.language.errors import AppError
from oozie.language.model import (
    Action,
    App,
    Bundle,
    Coordinator,
    Decision,
    Element,
    End,
    Fork,
    Join,
    Kill,
    Start,
    Workflow,
)
from oozie.language.properties import read_properties
from oozie.language.reader import examine
from oozie.language.writer import to_element

How = Literal["added", "removed", "changed"]
Entries = dict[str, list[str]]

_NODES: dict[type, str] = {
    Start: "start", End: "end", Kill: "kill", Decision: "decision", Fork: "fork", Join: "join", Action: "action",
}  # fmt: skip
_ARGUMENTS = frozenset({"arg", "args", "argument"})
# An element of a list, by what tells it from its neighbours: an attribute, or the text of a child.
_NAMED = ("name", "path", "to", "source")
_HOLDERS = frozenset({"configuration", "switch", "datasets", "input-events", "output-events", "prepare"})


@dataclass(frozen=True)
class Change:
    """One thing that is different: ``part`` of ``name``, which is of a ``kind`` (action, coordinator, property ...).

    A node that was added or removed has no part and no values, but its type in ``new`` or ``old``.
    """

    how: How
    kind: str
    name: str
    part: str = ""
    old: str = ""
    new: str = ""
    node: str = ""


def app_changes(old: App, new: App) -> list[Change]:
    """What is different between two apps; of different kinds, one is removed and the other added."""
    match old, new:
        case (Workflow(), Workflow()):
            return list(_workflow_changes(old, new))
        case (Coordinator(), Coordinator()) | (Bundle(), Bundle()):
            kind = "coordinator" if isinstance(new, Coordinator) else "bundle"
            return list(_differences(kind, new.name, _entries(to_element(old)), _entries(to_element(new))))
        case _:
            kinds = [type(app).__name__.lower() for app in (old, new)]
            return [Change("removed", kinds[0], old.name), Change("added", kinds[1], new.name)]


def folder_changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, list[Change]]:
    """What is different between two folders with apps: file by file, app files and job.properties by what they say.

    Raises: AppError for job.properties that cannot be read.
    """
    found: dict[str, list[Change]] = {}
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            found[name] = [Change("added" if name in new else "removed", "file", name)]
        elif (before := old[name]) != (after := new[name]):
            found[name] = file_changes(name, before, after)
    return {name: changes for name, changes in found.items() if changes}


def file_changes(name: str, old: bytes, new: bytes) -> list[Change]:
    """What is different between two files of one name. Raises: AppError for properties that cannot be read."""
    if name.endswith(".properties"):
        before, after = (read_properties(data.decode("utf-8", "replace"), name) for data in (old, new))
        return property_changes(before, after)
    first, second = (_app(data) if name.endswith(".xml") else None for data in (old, new))
    if first is None or second is None:
        return [Change("changed", "file", name, old=f"{len(old):,} bytes", new=f"{len(new):,} bytes")]
    return app_changes(first, second)


def _app(data: bytes) -> App | None:
    try:
        return examine(data)[0]
    except AppError:
        return None


def property_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """What is different between two sets of properties, by name."""
    return [
        Change(_how(name, old, new), "property", name, old=old.get(name, ""), new=new.get(name, ""))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _how(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> How:
    return "added" if name not in old else ("removed" if name not in new else "changed")


def _workflow_changes(old: Workflow, new: Workflow) -> Iterator[Change]:
    before, after = ({node.name: node for node in app.nodes} for app in (old, new))
    own_before, own_after = (_entries(_without_nodes(to_element(app))) for app in (old, new))
    yield from _differences("workflow", new.name, own_before, own_after)
    bodies_before, bodies_after = _node_elements(old), _node_elements(new)
    for name in [*after, *(name for name in before if name not in after)]:
        first, second = before.get(name), after.get(name)
        if first is None and second is not None:
            yield Change("added", _NODES[type(second)], name, new=_type(second), node=name)
        elif second is None and first is not None:
            yield Change("removed", _NODES[type(first)], name, old=_type(first), node=name)
        elif first is not None and second is not None:
            if type(first) is not type(second):
                yield Change(
                    "changed",
                    _NODES[type(second)],
                    name,
                    "kind of node",
                    _NODES[type(first)],
                    _NODES[type(second)],
                    name,
                )
                continue
            if _type(first) != _type(second):
                yield Change("changed", "action", name, "type", _type(first), _type(second), name)
            entries_before, entries_after = _entries(bodies_before[name]), _entries(bodies_after[name])
            yield from _differences(_NODES[type(second)], name, entries_before, entries_after, name)


def _type(node: object) -> str:
    return node.type if isinstance(node, Action) else ""


def _without_nodes(root: Element) -> Element:
    """A workflow without its nodes: name, schema, parameters, global, credentials, SLA."""
    kept = tuple(child for child in root.children if child.tag not in _NODES.values())
    return Element(root.tag, root.namespace, root.attributes, root.text, kept)


def _node_elements(app: Workflow) -> dict[str, Element]:
    elements = [child for child in to_element(app).children if child.tag in _NODES.values()]
    return {":start:" if each.tag == "start" else each.attribute("name"): each for each in elements}


def _differences(kind: str, name: str, old: Entries, new: Entries, node: str = "") -> Iterator[Change]:
    """Label by label, in the order in which they stand; of a list, what came and what went."""
    for label in dict.fromkeys([*new, *old]):
        before, after = old.get(label, []), new.get(label, [])
        if before == after:
            continue
        if len(before) == len(after) == 1:
            yield Change("changed", kind, name, label, before[0], after[0], node)
            continue
        for gone, came in _runs(before, after):
            for first, second in zip(gone, came, strict=False):
                yield Change("changed", kind, name, label, first, second, node)
            for value in gone[len(came) :]:
                yield Change("removed", kind, name, label, value, "", node)
            for value in came[len(gone) :]:
                yield Change("added", kind, name, label, "", value, node)


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    for tag, first, end, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[first:end], new[start:stop]


def _entries(element: Element) -> Entries:
    """What an element says, by labels that a reader of the XML knows."""
    found: Entries = {}
    if element.namespace:
        found["schema"] = [element.namespace]
    for name, value in element.attributes:
        if name != "name" or not element.namespace:
            found[name] = [value]
    for label, value in _of_children(element):
        found.setdefault(label, []).append(value.strip())
    found.pop("name", None)
    return found


def _of_children(element: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    yield from _of_arguments([child.text.strip() for child in element.children if child.tag in _ARGUMENTS], prefix)
    for child in element.children:
        if child.tag in _ARGUMENTS:
            continue
        if child.tag == "property":
            yield f"{prefix}property {child.text_of('name').strip()}", child.text_of("value")
        elif child.tag == "parameters":
            for each in child.children:
                yield f"parameter {each.text_of('name').strip()}", each.text_of("value")
        elif child.tag == "param" and "=" in child.text:
            name, _, value = child.text.strip().partition("=")
            yield f"{prefix}param {name}", value
        elif child.tag in _HOLDERS or (element.tag == "action" and child.namespace != element.namespace):
            yield from _of_element(child, prefix)
        else:
            yield from _of_element(child, f"{prefix}{_label(child)} ", alone=True)


def _of_element(element: Element, prefix: str, *, alone: bool = False) -> Iterator[tuple[str, str]]:
    """An element's own text and attributes, then its children's."""
    key = _key(element)
    for name, value in element.attributes:
        if name != key:
            yield (prefix.strip() if name == "to" else f"{prefix}{name}"), value
    if element.text.strip():
        yield prefix.strip() or element.tag, element.text
    elif alone and not element.children and not [name for name, _ in element.attributes if name != key]:
        yield prefix.strip(), ""
    yield from _of_children(element, prefix)


def _key(element: Element) -> str:
    """The attribute that tells an element from its neighbours; that of a transition is its value, not its name."""
    if element.tag in ("ok", "error", "default", "case"):
        return ""
    return next((name for name in _NAMED if element.attribute(name)), "")


def _label(element: Element) -> str:
    key = _key(element)
    return f"{element.tag} {element.attribute(key)}" if key else element.tag


def _of_arguments(arguments: Iterable[str], prefix: str) -> Iterator[tuple[str, str]]:
    """Arguments by their option: ``--table x`` is one entry; what belongs to no option is in one list."""
    option = ""
    for argument in arguments:
        if argument.startswith("-") and len(argument) > 1 and not argument[1:2].isdigit():
            if option:
                yield f"{prefix}argument {option}", ""
            option = argument
        elif option:
            yield f"{prefix}argument {option}", argument
            option = ""
        else:
            yield f"{prefix}argument", argument
    if option:
        yield f"{prefix}argument {option}", ""
