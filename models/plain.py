"""The article's plain folder: one Spark model, overwritten in place, its manifest beside metadata/ and stages/.

A publication takes two renames, since a folder with children cannot be replaced in one::

    1  <folder>           -> .<folder>.previous
    2  the staged version -> <folder>
    3  .<folder>.previous is moved to the staging folder, which is deleted

Killed after 1, the old version stands in ``.previous``: readers read it there, and the next publisher moves it back.
Killed after 2, ``.previous`` is rubbish, which the next publisher deletes. Of several publishers at once one is left,
whole; two of them may have taken the same number, which a repository rules out.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from models.errors import (
    CorruptModelError,
    ManifestError,
    ModelNotFoundError,
    PublicationError,
    UnsettledModelError,
)
from models.fetching import fetch_version
from models.input_columns import derive_inputs
from models.integrity import MANIFEST_NAME, find_differences, hash_files
from models.leftovers import last_change_ms
from models.manifest import Manifest, format_time
from models.names import check_alias, check_name, is_name
from models.publication import Staging, read_manifest, write_manifest
from models.source import resolve_reference
from models.spark_metadata import derive_classes, read_stages, spark_version
from storage.errors import Diagnostic, PathExistsError, PathNotFoundError
from storage.filesystem import FileSystem, clean_path, join_path, parent_path, try_rename

_MOST_RACES = 100
_LOOKS = 4  # a look that falls between two renames finds nothing; the next one does


class PlainFolder:
    """One model in one folder, read as a repository that has a single version of a single name.

    The version is the manifest's; of a folder without one, the time of its last change (milliseconds since 1970).
    """

    def __init__(self, filesystem: FileSystem, path: str, name: str = "") -> None:
        """``name`` is what the model is called here; else its manifest says it, else the folder's own name does.

        Raises: ModelNameError.
        """
        self._filesystem = filesystem
        self._path = clean_path(path)
        self._shelf, _, self._folder_name = self._path.rpartition("/")
        self._previous = f"{self._shelf}/.{self._folder_name}.previous"
        self._given_name = check_name(name) if name else ""
        self._derived: Manifest | None = None

    def __repr__(self) -> str:
        return f"PlainFolder({self._filesystem!r}, {self._path!r})"

    def names(self) -> list[str]:
        """The one name; none when nothing is saved there. Raises: UnsettledModelError, ManifestError."""
        current = self._read()
        return [current[1].name] if current else []

    def is_described(self) -> bool:
        """Whether a manifest was published with the version that counts just now."""
        return any(
            self._is_described(folder) for folder in (self._path, self._previous) if self._filesystem.exists(folder)
        )

    def versions(self, name: str) -> list[int]:
        """The one version; empty when there is none. Raises: UnsettledModelError, ManifestError."""
        check_name(name)
        current = self._read()
        return [current[1].version] if current and current[1].name == name else []

    def latest(self, name: str) -> int:
        """The one version. Raises: ModelNotFoundError, UnsettledModelError."""
        return self._find(name)[1].version

    def manifest(self, name: str, version: int) -> Manifest:
        """The folder's manifest, or what the saved model itself tells. Raises: ModelNotFoundError, ManifestError."""
        return self._find(name, version)[1]

    def aliases(self, name: str) -> dict[str, int]:
        """None: there is but one version. Raises: ModelNotFoundError."""
        self._find(name)
        return {}

    def alias(self, name: str, alias: str) -> int:
        """Raises: ModelNotFoundError, always."""
        self._find(name)
        raise ModelNotFoundError(
            "H202", f"the plain folder {self._path} has no alias '{check_alias(alias)}'", hint=f"say just: {name}"
        )

    def earlier(self, name: str, alias: str) -> list[int]:
        """None, as there are no aliases. Raises: ModelNotFoundError."""
        self._find(name)
        check_alias(alias)
        return []

    def resolve(self, reference: str) -> int:
        """The version of ``funnel`` or ``funnel@3``. Raises: ModelNameError, ModelNotFoundError."""
        return resolve_reference(self, reference)

    def signatures(self, name: str, version: int) -> list[bytes]:
        """None: what is overwritten in place is not signed. Raises: ModelNotFoundError."""
        self._find(name, version)
        return []

    def verify(self, name: str, version: int) -> list[Diagnostic]:
        """Every file that is missing, strange or changed; empty when the version is whole."""
        folder, manifest = self._find(name, version)
        found: list[Diagnostic] | None = None
        with suppress(PathNotFoundError):  # something was taken away while we looked
            found = find_differences(self._filesystem, folder, manifest.files)
        # If the whole folder was replaced, it is no longer the version that was asked for: this call says so.
        unmoved = self._find(name, version)[0] == folder
        return found if unmoved and found is not None else self.verify(name, version)

    def fetch(self, name: str, version: int, target: Path) -> Path:
        """A local folder below ``target`` with ``metadata/``, ``stages/`` and manifest.json, each hash checked.

        Raises: CorruptModelError, ModelNotFoundError when a newer version has taken its place, NoSpaceError.
        """
        folder, manifest = self._find(name, version)
        try:
            return fetch_version(self._filesystem, folder, manifest, target)
        except (CorruptModelError, PathNotFoundError):
            if self._find(name, version) == (folder, manifest):
                raise
        return self.fetch(name, version, target)

    def stage(self) -> Staging:
        """A folder to save the next version in."""
        return Staging(
            self._filesystem,
            self._shelf or "/",
            f".{self._folder_name}.staging-",
            name=self._name(),
            spark_folder="",
            put_in_place=self._put_in_place,
        )

    def _find(self, name: str, version: int | None = None) -> tuple[str, Manifest]:
        check_name(name)
        current = self._read()
        if current is None or current[1].name != name:
            known = f"the folder holds '{current[1].name}'" if current else "no model is saved there yet"
            raise ModelNotFoundError("H202", f"no model '{name}' in {self._path}", hint=known)
        if version not in (None, current[1].version):
            raise ModelNotFoundError(
                "H202",
                f"version {version} of '{name}' is not in {self._path}",
                hint=f"a plain folder keeps one version, now {current[1].version}",
            )
        return current

    def _read(self) -> tuple[str, Manifest] | None:
        """Where the version that counts stands just now, and its manifest."""
        for _ in range(_LOOKS):
            for folder in (self._path, self._previous):
                if self._filesystem.exists(folder):
                    found = self._read_folder(folder)
                    if found is not None:
                        return folder, found
        return None

    def _read_folder(self, folder: str) -> Manifest | None:
        """None when the folder has gone in the meantime, or holds nothing at all."""
        try:
            found = read_manifest(self._filesystem, folder)
            return replace(found, name=self._given_name or found.name)
        except PathNotFoundError:
            pass  # a folder that Spark saved and nobody described
        try:
            derived = self._derive(folder) if self._filesystem.list(folder) else None
        except (PathNotFoundError, UnsettledModelError):
            if self._filesystem.exists(folder) and not self._is_described(folder):
                raise
            return None
        # Another version may have taken the place of the one that had no manifest: that one is read by its own.
        return None if self._is_described(folder) else derived

    def _is_described(self, folder: str) -> bool:
        return self._filesystem.exists(join_path(folder, MANIFEST_NAME))

    def _derive(self, folder: str) -> Manifest:
        """What the saved model itself tells; kept until the folder changes, since every file has to be hashed."""
        version = last_change_ms(self._filesystem, folder)
        if self._derived is not None and self._derived.version == version:
            return self._derived
        stages = read_stages(self._filesystem, folder)
        found = Manifest(
            name=self._given_name or self._default_name(),
            version=version,
            created=format_time(datetime.fromtimestamp(version / 1000, timezone.utc), "seconds"),
            inputs=derive_inputs(stages),
            classes=derive_classes(stages),
            metrics={},
            run={"spark": spark_version(self._filesystem, folder)},
            files=hash_files(self._filesystem, folder),
        )
        if last_change_ms(self._filesystem, folder) != version:
            raise UnsettledModelError(
                "H220", f"the model in {folder} changes while it is read", hint="try again when its save has ended"
            )
        self._derived = found
        return found

    def _default_name(self) -> str:
        return self._folder_name if is_name(self._folder_name) else "model"

    def _name(self) -> str:
        if self._given_name:
            return self._given_name
        try:
            current = self._read()
        except (UnsettledModelError, ManifestError):
            current = None  # what stands there is broken; it is about to be replaced
        return current[1].name if current else self._default_name()

    def _put_in_place(self, draft: Manifest, folder: str) -> Manifest:
        for _ in range(_MOST_RACES):
            self._recover(parent_path(folder))
            try:
                version = self._version_now()
            except PathNotFoundError:
                continue  # another publisher took it away while we looked
            manifest = replace(draft, version=version + 1)
            write_manifest(self._filesystem, folder, manifest)
            if self._swap(folder):
                return manifest
        raise PublicationError(
            "H213", f"others keep publishing to {self._path}", hint="let one job at a time write a plain folder"
        )

    def _swap(self, folder: str) -> bool:
        """False when another publisher came between."""
        try:
            if self._filesystem.exists(self._path):
                self._filesystem.rename(self._path, self._previous)
            self._filesystem.rename(folder, self._path)
        except (PathExistsError, PathNotFoundError):
            return False
        # Never deleted where it stands: by now it may be what another publisher has just put there.
        self._recover(parent_path(folder))
        return True

    def _recover(self, own: str) -> None:
        """Finish what a killed publisher began; ``own`` is a folder of ours that is deleted later."""
        if not self._filesystem.exists(self._previous):
            return
        if not self._filesystem.exists(self._path):
            try_rename(self._filesystem, self._previous, self._path)
            return
        # It looks like rubbish, but its owner may have put it there between our two looks: aside, and look again.
        aside = join_path(own, "old-" + uuid.uuid4().hex)
        if try_rename(self._filesystem, self._previous, aside) and not self._filesystem.exists(self._path):
            try_rename(self._filesystem, aside, self._previous)

    def _version_now(self) -> int:
        if not self._filesystem.exists(self._path):
            return 0
        try:
            return read_manifest(self._filesystem, self._path).version
        except (PathNotFoundError, ManifestError):
            return last_change_ms(self._filesystem, self._path)
