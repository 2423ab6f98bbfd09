"""Cells of CSV as values of the type that a model takes.

Numbers are those of a request's CSV. A file's cells may be more: ``NaN`` and infinity are numbers, since Spark writes
them so, and true or false may stand for a number, and a number for them, as in a file of JSON lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from models.number_cells import LONG_LIMIT, read_boolean, read_number, read_whole

# What stands in a cell that was written as "": a text, while an empty cell is null. Unicode promises never to use it.
EMPTY = "\ufdd0"

_QUOTED_NOTHING = re.compile(r'(?:^|(?<=,))""(?=[,\r\n]|$)')
_NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity)\s*", re.IGNORECASE)
_SPARSE_VECTOR = re.compile(r"\((\d+),\s*(\[.*\]),\s*(\[.*\])\)", re.DOTALL)


class WrongCellError(ValueError):
    """A cell that is not of its column's type; the text says what it should be."""


def mark_empty_texts(lines: Iterable[str]) -> Iterator[str]:
    """The lines with :data:`EMPTY` in each cell that is ``""``: the csv module cannot tell it from an empty one."""
    quotes = 0
    for line in lines:
        yield _mark(line, is_quoted=bool(quotes % 2)) if '""' in line else line
        quotes += line.count('"')


def _mark(line: str, *, is_quoted: bool) -> str:
    """One line, which may begin inside of quotes."""

    def mark(found: re.Match[str]) -> str:
        # A cell begins outside of quotes, where their number up to there is even.
        return found.group() if (is_quoted + line.count('"', 0, found.start())) % 2 else EMPTY

    return _QUOTED_NOTHING.sub(mark, line)


def read_cell(cell: str, kind: str) -> Any:
    """A cell as the model takes it: an empty one is null, and ``""`` a text. Raises: WrongCellError."""
    if not cell:
        return None
    if kind == "string":
        return "" if cell == EMPTY else cell
    return None if cell == EMPTY else _READERS[kind](cell)


def read_double(cell: str) -> float | None:
    """A number, also one that is not finite; None for other texts."""
    found = read_number(cell)
    return float(cell) if found is None and _NOT_FINITE.fullmatch(cell) else found


def _number(cell: str) -> float:
    found = read_double(cell)
    return _boolean_for(cell, "a number") if found is None else found


def _long(cell: str) -> int:
    found = read_whole(cell)
    if found is None:
        return _boolean_for(cell, "a whole number")
    if found // 1 != found or not -LONG_LIMIT <= found < LONG_LIMIT:
        raise WrongCellError("a whole number of 64 bits")
    return int(found)


def _boolean(cell: str) -> float:
    found = read_double(cell)
    return _boolean_for(cell, "true or false") if found is None else found


def _boolean_for(cell: str, expected: str) -> bool:
    found = read_boolean(cell)
    if found is None:
        raise WrongCellError(expected)
    return found


def _vector(cell: str) -> Any:
    """A list of numbers, or a vector as Spark shows it: ``[1.0,2.0]``, ``(4,[1,3],[2.5,1.0])``."""
    sparse = _SPARSE_VECTOR.fullmatch(cell.strip())
    try:
        if sparse:
            size, indices, values = int(sparse[1]), json.loads(sparse[2]), json.loads(sparse[3])
            return {"type": 0, "size": size, "indices": indices, "values": values}
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list | dict):
        raise WrongCellError("a vector such as [1.0, 2.5]")
    return found


def _feature(cell: str) -> Any:
    return _vector(cell) if cell.lstrip()[:1] in ("[", "(", "{") else _number(cell)


def _texts(cell: str) -> Any:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise WrongCellError('a list of texts such as ["a", "b"]')
    return found


_READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "double": _number,
    "feature": _feature,
    "long": _long,
    "texts": _texts,
    "vector": _vector,
}
