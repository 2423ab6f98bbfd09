"""How large a box is, by its text: widths of an ordinary sans-serif face, so that no font is needed to draw."""

from __future__ import annotations

import unicodedata

from oozie.language.drawing.diagram import Box, Kind

TITLE_PX = 7.6  # a letter of 13 px bold
DETAIL_PX = 6.9  # a letter of 12 px
LABEL_PX = 6.9  # a letter of 12 px

MOST_TITLE = 28
MOST_PATH = 38  # letters of a box that holds a path
MOST_LABEL = 30

_CAPITAL = 1.3
_SQUARE = 1.8

SIGN_SPACE = 30.0
LABEL_HEIGHT = 18.0

_HEIGHTS: dict[Kind, float] = {
    "start": 32.0,
    "end": 32.0,
    "kill": 40.0,
    "decision": 46.0,
    "fork": 26.0,
    "join": 26.0,
    "action": 50.0,
    "missing": 40.0,
    "directory": 46.0,
    "table": 46.0,
    "schedule": 46.0,
    "bundle": 46.0,
    "coordinator": 50.0,
    "workflow": 50.0,
}
WITH_DETAIL = frozenset({"action", "directory", "table", "schedule", "bundle", "coordinator", "workflow"})
_WITH_PATH = frozenset({"directory", "table", "schedule"})
_LEAST_WIDTH: dict[Kind, float] = {"start": 76.0, "end": 86.0, "fork": 120.0, "join": 120.0}
# Room beside the text that a shape's slanted sides take.
_SLANT: dict[Kind, float] = {"decision": 44.0, "kill": 24.0, "fork": 26.0, "join": 26.0}


def size_of(box: Box) -> tuple[float, float]:
    """Width and height in pixels."""
    title = text_width(title_of(box), TITLE_PX)
    # Beside an action's type stands its state.
    state = " · START_MANUAL" if box.kind == "action" else ""
    detail = text_width(box.detail + state, DETAIL_PX) if box.kind in WITH_DETAIL else 0.0
    text = max(title, min(detail, most_title(box.kind) * TITLE_PX)) + SIGN_SPACE + _SLANT.get(box.kind, 14.0)
    return round(max(text, _LEAST_WIDTH.get(box.kind, 110.0)) / 2) * 2.0, _HEIGHTS[box.kind]


def most_title(kind: Kind) -> int:
    """How many letters of a title are shown."""
    return MOST_PATH if kind in _WITH_PATH else MOST_TITLE


def title_of(box: Box) -> str:
    """The title as far as it is shown: of a path rather its end, where paths differ."""
    most = most_title(box.kind)
    return shorten(box.title, most, tail=2 * most // 3 if box.kind == "directory" else 0)


def label_size(label: str) -> tuple[float, float]:
    """Width and height of an arrow's label."""
    return text_width(shorten(label, MOST_LABEL), LABEL_PX) + 10.0, LABEL_HEIGHT


def text_width(text: str, letter: float) -> float:
    """The width of ``text``, whose small letters are ``letter`` wide: capitals and what is written square are wider."""
    return letter * sum(
        _SQUARE if unicodedata.east_asian_width(char) in "WF" else _CAPITAL if char.isupper() or char in "@%" else 1.0
        for char in text
    )


def shorten(text: str, most: int, tail: int = 0) -> str:
    """``text`` with its middle left out where it has more than ``most`` letters: both ends tell names apart.

    ``tail`` letters of its end are kept, else a third.
    """
    if len(text) <= most:
        return text
    tail = tail or (most - 1) // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"
