"""A cell of text as a number, or as true or false: one rule for the CSV of a file and for that of a request.

Digits are those of ASCII, blanks around them count for nothing, and there is no ``1_000``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LONG_LIMIT = 2**63

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*")
# No digit may belong to two parts: a cell of digits that is no number would be taken apart in every way there is.
_NUMBER = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
_WORDS: Mapping[str, bool] = {"true": True, "false": False}


def read_number(cell: str) -> float | None:
    """A number in decimal notation, infinite where a double holds no such one; None for other texts, ``NaN`` too."""
    return float(cell) if _NUMBER.fullmatch(cell) else None


def read_whole(cell: str) -> int | float | None:
    """The same, and as an int where it is written as one and may be of 64 bits."""
    return int(cell) if _WHOLE.fullmatch(cell) else read_number(cell)


def read_boolean(cell: str) -> bool | None:
    """True or false, however it is spelled; None for other texts."""
    return _WORDS.get(cell.strip().lower())
