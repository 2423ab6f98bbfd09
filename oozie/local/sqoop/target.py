"""The directory that an import fills: all at once at the end, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from oozie.local.sqoop.errors import TargetError
from storage.errors import NoSpaceError
from storage.locks import try_lock

SUCCESS_FILE = "_SUCCESS"

_PART = re.compile(r"part-[mr]-(\d{5})(\..*)?\Z")
_NUMBER_WIDTH = 5


class Target:
    """A directory that does not change before :meth:`commit`.

    Files are written into a sibling, locked by this process: one whose lock is free was left by a killed import.
    """

    def __init__(self, directory: Path, *, append: bool, replace: bool) -> None:
        self._directory = directory
        self._append = append
        self._replace = replace
        self._stem = f"_{directory.name}_sqoop_temporary_"
        self._lock = -1
        self.staging = directory.parent / f"{self._stem}{uuid.uuid4().hex}"

    def open(self) -> None:
        """Make the staging directory. Raises: TargetError H427, NoSpaceError H105."""
        if self._directory.exists() and not self._append and not self._replace:
            raise TargetError(
                "H427",
                f"output directory {self._directory} already exists",
                hint="--delete-target-dir replaces it, --append adds to it",
            )
        with writing(self._directory):
            self._directory.parent.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self.staging.mkdir()
            self._lock = os.open(self.staging, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _sweep(self) -> None:
        for leftover in self._directory.parent.glob(f"{self._stem}*"):
            with contextlib.suppress(FileNotFoundError):
                handle = os.open(leftover, os.O_RDONLY)
                try:
                    if try_lock(handle):
                        shutil.rmtree(leftover)
                finally:
                    os.close(handle)

    def commit(self) -> list[Path]:
        """Show what was written; the files' new paths. Raises: TargetError H427, NoSpaceError H105."""
        with writing(self._directory):
            files = self._add() if self._append else self._swap()
        self.close()
        return files

    def _add(self) -> list[Path]:
        """Part files go in with the next free numbers, others under their own names; ``_SUCCESS`` stays out."""
        self._directory.mkdir(exist_ok=True)
        taken = [int(match[1]) for path in self._directory.iterdir() if (match := _PART.match(path.name))]
        number = max(taken, default=-1) + 1
        moved = []
        for path in sorted(self.staging.iterdir()):
            match = _PART.match(path.name)
            if path.name == SUCCESS_FILE:
                continue
            name = path.name
            if match:
                name = f"{name[: match.start(1)]}{number:0{_NUMBER_WIDTH}}{match[2] or ''}"
                number += 1
            path.rename(self._directory / name)
            moved.append(self._directory / name)
        return moved

    def _swap(self) -> list[Path]:
        old = self._directory.parent / f"{self._stem}old_{uuid.uuid4().hex}"
        if self._directory.exists():
            self._directory.rename(old)
        self.staging.rename(self._directory)
        shutil.rmtree(old, ignore_errors=True)
        return sorted(path for path in self._directory.iterdir() if path.name != SUCCESS_FILE)

    def close(self) -> None:
        """Throw away what was not committed."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        shutil.rmtree(self.staging, ignore_errors=True)


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """What the operating system refuses, as our own error. Raises: TargetError H427, NoSpaceError H105."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpaceError(
                "H105", f"no space left to write {place}", hint="nothing was changed there; free some space and rerun"
            ) from None
        raise TargetError("H427", f"cannot write {place} ({error.strerror})", hint="check its parent") from None
