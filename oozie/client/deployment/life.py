"""Whether a submit that left something behind still lives: asked of the kernel where it ran on this machine.

Each submit holds a lock on a file of its own name; the kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class LifeSign:
    """The sign of one submit, ``name``, for as long as it is open."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / self.name
        self._stream = self._path.open("x")
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        self._is_left = False

    def __enter__(self) -> LifeSign:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The name goes last: what is here and not held has died.
        self._stream.close()
        if not self._is_left:
            self._path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Something in HDFS could not be taken away: let the next submit see that it belongs to nobody."""
        self._is_left = True


def is_alive(name: str) -> bool | None:
    """Whether that submit still runs; None where it ran on another machine, or as another user."""
    try:
        with (_folder() / Path(name).name).open() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
    except OSError:
        return None


def forget(name: str) -> None:
    """The sign of a submit that has died is of no more use."""
    with suppress(OSError):
        (_folder() / Path(name).name).unlink()


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"howdah-submits-{os.getuid()}"
