"""A batch's predictions among those of a day: whole, once, however often its job runs again."""

from __future__ import annotations

import hashlib
import re
from datetime import date

from models.tracked.partitions import SUFFIX, partition_folder, partitions
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem, join_path

_STRANGE = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST = 100
_DIGEST_CHARACTERS = 12


def name_run(run: str) -> str:
    """A run's id as a part of a file's name, another one for each run."""
    plain = _STRANGE.sub("-", run)[:_LONGEST]
    return plain if plain == run else f"{plain}-{hashlib.sha256(run.encode()).hexdigest()[:_DIGEST_CHARACTERS]}"


def put_run(filesystem: FileSystem, root: str, model: str, run: str, day: date, folder: str) -> int:
    """Move the Parquet files of ``folder`` to the predictions of ``day``, in the place of all that ``run`` left before.

    What was there goes first, so no row is ever there twice; a run that is killed here is made whole by running again.
    Gives the number of files. Raises: ModelNameError, StorageError.
    """
    name = f"batch-{name_run(run)}."
    for _, earlier in partitions(filesystem, root, model, "predictions"):
        for each in _names(filesystem, earlier.path):
            if each.startswith(name):
                filesystem.delete(join_path(earlier.path, each))
    target = partition_folder(root, model, "predictions", day)
    filesystem.make_directory(target)
    found = [each for each in _names(filesystem, folder) if each.endswith(SUFFIX) and not each.startswith((".", "_"))]
    for number, each in enumerate(found):
        filesystem.rename(join_path(folder, each), join_path(target, f"{name}{number:05d}{SUFFIX}"))
    return len(found)


def _names(filesystem: FileSystem, folder: str) -> list[str]:
    try:
        return [each.name for each in filesystem.list(folder) if not each.is_directory]
    except PathNotFoundError:
        return []  # deleted for its age in the meantime
