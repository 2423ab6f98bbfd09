"""How often each version answered, how long it took, and what it refused: over all workers, and over their lives.

Each worker counts in a part of its own of memory that all of them share, so that it waits for nobody and every worker
can add up all parts. The memory belongs to the process that started the workers: what a killed worker had counted
stays, and the worker that takes its place counts on from there. Nothing is written to a disk that could be full.
"""

from __future__ import annotations

import math
import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from serving.loading import Loaded

# Upper bounds of the latency histogram, in seconds; the last one is infinity.
BOUNDS_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, math.inf)

# A row: 32 numbers of 8 bytes. The version is written last, so that a row is there as a whole or not at all.
_VERSION, _SINCE, _DURATION, _SHORTEST, _LONGEST, _RECORDS, _REFUSED, _FAILED = range(8)
_BUCKETS = 8
_NAME = _BUCKETS + len(BOUNDS_S)
_NAME_NUMBERS = 9  # 72 bytes: a name has 64 characters, all ASCII
_WIDTH = 32
_ROWS = 512
_NUMBER_BYTES = 8

# The versions that came when all rows were taken, counted together.
OTHERS = ("", 0)


@dataclass
class Tally:
    """What one version did. Durations in seconds, from the records as read to the answer; ``since`` a Unix time.

    ``buckets`` counts the answers no slower than each of :data:`BOUNDS_S` and slower than the one before. ``refused``
    are requests that did not fit the model, ``failed`` those at which the model or the service failed.
    """

    since: float = math.inf
    duration_s: float = 0.0
    shortest_s: float = math.inf
    longest_s: float = 0.0
    records: int = 0
    refused: int = 0
    failed: int = 0
    buckets: tuple[int, ...] = (0,) * len(BOUNDS_S)

    @property
    def answers(self) -> int:
        """How many requests were answered."""
        return sum(self.buckets)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            since=min(self.since, other.since),
            duration_s=self.duration_s + other.duration_s,
            shortest_s=min(self.shortest_s, other.shortest_s),
            longest_s=max(self.longest_s, other.longest_s),
            records=self.records + other.records,
            refused=self.refused + other.refused,
            failed=self.failed + other.failed,
            buckets=tuple(one + two for one, two in zip(self.buckets, other.buckets, strict=True)),
        )

    def quantile_s(self, share: float) -> float | None:
        """The bound below which ``share`` of the answers were, at most :attr:`longest_s`; None without an answer."""
        wanted = share * self.answers
        if not wanted:
            return None
        found = next(bound for bound, sofar in zip(BOUNDS_S, accumulate(self.buckets), strict=True) if sofar >= wanted)
        return min(found, self.longest_s)


class SharedCounts:
    """The memory for up to ``slots`` workers at once; made before they are forked. Untouched parts cost nothing."""

    def __init__(self, slots: int = 1) -> None:
        memory = mmap.mmap(-1, slots * _ROWS * _WIDTH * _NUMBER_BYTES)
        self._bytes = memoryview(memory)
        self._numbers = self._bytes.cast("d")
        self._slots = slots

    def part(self, slot: int) -> Statistics:
        """What the worker in ``slot`` counts in, with what its predecessor there had counted."""
        return Statistics(self, slot)

    def totals(self) -> dict[tuple[str, int], Tally]:
        """Model and version → what all workers, living and dead, have counted; sorted."""
        found: dict[tuple[str, int], Tally] = {}
        for slot in range(self._slots):
            for key, start in self.rows(slot):
                found[key] = found.get(key, Tally()) + self._tally(start)
        return dict(sorted(found.items()))

    def rows(self, slot: int) -> Iterator[tuple[tuple[str, int], int]]:
        """Model and version, and where their row begins, of each row that ``slot`` has."""
        first = slot * _ROWS * _WIDTH
        for start in range(first, first + _ROWS * _WIDTH, _WIDTH):
            version = self._numbers[start + _VERSION]
            if not version:
                return
            yield (self._name(start), max(int(version), 0)), start

    def take(self, start: int, name: str, version: int, since: float) -> None:
        """Make the row at ``start`` that of a version."""
        text = name.encode().ljust(_NAME_NUMBERS * _NUMBER_BYTES, b"\0")
        place = (start + _NAME) * _NUMBER_BYTES
        self._bytes[place : place + len(text)] = text
        self._numbers[start + _SINCE] = since
        self._numbers[start + _SHORTEST] = math.inf
        self._numbers[start + _VERSION] = version or -1

    @property
    def numbers(self) -> memoryview[float]:
        """The rows, as doubles."""
        return self._numbers

    def _name(self, start: int) -> str:
        place = (start + _NAME) * _NUMBER_BYTES
        return bytes(self._bytes[place : place + _NAME_NUMBERS * _NUMBER_BYTES]).rstrip(b"\0").decode()

    def _tally(self, start: int) -> Tally:
        row = self._numbers[start : start + _WIDTH].tolist()
        return Tally(
            since=row[_SINCE],
            duration_s=row[_DURATION],
            shortest_s=row[_SHORTEST],
            longest_s=row[_LONGEST],
            records=int(row[_RECORDS]),
            refused=int(row[_REFUSED]),
            failed=int(row[_FAILED]),
            buckets=tuple(map(int, row[_BUCKETS:_NAME])),
        )


class Statistics:
    """What one worker counts, in any of its threads."""

    def __init__(self, shared: SharedCounts, slot: int) -> None:
        self._shared = shared
        self._numbers = shared.numbers
        self._lock = threading.Lock()
        self._starts = dict(shared.rows(slot))
        self._first = slot * _ROWS * _WIDTH

    def totals(self) -> dict[tuple[str, int], Tally]:
        """What all workers have counted."""
        return self._shared.totals()

    def count_answer(self, loaded: Loaded, duration_s: float, records: int) -> None:
        """One more request that ``loaded`` answered."""
        bucket = _BUCKETS + bisect_left(BOUNDS_S, duration_s)
        numbers = self._numbers
        with self._lock:
            start = self._start(loaded)
            numbers[start + _DURATION] += duration_s
            numbers[start + _RECORDS] += records
            numbers[start + _SHORTEST] = min(numbers[start + _SHORTEST], duration_s)
            numbers[start + _LONGEST] = max(numbers[start + _LONGEST], duration_s)
            numbers[start + bucket] += 1

    def count_refusal(self, loaded: Loaded) -> None:
        """One more request that does not fit ``loaded``."""
        with self._lock:
            self._numbers[self._start(loaded) + _REFUSED] += 1

    def count_failure(self, loaded: Loaded) -> None:
        """One more request at which ``loaded`` failed."""
        with self._lock:
            self._numbers[self._start(loaded) + _FAILED] += 1

    def _start(self, loaded: Loaded) -> int:
        key = (loaded.manifest.name, loaded.manifest.version)
        start = self._starts.get(key)
        if start is None:
            if len(self._starts) >= _ROWS - 1:
                key = OTHERS
                start = self._starts.get(key)
            if start is None:
                start = self._first + len(self._starts) * _WIDTH
                self._shared.take(start, *key, loaded.since.timestamp())
                self._starts[key] = start
        return start
