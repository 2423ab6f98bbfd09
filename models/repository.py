"""The model repository: ``<root>/<name>/<version>/`` with ``spark/`` and ``manifest.json``, and aliases beside them.

::

    <root>/funnel/3/manifest.json           what it is, and the hash of every file
    <root>/funnel/3/spark/{metadata,stages} as Spark saved it
    <root>/funnel/aliases/champion          "3": one small file an alias, replaced in one step
    <root>/funnel/log/000000000000007.json  who moved an alias, or retired or deleted a version, when and why
    <root>/funnel/signatures/3-<key>        what a key has signed version 3 with
    <root>/funnel/2.retired                 version 2 is out of use
    <root>/funnel/.staging-<unique>/        what is being published; nobody reads it
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from models.errors import CorruptModelError, ManifestError, ModelNotFoundError, PublicationError
from models.fetching import fetch_version
from models.integrity import MANIFEST_NAME, find_differences, walk
from models.lifecycle import Lifecycle
from models.manifest import Manifest
from models.names import check_alias, check_name, check_version, is_name, is_version
from models.publication import Staging, read_manifest, write_manifest
from models.signing import SIGNATURE_BYTES
from models.source import resolve_reference
from models.transitions import Log, Transition
from storage.errors import Diagnostic, PathExistsError, PathNotFoundError
from storage.filesystem import FileStatus, FileSystem, clean_path, join_path, try_rename
from storage.login import login_name

SPARK_FOLDER = "spark"

_ALIASES = "aliases"
_LOG = "log"
_RETIRED = ".retired"
_SIGNATURES = "signatures"
_STAGING_PREFIX = ".staging-"
_DELETED_PREFIX = ".deleted-"
_MOST_RACES = 1000


class Repository:
    """Models below ``root`` on ``filesystem``: published once, never changed, found by name, version and alias."""

    def __init__(self, filesystem: FileSystem, root: str) -> None:
        self._filesystem = filesystem
        self._root = clean_path(root)

    def __repr__(self) -> str:
        return f"Repository({self._filesystem!r}, {self._root!r})"

    def names(self) -> list[str]:
        """The models that have a version, sorted."""
        folders = [each.name for each in self._list(self._root) if each.is_directory and is_name(each.name)]
        return [name for name in folders if self.versions(name)]

    @property
    def filesystem(self) -> FileSystem:
        """What the repository lies on."""
        return self._filesystem

    @property
    def root(self) -> str:
        """The folder of the models on that."""
        return self._root

    def versions(self, name: str) -> list[int]:
        """A model's versions that are in use, rising; empty when there is none. Raises: ModelNameError."""
        found = self._children(name)
        return sorted(set(_standing(found)) - _retired(found))

    def all_versions(self, name: str) -> list[int]:
        """The retired ones too. Raises: ModelNameError."""
        return sorted(_standing(self._children(name)))

    def version_times(self, name: str) -> dict[int, datetime]:
        """Version, rising and with the retired ones → when it was put there. Raises: ModelNameError."""
        return dict(sorted(_standing(self._children(name)).items()))

    def latest(self, name: str) -> int:
        """The highest version. Raises: ModelNotFoundError."""
        versions = self.versions(name)
        if not versions:
            raise self._no_model(name)
        return versions[-1]

    def folder(self, name: str, version: int) -> str:
        """The path of a version. Raises: ModelNameError."""
        return join_path(self._root, check_name(name), str(check_version(version)))

    def manifest(self, name: str, version: int) -> Manifest:
        """What was written beside the model. Raises: ModelNotFoundError, ManifestError."""
        folder = self.folder(name, version)
        try:
            found = read_manifest(self._filesystem, folder)
        except PathNotFoundError as error:
            versions = self.all_versions(name)
            if version in versions:
                raise CorruptModelError.of([_missing_manifest(folder)]) from error
            if not versions:
                raise self._no_model(name) from error
            raise ModelNotFoundError(
                "H202", f"model '{name}' has no version {version}", hint=f"its latest version is {versions[-1]}"
            ) from error
        if (found.name, found.version) != (name, version):
            raise ManifestError(
                "H203",
                f"manifest: it is of {found.name} {found.version}, not of {name} {version}",
                hint="somebody moved the folder; publish the model again",
                path=join_path(folder, MANIFEST_NAME),
            )
        return found

    def aliases(self, name: str) -> dict[str, int]:
        """Alias → version. Raises: ModelNameError."""
        folder = join_path(self._root, check_name(name), _ALIASES)
        names = [each.name for each in self._list(folder) if not each.is_directory and is_name(each.name)]
        return {alias: self.alias(name, alias) for alias in names}

    def alias(self, name: str, alias: str) -> int:
        """The version that ``alias`` means. Raises: ModelNotFoundError."""
        path = self._alias_path(name, alias)
        try:
            with self._filesystem.open(path) as stream:
                text = stream.read(64).decode("ascii", "replace").strip()
        except PathNotFoundError as error:
            if not self.versions(name):
                raise self._no_model(name) from error
            raise ModelNotFoundError(
                "H202", f"model '{name}' has no alias '{alias}'", hint="set it, or name a version: " + name + "@1"
            ) from error
        if not is_version(text):
            raise CorruptModelError("H207", f"the alias says {text!r}, not a version", hint="set it again", path=path)
        return int(text)

    def set_alias(self, name: str, alias: str, version: int, why: str = "set by a program") -> Transition | None:
        """Let ``alias`` mean ``version`` from now on, in one step, as the log says too; None when it does already.

        Raises: ModelNotFoundError, TransitionError.
        """
        who = login_name(otherwise="unknown")
        return Lifecycle(self, who).place(name, version, why, alias)

    def log(self, name: str) -> Log:
        """What happened to the model's versions and aliases. Raises: ModelNameError."""
        return Log(self._filesystem, join_path(self._root, check_name(name), _LOG))

    def earlier(self, name: str, alias: str) -> list[int]:
        """What ``alias`` meant before and a rollback would go to, the last one first. Raises: TransitionError H244."""
        last = self.log(name).last()
        usable = set(self.versions(name)) - set(last.state.retired + last.state.collected if last else ())
        history = last.state.history.get(alias, ()) if last else ()
        return [version for version in reversed(history) if version in usable]

    def resolve(self, reference: str) -> int:
        """The version of ``funnel@champion``, ``funnel@3`` or ``funnel`` (its champion, else its qa, else its latest).

        Raises: ModelNameError, ModelNotFoundError.
        """
        return resolve_reference(self, reference)

    def signatures(self, name: str, version: int) -> list[bytes]:
        """What keys have signed the version with. Raises: ModelNameError."""
        prefix = f"{check_version(version)}-"
        found = []
        for each in self._list(join_path(self._root, check_name(name), _SIGNATURES)):
            if each.name.startswith(prefix):
                with self._filesystem.open(each.path) as stream:
                    found.append(stream.read(SIGNATURE_BYTES + 1))
        return found

    def add_signature(self, name: str, version: int, key: str, signature: bytes) -> None:
        """Keep what ``key`` (its id) has signed the version with. Raises: ModelNameError, NoSpaceError."""
        place = join_path(self._root, check_name(name), _SIGNATURES, f"{check_version(version)}-{key}")
        with self._filesystem.create(place, overwrite=True) as stream:
            stream.write(signature)

    def size(self, name: str, version: int) -> int:
        """The bytes of a version's files, 0 for one that has gone. Raises: ModelNameError."""
        try:
            return sum(status.length for _, status in walk(self._filesystem, self.folder(name, version)))
        except PathNotFoundError:
            return 0

    def verify(self, name: str, version: int) -> list[Diagnostic]:
        """Every file that is missing, strange or changed; empty when the version is whole.

        Raises: ModelNotFoundError, ManifestError.
        """
        folder = self.folder(name, version)
        return find_differences(self._filesystem, folder, self.manifest(name, version).files)

    def fetch(self, name: str, version: int, target: Path) -> Path:
        """A local folder below ``target`` with ``spark/`` and manifest.json, each hash checked.

        Raises: CorruptModelError, ModelNotFoundError, NoSpaceError.
        """
        return fetch_version(self._filesystem, self.folder(name, version), self.manifest(name, version), target)

    def stage(self, name: str) -> Staging:
        """A folder to save the next version in. Raises: ModelNameError."""

        def set_alias(alias: str, version: int) -> None:
            self.set_alias(name, alias, version, "published")

        return Staging(
            self._filesystem,
            join_path(self._root, check_name(name)),
            _STAGING_PREFIX,
            name=name,
            spark_folder=SPARK_FOLDER,
            put_in_place=self._put_in_place,
            set_alias=set_alias,
        )

    def _put_in_place(self, draft: Manifest, folder: str) -> Manifest:
        """Rename ``folder`` to the next free version; whoever loses a race takes the one after."""
        first = max(self.all_versions(draft.name), default=0) + 1
        for version in range(first, first + _MOST_RACES):
            manifest = replace(draft, version=version)
            write_manifest(self._filesystem, folder, manifest)
            try:
                self._filesystem.rename(folder, self.folder(draft.name, version))
            except PathExistsError:
                continue
            return manifest
        raise PublicationError(
            "H213", f"no version of '{draft.name}' is free after {first}", hint="look for files among its versions"
        )

    # -- what the log says, made so in the files: for models.lifecycle alone -------------------------------------------

    def readable_aliases(self, name: str) -> dict[str, int]:
        """:meth:`aliases` without those that are damaged."""
        found: dict[str, int] = {}
        for each in self._list(join_path(self._root, check_name(name), _ALIASES)):
            if not each.is_directory and is_name(each.name):
                with suppress(CorruptModelError, ModelNotFoundError):
                    found[each.name] = self.alias(name, each.name)
        return found

    def write_alias(self, name: str, alias: str, version: int) -> None:
        """Replace the file of ``alias``, in one step."""
        with self._filesystem.create(self._alias_path(name, alias), overwrite=True) as stream:
            stream.write(f"{version}\n".encode())

    def mark_retired(self, name: str, versions: Iterable[int]) -> None:
        """Put a mark beside each of ``versions`` that has none."""
        found = self._children(name)
        for version in sorted((set(versions) & set(_standing(found))) - _retired(found)):
            with suppress(PathExistsError), self._filesystem.create(self.folder(name, version) + _RETIRED) as stream:
                stream.write(b"howdah models log says why\n")

    def delete_version(self, name: str, version: int) -> None:
        """Take a version away in one step, so that nobody reads a half, then delete its files."""
        folder = join_path(self._root, check_name(name))
        gone = join_path(folder, f"{_DELETED_PREFIX}{version}-{uuid.uuid4().hex}")
        if try_rename(self._filesystem, self.folder(name, version), gone):
            self._filesystem.delete(gone, recursive=True)

    def delete_remains(self, name: str) -> None:
        """Delete what a killed deletion left."""
        found = self._children(name)
        for each in found:
            if each.name.startswith(_DELETED_PREFIX):
                self._filesystem.delete(each.path, recursive=True)
        standing = set(_standing(found))
        for version in _retired(found) - standing:
            self._filesystem.delete(self.folder(name, version) + _RETIRED)
        for each in self._list(join_path(self._root, name, _SIGNATURES)):
            version_text = each.name.partition("-")[0]
            if is_version(version_text) and int(version_text) not in standing:
                self._filesystem.delete(each.path)

    def _children(self, name: str) -> list[FileStatus]:
        return self._list(join_path(self._root, check_name(name)))

    def _alias_path(self, name: str, alias: str) -> str:
        return join_path(self._root, check_name(name), _ALIASES, check_alias(alias))

    def _list(self, folder: str) -> list[FileStatus]:
        try:
            return self._filesystem.list(folder)
        except PathNotFoundError:
            return []  # nothing was published there yet

    def _no_model(self, name: str) -> ModelNotFoundError:
        known = ", ".join(self.names()) or "it is empty"
        return ModelNotFoundError("H202", f"no model '{name}' in {self._root}", hint=f"the repository has: {known}")


def _standing(children: Iterable[FileStatus]) -> dict[int, datetime]:
    """Version → when its folder was last changed."""
    return {
        int(each.name): datetime.fromtimestamp(each.modified_ms / 1000, timezone.utc)
        for each in children
        if each.is_directory and is_version(each.name)
    }


def _retired(children: Iterable[FileStatus]) -> set[int]:
    names = (each.name[: -len(_RETIRED)] for each in children if each.name.endswith(_RETIRED))
    return {int(name) for name in names if is_version(name)}


def _missing_manifest(folder: str) -> Diagnostic:
    return Diagnostic("H205", "the manifest is missing", "publish the model again", join_path(folder, MANIFEST_NAME))
