"""Versions of a folder in HDFS: each in a folder of its own that appears whole in one rename and never changes.

::

    /user/refinedzone/funnel/.versions/
        3f9c2a7b1d04e5aa/          a version, named by what is in it; .howdah.json in it lists its files
        3f9c2a7b1d04e5aa.jobs      coordinators that were moved on from it and may have instances that read it still
        .staging-<submit>-<n>/     files on their way; what a killed submit left, the next one takes away
        .staging-<submit>-0/       its scratch folder: each file outside of a version is made there and then moved
        .trash-<n>/                a version that is being deleted
        .lock                      who changes the above at the moment
        .lock.breaking-<submit>    who takes away what that submit held when it was killed

A job reads the version that it was submitted with, to its end: what is deployed meanwhile is another folder. Source for
what Oozie reads when: org.apache.oozie.command.wf.SubmitXCommand, org.apache.oozie.service.WorkflowAppService.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign, forget, is_alive
from oozie.client.deployment.source import LocalFile, digest
from storage.errors import PathNotFoundError, StorageError
from storage.filesystem import FileStatus, FileSystem, join_path, parent_path, try_rename

FOLDER = ".versions"
RECORD = ".howdah.json"
STAGING = ".staging-"
BREAKING = ".lock.breaking-"
_TRASH = ".trash-"
_JOBS = ".jobs"
_ID_LENGTH = 16
_SENDERS = 4
_VERSION = re.compile(rf"[0-9a-f]{{{_ID_LENGTH}}}")
_STAGED = re.compile(rf"{re.escape(STAGING)}(?P<submit>[0-9a-f]+)-\d+")
# A text may be of any length and of anybody's making: each of these looks at a character once.
_AUTHORITY = re.compile(r"://[^/\s,]*")
_UNBROKEN = re.compile(r"[^\s,:;]+")
_PATH_START = re.compile(r"(?<![\w./-])/")
_NAMED = re.compile(rf"/{re.escape(FOLDER)}/{_VERSION.pattern}(?![0-9a-f])")
# What a killed submit of another machine left is told from one that runs by its age alone.
_OLD_MS = 24 * 3600 * 1000

# Called with a file's name, its length, and whether it is sent (or was there already).
Observer = Callable[[str, int, bool], None]


def _ignore(name: str, length: int, sent: bool) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Version:
    """One version: ``is_new`` where this call made it; ``mended`` are files that somebody had changed or taken out."""

    path: str
    is_new: bool = True
    mended: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its name, which says what is in it."""
        return self.path.rpartition("/")[2]


def version_id(files: Mapping[str, LocalFile]) -> str:
    """The name of the version with these files: equal files, equal name."""
    lines = (f"{name}\0{file.length}\0{file.sha256}\n" for name, file in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:_ID_LENGTH]


def versions_in(text: str) -> Iterator[str]:
    """The paths of versions that a text speaks of, without a scheme."""
    for unbroken in _UNBROKEN.findall(_AUTHORITY.sub(" ", text)):
        end = 0
        while (start := _PATH_START.search(unbroken, end)) and (named := _NAMED.search(unbroken, start.end())):
            end = named.end()
            yield unbroken[start.start() : end]


def without_version(path: str) -> str:
    """The folder that a version's path is of; any other path as it is."""
    folder, found, rest = path.partition(f"/{FOLDER}/")
    if not found or not _VERSION.match(rest):
        return path
    return folder + rest[_ID_LENGTH:]


def scratch_path(root: str, life: LifeSign) -> str:
    """Where a submit makes single files: nothing is left beside the versions when it is killed."""
    return join_path(root, FOLDER, f"{STAGING}{life.name}-0")


class VersionFolder:
    """The versions of ``root`` as one submit, ``life``, sees and makes them.

    Raises: StorageError, as the file system does.
    """

    def __init__(self, filesystem: FileSystem, root: str, life: LifeSign) -> None:
        self.filesystem = filesystem
        self.root = root
        self.folder = join_path(root, FOLDER)
        self._life = life
        self._scratch = scratch_path(root, life)
        self._staged = 0

    def path(self, version: str) -> str:
        """Where a version lies, or would."""
        return join_path(self.folder, version)

    def stage(self, files: Mapping[str, LocalFile], observe: Observer = _ignore) -> str:
        """Send the files to a place of this submit's own, read them back, and give that place.

        Raises: DeploymentError H817 where what lies there is not what was sent.
        """
        self._staged += 1
        place = join_path(self.folder, f"{STAGING}{self._life.name}-{self._staged}")
        try:
            self.filesystem.make_directory(place)
            self._send_all(place, files, observe)
            with self.filesystem.create(join_path(place, RECORD)) as stream:
                stream.write(_record(files))
        except BaseException:
            self.discard(place)
            raise
        return place

    def publish(self, files: Mapping[str, LocalFile], staged: str) -> Version:
        """Give what was staged its name: the one step after which the version is there, whole. Needs the lock."""
        target = self.path(version_id(files))
        if try_rename(self.filesystem, staged, target):
            return Version(target)
        if not self.filesystem.exists(target):
            hint = "submit it again; nothing of it was published"
            raise DeploymentError("H817", f"'{staged}' has gone while it was being sent", hint=hint)
        self.filesystem.delete(staged, recursive=True)
        return Version(target, is_new=False, mended=self.mend(files))

    def find(self, files: Mapping[str, LocalFile]) -> bool:
        """Whether the version with these files is there, so that nothing need be sent."""
        return self.filesystem.exists(self.path(version_id(files)))

    def mend(self, files: Mapping[str, LocalFile]) -> tuple[str, ...]:
        """Send once more what somebody took out of a version or cut short; their names."""
        target = self.path(version_id(files))
        lengths = {name: status.length for name, status in self._walk(target)}
        mended = tuple(name for name, file in files.items() if lengths.get(name) != file.length)
        for name in mended:
            draft = join_path(self._scratch, "mended")
            self._send(draft, name, files[name])
            self.filesystem.make_directory(parent_path(join_path(target, name)))
            self.filesystem.rename(draft, join_path(target, name), overwrite=True)
        return mended

    def ids(self) -> list[str]:
        """The versions that there are, the newest first."""
        found = [status for status in self._list() if status.is_directory and _VERSION.fullmatch(status.name)]
        return [status.name for status in sorted(found, key=lambda status: -status.modified_ms)]

    def lengths(self, version: str) -> dict[str, int]:
        """The files of a version and their lengths; empty where there is none."""
        with suppress(PathNotFoundError):
            return {name: status.length for name, status in self._walk(self.path(version)) if name != RECORD}
        return {}

    def record(self, version: str) -> dict[str, tuple[int, str]]:
        """What was put into a version: name -> length, SHA-256; empty where that is not known."""
        return read_record(self.filesystem, self.path(version))

    def holders(self, version: str) -> list[str]:
        """The coordinators that were moved on from a version."""
        try:
            with self.filesystem.open(self.path(version) + _JOBS) as stream:
                return stream.read().decode("utf-8", "replace").split()
        except PathNotFoundError:
            return []

    def hold(self, version: str, job_id: str) -> None:
        """Keep a version until that job has ended, though the job itself names another one now. Needs the lock."""
        held = self.holders(version)
        if job_id not in held:
            self.write(self.path(version) + _JOBS, "".join(f"{each}\n" for each in [*held, job_id]).encode())

    def write(self, path: str, content: bytes) -> None:
        """Replace a small file beside the versions in one step. Needs the lock."""
        draft = join_path(self._scratch, "draft")
        with self.filesystem.create(draft, overwrite=True) as stream:
            stream.write(content)
        self.filesystem.rename(draft, path, overwrite=True)

    def remove(self, version: str) -> bool:
        """Delete a version; not where something lies in it that was never put there. Needs the lock."""
        known = self.record(version)
        if not known or any(name not in known for name in self.lengths(version)):
            return False
        trash = join_path(self.folder, f"{_TRASH}{uuid.uuid4().hex}")
        if not try_rename(self.filesystem, self.path(version), trash):
            return False
        self.filesystem.delete(trash, recursive=True)
        self.filesystem.delete(self.path(version) + _JOBS)
        return True

    def clean(self) -> list[str]:
        """Take away what killed submits left; the names of it. Needs the lock."""
        gone, dead = [], set()
        for status in self._list():
            staged = _STAGED.fullmatch(status.name)
            if status.name.startswith(BREAKING):  # of a lock that is gone, for we hold the lock
                self.filesystem.delete(status.path)
            if status.name.startswith(_TRASH) or (staged and self._is_left_over(staged["submit"], status)):
                self.filesystem.delete(status.path, recursive=True)
                gone.append(status.name)
                if staged:
                    dead.add(staged["submit"])
        for submit in dead:  # not before: a submit may have left several
            forget(submit)
        return gone

    def discard(self, staged: str) -> None:
        """Take away what this submit staged itself."""
        try:
            self.filesystem.delete(staged, recursive=True)
        except StorageError:
            self._life.leave()  # what made us give up is the error to tell; the next submit takes this away

    def _is_left_over(self, submit: str, status: FileStatus) -> bool:
        if submit == self._life.name:
            return False
        alive = is_alive(submit)
        return not alive if alive is not None else self._now_ms() - status.modified_ms > _OLD_MS

    def _now_ms(self) -> int:
        """The time of the file system's own clock, as a file that is made now shows it."""
        probe = join_path(self._scratch, "now")
        self.write(probe, b"")
        return self.filesystem.status(probe).modified_ms

    def _send_all(self, place: str, files: Mapping[str, LocalFile], observe: Observer) -> None:
        """Several at once: HDFS takes half a second to close a file, however small it is."""
        with ThreadPoolExecutor(_SENDERS) as pool:
            sendings = {pool.submit(self._send, join_path(place, name), name, files[name]): name for name in files}
            try:
                for sending in as_completed(sendings):
                    sending.result()
                    observe(sendings[sending], files[sendings[sending]].length, True)
            finally:
                pool.shutdown(cancel_futures=True)

    def _send(self, path: str, name: str, file: LocalFile) -> None:
        with file.open() as source, self.filesystem.create(path) as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
        with self.filesystem.open(path) as stream:
            found = digest(stream)
        if found != (file.length, file.sha256):
            hint = "the file changed meanwhile, or the way there is broken: submit it again"
            raise DeploymentError("H817", f"'{name}' lies in HDFS as {found[0]:,} other bytes", hint=hint)

    def _list(self) -> list[FileStatus]:
        try:
            return self.filesystem.list(self.folder)
        except PathNotFoundError:
            return []

    def _walk(self, folder: str, prefix: str = "") -> Iterator[tuple[str, FileStatus]]:
        for status in self.filesystem.list(folder):
            if status.is_directory:
                yield from self._walk(status.path, f"{prefix}{status.name}/")
            else:
                yield f"{prefix}{status.name}", status


def read_record(filesystem: FileSystem, place: str) -> dict[str, tuple[int, str]]:
    """What was put into the version at ``place``: name -> length, SHA-256; empty where that is not known."""
    try:
        with filesystem.open(join_path(place, RECORD)) as stream:
            found = json.loads(stream.read())["files"]
        return {str(name): (int(length), str(sha256)) for name, (length, sha256) in found.items()}
    except (PathNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _record(files: Mapping[str, LocalFile]) -> bytes:
    content: dict[str, Any] = {"files": {name: [file.length, file.sha256] for name, file in sorted(files.items())}}
    return (json.dumps(content, indent=1) + "\n").encode()
