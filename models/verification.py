"""Whether a version may be used: its files, the classes of its stages, and what the log knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import CorruptModelError
from models.integrity import MANIFEST_NAME
from models.stage_classes import find_strangers
from storage.errors import Diagnostic
from storage.filesystem import join_path

if TYPE_CHECKING:
    from models.repository import Repository


def inspect(repository: Repository, name: str, version: int) -> list[Diagnostic]:
    """Every reason not to use the version: H204 to H206 for files, H208 for classes, H246 for another manifest.

    Raises: ModelNotFoundError, ManifestError, TransitionError H244.
    """
    found = repository.verify(name, version)
    folder, manifest = repository.folder(name, version), repository.manifest(name, version)
    missing = {each.path for each in found if each.code == "H205"}
    present = [path for path in manifest.files if join_path(folder, path) not in missing]
    found += find_strangers(repository.filesystem, folder, present)
    digest = next(
        (
            entry.digest
            for entry in repository.log(name).newest_first()
            if entry.digest and entry.versions == (version,)
        ),
        manifest.digest,
    )
    if digest != manifest.digest:
        message = "the manifest is not the one that the log knows: its SHA-256 differs"
        hint = "somebody changed it after a promotion; do not use this version"
        found.append(Diagnostic("H246", message, hint, join_path(folder, MANIFEST_NAME)))
    return found


def find_unsettled(repository: Repository, name: str) -> list[Diagnostic]:
    """H245 for each alias whose file is not what the log says. Raises: TransitionError H244."""
    last = repository.log(name).last()
    if last is None:
        return []
    found = repository.readable_aliases(name)
    return [
        Diagnostic(
            "H245",
            f"it means {found.get(alias, 'nothing')}, and {version} by the log: a change that was cut short",
            f"finish it: howdah models promote {name}@{version} --as {alias} --reason TEXT",
            f"{name}@{alias}",
        )
        for alias, version in last.state.aliases.items()
        if found.get(alias) != version
    ]


def check_sound(repository: Repository, name: str, version: int) -> None:
    """Nothing, when the version may be used. Raises: CorruptModelError with all that :func:`inspect` finds."""
    found = inspect(repository, name, version)
    if found:
        raise CorruptModelError.of(found)
