"""Which children an element may have, in which order: DTD-like notation, turned into an automaton.

``job-tracker? name-node? (command | arg+) file*`` reads as in a DTD, with blanks where a DTD has commas. ``tag:type``
gives a child a type of another name than its tag. ``#other`` stands for an element of another namespace, ``#sla`` for
one of any SLA namespace, ``#sla-0.1`` for one of the first.

Source: the construction is Glushkov's; a state is the position of the last child in the notation.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

START = -1

_TOKEN = re.compile(r"[()|?*+]|[#\w][\w.:-]*")


@dataclass(frozen=True)
class ContentModel:
    """The automaton: for each position its tag, its type and the positions that may follow it."""

    tags: tuple[str, ...]
    types: tuple[str, ...]
    follow: tuple[frozenset[int], ...]
    first: frozenset[int]
    last: frozenset[int]
    is_nullable: bool

    def next(self, state: int, candidates: Collection[str]) -> int | None:
        """The state after a child that can be taken for any of ``candidates``, or None where it may not stand."""
        return next((p for p in self._after(state) if self.tags[p] in candidates), None)

    def expected(self, state: int) -> list[str]:
        """What may come next, in the order of the notation."""
        return list(dict.fromkeys(self.tags[p] for p in sorted(self._after(state))))

    def missing_before(self, state: int, candidates: Collection[str]) -> tuple[list[str], int] | None:
        """The fewest children that lack before one of ``candidates``, and the state after it; None: it is too late."""
        return self._shortest(state, lambda position: self.tags[position] in candidates)

    def missing_at_end(self, state: int) -> list[str]:
        """The fewest children that lack when no more come."""
        if state in self.last or (state == START and self.is_nullable):
            return []
        passed, goal = self._shortest(state, self.last.__contains__) or ([], START)
        return [*passed, self.tags[goal]]

    def between(self, state: int, after: int | None) -> list[str]:
        """Each child that alone would lead from ``state`` to ``after``, or to an end where ``after`` is None."""
        goals = self.last if after is None else frozenset({after})
        ways = (p for p in sorted(self._after(state)) if (p in goals if after is None else goals & self.follow[p]))
        return list(dict.fromkeys(self.tags[p] for p in ways))

    def type_of(self, candidates: Collection[str]) -> str | None:
        """The type of such a child wherever it stands, None where this element never has one."""
        return next((self.types[i] for i, tag in enumerate(self.tags) if tag in candidates), None)

    def _after(self, state: int) -> frozenset[int]:
        return self.first if state == START else self.follow[state]

    def _shortest(self, state: int, is_goal: Callable[[int], bool]) -> tuple[list[str], int] | None:
        """The tags passed on the shortest way to a goal, and the goal."""
        queue: deque[tuple[int, list[str]]] = deque([(state, [])])
        seen = {state}
        while queue:
            current, passed = queue.popleft()
            for position in sorted(self._after(current)):
                if is_goal(position):
                    return passed, position
                if position not in seen:
                    seen.add(position)
                    queue.append((position, [*passed, self.tags[position]]))
        return None


@cache
def content_model(notation: str) -> ContentModel:
    """The automaton of ``notation``."""
    parser = _Parser(_TOKEN.findall(notation))
    part = parser.choice()
    return ContentModel(
        tags=tuple(token.partition(":")[0] for token in parser.positions),
        types=tuple(token.rpartition(":")[2] for token in parser.positions),
        follow=tuple(map(frozenset, parser.follow)),
        first=part.first,
        last=part.last,
        is_nullable=part.is_nullable,
    )


@dataclass(frozen=True)
class _Part:
    """A piece of notation: where it may begin and end, and whether it may be absent."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    is_nullable: bool = True


class _Parser:
    """Recursive descent over the tokens; collects positions and what follows each."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.positions: list[str] = []
        self.follow: list[set[int]] = []

    def choice(self) -> _Part:
        part = self.sequence()
        while self.tokens and self.tokens[0] == "|":
            self.tokens.pop(0)
            other = self.sequence()
            part = _Part(part.first | other.first, part.last | other.last, part.is_nullable or other.is_nullable)
        return part

    def sequence(self) -> _Part:
        part = _Part()
        while self.tokens and self.tokens[0] not in "|)":
            other = self.repeated()
            self._link(part.last, other.first)
            part = _Part(
                part.first | other.first if part.is_nullable else part.first,
                part.last | other.last if other.is_nullable else other.last,
                part.is_nullable and other.is_nullable,
            )
        return part

    def repeated(self) -> _Part:
        part = self.single()
        while self.tokens and self.tokens[0] in "?*+":
            sign = self.tokens.pop(0)
            if sign in "*+":
                self._link(part.last, part.first)
            part = _Part(part.first, part.last, part.is_nullable or sign in "?*")
        return part

    def single(self) -> _Part:
        word = self.tokens.pop(0)
        if word == "(":
            part = self.choice()
            self.tokens.pop(0)
            return part
        self.positions.append(word)
        self.follow.append(set())
        here = frozenset({len(self.positions) - 1})
        return _Part(here, here, is_nullable=False)

    def _link(self, before: frozenset[int], after: frozenset[int]) -> None:
        for position in before:
            self.follow[position] |= after
