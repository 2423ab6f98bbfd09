"""The nodes of a workflow and where each leads, as Oozie's validator sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from oozie.language.model import Action, Decision, End, Fork, Join, Kill, Node, Start, Workflow

# node -> (how it gets there, where to), in the order in which Oozie follows them
_TRANSITIONS: Mapping[type, Callable[..., tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        Start: lambda node: (("", node.to),),
        Join: lambda node: (("", node.to),),
        Fork: lambda node: tuple(("", path) for path in node.paths),
        Decision: lambda node: (*(("in a case", case.to) for case in node.cases), ("by default", node.default)),
        Action: lambda node: (("on ok", node.ok), ("on error", node.error)),
        End: lambda node: (),
        Kill: lambda node: (),
    }
)


def transitions(node: Node) -> tuple[tuple[str, str], ...]:
    """In which case a node goes on (``on ok``, ``by default``, or nothing to say), and to which node."""
    return _TRANSITIONS[type(node)](node)


def called(node: Node) -> str:
    """What an error calls the node: ``action 'score'``."""
    return "start" if isinstance(node, Start) else f"{type(node).__name__.lower()} '{node.name}'"


def nodes_by_name(app: Workflow) -> dict[str, Node]:
    """The nodes of ``app`` by name; of two with the same name the first."""
    return {node.name: node for node in reversed(app.nodes)}


def reachable(app: Workflow) -> set[str]:
    """The names of the nodes to which some way from the start leads; of two of the same name both may be meant."""
    ways: dict[str, list[str]] = {}
    for node in app.nodes:
        ways.setdefault(node.name, []).extend(to for _, to in transitions(node))
    found: set[str] = set()
    waiting = [node.name for node in app.nodes if isinstance(node, Start)]
    while waiting:
        name = waiting.pop()
        if name in ways and name not in found:
            found.add(name)
            waiting.extend(ways[name])
    return found
