"""Bringing a version to this machine, so that a scorer reads local files whose hashes were checked."""

from __future__ import annotations

import uuid
from pathlib import Path

from models.errors import CorruptModelError
from models.integrity import (
    MANIFEST_NAME,
    compare_names,
    find_differences,
    hash_file,
    present_files,
    wrong_hash,
)
from models.leftovers import remove_leftovers
from models.manifest import Manifest
from storage.errors import Diagnostic, PathNotFoundError
from storage.filesystem import FileSystem, join_path, try_rename
from storage.local import LocalDisk

_PREFIX = ".fetching-"


def fetch_version(filesystem: FileSystem, folder: str, manifest: Manifest, target: Path) -> Path:
    """``target/<name>/<version>-<digest>``, made of ``folder``'s files; one that stands there whole is taken as it is.

    Raises: CorruptModelError, PathNotFoundError, NoSpaceError.
    """
    disk = LocalDisk(durable=False)  # a copy that a power cut spoils fails its hashes and is fetched again
    shelf = join_path(target.absolute().as_posix(), manifest.name)
    final = join_path(shelf, f"{manifest.version}-{manifest.digest[:12]}")
    disk.make_directory(shelf)
    if _is_whole(disk, final, manifest):
        return Path(final)
    remove_leftovers(disk, shelf, _PREFIX)
    own = join_path(shelf, _PREFIX + uuid.uuid4().hex)
    try:
        _copy(filesystem, folder, manifest, disk, join_path(own, "new"))
        # A name that is taken: another process fetched the same version, or what stands there is spoilt.
        while not try_rename(disk, join_path(own, "new"), final) and not _is_whole(disk, final, manifest):
            try_rename(disk, final, join_path(own, "broken-" + uuid.uuid4().hex))
        return Path(final)
    finally:
        disk.delete(own, recursive=True)


def _is_whole(disk: LocalDisk, folder: str, manifest: Manifest) -> bool:
    try:
        with disk.open(join_path(folder, MANIFEST_NAME)) as stream:
            same = stream.read() == manifest.to_json().encode()
        return same and not find_differences(disk, folder, manifest.files)
    except PathNotFoundError:
        return False


def _copy(filesystem: FileSystem, folder: str, manifest: Manifest, disk: LocalDisk, target: str) -> None:
    found: list[Diagnostic] = compare_names(folder, present_files(filesystem, folder, manifest.files), manifest.files)
    if found:
        raise CorruptModelError.of(found)
    for path, expected in manifest.files.items():
        with disk.create(join_path(target, path)) as copy:
            digest = hash_file(filesystem, join_path(folder, path), copy.write)
        if digest != expected:
            found.append(wrong_hash(folder, path))
    if found:
        raise CorruptModelError.of(found)
    with disk.create(join_path(target, MANIFEST_NAME)) as stream:
        stream.write(manifest.to_json().encode())
