"""A layout as SVG: shapes by what a node is, lines by how it goes on, colour and sign by how it fares."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from oozie.language.drawing.diagram import Arrow, Kind, Way
from oozie.language.drawing.layout import Layout, Place, Point, Route
from oozie.language.drawing.signs import SIGNS, Mark
from oozie.language.drawing.sizes import (
    DETAIL_PX,
    MOST_LABEL,
    TITLE_PX,
    WITH_DETAIL,
    label_size,
    most_title,
    shorten,
    title_of,
)
from oozie.language.drawing.style import STYLE

_UNDRAWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_CORNER = 7.0
_TIP = 7.0
_MOST_DETAIL = 34
# How an arrow is read out, where it is not taken on something.
_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
_NO_LINKS: Mapping[str, str] = MappingProxyType({})
_TOLD: Mapping[Way, str] = {
    "reads": ": is read", "writes": ": is written", "deletes": ": is deleted", "mentions": ": is mentioned",
    "waits": ": is waited for", "starts": ": is started", "path": "",
}  # fmt: skip
_ONE_LINE = frozenset({"start", "end", "fork", "join"})


def draw(
    layout: Layout,
    *,
    marks: Mapping[str, Mark] = _NO_MARKS,
    links: Mapping[str, str] = _NO_LINKS,
    taken: Collection[Arrow] = (),
    has_style: bool = True,
) -> str:
    """``layout`` as one ``svg`` element.

    ``marks`` and ``links`` are by the node's name; ``taken`` are the arrows that a run went along. Without its style
    the element needs :data:`STYLE` from the page around it.
    """
    width, height = _number(layout.width), _number(layout.height)
    label = _quoted(f"{layout.diagram.subject} {layout.diagram.name}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="group" aria-label={label}>'
    ]
    if has_style:
        parts.append(f"<style>{STYLE}</style>")
    parts += picture(layout, marks=marks, links=links, taken=taken)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def picture(
    layout: Layout,
    *,
    marks: Mapping[str, Mark] = _NO_MARKS,
    links: Mapping[str, str] = _NO_LINKS,
    taken: Collection[Arrow] = (),
) -> list[str]:
    """What stands in the ``svg`` element of :func:`draw`."""
    # What a run went along lies above the rest, and boxes above all lines.
    parts = [_route(route, route.arrow in taken) for route in sorted(layout.routes, key=lambda one: one.arrow in taken)]
    parts += [_label(route) for route in layout.routes if route.label_at is not None]
    parts += [_box(place, marks.get(place.box.name), links.get(place.box.name, "")) for place in layout.places]
    return parts


def path_of(points: tuple[Point, ...]) -> str:
    """The way through ``points``: curves between two columns, rounded corners between straight lines."""
    steps = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for place in range(1, len(points)):
        before, here = points[place - 1], points[place]
        after = points[place + 1] if place + 1 < len(points) else None
        if before[0] != here[0] and before[1] != here[1]:
            middle = _number((before[1] + here[1]) / 2)
            steps.append(f"C{_number(before[0])} {middle} {_number(here[0])} {middle} {_pair(here)}")
        elif after is not None and (before[0] == here[0]) != (after[0] == here[0]) and _is_straight(here, after):
            one, other = _towards(here, before), _towards(here, after)
            steps.append(f"L{_pair(one)}Q{_pair(here)} {_pair(other)}")
        else:
            steps.append(f"L{_pair(here)}")
    return "".join(steps)


def _is_straight(one: Point, other: Point) -> bool:
    return one[0] == other[0] or one[1] == other[1]


def _towards(corner: Point, other: Point) -> Point:
    """The point near ``corner`` on the straight line to ``other``."""
    away = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    share = min(_CORNER, away / 2) / away
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def _route(route: Route, is_taken: bool) -> str:
    arrow = route.arrow
    classes = f"arrow {arrow.way}{' taken' if is_taken else ''}"
    title = f"{arrow.source} to {arrow.target}" + (
        f": {arrow.label}" if arrow.label else _TOLD.get(arrow.way, f" on {arrow.way}")
    )
    (x, y), before = route.points[-1], route.points[-2]
    # From its target on: ways that share a rail then share its dashes.
    return (
        f'<g class="{classes}"><title>{_text(title)}</title><path class="way" d="{path_of(route.points[::-1])}"/>'
        f'<path class="tip" d="{_tip(x, y, before)}"/></g>'
    )


def _tip(x: float, y: float, before: Point) -> str:
    if before[1] == y:
        side = 1 if before[0] > x else -1
        return f"M{_pair((x, y))}l{_number(side * _TIP)} -4v8z"
    side = -1 if before[1] < y else 1
    return f"M{_pair((x, y))}l-4 {_number(side * _TIP)}h8z"


def _label(route: Route) -> str:
    x, y = route.label_at or (0.0, 0.0)
    width, height = label_size(route.arrow.label)
    label = _text(shorten(route.arrow.label, MOST_LABEL))
    return (
        f'<g><title>{_text(route.arrow.label)}</title><rect class="label-paper" x="{_number(x - width / 2)}"'
        f' y="{_number(y - height / 2)}" width="{_number(width)}" height="{_number(height)}" rx="4"/>'
        f'<text class="label" x="{_number(x)}" y="{_number(y + 4)}">{label}</text></g>'
    )


def _box(place: Place, mark: Mark | None, link: str) -> str:
    box = place.box
    told = ", ".join(part for part in (box.kind, box.title, box.detail, mark.text if mark else "") if part)
    classes = f"node {box.kind}{f' {mark.mood}' if mark else ''}"
    inner = f"<title>{_text(told)}</title>{_SHAPES[box.kind](place)}{_writing(place, mark)}"
    if link:
        return f'<a href={_quoted(link)} class="{classes}" aria-label={_quoted(told)}>{inner}</a>'
    return f'<g class="{classes}" role="img" aria-label={_quoted(told)}>{inner}</g>'


def _writing(place: Place, mark: Mark | None) -> str:
    box = place.box
    middle, centre = place.x + place.width / 2, place.y + place.height / 2
    title = _text(title_of(box))
    lines = [part for part in (box.detail if box.kind in WITH_DETAIL else "", mark.text if mark else "") if part]
    if not lines or box.kind in _ONE_LINE:
        return (
            f'<text class="title" x="{_number(middle)}" y="{_number(centre + 4.5)}">{title}</text>{_badge(place, mark)}'
        )
    most = max(_MOST_DETAIL, round(most_title(box.kind) * TITLE_PX / DETAIL_PX))
    detail = _text(shorten(" · ".join(lines), most))
    return (
        f'<text class="title" x="{_number(middle)}" y="{_number(centre - 3.5)}">{title}</text>'
        f'<text class="detail" x="{_number(middle)}" y="{_number(centre + 14)}">{detail}</text>{_badge(place, mark)}'
    )


def _badge(place: Place, mark: Mark | None) -> str:
    """The sign, on the left edge of the box."""
    if mark is None:
        return ""
    x, y = place.x, place.y + place.height / 2
    return (
        f'<circle class="badge-paper" cx="{_number(x)}" cy="{_number(y)}" r="10"/>'
        f'<path class="sign" transform="translate({_number(x - 8)} {_number(y - 8)})" d="{SIGNS[mark.mood]}"/>'
    )


def _rounded(place: Place, radius: float, name: str = "shape", inset: float = 0.0) -> str:
    x, y = _number(place.x + inset), _number(place.y + inset)
    width, height = _number(place.width - 2 * inset), _number(place.height - 2 * inset)
    return f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(radius)}"/>'


def _polygon(place: Place, *corners: Point) -> str:
    """Corners in pixels from the top left; negative ones from the bottom right."""
    absolute = [
        (place.x + (x if x >= 0 else place.width + x + 1), place.y + (y if y >= 0 else place.height + y + 1))
        for x, y in corners
    ]
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in absolute)
    return f'<polygon class="shape" points="{points}"/>'


def _folder(place: Place) -> str:
    """A directory: a corner cut off where a folder has its tab."""
    return _polygon(place, (10, 0), (-1, 0), (-1, -1), (0, -1), (0, 10))


def _bar(place: Place) -> str:
    """The line under a table's head."""
    x, y = place.x, place.y + 6
    return f'<path class="inner" d="M{_pair((x, y))}H{_number(x + place.width)}"/>'


# -1 is the right or lower edge itself.
_SHAPES: Mapping[Kind, Callable[[Place], str]] = {
    "start": lambda place: _rounded(place, place.height / 2),
    "end": lambda place: _rounded(place, place.height / 2) + _rounded(place, place.height / 2 - 4, "inner", 4),
    "action": lambda place: _rounded(place, 9),
    "missing": lambda place: _rounded(place, 2),
    "directory": _folder,
    "table": lambda place: _rounded(place, 2) + _bar(place),
    "schedule": lambda place: _rounded(place, place.height / 2),
    "bundle": lambda place: _rounded(place, 9) + _rounded(place, 6, "inner", 4),
    "coordinator": lambda place: _rounded(place, 9) + _rounded(place, 6, "inner", 4),
    "workflow": lambda place: _rounded(place, 9),
    "decision": lambda place: _polygon(
        place, (22, 0), (-23, 0), (-1, place.height / 2), (-23, -1), (22, -1), (0, place.height / 2)
    ),
    "kill": lambda place: _polygon(
        place, (12, 0), (-13, 0), (-1, 12), (-1, -13), (-13, -1), (12, -1), (0, -13), (0, 12)
    ),
    "fork": lambda place: _polygon(place, (13, 0), (-14, 0), (-1, -1), (0, -1)),
    "join": lambda place: _polygon(place, (0, 0), (-1, 0), (-14, -1), (13, -1)),
}


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(drawable(text))


def _quoted(text: str) -> str:
    return quoteattr(drawable(text))


def drawable(text: str) -> str:
    """Without what XML cannot hold (control characters, halves of pairs) and what turns the order of letters around."""
    return _UNDRAWABLE.sub("\ufffd", text)
