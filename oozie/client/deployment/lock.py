"""One submit at a time for each folder: the lock is a file in HDFS that can be made only once."""

from __future__ import annotations

import getpass
import json
import platform
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign, is_alive
from oozie.client.deployment.versions import FOLDER, scratch_path
from storage.errors import PathExistsError, PathNotFoundError, StorageError
from storage.filesystem import FileSystem, join_path, try_rename

_NAME = ".lock"
# Of a submit on another machine only its age can be seen; what is done under the lock takes seconds.
_STALE_S = 900.0
_WAIT_S = 60.0
_POLL_S = 0.25
_LOOK_S = 5.0


@contextmanager
def locked(
    filesystem: FileSystem,
    root: str,
    life: LifeSign,
    *,
    wait_s: float = _WAIT_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock of ``root`` inside the block; that of a submit that was killed is taken over.

    Raises: DeploymentError H818 when somebody else holds it for longer than ``wait_s``.
    """
    path, scratch = join_path(root, FOLDER, _NAME), scratch_path(root, life)
    try:
        _acquire(filesystem, path, scratch, life, wait_s, sleep)
        yield
    finally:
        try:
            if _read(filesystem, path).get("submit") == life.name:
                filesystem.delete(path)
            filesystem.delete(scratch, recursive=True)
        except StorageError:
            life.leave()  # HDFS does not answer any more: the lock stays, and who comes next sees that we are gone


def _acquire(
    filesystem: FileSystem, path: str, scratch: str, life: LifeSign, wait_s: float, sleep: Callable[[float], None]
) -> None:
    waited = 0.0
    while not _take(filesystem, path, scratch, life):
        holder = _read(filesystem, path)
        name = holder.get("submit", "")
        alive = is_alive(name) if name else None
        if alive is False or (alive is None and waited % _LOOK_S == 0 and _age_s(filesystem, path, scratch) > _STALE_S):
            _break(filesystem, path, join_path(scratch, uuid.uuid4().hex), name)
        elif waited >= wait_s:
            who = f"{holder.get('user', 'somebody')} on {holder.get('host', 'another machine')}"
            hint = f"wait until that has ended; one that was killed is passed over after {_STALE_S / 60:.0f} minutes"
            raise DeploymentError("H818", f"{who} is submitting to the same folder", hint=hint)
        else:
            sleep(_POLL_S)
            waited += _POLL_S


def _take(filesystem: FileSystem, path: str, scratch: str, life: LifeSign) -> bool:
    mine = {"submit": life.name, "user": getpass.getuser(), "host": platform.node()}
    written = join_path(scratch, "lock")
    with filesystem.create(written, overwrite=True) as stream:
        stream.write(json.dumps(mine).encode())
    try:
        filesystem.rename(written, path)
    except PathExistsError:
        return False
    # Whoever took over a dead lock at the same moment may have moved ours away in its place.
    return _read(filesystem, path).get("submit") == life.name


def _read(filesystem: FileSystem, path: str) -> Mapping[str, str]:
    try:
        with filesystem.open(path) as stream:
            found = json.loads(stream.read())
    except (PathNotFoundError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _age_s(filesystem: FileSystem, path: str, scratch: str) -> float:
    """How old the lock is by the file system's own clock, as what we have just made shows it."""
    try:
        made = filesystem.status(path).modified_ms
    except PathNotFoundError:
        return 0.0
    return (filesystem.status(join_path(scratch, "lock")).modified_ms - made) / 1000


def _break(filesystem: FileSystem, path: str, aside: str, name: str) -> None:
    """Move a dead lock away; where that moved a living one, which came between, it is put back."""
    if try_rename(filesystem, path, aside) and _read(filesystem, aside).get("submit", "") != name:
        try_rename(filesystem, aside, path)
