"""What a case says, and the traces that the two engines leave in the same words.

A case is ``<topic>/<case>.xml`` beside ``<topic>/<case>.path``, and perhaps a folder ``<topic>/<case>/`` with what else
belongs into the app (``config-default.xml``, ``child/workflow.xml``, scripts). The ``.path`` holds, line by line::

    # why the case is there
    x=3                             a property of the job
    a OK -> b                       a node that is entered: status, error code, transition, retries
      message FS006: move, ...      why it failed, as wf:errorMessage gives it
      data rows=12                  captured output
    a/w OK -> end                   a node of the sub-workflow that action 'a' starts
    KILLED failed at [a]            how the job ends, and a kill node's message

    > rerun oozie.wf.rerun.failnodes=true     what is done next; its trace follows
    refused E0806 ...                         or it is refused

Branches of a fork may be entered in any order: nodes are compared as a set. A line that ends with ``...`` says only how
the line begins. Ids, addresses and folders stand as ``<id>``, ``<app>``, ``<dir>``, ``<nameNode>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
_STATUS = "OK|ERROR|FAILED|KILLED|PREP|RUNNING|USER_RETRY|START_MANUAL|START_RETRY"
_NODE = re.compile(rf"\S+ (?:{_STATUS})\b|(?!FAILED|KILLED|refused)\S+ \.\.\.$")
_END = re.compile(r"(?:SUCCEEDED|KILLED|FAILED|SUSPENDED|PREP|RUNNING|refused)\b")
_PROPERTY = re.compile(r"([\w.-]+)=(.*)")


@dataclass(frozen=True)
class Step:
    """One thing that is done to the job, and what it leads to.

    ``operation`` is run (submit and start), submit, start, suspend, resume, kill or rerun; ``nodes`` are the node's
    lines, each with those that belong to it; ``end`` is the job's status with its message, or the refusal.
    """

    operation: str
    properties: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    end: str = ""

    def lines(self) -> list[str]:
        """The trace in comparable order."""
        return [*sorted(self.nodes), self.end]


@dataclass(frozen=True)
class Case:
    """One app and what it does."""

    name: str
    steps: tuple[Step, ...]
    comment: str = ""

    @property
    def definition(self) -> bytes:
        """workflow.xml."""
        return (HERE / f"{self.name}.xml").read_bytes()

    @property
    def differs_here(self) -> bool:
        """Whether the local engine has a trace of its own."""
        return (HERE / f"{self.name}.local.path").is_file()

    @property
    def files(self) -> dict[str, bytes]:
        """The app: path in its folder -> content."""
        folder = HERE / self.name
        rest = {
            str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        }
        return {"workflow.xml": self.definition, **rest}


def names() -> list[str]:
    """Every case: ``topic/case``."""
    return sorted(
        str(path.relative_to(HERE).with_suffix("")) for path in HERE.glob("*/*.path") if ".local" not in path.name
    )


def different() -> list[str]:
    """The cases that docs/conformance.md lists: the first column of its table."""
    return re.findall(
        r"^\| `([^`]+)` \|", (HERE.parents[1] / "docs" / "conformance.md").read_text("utf-8"), re.MULTILINE
    )


def read_case(name: str, suffix: str = ".path") -> Case:
    """The case ``topic/case``."""
    file = HERE / f"{name}{suffix}"
    text = file.read_text("utf-8")
    comment = "".join(line + "\n" for line in text.splitlines() if line.startswith("#"))
    return Case(name, tuple(_steps(text.splitlines())), comment)


def _steps(lines: Iterable[str]) -> Iterator[Step]:
    operation, properties, nodes, end = "run", {}, [], ""
    for line in lines:
        if line.startswith("> "):
            if end or nodes:
                yield Step(operation, properties, tuple(nodes), end)
            operation, properties, nodes, end = line[2:].strip(), {}, [], ""
        elif line.startswith("  ") and nodes:
            nodes[-1] += "\n" + line
        elif _NODE.match(line):
            nodes.append(line)
        elif _END.match(line):
            end = line
        elif (found := _PROPERTY.fullmatch(line)) is not None:
            properties[found[1]] = found[2]
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"no line of a case: {line!r}")
    yield Step(operation, properties, tuple(nodes), end)


def write(case: Case, steps: Iterable[Step]) -> str:
    """The text of a ``.path``."""
    out = [case.comment]
    for number, step in enumerate(steps):
        if number or step.operation != "run":
            out.append(("\n" if number else "") + f"> {step.operation}\n")
        out += [f"{name}={value}\n" for name, value in step.properties.items()]
        out += [f"{line}\n" for line in (*step.nodes, step.end)]
    return "".join(out)


def node_line(
    name: str, status: str, *, code: str = "", to: str = "", retries: int = 0, message: str = "",
    data: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A node's line, as both engines' traces write it."""
    first = " ".join(filter(None, [name, status, code]))
    first += f" -> {to}" if to else ""
    first += f" ({retries} retries)" if retries else ""
    rest = [f"  message {one_line(message)}"] if message else []
    rest += [f"  data {key}={one_line(value)}" for key, value in sorted((data or {}).items())]
    return "\n".join([first, *rest])


def one_line(text: str) -> str:
    """``text`` with its line ends spelled."""
    return text.replace("\r", "\\r").replace("\n", "\\n")


_JOB_ID = re.compile(r"\d{7}-\d+-oozie-\w+-W")


def normalise(text: str, places: Mapping[str, str]) -> str:
    """``text`` with ``places`` (what stands there -> its name) and ids replaced."""
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, places[place])
    return _JOB_ID.sub("<id>", text)


def agrees(expected: str, actual: str) -> bool:
    """Whether two traces' lines say the same, as far as the first one says anything."""
    wanted, found = expected.splitlines(), actual.splitlines()
    return len(wanted) == len(found) and all(
        there.startswith(line[:-3]) if line.endswith("...") else line == there
        for line, there in zip(wanted, found, strict=True)
    )


def difference(expected: Iterable[Step], actual: Iterable[Step], left: str, right: str) -> str:
    """Both traces side by side where they differ; "" when they agree."""
    wanted, found = list(expected), list(actual)
    if len(wanted) == len(found) and all(
        agrees("\n".join(one.lines()), "\n".join(other.lines())) for one, other in zip(wanted, found, strict=True)
    ):
        return ""
    return beside(_shown(wanted), _shown(found), left, right)


def _shown(steps: list[Step]) -> list[str]:
    return [line for step in steps for line in (f"> {step.operation}", *"\n".join(step.lines()).splitlines())]


def beside(left_lines: list[str], right_lines: list[str], left: str, right: str, width: int = 76) -> str:
    """Two columns, the differing lines marked."""
    height = max(len(left_lines), len(right_lines))
    first = left_lines + [""] * (height - len(left_lines))
    second = right_lines + [""] * (height - len(right_lines))
    rows = [f"  {left:{width}} | {right}"]
    for one, other in zip(first, second, strict=True):
        mark = " " if agrees(one, other) or one == other else "!"
        rows.append(f"{mark} {one:{width}} | {other}")
    return "\n".join(rows)
