"""A log of numbered files in a folder, each made by one writer alone: it has one order, and nothing in it is lost."""

from __future__ import annotations

import re

from storage.errors import PathExistsError, PathNotFoundError
from storage.filesystem import FileSystem, join_path

_FILE = re.compile(r"([0-9]{15})\.json")
_LARGEST = 16 << 20  # bytes


class NumberedFiles:
    """The files in ``folder``."""

    def __init__(self, filesystem: FileSystem, folder: str) -> None:
        self._filesystem = filesystem
        self._folder = folder

    def numbers(self) -> list[int]:
        """The numbers that are taken, rising."""
        try:
            names = [each.name for each in self._filesystem.list(self._folder) if not each.is_directory]
        except PathNotFoundError:
            return []  # nothing has happened yet
        return sorted(int(found[1]) for found in map(_FILE.fullmatch, names) if found)

    def read(self, number: int) -> bytes:
        """What is written under ``number``. Raises: PathNotFoundError."""
        with self._filesystem.open(self.path(number)) as stream:
            return stream.read(_LARGEST)

    def append(self, number: int, text: str) -> bool:
        """Write ``text`` under ``number``; False when somebody else took that."""
        try:
            with self._filesystem.create(self.path(number)) as stream:
                stream.write(text.encode())
        except PathExistsError:
            return False
        return True

    def path(self, number: int) -> str:
        """Where ``number`` is."""
        return join_path(self._folder, f"{number:015d}.json")
