"""What the workers of a service could not track, in memory that all of them share: a full disk cannot lose it.

Each worker writes numbers of its own, which outlive it: how many predictions it dropped, and when it last did.
"""

from __future__ import annotations

import mmap
import time
from dataclasses import dataclass

_NUMBER_BYTES = 8


@dataclass(frozen=True)
class Dropped:
    """Over all workers of a service; ``last_s`` is seconds since the last one."""

    count: int
    last_s: float | None


class SharedDrops:
    """The memory for up to ``slots`` workers at once; made before they are forked."""

    def __init__(self, slots: int = 1) -> None:
        numbers = memoryview(mmap.mmap(-1, 2 * slots * _NUMBER_BYTES)).cast("d")
        self._counts, self._moments = numbers[:slots], numbers[slots:]

    def part(self, slot: int) -> DropCount:
        """What the worker in ``slot`` counts in, after what its predecessor there had counted."""
        return DropCount(self, slot)

    def add(self, slot: int, count: int) -> None:
        """Count ``count`` more of ``slot``."""
        # The machine's monotonic clock, which all its processes share, and which nobody can set.
        self._moments[slot] = time.monotonic()
        self._counts[slot] += count

    def total(self) -> Dropped:
        """What all workers dropped, those that have ended too."""
        count = int(sum(self._counts))
        return Dropped(count, max(0.0, time.monotonic() - max(self._moments)) if count else None)


class DropCount:
    """How many predictions one worker dropped, from one thread at a time."""

    def __init__(self, shared: SharedDrops, slot: int) -> None:
        self._shared = shared
        self._slot = slot
        self.dropped = 0

    def add(self, count: int) -> None:
        """Count ``count`` more."""
        self.dropped += count
        self._shared.add(self._slot, count)

    def total(self) -> Dropped:
        """What all workers of the service dropped."""
        return self._shared.total()
