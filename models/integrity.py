"""The files of a saved model against the hashes in its manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from models.errors import CorruptModelError
from models.names import is_file_path
from storage.errors import Diagnostic
from storage.filesystem import FileStatus, FileSystem, join_path

MANIFEST_NAME = "manifest.json"
CHUNK_BYTES = 1 << 20

_HINT = "do not use this version; publish the model again"
_DEEPEST = 36  # a pipeline of pipelines of ... sixteen, two folders each; the disk itself follows 40 links


def walk(filesystem: FileSystem, folder: str) -> Iterator[tuple[str, FileStatus]]:
    """Every file below ``folder`` with its path from there, in a fixed order.

    Raises: CorruptModelError H206 for folders in folders without an end, as links to themselves are.
    """
    return _walk(filesystem, folder, 0)


def _walk(filesystem: FileSystem, folder: str, depth: int) -> Iterator[tuple[str, FileStatus]]:
    if depth > _DEEPEST:
        raise CorruptModelError("H206", f"folders stand in folders, over {_DEEPEST} deep", hint=_HINT, path=folder)
    for status in filesystem.list(folder):
        if status.is_directory:
            for below, found in _walk(filesystem, status.path, depth + 1):
                yield f"{status.name}/{below}", found
        else:
            yield status.name, status


def present_files(filesystem: FileSystem, folder: str, expected: Iterable[str]) -> list[str]:
    """:func:`model_files`; of a folder in which none of ``expected`` is, its first file: that is one too many.

    A link may lead to anything, so what was added is not searched.
    """
    known = {path[:end] for path in expected for end, letter in enumerate(path) if letter == "/"}
    found: list[str] = []

    def look(place: str, below: str) -> None:
        for status in filesystem.list(place):
            path = f"{below}{status.name}"
            if not status.is_directory:
                found.append(path)
            elif path in known:
                look(status.path, f"{path}/")
            else:
                found.extend(f"{path}/{first}" for first, _ in islice(walk(filesystem, status.path), 1))

    look(folder, "")
    return [path for path in found if path != MANIFEST_NAME]


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
    present = present_files(filesystem, folder, expected)
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
