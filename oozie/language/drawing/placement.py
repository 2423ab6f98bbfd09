"""Where each slot stands: rows from top to bottom, and in a row as near as can be to what it is joined with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from oozie.language.drawing.lanes import Rows, Slot

BOX_GAP = 34.0
LANE_GAP = 16.0
ROW_GAP = 34.0
RAIL_GAP = 14.0
CHANNEL = 9.0
MARGIN = 16.0

_SWEEPS = 16
_STRAIGHTENINGS = 4
# Of a picture that nobody can look at as a whole: sweeps and straightenings that are enough for it.
_MANY = 5_000
_SWEEPS_OF_MANY = 6
_STRAIGHTENINGS_OF_MANY = 2


def place_rows(rows: Rows, rail_arrows: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, float]:
    """Set ``x`` of every slot; ``rail_arrows``: target → sources with their rows. Returns the ``x`` of each rail."""
    _place_main(rows)
    return _place_annex(rows, rail_arrows)


def distance(left: Slot, right: Slot) -> float:
    """The least distance between the middles of two neighbours."""
    gap = BOX_GAP if left.is_box and right.is_box else LANE_GAP
    return (left.width + right.width) / 2 + gap


def _place_main(rows: Rows) -> None:
    near: dict[str, list[tuple[Slot, float]]] = defaultdict(list)
    for upper, lower in sorted(rows.segments()):
        if upper not in rows.annex and lower not in rows.annex:
            one, other = rows.slots[upper], rows.slots[lower]
            weight = _pull(one, other)
            near[upper].append((other, weight))
            near[lower].append((one, weight))
    lines = [[slot for slot in row if slot.key not in rows.annex] for row in rows.rows]
    for line in lines:
        _settle(line, [0.0] * len(line), [1.0] * len(line))
    sweeps = _SWEEPS if len(rows.slots) <= _MANY else _SWEEPS_OF_MANY
    for sweep in range(sweeps):
        last = sweep >= sweeps - 2
        for line in lines if sweep % 2 == 0 else lines[::-1]:
            wishes, weights = [], []
            for slot in line:
                joined = [
                    (other.x, weight)
                    for other, weight in near[slot.key]
                    if last or (other.row < slot.row) == (sweep % 2 == 0)
                ]
                total = sum(weight for _, weight in joined)
                wishes.append(sum(x * weight for x, weight in joined) / total if total else slot.x)
                weights.append(total or 0.01)
            _settle(line, wishes, weights)
    _straighten(lines, near, _STRAIGHTENINGS if len(rows.slots) <= _MANY else _STRAIGHTENINGS_OF_MANY)
    left = min((slot.x - slot.width / 2 for line in lines for slot in line), default=0.0)
    for line in lines:
        for slot in line:
            slot.x = round(slot.x - left + MARGIN, 1)


def _pull(one: Slot, other: Slot) -> float:
    """How much two neighbours want to be one above the other: lanes that go on more than anything."""
    if one.is_box or other.is_box:
        # What many share must not be drawn to and fro by each of them.
        is_shared = one.key.startswith(("\0out", "\0in")) or other.key.startswith(("\0out", "\0in"))
        return 0.1 if is_shared else 1.0 if one.is_box and other.is_box else 2.0
    return 8.0


def _straighten(lines: Sequence[Sequence[Slot]], near: Mapping[str, Sequence[tuple[Slot, float]]], times: int) -> None:
    """Give all lanes of one way the same x, as far as the boxes between them let it be."""
    for _ in range(times):
        wishes: dict[str, float] = {}
        for line in lines:
            for slot in line:
                if slot.key not in wishes and _is_lane(slot):
                    column = _column(slot, near)
                    middle = sum(one.x for one in column) / len(column)
                    wishes.update((one.key, middle) for one in column)
        for line in lines:
            _settle(
                line,
                [wishes.get(slot.key, slot.x) for slot in line],
                [50.0 if slot.key in wishes else 1.0 for slot in line],
            )


def _is_lane(slot: Slot) -> bool:
    return not slot.is_box and slot.height == 0


def _column(first: Slot, near: Mapping[str, Sequence[tuple[Slot, float]]]) -> list[Slot]:
    """``first`` and the lanes below that carry the same way on."""
    column = [first]
    while below := [slot for slot, _ in near[column[-1].key] if slot.row > column[-1].row and _is_lane(slot)]:
        column.append(below[0])
    return column


def _settle(line: Sequence[Slot], wishes: Sequence[float], weights: Sequence[float]) -> None:
    """The places in order, none too near to the next, whose weighted squared distances from the wishes are least.

    Source: the pool-adjacent-violators algorithm, on the wishes less the room that the slots before need.
    """
    offset, offsets = 0.0, []
    for number, slot in enumerate(line):
        offset += distance(line[number - 1], slot) if number else 0.0
        offsets.append(offset)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for wish, weight, room in zip(wishes, weights, offsets, strict=True):
        mean, total, count = wish - room, weight, 1
        while pools and pools[-1][0] > mean:
            before, its_weight, its_count = pools.pop()
            mean = (mean * total + before * its_weight) / (total + its_weight)
            total, count = total + its_weight, count + its_count
        pools.append((mean, total, count))
    settled = [mean for mean, _, count in pools for _ in range(count)]
    for slot, place, room in zip(line, settled, offsets, strict=True):
        slot.x = place + room


def _place_annex(rows: Rows, rail_arrows: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, float]:
    """Rails to the right of what they pass, and what hangs on them below, row by row."""
    above: dict[str, list[Slot]] = defaultdict(list)
    for upper, lower in sorted(rows.segments()):
        above[lower].append(rows.slots[upper])
    extents = [max((slot.right for slot in row if slot.key not in rows.annex), default=MARGIN) for row in rows.rows]
    rails: dict[str, float] = {}
    for row in rows.rows:
        for slot in row:
            arrows = rail_arrows.get(slot.key)
            if arrows:
                first = min(source_row for _, source_row in arrows)
                lane = round(max(extents[first : slot.row]) + RAIL_GAP, 1)
                rails[slot.key] = lane
                extents[first : slot.row] = [lane] * (slot.row - first)
            if slot.key in rows.annex:
                joined = [other.x for other in above[slot.key]]
                wish = rails.get(slot.key) or (sum(joined) / len(joined) if joined else 0.0)
                gap = BOX_GAP if slot.is_box else LANE_GAP
                slot.x = round(max(wish, extents[slot.row] + gap + slot.width / 2), 1)
                extents[slot.row] = slot.right
    return rails


def place_heights(rows: Rows, channels: Sequence[int]) -> None:
    """Set ``y`` of every slot; ``channels`` are how many rails run sideways below each row."""
    top = MARGIN
    for row, count in zip(rows.rows, channels, strict=True):
        height = max((slot.height for slot in row), default=0.0)
        for slot in row:
            slot.y = top + height / 2
        top += height + ROW_GAP + CHANNEL * count
