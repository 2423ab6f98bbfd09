"""Threads for the calls of members: a few for each version, so that one that hangs takes nobody else's.

A call that has not begun by its deadline never begins, so that a service with too much to do does not also do what
nobody waits for. A version all of whose threads are overdue gets no more calls until one returns: nobody waits for it.

Python cannot end a thread. One whose call runs longer than ``hang_s`` is written off: another takes its place, and it
ends when its call returns, if it ever does. At most as many are written off as a version has threads; then it is closed
until one of them returns, or a new version takes its place, which begins with threads of its own. All are daemons, so
that none of them holds up the service's end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from weakref import WeakKeyDictionary, finalize

from serving.loading import Loaded

THREADS = 4
HANG_S = 30.0
MOST_WAITING = 64


@dataclass(frozen=True)
class Load:
    """The calls of one version that have not returned: waiting, running, and running but written off."""

    waiting: int = 0
    running: int = 0
    written_off: int = 0


@dataclass(frozen=True, eq=False)
class _Task:
    call: Callable[[], None]
    expire: Callable[[], None]
    deadline: float


@dataclass
class _Lane:
    """The threads of one version: how many (without those written off), and when the call of each busy one began."""

    tasks: SimpleQueue[_Task | None] = field(default_factory=SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    threads: int = 0
    waiting: int = 0
    running: dict[_Task, float] = field(default_factory=dict)
    written_off: set[_Task] = field(default_factory=set)


class Lanes:
    """A lane for each version that is called; its threads end when the version leaves memory."""

    def __init__(
        self, threads: int = THREADS, hang_s: float = HANG_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._threads = threads
        self._hang_s = hang_s
        self._clock = clock
        self._lanes: WeakKeyDictionary[Loaded, _Lane] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def submit(self, loaded: Loaded, call: Callable[[], None], expire: Callable[[], None], deadline: float) -> str:
        """Have a thread of the version run ``call``, or ``expire`` when it comes to it after ``deadline``.

        Gives why neither will be, or nothing. Neither may raise.
        """
        lane = self._lane(loaded)
        with lane.lock:
            refusal = self._make_room(lane)
            if refusal:
                return refusal
            lane.waiting += 1
            lane.tasks.put(_Task(call, expire, deadline))
        return ""

    def load(self, loaded: Loaded) -> Load:
        """What a version has to do just now."""
        lane = self._lane(loaded)
        with lane.lock:
            return Load(lane.waiting, len(lane.running), len(lane.written_off))

    def _lane(self, loaded: Loaded) -> _Lane:
        with self._lock:
            lane = self._lanes.get(loaded)
            if lane is None:
                lane = self._lanes[loaded] = _Lane()
                finalize(loaded, _close, lane.tasks, 2 * self._threads).atexit = False
            return lane

    def _make_room(self, lane: _Lane) -> str:
        """See that one more call has a thread to wait for; gives why it has none, or nothing."""
        now = self._clock()
        if lane.threads == self._threads and all(task.deadline < now for task in lane.running):
            self._write_off(lane, now)
        if lane.threads - len(lane.running) > lane.waiting:
            return ""
        if lane.threads < self._threads:
            return self._begin(lane)
        if len(lane.running) == lane.threads and all(task.deadline < now for task in lane.running):
            hanging = f", {len(lane.written_off)} more hang" if lane.written_off else ""
            return f"busy, {len(lane.running)} calls are overdue{hanging}"
        return f"busy, {lane.waiting} calls wait" if lane.waiting >= MOST_WAITING else ""

    def _begin(self, lane: _Lane) -> str:
        try:
            threading.Thread(target=_work, args=(lane, self._clock), name="member", daemon=True).start()
        except RuntimeError as error:  # the system gives no more threads
            return f"cannot be called: {error}" if not lane.threads else ""
        lane.threads += 1
        return ""

    def _write_off(self, lane: _Lane, now: float) -> None:
        """Give up calls that hang, as many as may be."""
        hung = [task for task, began in lane.running.items() if now - began >= self._hang_s]
        for task in hung[: self._threads - len(lane.written_off)]:
            del lane.running[task]
            lane.written_off.add(task)
            lane.threads -= 1


def _work(lane: _Lane, clock: Callable[[], float]) -> None:
    """A thread's life."""
    while _work_once(lane, clock):
        pass


def _work_once(lane: _Lane, clock: Callable[[], float]) -> bool:
    """One call; whether the thread goes on. It keeps nothing of it: an idle thread holds no version in memory."""
    task = lane.tasks.get()
    if task is None:
        return False
    began = clock()
    with lane.lock:
        lane.waiting -= 1
        lane.running[task] = began
    if began < task.deadline:
        task.call()
    else:
        task.expire()
    with lane.lock:
        if task in lane.written_off:
            lane.written_off.remove(task)
            return False
        del lane.running[task]
        return True


def _close(tasks: SimpleQueue[_Task | None], threads: int) -> None:
    """End the threads of a version that has gone; without a lock, since it may be called in the midst of anything."""
    for _ in range(threads):
        tasks.put(None)
