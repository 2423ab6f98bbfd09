"""Threads for the calls of members: bounded for each version, so that one that hangs takes nobody else's.

Python cannot end a thread. A call that hangs keeps its slot for ``hang_s``; then it is written off, another may take
the slot, and the thread ends when its call returns, if it ever does. At most as many calls are written off as there are
slots: after that the version is closed until one of them returns or a new version takes its place, which begins with
all slots free. The threads are daemons, so that none of them holds up the service's end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from serving.loading import Loaded

SLOTS = 16
HANG_S = 30.0


@dataclass(frozen=True)
class Load:
    """The calls of one version that have not returned: those that count against its slots, and the others."""

    running: int = 0
    written_off: int = 0


@dataclass
class _Lane:
    """Calls that have not returned, by number: when they began."""

    running: dict[int, float] = field(default_factory=dict)
    written_off: set[int] = field(default_factory=set)


class Lanes:
    """A lane for each version that is called; it goes when the version does."""

    def __init__(self, slots: int = SLOTS, hang_s: float = HANG_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._slots = slots
        self._hang_s = hang_s
        self._clock = clock
        self._lanes: WeakKeyDictionary[Loaded, _Lane] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._calls = 0

    def start(self, loaded: Loaded, call: Callable[[], None]) -> str:
        """Run ``call`` in a thread of its own; gives why not, or nothing."""
        with self._lock:
            lane = self._lanes.setdefault(loaded, _Lane())
            if len(lane.running) >= self._slots and not self._write_off(lane):
                overdue = f" and {len(lane.written_off)} that hang" if lane.written_off else ""
                return f"busy with {len(lane.running)} calls{overdue}"
            self._calls += 1
            number = self._calls
            lane.running[number] = self._clock()

        def run() -> None:
            try:
                call()
            finally:
                self._end(lane, number)

        try:
            threading.Thread(target=run, name=f"ask-{loaded.manifest.name}", daemon=True).start()
        except RuntimeError as error:  # the system gives no more threads
            self._end(lane, number)
            return f"cannot be called: {error}"
        return ""

    def load(self, loaded: Loaded) -> Load:
        """What a version has to do just now."""
        with self._lock:
            lane = self._lanes.get(loaded)
            return Load(len(lane.running), len(lane.written_off)) if lane else Load()

    def _write_off(self, lane: _Lane) -> bool:
        """Free the slots of calls that hang, as many as may be; whether there was one."""
        hung = [number for number, began in lane.running.items() if self._clock() - began >= self._hang_s]
        for number in hung[: self._slots - len(lane.written_off)]:
            del lane.running[number]
            lane.written_off.add(number)
        return len(lane.running) < self._slots

    def _end(self, lane: _Lane, number: int) -> None:
        with self._lock:
            lane.running.pop(number, None)
            lane.written_off.discard(number)
