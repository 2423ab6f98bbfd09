"""Locks on files as the kernel keeps them: let go of when the last process with the open file ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Any


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
