"""In which order a row's slots stand, so that few arrows cross: sweeps of barycentres, the best sweep kept."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from oozie.language.drawing.lanes import Rows, Slot

_SWEEPS = 10


def order_rows(rows: Rows) -> None:
    """Sort each row in place; what only errors lead to stands on the right."""
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for upper, lower in sorted(rows.segments()):
        above[lower].append(upper)
        below[upper].append(lower)
    _start_as_written(rows, below)
    best, fewest = _snapshot(rows), _crossings(rows, below)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        downward = sweep % 2 == 0
        for row in rows.rows[1:] if downward else rows.rows[-2::-1]:
            neighbours = above if downward else below
            places = _places(rows, row[0].row + (-1 if downward else 1)) if row else {}
            _sort_row(row, neighbours, places)
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = _snapshot(rows), crossings
    for row, keys in zip(rows.rows, best, strict=True):
        row[:] = [rows.slots[key] for key in keys]


def _start_as_written(rows: Rows, below: Mapping[str, Sequence[str]]) -> None:
    """The first path of a fork on the left: depth first from the top, in the order of the transitions."""
    written: dict[str, list[str]] = defaultdict(list)
    for chain in rows.chains.values():
        for upper, lower in pairwise(chain):
            if lower not in written[upper]:
                written[upper].append(lower)
    seen: dict[str, int] = {}
    for first in [slot.key for row in rows.rows for slot in row]:
        stack = [first]
        while stack:
            key = stack.pop()
            if key not in seen:
                seen[key] = len(seen)
                stack.extend(reversed(written[key]))
    for row in rows.rows:
        row.sort(key=lambda slot: (slot.is_error_side, seen[slot.key]))


def _sort_row(row: list[Slot], neighbours: Mapping[str, Sequence[str]], places: Mapping[str, int]) -> None:
    own = {slot.key: float(place) for place, slot in enumerate(row)}
    for slot in row:
        near = [places[key] for key in neighbours.get(slot.key, ()) if key in places]
        if near:
            own[slot.key] = sum(near) / len(near)
    row.sort(key=lambda slot: (slot.is_error_side, own[slot.key]))


def _places(rows: Rows, number: int) -> dict[str, int]:
    return {slot.key: place for place, slot in enumerate(rows.rows[number])}


def _snapshot(rows: Rows) -> list[list[str]]:
    return [[slot.key for slot in row] for row in rows.rows]


def _crossings(rows: Rows, below: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of segments cross."""
    total = 0
    for number, row in enumerate(rows.rows[:-1]):
        places = _places(rows, number + 1)
        ends: list[int] = []
        for slot in row:
            own = sorted(places[key] for key in below.get(slot.key, ()))
            total += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return total
