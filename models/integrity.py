"""The files of a saved model against the hashes in its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from models.errors import CorruptModelError
from models.names import is_file_path
from storage.errors import Diagnostic
from storage.filesystem import FileStatus, FileSystem, join_path

MANIFEST_NAME = "manifest.json"
CHUNK_BYTES = 1 << 20

_HINT = "do not use this version; publish the model again"


def walk(filesystem: FileSystem, folder: str) -> Iterator[tuple[str, FileStatus]]:
    """Every file below ``folder`` with its path from there, in a fixed order."""
    for status in filesystem.list(folder):
        if status.is_directory:
            for below, found in walk(filesystem, status.path):
                yield f"{status.name}/{below}", found
        else:
            yield status.name, status


def model_files(filesystem: FileSystem, folder: str) -> list[str]:
    """What a manifest in ``folder`` has to list: every file but itself."""
    return [path for path, _ in walk(filesystem, folder) if path != MANIFEST_NAME]


def hash_file(filesystem: FileSystem, path: str, copy: Callable[[bytes], object] | None = None) -> str:
    """The SHA-256 of a file (hexadecimal), read in pieces, each of which ``copy`` gets too."""
    digest = hashlib.sha256()
    with filesystem.open(path) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            if copy is not None:
                copy(chunk)
    return digest.hexdigest()


def hash_files(filesystem: FileSystem, folder: str) -> dict[str, str]:
    """Path below ``folder`` → SHA-256 of every file there but the manifest.

    Raises: CorruptModelError for a name that a manifest cannot hold.
    """
    paths = model_files(filesystem, folder)
    for path in paths:
        if not is_file_path(path):
            raise CorruptModelError("H206", f"{folder}: {path!r:.120} cannot be published", hint="rename the file")
    return {path: hash_file(filesystem, join_path(folder, path)) for path in paths}


def find_differences(filesystem: FileSystem, folder: str, expected: Mapping[str, str]) -> list[Diagnostic]:
    """Every file of ``folder`` that is missing, strange or not the one whose hash is ``expected``."""
    present = model_files(filesystem, folder)
    found = compare_names(folder, present, expected)
    for path in sorted(set(present) & set(expected)):
        if hash_file(filesystem, join_path(folder, path)) != expected[path]:
            found.append(wrong_hash(folder, path))
    return found


def compare_names(folder: str, present: Iterable[str], expected: Mapping[str, str]) -> list[Diagnostic]:
    """The files that are missing (H205) and those that were added (H206)."""
    here = set(present)
    return [
        Diagnostic("H205", "the file is missing", _HINT, join_path(folder, path))
        for path in sorted(set(expected) - here)
    ] + [
        Diagnostic("H206", "the file was not published with the model", _HINT, join_path(folder, path))
        for path in sorted(here - set(expected))
    ]


def wrong_hash(folder: str, path: str) -> Diagnostic:
    """H204 for one file."""
    return Diagnostic(
        "H204", "the file is not the one that was published: its SHA-256 differs", _HINT, join_path(folder, path)
    )
