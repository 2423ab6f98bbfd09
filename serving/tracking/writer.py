"""The process that delivers what the workers of this machine tracked: ``python -m serving.tracking.writer``.

It ends when no worker is left and everything is delivered, or when that cannot be: the next service goes on with it.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from models.tracked.partitions import delete_older
from serving.tracking.delivery import deliver
from serving.tracking.segments import find_segments, is_held
from serving.tracking.status import Status, write_status
from serving.tracking.supervision import LOCK
from storage.errors import Diagnostic, StorageError
from storage.filesystem import FileSystem
from storage.locks import try_lock
from storage.resolve import connect

_log = logging.getLogger(__name__)

_PATIENCE_S = 2.0  # for a lock that somebody only looks at
_LONGEST_PAUSE_S = 60.0
_TIDY_S = 3600.0


class Writer:
    """Delivers segments of one spool to one root, as long as there is one to come."""

    def __init__(self, spool: Path, root: str, *, look_s: float, keep_days: int | None) -> None:
        self._spool = spool
        self._root = root
        self._look_s = look_s
        self._keep_days = keep_days
        self._place: tuple[FileSystem, str] | None = None
        self._status = Status(os.getpid(), root)
        self._written: Status | None = None
        self._unwritable = ""
        self._tidied: float | None = None

    def run(self) -> None:
        """Deliver until no worker is left."""
        pause = self._look_s
        idle = 0
        while idle < 2:  # a worker that has just ended may have left a segment since we looked
            is_followed = any(map(is_held, find_segments(self._spool)))
            is_well = self._deliver_all()
            self._write_status()
            idle = 0 if is_followed else idle + 1
            pause = self._look_s if is_well else min(2 * pause, _LONGEST_PAUSE_S)
            self._sleep(pause)

    def _sleep(self, pause: float) -> None:
        """Also shorter: when the last worker has gone, nobody is to wait for us to see it."""
        end = time.monotonic() + pause
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._look_s))
            if not any(map(is_held, find_segments(self._spool))):
                return

    def _deliver_all(self) -> bool:
        """Whether the root took everything that is complete."""
        try:
            filesystem, root = self._place = self._place or connect(self._root)
            for path in find_segments(self._spool):
                self._deliver(path, filesystem, root)
            self._tidy(filesystem, root)
        except StorageError as error:
            self._note(error.diagnostics[0])
            return False
        self._note(None)
        return True

    def _deliver(self, path: Path, filesystem: FileSystem, root: str) -> None:
        """Raises: StorageError."""
        try:
            done = deliver(path, filesystem, root)
        except StorageError:
            raise
        except Exception:
            # Whatever is wrong with one segment, the others are to be delivered; it is kept for whoever can read it.
            _log.exception("%s cannot be delivered and is set aside", path)
            path.replace(path.with_suffix(".damaged"))
            self._status.damaged += 1
        else:
            self._status.rows += done.rows if done else 0
            self._status.damaged += done.damaged if done else 0

    def _tidy(self, filesystem: FileSystem, root: str) -> None:
        """Once an hour. Raises: StorageError."""
        if self._tidied is not None and time.monotonic() - self._tidied < _TIDY_S:
            return
        if self._keep_days is not None:
            for folder in delete_older(filesystem, root, self._keep_days):
                _log.info("Deleted for its age: %s", folder)
        self._tidied = time.monotonic()

    def _note(self, problem: Diagnostic | None) -> None:
        told = (problem.code, str(problem.message), problem.hint) if problem else ("", "", "")
        if told[1] and not self._status.waits:
            _log.warning("Predictions wait on this machine: %s", problem)
        if self._status.waits and not told[1]:
            _log.warning("Predictions are delivered again")
        self._status.code, self._status.waits, self._status.hint = told

    def _write_status(self) -> None:
        if self._status == self._written:
            return
        try:
            write_status(self._spool, self._status)
        except OSError as error:
            reason = error.strerror or str(error)
            if reason != self._unwritable:
                _log.warning("The writer's state cannot be written in %s: %s", self._spool, reason)
            self._unwritable = reason
        else:
            self._unwritable = ""
            self._written = replace(self._status)


def main(arguments: Sequence[str]) -> int:
    """Deliver, unless another writer does so already."""
    parser = argparse.ArgumentParser("python -m serving.tracking.writer", description=__doc__)
    parser.add_argument("--spool", type=Path, required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--look-seconds", type=float, default=1.0)
    parser.add_argument("--keep-days", type=int)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("serving").setLevel(logging.INFO)
    with (options.spool / LOCK).open("ab") as lock:
        if not _wait_for_lock(lock.fileno()):
            return 0
        writer = Writer(options.spool, options.root, look_s=options.look_seconds, keep_days=options.keep_days)
        writer.run()
    return 0


def _wait_for_lock(descriptor: int) -> bool:
    end = time.monotonic() + _PATIENCE_S
    while not try_lock(descriptor):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
