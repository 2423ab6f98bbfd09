"""Where the ways out of a node come together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def meeting_points(successors: Mapping[str, Sequence[str]], last: str) -> dict[str, str]:
    """For each node the nearest one that every way from it to ``last`` passes; ways that never end there do not count.

    The immediate post-dominators, by the iteration of Cooper, Harvey and Kennedy over the reversed graph.
    """
    predecessors: dict[str, list[str]] = {}
    for name, following in successors.items():
        for other in following:
            predecessors.setdefault(other, []).append(name)
    order = _post_order(predecessors, last)
    rank = {name: number for number, name in enumerate(order)}
    found: dict[str, str] = {last: last}
    changed = True
    while changed:
        changed = False
        for name in reversed(order):
            if name == last:
                continue
            meeting = ""
            for other in successors.get(name, ()):
                if other in found:
                    meeting = _common(meeting, other, found, rank) if meeting else other
            if meeting and found.get(name) != meeting:
                found[name] = meeting
                changed = True
    del found[last]
    return found


def _common(first: str, second: str, found: Mapping[str, str], rank: Mapping[str, int]) -> str:
    while first != second:
        while rank[first] < rank[second]:
            first = found[first]
        while rank[second] < rank[first]:
            second = found[second]
    return first


def _post_order(edges: Mapping[str, Sequence[str]], root: str) -> list[str]:
    """The nodes that ``root`` reaches, each behind all that were first reached through it."""
    order: list[str] = []
    seen = {root}
    waiting = [(root, iter(edges.get(root, ())))]
    while waiting:
        name, rest = waiting[-1]
        for other in rest:
            if other not in seen:
                seen.add(other)
                waiting.append((other, iter(edges.get(other, ()))))
                break
        else:
            order.append(name)
            waiting.pop()
    return order
