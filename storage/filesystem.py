"""The file-system interface that the rest of Howdah is written against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class FileStatus:
    """What is known of one path without opening it.

    Units: ``length`` in bytes, ``modified_ms`` in milliseconds since 1970 (UTC).
    """

    path: str
    is_directory: bool
    length: int
    modified_ms: int


class FileSystem(Protocol):
    """Files and directories by absolute, slash-separated path (``/user/refinedzone/model``).

    Raises: PathNotFoundError, PathExistsError, AccessDeniedError, UnreachableError, NoSpaceError; never an
    implementation's own error.
    """

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory at ``path``."""

    def list(self, path: str) -> list[FileStatus]:
        """The children of a directory, by name. Raises: PathNotFoundError."""

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError."""

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        """A stream to write a new file; parents are made. Raises: PathExistsError, NoSpaceError."""

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move a file or directory in one atomic step; ``target`` is its new name, never a folder to put it into.

        ``overwrite`` replaces a file (or an empty directory) in the same step. Raises: PathExistsError otherwise.
        """

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""
