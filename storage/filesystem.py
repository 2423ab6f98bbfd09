"""The file-system interface that the rest of Howdah is written against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from storage.errors import PathExistsError, PathNotFoundError, StorageError


@dataclass(frozen=True)
class FileStatus:
    """What is known of one path without opening it.

    Units: ``length`` in bytes (0 for a directory), ``modified_ms`` in milliseconds since 1970 (UTC).
    """

    path: str
    is_directory: bool
    length: int
    modified_ms: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


class FileSystem(Protocol):
    """Files and directories by absolute, slash-separated path (``/user/refinedzone/model``).

    Raises: PathNotFoundError, PathExistsError, AccessDeniedError, UnreachableError, NoSpaceError, or StorageError
    itself (H107 for a path that is none, H109 for what has no name of its own); never an implementation's own error.
    """

    def uri(self, path: str) -> str:
        """What Spark and Hadoop call ``path``, unescaped as they want it: ``file:///two words``, ``hdfs://nn:8020/x``."""

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory at ``path``."""

    def list(self, path: str) -> list[FileStatus]:
        """The children of a directory, by name. Raises: PathNotFoundError, for a file too."""

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError, for a directory too."""

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        """A stream to write a new file; parents are made.

        The file appears whole, in one step, when the stream is closed; never when a ``with`` block ends in an error.

        Raises: PathExistsError, NoSpaceError.
        """

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move a file or directory in one atomic step; ``target`` is its new name, never a folder to put it into.

        ``overwrite`` replaces a file by a file, or an empty directory by a directory, in the same step.

        Raises: PathExistsError otherwise; PathNotFoundError when the source or the target's parent is missing.
        """

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""


def clean_path(path: str) -> str:
    """``path`` without doubled or trailing slashes.

    Raises: StorageError H107 for a relative path, one with ``..``, and one that no file system can hold.
    """
    if not path.startswith("/") or "\0" in path:
        raise StorageError("H107", f"{path!r} is not an absolute path", hint="write it from the root: /user/...")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise StorageError("H107", f"'{path}' leads upwards", hint="write the path without '..'")
    return "/" + "/".join(parts)


def join_path(folder: str, *names: str) -> str:
    """``names`` below ``folder``."""
    return "/".join((folder.rstrip("/"), *names))


def parent_path(path: str) -> str:
    """The folder that holds ``path``; the root holds itself."""
    return path.rpartition("/")[0] or "/"


def try_rename(filesystem: FileSystem, source: str, target: str) -> bool:
    """Rename; False when ``source`` has gone or ``target`` is taken, as by another process that was quicker."""
    try:
        filesystem.rename(source, target)
    except (PathExistsError, PathNotFoundError):
        return False
    return True
