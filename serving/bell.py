"""How one worker tells the others to look for new versions at once, and learns that they have.

Each worker has three numbers in memory that all share, and only it writes them: how often it rang, how many rings of
all workers it had heard when its last look began, and whether it is there at all. The number of rings is the sum over
all, so that two who ring at once need no lock.
"""

from __future__ import annotations

import mmap
import threading
import time

_TICK_S = 0.02
_NUMBER_BYTES = 8


class SharedBell:
    """The memory for up to ``slots`` workers; made before they are forked."""

    def __init__(self, slots: int = 1) -> None:
        numbers = memoryview(mmap.mmap(-1, 3 * slots * _NUMBER_BYTES)).cast("q")
        self._rung, self._heard = numbers[:slots], numbers[slots : 2 * slots]
        self._present = numbers[2 * slots :]

    def part(self, slot: int) -> Bell:
        """The bell as the worker in ``slot`` has it; from now on it is waited for."""
        self._heard[slot] = 0
        self._present[slot] = 1
        return Bell(self, slot)

    def leave(self, slot: int) -> None:
        """The worker in ``slot`` is no more; what it rang counts on."""
        self._present[slot] = 0

    @property
    def rings(self) -> int:
        """How often anybody rang."""
        return sum(self._rung)

    def ring(self, slot: int) -> None:
        """Count one more ring of ``slot``."""
        self._rung[slot] += 1

    def hear(self, slot: int, rings: int) -> None:
        """Note that ``slot`` has looked after that many rings."""
        self._heard[slot] = rings

    def laggards(self, rings: int) -> int:
        """How many workers have not looked since there were that many rings."""
        return sum(present and heard < rings for present, heard in zip(self._present, self._heard, strict=True))


class Bell:
    """The bell in one worker."""

    def __init__(self, shared: SharedBell, slot: int) -> None:
        self._shared = shared
        self._slot = slot
        self._lock = threading.Lock()

    @property
    def rings(self) -> int:
        """How often anybody rang; a look that begins now answers all of these."""
        return self._shared.rings

    def hear(self, rings: int) -> None:
        """Say that a look which began after ``rings`` is done."""
        self._shared.hear(self._slot, rings)

    def wait(self, rings: int, longest_s: float, stop: threading.Event) -> None:
        """Return at the next ring after ``rings``, after ``longest_s``, or when ``stop`` is set."""
        end = time.monotonic() + longest_s
        while self._shared.rings == rings and (left := end - time.monotonic()) > 0:
            if stop.wait(min(left, _TICK_S)):
                return

    def ring(self, longest_s: float) -> int:
        """Let every worker look; gives how many have not after ``longest_s``."""
        with self._lock:
            self._shared.ring(self._slot)
            rings = self._shared.rings
        end = time.monotonic() + longest_s
        while (late := self._shared.laggards(rings)) and time.monotonic() < end:
            time.sleep(_TICK_S / 4)
        return late
