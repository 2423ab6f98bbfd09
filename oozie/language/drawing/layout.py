"""A diagram with a place for everything: rows from the top, by :mod:`ranks`, :mod:`ordering` and :mod:`placement`.

Ordinary arrows leave a box below and enter another above; between two rows they bend, across a row they run straight in
a lane of their own. A rail takes the error arrows of many boxes down on the right.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from oozie.language.drawing.diagram import Arrow, Box, Diagram
from oozie.language.drawing.lanes import Rows, Slot, fill_rows
from oozie.language.drawing.ordering import order_rows
from oozie.language.drawing.placement import CHANNEL, MARGIN, RAIL_GAP, place_heights, place_rows
from oozie.language.drawing.ranks import MOST_IN_A_ROW, backward_arrows, rank

Point = tuple[float, float]

_CHANNEL_TOP = 11.0
_PORT_GAP = 18.0
_LOOP = 12.0


@dataclass(frozen=True)
class Place:
    """Where a box stands; ``x`` and ``y`` are its top left corner."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """An arrow's way from the edge of its source to that of its target.

    Two points with the same x or y are joined by a straight line, others by a curve that leaves and arrives vertically.
    ``label_at`` is the middle of the label.
    """

    arrow: Arrow
    points: tuple[Point, ...]
    label_at: Point | None = None


@dataclass(frozen=True)
class Layout:
    """A drawing in pixels."""

    diagram: Diagram
    width: float
    height: float
    places: tuple[Place, ...]
    routes: tuple[Route, ...]


def place(diagram: Diagram, most_in_a_row: int = MOST_IN_A_ROW) -> Layout:
    """Lay ``diagram``, which has boxes, out; the same diagram gives the same drawing. Raises: CrowdedError."""
    backward = backward_arrows(diagram)
    row_of = rank(diagram, backward, most_in_a_row)
    rows = fill_rows(diagram, row_of, backward)
    order_rows(rows)
    sources = {
        target: [(diagram.arrows[index].source, row_of[diagram.arrows[index].source]) for index in indices]
        for target, indices in rows.rails.items()
    }
    router = _Router(diagram, rows, place_rows(rows, sources))
    routes = tuple(router.route(index, arrow) for index, arrow in enumerate(diagram.arrows))
    boxes = (rows.slots[box.name] for box in diagram.boxes)
    places = tuple(
        Place(box, slot.x - slot.width / 2, slot.y - slot.height / 2, slot.width, slot.height)
        for box, slot in zip(diagram.boxes, boxes, strict=True)
    )
    right = max([slot.right for slot in rows.slots.values()] + [x for route in routes for x, _ in route.points])
    bottom = max(place.y + place.height for place in places)
    return Layout(diagram, right + MARGIN, bottom + MARGIN, places, routes)


class _Router:
    """The ways of all arrows, once every slot has its place in its row."""

    def __init__(self, diagram: Diagram, rows: Rows, rails: dict[str, float]) -> None:
        self._slots = rows.slots
        self._chains = rows.chains
        self._backward = rows.backward
        self._rail_of = {index: target for target, indices in rows.rails.items() for index in indices}
        self._rails = rails
        self._rightmost = {max(row, key=lambda slot: slot.right).key for row in rows.rows if row}
        self._channels = self._number_channels(diagram)
        counts = [0] * len(rows.rows)
        for row, _ in self._channels:
            counts[row] += 1
        place_heights(rows, counts)
        heights = [max((slot.height for slot in row), default=0.0) for row in rows.rows]
        self._tops = [row[0].y - height / 2 if row else 0.0 for row, height in zip(rows.rows, heights, strict=True)]
        self._bottoms = [top + height for top, height in zip(self._tops, heights, strict=True)]
        self._ports = self._spread_ports()

    def route(self, index: int, arrow: Arrow) -> Route:
        """The way of one arrow."""
        if arrow.source == arrow.target:
            return Route(arrow, self._loop(self._slots[arrow.source]))
        if index in self._rail_of:
            return Route(arrow, self._along_rail(arrow))
        chain = self._chains[index]
        label = next((self._slots[key] for key in chain if key.startswith("\0label")), None)
        points = _tidy(self._along(index, chain))
        return Route(
            arrow,
            points[::-1] if index in self._backward else points,
            (label.x, label.y) if label is not None else None,
        )

    def _along(self, index: int, chain: list[str]) -> list[Point]:
        points: list[Point] = []
        for place, key in enumerate(chain):
            slot = self._slots[key]
            if place > 0:
                x = self._ports[key, "in", self._port(index, chain[place - 1])]
                points += [(x, self._tops[slot.row]), (x, slot.y - slot.height / 2)]
            if place < len(chain) - 1:
                x = self._ports[key, "out", self._port(index, chain[place + 1])]
                points += [(x, slot.y + slot.height / 2), (x, self._bottoms[slot.row])]
        return points

    def _port(self, index: int, neighbour: str) -> str:
        # Ways that share a lane share the port; two arrows between the same boxes have one each.
        is_shared = neighbour.startswith(("\0out", "\0in"))
        return neighbour if is_shared else f"{neighbour}\0{index}"

    def _spread_ports(self) -> dict[tuple[str, str, str], float]:
        wanted: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for index, chain in self._chains.items():
            for upper, lower in pairwise(chain):
                wanted[upper, "out"][self._port(index, lower)] = self._slots[lower].x
                wanted[lower, "in"][self._port(index, upper)] = self._slots[upper].x
        ports: dict[tuple[str, str, str], float] = {}
        for (key, side), ends in wanted.items():
            slot = self._slots[key]
            gap = min(_PORT_GAP, (slot.width - 16) / len(ends)) if slot.is_box else 0.0
            ordered = sorted(ends, key=lambda name: (ends[name], name))
            for number, name in enumerate(ordered):
                ports[key, side, name] = round(slot.x + (number - (len(ordered) - 1) / 2) * gap, 1)
        return ports

    def _number_channels(self, diagram: Diagram) -> dict[tuple[int, str], int]:
        """Row and rail → which channel below the row that rail runs sideways in."""
        wanted: dict[tuple[int, str], None] = {}
        for index, target in self._rail_of.items():
            source = self._slots[diagram.arrows[index].source]
            if source.key not in self._rightmost:
                wanted[source.row, target] = None
        for target, x in self._rails.items():
            if x != self._slots[target].x:
                wanted[self._slots[target].row - 1, target] = None
        count: dict[int, int] = defaultdict(int)
        numbers = {}
        for row, target in sorted(wanted):
            numbers[row, target] = count[row]
            count[row] += 1
        return numbers

    def _along_rail(self, arrow: Arrow) -> tuple[Point, ...]:
        source, target = self._slots[arrow.source], self._slots[arrow.target]
        rail = self._rails[arrow.target]
        points: list[Point] = [(source.right, source.y)]
        if source.key in self._rightmost:
            points.append((rail, source.y))
        else:
            aside = source.right + RAIL_GAP / 2
            down = self._channel(source.row, arrow.target)
            points += [(aside, source.y), (aside, down), (rail, down)]
        if rail != target.x:
            down = self._channel(target.row - 1, arrow.target)
            points += [(rail, down), (target.x, down)]
        return _tidy([*points, (target.x, target.y - target.height / 2)])

    def _channel(self, row: int, target: str) -> float:
        return self._bottoms[row] + _CHANNEL_TOP + CHANNEL * self._channels[row, target]

    def _loop(self, slot: Slot) -> tuple[Point, ...]:
        right, up, down = slot.right, slot.y - slot.height / 4, slot.y + slot.height / 4
        return ((right, up), (right + _LOOP, up), (right + _LOOP, down), (right, down))


def _tidy(points: list[Point]) -> tuple[Point, ...]:
    """Without points that stand twice or in the middle of a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(kept)
