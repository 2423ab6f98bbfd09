"""A workflow's control flow as boxes and arrows, before anything has a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from oozie.language.graph import nodes_by_name
from oozie.language.model import Action, Decision, End, Fork, Join, Kill, Node, Start, Workflow

Kind: TypeAlias = Literal[
    "start", "end", "kill", "decision", "fork", "join", "action", "missing",
    "directory", "table", "schedule", "bundle", "coordinator", "workflow",
]  # fmt: skip
Way: TypeAlias = Literal[
    "ok", "error", "case", "default", "path", "reads", "writes", "deletes", "mentions", "waits", "starts"
]


@dataclass(frozen=True)
class Box:
    """One node; ``title`` is what stands in it, ``detail`` an action's type or a kill's message.

    ``missing`` is a name that a transition leads to and that no node has: Oozie refuses it, a picture shows it.
    """

    name: str
    kind: Kind
    title: str
    detail: str = ""


@dataclass(frozen=True)
class Arrow:
    """One transition; ``label`` says in which case a decision takes it."""

    source: str
    target: str
    way: Way
    label: str = ""


@dataclass(frozen=True)
class Diagram:
    """Boxes in document order with names of their own, and the arrows between them.

    ``subject`` is what it is a picture of, as a reader of it is told.
    """

    name: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    subject: str = "Workflow"


# node -> its box
_BOXES: Mapping[type, Callable[..., Box]] = MappingProxyType(
    {
        Start: lambda node: Box(node.name, "start", "start"),
        End: lambda node: Box(node.name, "end", node.name),
        Kill: lambda node: Box(node.name, "kill", node.name, node.message.strip()),
        Decision: lambda node: Box(node.name, "decision", node.name),
        Fork: lambda node: Box(node.name, "fork", node.name),
        Join: lambda node: Box(node.name, "join", node.name),
        Action: lambda node: Box(node.name, "action", node.name, node.type),
    }
)

# node -> way, label and target of each of its transitions
_ARROWS: Mapping[type, Callable[..., tuple[tuple[Way, str, str], ...]]] = MappingProxyType(
    {
        Start: lambda node: (("path", "", node.to),),
        Join: lambda node: (("path", "", node.to),),
        Fork: lambda node: tuple(("path", "", path) for path in node.paths),
        Decision: lambda node: (
            *(("case", _condition(case.predicate), case.to) for case in node.cases),
            ("default", "otherwise", node.default),
        ),
        Action: lambda node: (("ok", "", node.ok), ("error", "", node.error)),
        End: lambda node: (),
        Kill: lambda node: (),
    }
)


def diagram_of(app: Workflow) -> Diagram:
    """The control flow of ``app``, also where Oozie would refuse it: loops and missing nodes are drawn as they are."""
    nodes = nodes_by_name(app)
    ordered = [node for node in app.nodes if nodes[node.name] is node]
    arrows = tuple(arrow for node in ordered for arrow in _arrows_of(node))
    boxes = [_BOXES[type(node)](node) for node in ordered]
    missing = dict.fromkeys(arrow.target for arrow in arrows if arrow.target not in nodes)
    boxes.extend(Box(name, "missing", name or "(no name)", "no such node") for name in missing)
    return Diagram(app.name, tuple(boxes), arrows)


def _arrows_of(node: Node) -> tuple[Arrow, ...]:
    return tuple(Arrow(node.name, target, way, label) for way, label, target in _ARROWS[type(node)](node))


def _condition(predicate: str) -> str:
    """A predicate without the ``${ }`` around it, where that is all of it."""
    text = " ".join(predicate.split())
    if text.startswith("${") and text.endswith("}") and "${" not in text[2:]:
        return text[2:-1].strip()
    return text
