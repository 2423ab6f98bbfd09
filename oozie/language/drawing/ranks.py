"""In which row of the picture each node stands: below all that lead to it, and no row wider than a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from oozie.language.drawing.diagram import Arrow, Diagram

MOST_IN_A_ROW = 9


def backward_arrows(diagram: Diagram) -> frozenset[int]:
    """The indices of the arrows that close a loop: found depth first, in document order."""
    leaving: dict[str, list[int]] = defaultdict(list)
    for index, arrow in enumerate(diagram.arrows):
        leaving[arrow.source].append(index)
    found: set[int] = set()
    done: set[str] = set()
    first = sorted(diagram.boxes, key=lambda box: box.kind != "start")
    for root in first:
        if root.name not in done:
            _descend(root.name, leaving, diagram.arrows, done, found)
    return frozenset(found)


def _descend(
    root: str, leaving: dict[str, list[int]], arrows: Sequence[Arrow], done: set[str], found: set[int]
) -> None:
    # A stack of our own, for workflows are longer than Python's is deep.
    path = {root}
    stack = [(root, iter(leaving[root]))]
    while stack:
        name, rest = stack[-1]
        for index in rest:
            target = arrows[index].target
            if target in path:
                found.add(index)
            elif target not in done:
                path.add(target)
                stack.append((target, iter(leaving[target])))
                break
        else:
            stack.pop()
            path.discard(name)
            done.add(name)


def rank(diagram: Diagram, backward: frozenset[int], most: int = MOST_IN_A_ROW) -> dict[str, int]:
    """The row of each node, from 0, ``most`` in a row; a labelled arrow skips a row, in which its label stands."""
    above: dict[str, list[tuple[str, int]]] = {box.name: [] for box in diagram.boxes}
    for index, arrow in enumerate(diagram.arrows):
        if arrow.source == arrow.target:
            continue
        one, other = (arrow.target, arrow.source) if index in backward else (arrow.source, arrow.target)
        above[other].append((one, 2 if arrow.label else 1))
    order = _sorted_by_need(above)
    unbounded = _rows(order, above, most=len(order))
    # In the order of the rows, so that what comes first is not pushed down by what comes later.
    return _rows(sorted(order, key=lambda name: unbounded[name]), above, most=most)


def _rows(order: Iterable[str], above: dict[str, list[tuple[str, int]]], most: int) -> dict[str, int]:
    rows: dict[str, int] = {}
    taken: dict[int, int] = defaultdict(int)
    for name in order:
        row = max((rows[one] + length for one, length in above[name]), default=0)
        while taken[row] >= most:
            row += 1
        taken[row] += 1
        rows[name] = row
    return rows


def _sorted_by_need(above: dict[str, list[tuple[str, int]]]) -> list[str]:
    """The names so that each comes after all that lead to it, else in document order."""
    left = {name: len(ones) for name, ones in above.items()}
    below: dict[str, list[str]] = defaultdict(list)
    for name, ones in above.items():
        for one, _ in ones:
            below[one].append(name)
    order = [name for name, count in left.items() if count == 0]
    for name in order:
        for other in below[name]:
            left[other] -= 1
            if left[other] == 0:
                order.append(other)
    return order
