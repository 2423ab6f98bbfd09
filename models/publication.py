"""Publishing a model: saved aside, hashed, described, then put in its place in one step."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from models.errors import ManifestError, PublicationError
from models.integrity import MANIFEST_NAME, hash_files, walk
from models.leftovers import SignOfLife, remove_leftovers
from models.manifest import Direction, Field, Manifest, Scoring, format_time
from models.names import check_alias
from storage.errors import StorageError
from storage.filesystem import FileSystem, join_path

_log = logging.getLogger(__name__)

_LARGEST_MANIFEST = 64 << 20  # bytes

# Takes the draft (its version is not yet the real one) and the folder of all its files; gives what it has become.
PutInPlace = Callable[[Manifest, str], Manifest]


class Staging:
    """A folder for one model that is being saved; no reader sees it before :meth:`publish`, or after the block.

    Used as ``with repository.stage("funnel") as staging``. It is deleted when the block ends.
    """

    def __init__(
        self,
        filesystem: FileSystem,
        shelf: str,
        prefix: str,
        *,
        name: str,
        spark_folder: str,
        put_in_place: PutInPlace,
        set_alias: Callable[[str, int], None] | None = None,
    ) -> None:
        """``shelf`` holds the staging folders, named ``prefix`` and something unique.

        ``spark_folder`` is where below the version Spark's own files stand; empty when they are the version itself.
        Without ``set_alias`` there are no aliases.
        """
        self._filesystem = filesystem
        self._shelf = shelf
        self._prefix = prefix
        self._name = name
        self._spark_folder = spark_folder
        self._put_in_place = put_in_place
        self._set_alias = set_alias
        self._own = join_path(shelf, prefix + uuid.uuid4().hex)
        self._cleanup = ExitStack()
        self._published = False

    @property
    def folder(self) -> str:
        """The file-system path of what becomes the version."""
        return join_path(self._own, "version")

    @property
    def model_path(self) -> str:
        """The file-system path of the saved model; nothing stands there until the model is saved."""
        return join_path(self.folder, self._spark_folder) if self._spark_folder else self.folder

    @property
    def spark_path(self) -> str:
        """:attr:`model_path` as Spark's ``save`` takes it."""
        return self._filesystem.uri(self.model_path)

    def __enter__(self) -> Staging:
        self._filesystem.make_directory(self._shelf)
        remove_leftovers(self._filesystem, self._shelf, self._prefix)
        self._cleanup.callback(self._delete)
        try:
            self._cleanup.enter_context(SignOfLife(self._filesystem, self._own))
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def copy_model(self, target: Path) -> None:
        """Bring the saved model to the folder ``target`` of this machine. Raises: PublicationError, StorageError."""
        self._check_saved()
        for path, status in walk(self._filesystem, self.model_path):
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with self._filesystem.open(status.path) as stream, file.open("wb") as copy:
                shutil.copyfileobj(stream, copy)

    def take(self, source: Path) -> None:
        """Copy what lies below ``source`` on this machine, in place of a save. Raises: NoSpaceError."""
        for file in sorted(source.rglob("*")):
            if file.is_file():
                path = join_path(self.model_path, file.relative_to(source).as_posix())
                with file.open("rb") as stream, self._filesystem.create(path) as copy:
                    shutil.copyfileobj(stream, copy)

    def add(self, name: str, content: bytes) -> None:
        """Put a file beside the saved model, to be hashed and published with it. Raises: NoSpaceError."""
        with self._filesystem.create(join_path(self.folder, name)) as stream:
            stream.write(content)

    def publish(
        self,
        *,
        inputs: Sequence[Field],
        classes: Sequence[str] = (),
        metrics: Mapping[str, float],
        better: Mapping[str, Direction] | None = None,
        description: str = "",
        target: str = "",
        valid_from: str = "",
        valid_to: str = "",
        run: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        scoring: Scoring | None = None,
        aliases: Sequence[str] = (),
    ) -> Manifest:
        """Hash the files, write the manifest beside them, put the whole in its place, then move ``aliases`` to it.

        Raises: PublicationError, ManifestError, ModelNameError, NoSpaceError.
        """
        self._check_aliases(aliases)
        self._check_saved()
        draft = Manifest(
            name=self._name,
            version=1,
            created=format_time(datetime.now(timezone.utc)),
            inputs=tuple(inputs),
            classes=tuple(classes),
            metrics=dict(metrics),
            better=dict(better or {}),
            description=description,
            target=target,
            valid_from=valid_from,
            valid_to=valid_to,
            run=dict(run or {}),
            data=dict(data or {}),
            files=hash_files(self._filesystem, self.folder),
            scoring=scoring,
        )
        published = self._put_in_place(Manifest.from_json(draft.to_json()), self.folder)
        self._published = True
        if self._set_alias is not None:
            for alias in aliases:
                self._set_alias(alias, published.version)
        return published

    def _check_aliases(self, aliases: Sequence[str]) -> None:
        for alias in aliases:
            check_alias(alias)
        if aliases and self._set_alias is None:
            raise PublicationError(
                "H214", f"{self._shelf} has no aliases, so not '{aliases[0]}'", hint="publish to a model repository"
            )

    def _check_saved(self) -> None:
        if self._published:
            raise PublicationError("H212", "this model has been published already", hint="stage the next one anew")
        metadata = join_path(self.model_path, "metadata")
        if not self._filesystem.exists(metadata):
            raise PublicationError(
                "H210",
                f"no model is saved in {self.model_path}",
                hint="save it at staging.spark_path before publishing",
            )
        if self._filesystem.exists(join_path(metadata, "_temporary")):
            raise PublicationError(
                "H211",
                f"the model in {self.model_path} is still being written",
                hint="publish after its save has ended",
            )

    def _delete(self) -> None:
        try:
            self._filesystem.delete(self._own, recursive=True)
        except StorageError as error:
            # It must not hide why the block ended; a later publication deletes what is left here.
            _log.warning("%s is left over: %s", self._own, error)


def read_manifest(filesystem: FileSystem, folder: str) -> Manifest:
    """The manifest in ``folder``. Raises: PathNotFoundError, ManifestError."""
    path = join_path(folder, MANIFEST_NAME)
    with filesystem.open(path) as stream:
        text = stream.read(_LARGEST_MANIFEST + 1)
    if len(text) > _LARGEST_MANIFEST:
        raise ManifestError("H203", "the manifest is larger than 64 MiB", hint="publish the model again", path=path)
    return Manifest.from_json(text)


def write_manifest(filesystem: FileSystem, folder: str, manifest: Manifest) -> None:
    """Put ``manifest`` beside its files. Raises: ManifestError, NoSpaceError."""
    text = manifest.to_json().encode()
    with filesystem.create(join_path(folder, MANIFEST_NAME), overwrite=True) as stream:
        stream.write(text)
