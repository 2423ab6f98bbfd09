"""What begins when: bundles, coordinators, the data that they wait for and the workflows that they start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oozie.language.dataflow import Stock, Use
from oozie.language.drawing.data import Actor
from oozie.language.drawing.diagram import Arrow, Box, Diagram, Kind
from oozie.language.explanation import BundleFacts, CoordinatorFacts, Data

_PREFIX = "\1"


def coordinator_diagram(name: str, facts: CoordinatorFacts, workflow: str = "") -> Diagram:
    """A coordinator; ``workflow`` is the name of what it starts, where it is known."""
    boxes: dict[str, Box] = {}
    arrows: dict[Arrow, None] = {}
    clock = f"{_PREFIX}schedule"
    schedule = facts.schedule
    boxes[clock] = Box(clock, "schedule", schedule.frequency, f"{schedule.start} to {schedule.end}")
    _add(name, facts, workflow, boxes, arrows)
    arrows[Arrow(clock, f"{_PREFIX}coordinator {name}", "starts")] = None
    return Diagram(name, tuple(boxes.values()), tuple(arrows), "Coordinator")


def bundle_diagram(
    name: str, facts: BundleFacts, coordinators: Mapping[str, CoordinatorFacts], workflows: Mapping[str, str]
) -> Diagram:
    """A bundle; ``coordinators`` are those that are known, ``workflows`` what they start, by a coordinator's name."""
    boxes = {f"{_PREFIX}bundle": Box(f"{_PREFIX}bundle", "bundle", name, f"begins {facts.kick_off}")}
    arrows: dict[Arrow, None] = {}
    for member in facts.coordinators:
        own = f"{_PREFIX}coordinator {member.name}"
        known = coordinators.get(member.name)
        if known is None:
            boxes[own] = Box(own, "coordinator", member.name, "its file is not here")
        else:
            # Of many coordinators, a box for the times of each would hide the rest.
            _add(member.name, known, workflows.get(member.name, ""), boxes, arrows)
            boxes[own] = Box(own, "coordinator", member.name, known.schedule.frequency)
        arrows[Arrow(f"{_PREFIX}bundle", own, "starts")] = None
    return Diagram(name, tuple(boxes.values()), tuple(arrows), "Bundle")


def coordinator_actor(name: str, inputs: Sequence[Stock], outputs: Sequence[Stock], uses: Sequence[Use]) -> Actor:
    """A coordinator and its workflow as one that reads and writes."""
    events = [stock.use(is_input=True) for stock in inputs] + [stock.use(is_input=False) for stock in outputs]
    box = Box(f"{_PREFIX}coordinator {name}", "coordinator", name, "with its workflow" if uses else "")
    found: dict[tuple[str, tuple[str, str, str]], Use] = {}
    for use in (*events, *uses):
        found.setdefault((use.how, use.key), use)
    return Actor(box, tuple(found.values()))


def _add(name: str, facts: CoordinatorFacts, workflow: str, boxes: dict[str, Box], arrows: dict[Arrow, None]) -> None:
    own, started = (f"{_PREFIX}{kind} {name}" for kind in ("coordinator", "workflow"))
    for data in facts.waits_for:
        _data(data, boxes)
        arrows[Arrow(_data_name(data), own, "waits", ", ".join(data.instances))] = None
    boxes[own] = Box(own, "coordinator", name, facts.concurrency)
    boxes[started] = Box(started, "workflow", workflow or facts.starts.app_path, facts.starts.path or "not here")
    arrows[Arrow(own, started, "starts")] = None
    for data in facts.makes:
        _data(data, boxes)
        arrows[Arrow(started, _data_name(data), "writes")] = None


def _data_name(data: Data) -> str:
    return f"{_PREFIX}data {data.uri or data.dataset}"


def _data(data: Data, boxes: dict[str, Box]) -> None:
    kind: Kind = "table" if data.uri.startswith("hcat:") else "directory"
    title = Use("mentions", "path", data.uri).key[1] if data.uri and kind == "directory" else data.uri
    box = Box(_data_name(data), kind, title or data.dataset, f"dataset {data.dataset}")
    boxes.setdefault(box.name, box)
