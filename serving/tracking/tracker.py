"""A worker's part of tracking: one line appended for each request that was answered, and a thread that looks after it.

The line is written before the answer leaves, so what a client was told is in the spool even if the worker is killed the
next moment. A request waits for nothing else: not for the disk, not for the repository.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from models.manifest import Manifest
from models.scorer.interface import Answer
from models.tracked.records import Fact, as_key
from serving.errors import ServingError
from serving.tracking.counts import DropCount, Dropped, SharedDrops
from serving.tracking.segments import Segment, as_line, measure
from serving.tracking.settings import TrackingSettings
from serving.tracking.supervision import WriterProcess

_log = logging.getLogger(__name__)

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_MOST_HEADS = 64
_LONGEST_WAIT_S = 10.0
_TRIES = 3


class Tracker:
    """Appends to this worker's segment. One for each process, made after the fork; used by all of its threads."""

    def __init__(
        self,
        settings: TrackingSettings,
        *,
        drops: DropCount | None = None,
        ensure_writer: Callable[[], None] | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """``drops`` counts what is not tracked, here alone where none is given.

        ``ensure_writer`` is called about every ``sync_s``; without it, a process of its own is seen to.
        """
        self.settings = settings
        self._spool = settings.folder
        self._owner = uuid.uuid4().hex
        self._segments = 0
        self._opened = 0.0
        self._heads: dict[tuple[str, int], tuple[Manifest, str]] = {}
        self._state = threading.Condition()  # guards what follows
        self._segment: Segment | None = None
        self._room = 0
        self._written = 0  # lines, ever
        self._synced = 0
        self._failed = 0
        self._drops = drops or SharedDrops().part(0)
        self._dropped = 0
        self._seen = 0
        self._problem = ""
        self._noted = ""
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._ensure_writer = ensure_writer or WriterProcess(settings).ensure
        self._now_ns = now_ns

    # -- the life of a worker ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to track. A spool that cannot be had now is tried again: answers do not wait for it."""
        self._look()
        self._thread = threading.Thread(target=self._watch, name="tracking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave all that was tracked to the writer."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._state:
            segment, self._segment = self._segment, None
        if segment is not None:
            self._close(segment)

    # -- what requests call --------------------------------------------------------------------------------------------

    def record(
        self,
        manifest: Manifest,
        request_id: str,
        rows: Sequence[Mapping[str, object]],
        answers: Sequence[Answer],
    ) -> None:
        """Track ``answers`` of one version to ``rows``; what cannot be is counted, and never an error."""
        privacy, key = self.settings.privacy, self.settings.key_field
        record: dict[str, object] = {
            "request_id": request_id,
            "time": self._now_ns() // 1000,
            "inputs": privacy.conceal(rows),
            "answers": [(answer.prediction, answer.probability) for answer in answers],
        }
        if key:
            record["keys"] = [as_key(privacy.hash(key, row.get(key))) for row in rows]
        line = as_line((self._head(manifest) + _encode(record)[1:]).encode("ascii"))
        with self._state:
            if not self._append(line):
                self._drops.add(len(answers))

    def tell(self, facts: Sequence[Fact]) -> None:
        """Track labels; returns when the disk itself has them. Raises: ServingError H542."""
        line = as_line(_encode({"facts": [vars(fact) for fact in facts]}).encode("ascii"))
        with self._state:
            if self._append(line):
                ticket = self._written
                self._wake.set()
                self._state.wait_for(lambda: max(self._synced, self._failed) >= ticket, _LONGEST_WAIT_S)
                if self._failed < ticket <= self._synced:
                    return
            reason = self._problem or "the disk does not answer"
        raise ServingError("H542", f"labels cannot be kept now: {reason}", hint="send them again later")

    @property
    def dropped(self) -> Dropped:
        """What all workers of the service dropped."""
        return self._drops.total()

    def _head(self, manifest: Manifest) -> str:
        """The part of a line that is the version's, an object that is still open."""
        place = (manifest.name, manifest.version)
        found = self._heads.get(place)
        if found is None or found[0] is not manifest:
            version = {"model": manifest.name, "version": manifest.version, "manifest": manifest.digest}
            found = manifest, _encode({**version, "classes": manifest.classes})[:-1] + ","
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            self._heads[place] = found
        return found[1]

    def _append(self, line: bytes) -> bool:
        """Whether ``line`` is in the spool now."""
        if self._segment is None:
            return False
        if len(line) > self._room:
            self._problem = f"{self._spool} holds all that it may, {self.settings.spool_bytes} bytes"
            return False
        try:
            self._segment.append(line)
        except OSError as error:
            self._problem = f"{self._spool}: {error.strerror}"
            return False
        self._room -= len(line)
        self._written += 1
        if self._segment.size >= self.settings.segment_bytes:
            self._wake.set()
        return True

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self.settings.sync_s)
            self._wake.clear()
            try:
                self._look()
            except Exception:
                # The thread outlives any surprise: without it nothing would be synced or delivered any more.
                _log.exception("Tracking failed, and goes on")

    def _look(self) -> None:
        """Measure the spool, begin a new segment where it is time to, let the disk have what was written."""
        try:
            self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
            room = self.settings.spool_bytes - measure(self._spool)[1]
            with self._state:
                self._room = room
            self._rotate()
            self._sync()
        except OSError as error:
            self._note(f"{self._spool}: {error.strerror}")
        else:
            self._note("")
        self._ensure_writer()

    def _note(self, problem: str) -> None:
        """Log when tracking begins to fail and when a line is written again; a line that was dropped is a failure."""
        with self._state:
            dropped = self._drops.dropped
            if dropped > self._dropped:
                problem = problem or self._problem
            elif self._written == self._seen:
                problem = problem or self._noted  # nobody has tried since
            self._seen = self._written
            self._dropped, before, self._noted = dropped, self._noted, problem
            self._problem = problem
        if problem and problem != before:
            _log.warning("Predictions are not tracked now: %s", problem)
        if before and not problem:
            _log.warning("Predictions are tracked again; this process dropped %d until now", dropped)

    def _rotate(self) -> None:
        """A new segment in the place of one that is full, or old enough and not empty. Raises: OSError."""
        old = self._segment
        age = time.monotonic() - self._opened
        if old is not None and not (
            old.size >= self.settings.segment_bytes or (old.size and age >= self.settings.deliver_s)
        ):
            return
        new = self._begin()
        self._opened = time.monotonic()
        with self._state:
            self._segment = new
        if old is not None:
            self._close(old)

    def _begin(self) -> Segment:
        """A fresh segment. Raises: OSError."""
        for _ in range(_TRIES):
            self._segments += 1
            with suppress(BlockingIOError):  # a writer that looked at it the moment it was made takes it away again
                return Segment(self._spool, self._owner, self._segments)
        self._segments += 1
        return Segment(self._spool, self._owner, self._segments)

    def _sync(self) -> None:
        """Raises: OSError."""
        with self._state:
            segment, ticket = self._segment, self._written
            if segment is None or ticket == self._synced:
                return
        try:
            segment.sync()
        except OSError:
            self._fail(ticket)
            raise
        with self._state:
            self._synced = ticket
            self._state.notify_all()

    def _close(self, segment: Segment) -> None:
        try:
            segment.sync()
        except OSError as error:
            self._fail(self._written)
            _log.warning("Tracking: %s: %s", segment.path, error.strerror)
        finally:
            segment.close()

    def _fail(self, ticket: int) -> None:
        """What the disk refused once is not asked for again: a good answer then would say nothing of the first."""
        with self._state:
            self._failed = ticket
            self._state.notify_all()
