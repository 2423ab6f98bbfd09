"""A diagram that falls into parts: each is laid out by itself, and all are set beside and below one another."""

from __future__ import annotations

from dataclasses import replace

from oozie.language.drawing.diagram import Arrow, Box, Diagram
from oozie.language.drawing.layout import Layout, Place, Route, place

_WIDTH = 1500.0
_MOST_IN_A_ROW = 4


def place_parts(diagram: Diagram) -> Layout:
    """``diagram`` with its parts in rows no wider than a page, in the order of their first boxes."""
    x = top = bottom = right = 0.0
    places: dict[str, Place] = {}
    routes: dict[Arrow, Route] = {}
    for part in _parts(diagram):
        layout = place(part, _MOST_IN_A_ROW)
        if x and x + layout.width > _WIDTH:
            x, top = 0.0, bottom
        for one in layout.places:
            places[one.box.name] = replace(one, x=round(one.x + x, 1), y=round(one.y + top, 1))
        for route in layout.routes:
            routes[route.arrow] = _moved(route, x, top)
        x += layout.width
        right, bottom = max(right, x), max(bottom, top + layout.height)
    return Layout(
        diagram,
        right,
        bottom,
        tuple(places[box.name] for box in diagram.boxes),
        tuple(routes[arrow] for arrow in diagram.arrows),
    )


def _moved(route: Route, x: float, y: float) -> Route:
    points = tuple((round(left + x, 1), round(top + y, 1)) for left, top in route.points)
    at = route.label_at
    return Route(route.arrow, points, None if at is None else (round(at[0] + x, 1), round(at[1] + y, 1)))


def _parts(diagram: Diagram) -> list[Diagram]:
    """What hangs together, in the order of the boxes."""
    near: dict[str, list[str]] = {box.name: [] for box in diagram.boxes}
    for arrow in diagram.arrows:
        near[arrow.source].append(arrow.target)
        near[arrow.target].append(arrow.source)
    part_of: dict[str, int] = {}
    count = 0
    for box in diagram.boxes:
        if box.name in part_of:
            continue
        waiting = [box.name]
        while waiting:
            name = waiting.pop()
            if name not in part_of:
                part_of[name] = count
                waiting.extend(near[name])
        count += 1
    boxes: list[list[Box]] = [[] for _ in range(count)]
    arrows: list[list[Arrow]] = [[] for _ in range(count)]
    for box in diagram.boxes:
        boxes[part_of[box.name]].append(box)
    for arrow in diagram.arrows:
        arrows[part_of[arrow.source]].append(arrow)
    return [replace(diagram, boxes=tuple(some), arrows=tuple(ways)) for some, ways in zip(boxes, arrows, strict=True)]
