"""Locks on files as the kernel keeps them: let go of when the last process with the open file ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

_STARTING_S = 5.0


def take_lock(file: int) -> str | None:
    """Take the lock of a file open for reading and writing, and name this process in it; else the pid of its holder.

    What a holder was just starting when it was killed has the lock as well, until it runs its own program: that is
    awaited, for 5 s at most. A pid that nobody wrote is "unknown".
    """
    deadline = time.monotonic() + _STARTING_S
    while not try_lock(file):
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        if _is_running(holder) or time.monotonic() > deadline:
            return holder or "unknown"
        time.sleep(0.01)
    with suppress(OSError):  # on a full disk the lock is as good without a name; what is to be stopped can be
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    return None


def try_lock(file: int | IO[Any]) -> bool:
    """Take the lock of an open file; False where somebody else holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock of ``path``. Raises: OSError where that cannot be opened."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe would keep us waiting
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True  # another user's
    return True
