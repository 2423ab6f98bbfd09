"""A folder of this machine as the mapping from path to bytes that apps are read from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from howdah.errors import CommandError
from storage.errors import Diagnostic

MAX_FILE_BYTES = 64 * 1024 * 1024


class DiskFolder(Mapping[str, bytes]):
    """The files below a folder on this machine, each read when it is asked for; hidden folders are left out.

    Only ordinary files are read, and of a limited size: a pipe would keep us waiting, a device would never end.
    ``unreadable`` are the folders that could not be looked into, known when all names have been asked for.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: list[OSError] = []

    def __getitem__(self, name: str) -> bytes:
        path = self.root / name
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                raise KeyError(name)
            if not stat.S_ISREG(status.st_mode):
                raise CommandError("H711", "it is no ordinary file", hint="name a file with an app in it", path=name)
            if status.st_size > MAX_FILE_BYTES:
                message = f"the file has {status.st_size:,} bytes, more than any app"
                raise CommandError("H711", message, hint="see what it really is", path=name)
            with path.open("rb") as stream:
                return stream.read(MAX_FILE_BYTES)
        except OSError as error:
            hint = "see whether it exists and may be read"
            raise CommandError("H711", f"it cannot be read: {error.strerror}", hint=hint, path=name) from None

    @property
    def refusals(self) -> list[Diagnostic]:
        """What to say of the folders that could not be looked into."""
        hint = "let yourself read it, or move it away: there may be apps in it"
        return [
            Diagnostic("H711", f"the folder cannot be read: {error.strerror}", hint, os.fsdecode(error.filename))
            for error in self.unreadable
        ]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and os.path.isfile(self.root / name)  # noqa: PTH113 - False for an impossible name too

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def names_in(self, directory: str) -> list[str]:
        """The files of one folder, without a walk through all below it."""
        try:
            with os.scandir(self.root / directory) as entries:
                return sorted(entry.name for entry in entries if not entry.is_dir())
        except (OSError, ValueError):  # it is not there; one that cannot be read is told where all are walked through
            return []

    @cached_property
    def _names(self) -> list[str]:
        """Read once: who asks for a name's neighbours again and again shall not walk the disk each time."""
        return list(self._walk())

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.root, onerror=self.unreadable.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                yield Path(folder, name).relative_to(self.root).as_posix()
