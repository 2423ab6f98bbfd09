"""graphs.txt: small workflows as nodes and where they lead, each with the verdict of the real Oozie.

Among them are those that its own parser's tests build, restated::

    a decision in a fork: ok                      its name, and ok or the code
        start one                                 nodes, in the order of the file, with ; or line ends between them
        action one f k; kill k; end end           an action: ok, error
        fork f a d; join j end
        decision d a b                            the last one is the default
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("graphs.txt")
_HEAD = re.compile(r"(?P<name>\S.*): (?P<verdict>ok|E\d{4})")
_XML: Mapping[str, Callable[..., str]] = {
    "start": lambda to: f'<start to="{to}"/>',
    "end": lambda name: f'<end name="{name}"/>',
    "kill": lambda name: f'<kill name="{name}"><message>{name}</message></kill>',
    "join": lambda name, to: f'<join name="{name}" to="{to}"/>',
    "fork": lambda name, *to: f'<fork name="{name}">{"".join(map(_path, to))}</fork>',
    "action": lambda name, ok, error: (
        f'<action name="{name}"><fs/><ok to="{ok}"/><error to="{error}"/></action>'
    ),
    "decision": lambda name, *to: (
        f'<decision name="{name}"><switch>{"".join(map(_case, to[:-1]))}<default to="{to[-1]}"/></switch></decision>'
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Graph:
    """One workflow and its verdict: ok, or Oozie's code."""

    name: str
    verdict: str
    nodes: tuple[str, ...]

    @property
    def xml(self) -> bytes:
        """workflow.xml."""
        nodes = (node.split() for node in self.nodes)
        lines = "\n".join(f"  {_XML[kind](*names)}" for kind, *names in nodes)
        return f'<workflow-app xmlns="uri:oozie:workflow:0.5" name="graph">\n{lines}\n</workflow-app>\n'.encode()


def _path(to: str) -> str:
    return f'<path start="{to}"/>'


def _case(to: str) -> str:
    return f'<case to="{to}">true</case>'


def read_graphs(lines: Iterable[str] | None = None) -> list[Graph]:
    """Every graph of graphs.txt, or of ``lines``."""
    return list(_graphs(FILE.read_text("utf-8").splitlines() if lines is None else lines))


def _graphs(lines: Iterable[str]) -> Iterator[Graph]:
    graph: Graph | None = None
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            if graph is None:
                raise ValueError(f"no graph has been named before {line!r}")
            more = tuple(node.strip() for node in line.split(";") if node.strip())
            graph = Graph(graph.name, graph.verdict, graph.nodes + more)
            continue
        head = _HEAD.fullmatch(line)
        if head is None:
            raise ValueError(f"no graph: {line!r}")
        if graph is not None:
            yield graph
        graph = Graph(head["name"], head["verdict"], ())
    if graph is not None:
        yield graph
