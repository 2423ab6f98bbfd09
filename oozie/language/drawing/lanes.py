"""What stands in each row besides boxes: lanes for arrows that pass it, and which arrows share a rail instead.

A *chain* is the way of one arrow: its source, the lanes that it passes row by row, its target. Paths out of one fork
share their lanes, and so do the ways into one join. Many error arrows with one target (a kill node, a mail before it)
would hide everything else, so that they share a *rail* on the right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from oozie.language.drawing.diagram import Arrow, Diagram
from oozie.language.drawing.sizes import label_size, size_of

LEAST_ON_A_RAIL = 2
MOST_SLOTS = 40_000  # some seconds; hundreds of forks in one another have a lane in each row for each of them
_LANE_WIDTH = 6.0


class CrowdedError(Exception):
    """More boxes and lanes than anybody waits for."""


@dataclass
class Slot:
    """A box, a label or a lane in its row; ``x`` and ``y`` are its middle."""

    key: str
    row: int
    width: float
    height: float
    is_box: bool
    is_error_side: bool
    x: float = 0.0
    y: float = 0.0

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2


@dataclass
class Rows:
    """Slots row by row, chains of slot keys by the index of their arrow, and rails: target → its arrows' indices.

    ``annex`` are the slots that only a rail leads to: they are placed beside it, after everything else.
    """

    slots: dict[str, Slot] = field(default_factory=dict)
    rows: list[list[Slot]] = field(default_factory=list)
    chains: dict[int, list[str]] = field(default_factory=dict)
    rails: dict[str, list[int]] = field(default_factory=dict)
    backward: frozenset[int] = frozenset()
    annex: frozenset[str] = frozenset()

    def segments(self) -> set[tuple[str, str]]:
        """Neighbours in some chain, the upper one first."""
        return {pair for chain in self.chains.values() for pair in pairwise(chain)}


def fill_rows(diagram: Diagram, row_of: dict[str, int], backward: frozenset[int]) -> Rows:
    """Every box and every lane in its row, in document order. Raises: CrowdedError."""
    result = Rows(backward=backward)
    result.rails = _rails(diagram, row_of, backward)
    on_rail = {index for indices in result.rails.values() for index in indices}
    normal = _reachable(diagram, lambda index, arrow: arrow.way != "error")
    result.rows = [[] for _ in range(max(row_of.values(), default=-1) + 1)]
    kinds = {box.name: box.kind for box in diagram.boxes}
    aside = {name for name, kind in kinds.items() if kind == "kill" or name not in normal}
    for box in diagram.boxes:
        width, height = size_of(box)
        _add(result, Slot(box.name, row_of[box.name], width, height, True, box.name in aside))
    for index, arrow in enumerate(diagram.arrows):
        if index not in on_rail and arrow.source != arrow.target:
            result.chains[index] = _chain(result, index, arrow, row_of, kinds, aside)
    main = _reachable(diagram, lambda index, arrow: index not in on_rail)
    boxes = frozenset(box.name for box in diagram.boxes)
    lanes_of_main = {key for chain in result.chains.values() if chain[0] in main for key in chain}
    result.annex = frozenset(
        key for key in result.slots if (key not in main if key in boxes else key not in lanes_of_main)
    )
    return result


def _add(rows: Rows, slot: Slot) -> None:
    if len(rows.slots) >= MOST_SLOTS:
        raise CrowdedError
    rows.slots[slot.key] = slot
    rows.rows[slot.row].append(slot)


def _rails(diagram: Diagram, row_of: dict[str, int], backward: frozenset[int]) -> dict[str, list[int]]:
    entering: dict[str, list[int]] = defaultdict(list)
    kinds = {box.name: box.kind for box in diagram.boxes}
    for index, arrow in enumerate(diagram.arrows):
        far = arrow.way == "error" and (
            kinds[arrow.target] == "kill" or row_of[arrow.target] != row_of[arrow.source] + 1
        )
        if far and index not in backward and arrow.source != arrow.target:
            entering[arrow.target].append(index)
    least = {name: LEAST_ON_A_RAIL if kinds[name] == "kill" else LEAST_ON_A_RAIL + 1 for name in entering}
    return {name: indices for name, indices in entering.items() if len(indices) >= least[name]}


def _reachable(diagram: Diagram, follows: Callable[[int, Arrow], bool]) -> set[str]:
    leaving: dict[str, list[str]] = defaultdict(list)
    for index, arrow in enumerate(diagram.arrows):
        if follows(index, arrow):
            leaving[arrow.source].append(arrow.target)
    entered = {arrow.target for arrow in diagram.arrows}
    # A node that nothing leads to is a beginning of its own.
    waiting = [box.name for box in diagram.boxes if box.kind == "start" or box.name not in entered]
    found = set(waiting)
    while waiting:
        for target in leaving[waiting.pop()]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _chain(
    rows: Rows, index: int, arrow: Arrow, row_of: dict[str, int], kinds: Mapping[str, str], aside: set[str]
) -> list[str]:
    top, bottom = (arrow.target, arrow.source) if index in rows.backward else (arrow.source, arrow.target)
    chain = [top]
    for row in range(row_of[top] + 1, row_of[bottom]):
        is_label = bool(arrow.label) and row == row_of[arrow.source] + (1 if top == arrow.source else -1)
        key = _lane_key(index, arrow, row, kinds) if not is_label else f"\0label {index}"
        if key not in rows.slots:
            width, height = label_size(arrow.label) if is_label else (_LANE_WIDTH, 0.0)
            _add(rows, Slot(key, row, width, height, False, arrow.target in aside))
        chain.append(key)
    return [*chain, bottom]


def _lane_key(index: int, arrow: Arrow, row: int, kinds: Mapping[str, str]) -> str:
    # No name of a box has that letter in front: XML does not allow it.
    if kinds[arrow.source] == "fork":
        return f"\0out {arrow.source} {row}"
    if kinds[arrow.target] == "join" and arrow.way != "error":
        return f"\0in {arrow.target} {row}"
    return f"\0lane {index} {row}"
