"""What killed processes leave behind, and the sign of life that keeps a living one's work."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from storage.errors import PathNotFoundError, StorageError
from storage.filesystem import FileSystem, join_path

STALE_S = 24 * 3600.0
_BEAT_S = 600.0

_log = logging.getLogger(__name__)


def remove_leftovers(filesystem: FileSystem, folder: str, prefix: str) -> None:
    """Delete the children of ``folder`` whose name starts with ``prefix`` and in which nothing moved for a day."""
    for status in filesystem.list(folder):
        if status.name.startswith(prefix):
            try:
                if last_change_ms(filesystem, status.path) < (time.time() - STALE_S) * 1000:
                    filesystem.delete(status.path, recursive=True)
            except PathNotFoundError:
                continue  # its owner, or another one who tidies up, was quicker


def last_change_ms(filesystem: FileSystem, path: str) -> int:
    """When anything at or below ``path`` was last changed, in milliseconds since 1970. Raises: PathNotFoundError."""
    status = filesystem.status(path)
    newest = status.modified_ms
    if status.is_directory:
        for child in filesystem.list(path):
            newest = max(newest, last_change_ms(filesystem, child.path) if child.is_directory else child.modified_ms)
    return newest


class SignOfLife:
    """Writes a small file into ``folder`` every ten minutes, so that nobody takes the folder for a leftover."""

    def __init__(self, filesystem: FileSystem, folder: str) -> None:
        self._filesystem = filesystem
        self._path = join_path(folder, "alive")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="howdah-sign-of-life", daemon=True)

    def __enter__(self) -> SignOfLife:
        self._write()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait for a beat that is on its way: it would make the folder anew."""
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(_BEAT_S):
            self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self._write()
        except StorageError as error:
            # One of 144 a day: the next may get through, and the work itself will say what is wrong.
            _log.warning("no sign of life in %s: %s", self._path, error)

    def _write(self) -> None:
        with self._filesystem.create(self._path, overwrite=True) as stream:
            stream.write(b"\n")
