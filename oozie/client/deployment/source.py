"""An app in a folder on this machine: what it is, where its properties say that it lies in HDFS, and its files."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from oozie.client.deployment.errors import DeploymentError
from oozie.language.app_folder import APPLICATION_PATHS, AppKind
from oozie.language.properties import read_properties, resolve_properties, write_properties
from storage.errors import StorageError
from storage.filesystem import clean_path, parent_path

JOB_PROPERTIES = "job.properties"
_LEFT_OUT = frozenset({"__pycache__"})
_URL = re.compile(r"(?P<authority>[A-Za-z][A-Za-z0-9+.-]*://[^/]*)?(?P<path>/.*)", re.DOTALL)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class LocalFile:
    """A file on this machine that is to be sent, as it was when it was looked at."""

    path: Path
    length: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> LocalFile:
        """Look at ``path``. Raises: DeploymentError H810."""
        _check_regular(path)
        try:
            with path.open("rb") as stream:
                length, sha256 = digest(stream)
        except OSError as error:
            raise _unreadable(path, error) from error
        return cls(path, length, sha256)

    def open(self) -> BinaryIO:
        """Its bytes. Raises: DeploymentError H810."""
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _unreadable(self.path, error) from error


def digest(stream: BinaryIO) -> tuple[int, str]:
    """Length in bytes and SHA-256 of what is left of a stream."""
    length, sha256 = 0, hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        length += len(chunk)
        sha256.update(chunk)
    return length, sha256.hexdigest()


@dataclass(frozen=True)
class AppSource:
    """An app as it lies in a folder.

    ``root`` is the folder in HDFS that its application path names, ``authority`` what stands before that
    (``hdfs://nn:8020``, or ""); ``given`` are the properties as written, ``properties`` with each other put in.
    """

    folder: Path
    kind: AppKind
    definition: str
    authority: str
    root: str
    given: Mapping[str, str]
    properties: Mapping[str, str]
    paths: Mapping[str, Path]

    @property
    def application_path(self) -> str:
        """The name of the property that says where the app lies."""
        return APPLICATION_PATHS[self.kind]

    def read(self, name: str) -> bytes:
        """One of its files. Raises: DeploymentError H810, KeyError."""
        try:
            return self.paths[name].read_bytes()
        except OSError as error:
            raise _unreadable(self.paths[name], error) from error

    def files(self) -> dict[str, LocalFile]:
        """All of its files, looked at. Raises: DeploymentError H810."""
        return {name: LocalFile.of(path) for name, path in self.paths.items()}


class SourceFolder(Mapping[str, bytes]):
    """The files of an app, each read when it is asked for; job.properties as it is when ``--set`` went over it."""

    def __init__(self, source: AppSource) -> None:
        self._source = source
        self._names = sorted({*source.paths, JOB_PROPERTIES})

    def __getitem__(self, name: str) -> bytes:
        return write_properties(self._source.given).encode() if name == JOB_PROPERTIES else self._source.read(name)

    def __contains__(self, name: object) -> bool:
        return name == JOB_PROPERTIES or name in self._source.paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def read_source(folder: Path, overrides: Mapping[str, str], *, user: str) -> AppSource:
    """Look at an app's folder; ``overrides`` go over its job.properties, ``user`` is whose job it will be.

    Raises: DeploymentError H810 to H813; AppError for properties that cannot be read.
    """
    if not folder.is_dir():
        what = f"'{folder}' is no folder" if folder.exists() else f"there is no folder '{folder}'"
        raise DeploymentError("H810", what, hint="name the folder that holds job.properties and the app's XML")
    paths = {path.relative_to(folder).as_posix(): path for path in _walk(folder)}
    file = folder / JOB_PROPERTIES
    try:
        text = file.read_bytes().decode("utf-8", "replace") if JOB_PROPERTIES in paths else ""
    except OSError as error:
        raise _unreadable(file, error) from error
    given = {**read_properties(text, str(file)), **overrides}
    properties = resolve_properties({"user.name": user, **given})
    kind = _kind(folder, properties, has_file=JOB_PROPERTIES in paths)
    authority, path = _split(properties[APPLICATION_PATHS[kind]], kind)
    names_a_file = path.endswith(".xml")
    definition = path.rpartition("/")[2] if names_a_file else f"{kind}.xml"
    root = parent_path(path) if names_a_file else path
    if definition not in paths:
        hint = f"submit the folder whose files belong at {root}, or change {APPLICATION_PATHS[kind]}"
        raise DeploymentError("H812", f"there is no {definition} in '{folder}'", hint=hint)
    if root == "/":
        hint = "give it a folder: /user/NAME/apps/APP"
        raise DeploymentError("H813", f"{APPLICATION_PATHS[kind]} is the root of HDFS", hint=hint)
    return AppSource(folder, kind, definition, authority, root, given, properties, paths)


def split_uri(uri: str) -> tuple[str, str]:
    """What stands before the path (``hdfs://nn:8020``, or "") and the path. Raises: StorageError H107 for no path."""
    url = _URL.fullmatch(uri.strip())
    if url is None:
        raise StorageError("H107", f"'{uri}' is not an absolute path", hint="write it from the root: /user/...")
    return url["authority"] or "", clean_path(url["path"])


def _split(uri: str, kind: AppKind) -> tuple[str, str]:
    name = APPLICATION_PATHS[kind]
    if "${" in uri:
        missing = uri[uri.index("${") :].partition("}")[0] + "}"
        hint = f"add {missing[2:-1]}=... to job.properties, or --set {missing[2:-1]}=..."
        raise DeploymentError("H813", f"{name}={uri}: nothing defines {missing}", hint=hint)
    try:
        authority, path = split_uri(uri)
    except StorageError as error:
        hint = "write it as hdfs://NAMENODE:8020/user/NAME/apps/APP"
        raise DeploymentError("H813", f"{name}: {error.diagnostics[0].message}", hint=hint) from None
    scheme = authority.partition(":")[0].lower()
    if scheme not in ("", "hdfs", "webhdfs", "swebhdfs", "viewfs"):
        raise DeploymentError("H813", f"{name}={uri} is not in HDFS", hint="apps lie in HDFS: hdfs://NAMENODE:8020/...")
    return authority, path


def _kind(folder: Path, properties: Mapping[str, str], *, has_file: bool) -> AppKind:
    """Of the three, the one application path that there is. Raises: DeploymentError H811."""
    found = [kind for kind, name in APPLICATION_PATHS.items() if properties.get(name, "").strip()]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(APPLICATION_PATHS[kind] for kind in found)
        raise DeploymentError("H811", f"{names} are both set", hint="Oozie takes one: leave one of them empty")
    present = [kind for kind in APPLICATION_PATHS if (folder / f"{kind}.xml").is_file()]
    name = APPLICATION_PATHS[present[-1] if present else "workflow"]
    where = f"job.properties in '{folder}' has no" if has_file else f"there is no job.properties in '{folder}', and no"
    raise DeploymentError(
        "H811",
        f"{where} application path",
        hint=f"--set {name}=hdfs://NAMENODE:8020/user/NAME/apps/{folder.resolve().name}",
    )


def _walk(folder: Path) -> Iterator[Path]:
    """All files below ``folder`` in order, hidden ones and caches left out. Raises: DeploymentError H810."""
    bounds = folder.resolve()
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        for name in folders:
            if os.path.islink(Path(place, name)):  # noqa: PTH114  what cannot be asked is refused below
                hint = "put the folder itself there; a name that begins with a dot is left out"
                raise DeploymentError("H810", f"'{Path(place, name)}' is a link to a folder", hint=hint)
        for name in sorted(files):
            if not name.startswith("."):
                yield _checked(Path(place, name), bounds)


def _refuse(error: OSError) -> None:
    raise _unreadable(Path(error.filename), error) from error


def _checked(path: Path, bounds: Path) -> Path:
    """A file that may be sent: no link may take along what is not the app's."""
    _check_regular(path)
    if path.is_symlink() and not path.resolve().is_relative_to(bounds):
        hint = "put a copy there; a name that begins with a dot is left out"
        raise DeploymentError("H810", f"'{path}' is a link that leads out of the app", hint=hint)
    return path


def _check_regular(path: Path) -> None:
    """A pipe would keep us waiting, a device would never end. Raises: DeploymentError H810."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(mode):
        hint = "take it out of the app; a name that begins with a dot is left out"
        raise DeploymentError("H810", f"'{path}' is no ordinary file", hint=hint)


def _unreadable(path: Path, error: OSError) -> DeploymentError:
    hint = "see whether it exists and may be read"
    return DeploymentError("H810", f"'{path}' cannot be read: {error.strerror or error}", hint=hint)
