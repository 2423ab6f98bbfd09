"""What a worker could not track, kept in a small file of its own that is there before the disk is full."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = ".counts"
_OLD_S = 7 * 24 * 3600.0


class DropCount:
    """How many predictions of this worker were dropped; said to the other processes where the disk lets us."""

    def __init__(self, spool: Path, service: str, owner: str) -> None:
        self._path = spool / f"{service}-{owner}{_SUFFIX}"
        self._descriptor: int | None = None
        self._is_told = False
        self.dropped = 0
        self.tell()

    def add(self, count: int) -> None:
        """Count ``count`` more."""
        self.dropped += count
        self._is_told = False
        self.tell()

    def tell(self) -> None:
        """Write the number, unless it is written; where the disk refuses, the next call tries again."""
        if self._is_told:
            return
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            # The machine's monotonic clock, which all its processes share, and which nobody can set.
            os.pwrite(self._descriptor, b"%020d %020.3f\n" % (self.dropped, time.monotonic()), 0)
            self._is_told = True

    def close(self) -> None:
        """The file stays, for the service's other workers to count."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@dataclass(frozen=True)
class Dropped:
    """Over all workers of a service; ``last_s`` is seconds since the last one."""

    count: int
    last_s: float | None


def count_dropped(spool: Path, service: str) -> Dropped:
    """What the workers of ``service`` dropped, those that have ended too."""
    count, last = 0, None
    for path in spool.glob(f"{service}-*{_SUFFIX}"):
        with suppress(OSError, ValueError):  # its worker is just making it
            dropped, moment = path.read_text("ascii").split()
            if int(dropped):
                count += int(dropped)
                last = max(last or 0.0, float(moment))
    return Dropped(count, None if last is None else max(0.0, time.monotonic() - last))


def remove_old_counts(spool: Path) -> None:
    """Delete what services left that have not run for a week."""
    for path in spool.glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _OLD_S:
                path.unlink()
