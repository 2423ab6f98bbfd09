"""A picture as a file of its own: its heading, its legend and what has to be said beside it, in light and in dark."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from oozie.language.drawing.diagram import Diagram, Way
from oozie.language.drawing.layout import Layout
from oozie.language.drawing.sizes import shorten, text_width
from oozie.language.drawing.style import STYLE
from oozie.language.drawing.svg import drawable, picture

_MARGIN = 16.0
_HEADING = 46.0
_LEAST_WIDTH = 460.0
_LINE = 19.0
_HEADING_PX = 10.4
_MOST_HEADING = 100
_LETTER = 7.4  # of 12 px, capitals among them
_SAMPLE = 34.0
_GAP = 26.0

# way -> what the legend calls it; ways of the same look once
_LEGEND: Mapping[Way, str] = {
    "ok": "goes on",
    "error": "when it fails",
    "starts": "starts",
    "waits": "waits for",
    "reads": "reads, writes",
    "writes": "reads, writes",
    "deletes": "deletes",
    "mentions": "mentions: only the program knows",
}
_PAGE = """
.page { --page: #fafaf7; }
@media (prefers-color-scheme: dark) { .page { --page: #141817; } }
.page .sheet { fill: var(--page); }
.page .heading { font-size: 16px; font-weight: 650; fill: var(--flow-ink); }
.page .note { font-size: 12px; fill: var(--flow-quiet); }
.page .bad-note { fill: var(--flow-error); }
"""


def page(layout: Layout, notes: Sequence[str] = (), warnings: Sequence[str] = ()) -> str:
    """``layout`` as an SVG document, ``warnings`` above and ``notes`` below it."""
    diagram = layout.diagram
    heading = f"{diagram.subject} {diagram.name}"
    shown = shorten(heading, _MOST_HEADING)
    width = max(layout.width, _LEAST_WIDTH, 2 * _MARGIN + text_width(shown, _HEADING_PX))
    above = _lines(warnings, width)
    below = _lines(notes, width)
    legend = _legend(diagram)
    rows = _legend_rows(legend, width)
    top = _HEADING + _LINE * len(above)
    bottom = top + layout.height + _LINE * (rows + len(below)) + (8.0 if rows or below else 0.0)
    height = bottom + _MARGIN
    described = f"{len(diagram.boxes)} boxes and {len(diagram.arrows)} arrows. {' '.join((*warnings, *notes))}".strip()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow page" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" role="group">',
        f"<title>{_text(heading)}</title>",
        f"<desc>{_text(described)}</desc>",
        f"<style>{STYLE}{_PAGE}</style>",
        f'<rect class="sheet" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="heading" x="{_MARGIN:.0f}" y="30">{_text(shown)}</text>',
        *_texts(above, _HEADING + 6.0, "note bad-note"),
    ]
    if diagram.boxes:
        parts += [f'<g transform="translate({(width - layout.width) / 2:.0f} {top:.0f})">', *picture(layout), "</g>"]
    parts += _drawn_legend(legend, width, top + layout.height + 10.0)
    parts += [*_texts(below, top + layout.height + _LINE * rows + 12.0, "note"), "</svg>"]
    return "\n".join(parts) + "\n"


def _lines(texts: Sequence[str], width: float) -> list[str]:
    most = max(int((width - 2 * _MARGIN) / _LETTER), 20)
    return [line for text in texts for line in textwrap.wrap(" ".join(text.split()), most)]


def _texts(lines: Sequence[str], top: float, name: str) -> list[str]:
    return [
        f'<text class="{name}" x="{_MARGIN:.0f}" y="{top + _LINE * number:.0f}">{_text(line)}</text>'
        for number, line in enumerate(lines)
    ]


def _legend(diagram: Diagram) -> list[tuple[Way, str]]:
    """What the lines mean, where there is more than one kind of them."""
    ways = {arrow.way for arrow in diagram.arrows}
    found: dict[str, Way] = {}
    for way, words in _LEGEND.items():
        if way in ways:
            found.setdefault(words, way)
    return [(way, words) for words, way in found.items()] if len(found) > 1 else []


def _size(words: str) -> float:
    return _SAMPLE + 8.0 + len(words) * _LETTER + _GAP


def _legend_rows(legend: Sequence[tuple[Way, str]], width: float) -> int:
    return max((row for row, _, _ in _legend_places(legend, width)), default=-1) + 1


def _legend_places(legend: Sequence[tuple[Way, str]], width: float) -> list[tuple[int, float, int]]:
    row, x, found = 0, _MARGIN, []
    for number, (_, words) in enumerate(legend):
        if x > _MARGIN and x + _size(words) > width:
            row, x = row + 1, _MARGIN
        found.append((row, x, number))
        x += _size(words)
    return found


def _drawn_legend(legend: Sequence[tuple[Way, str]], width: float, top: float) -> list[str]:
    parts = []
    for row, x, number in _legend_places(legend, width):
        way, words = legend[number]
        y = top + _LINE * row
        tip = f"M{x + _SAMPLE:.0f} {y:.0f}l-7 -4v8z"
        line = f"M{x:.0f} {y:.0f}H{x + _SAMPLE - 4:.0f}"
        parts.append(
            f'<g class="{way}"><path class="way" d="{line}"/><path class="tip" d="{tip}"/>'
            f'<text class="note" x="{x + _SAMPLE + 8:.0f}" y="{y + 4:.0f}">{_text(words)}</text></g>'
        )
    return parts


def _text(text: str) -> str:
    return escape(drawable(text))
