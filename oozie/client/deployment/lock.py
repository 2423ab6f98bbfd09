"""One submit at a time for each folder: the lock is a file in HDFS that can be made only once."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign, is_alive
from oozie.client.deployment.versions import BREAKING, FOLDER, scratch_path
from storage.errors import PathExistsError, PathNotFoundError, StorageError
from storage.filesystem import FileSystem, join_path, parent_path
from storage.login import login_name

_NAME = ".lock"
_SUBMIT = re.compile(r"[0-9a-f]{1,32}")
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
        is_looked_at = waited % _LOOK_S == 0 or is_alive(name) is False
        if is_looked_at and _is_dead(filesystem, path, name, scratch) and _break(filesystem, path, name, scratch, life):
            continue
        if waited >= wait_s:
            who = f"{holder.get('user', 'somebody')} on {holder.get('host', 'another machine')}"
            hint = f"wait until that has ended; one that was killed is passed over after {_STALE_S / 60:.0f} minutes"
            raise DeploymentError("H818", f"{who} is submitting to the same folder", hint=hint)
        sleep(_POLL_S)
        waited += _POLL_S


def _take(filesystem: FileSystem, path: str, scratch: str, life: LifeSign) -> bool:
    mine = {"submit": life.name, "user": login_name(otherwise=f"user {os.getuid()}"), "host": platform.node()}
    written = join_path(scratch, "lock")
    with filesystem.create(written, overwrite=True) as stream:
        stream.write(json.dumps(mine).encode())
    try:
        filesystem.rename(written, path)
    except PathExistsError:
        return False
    return True


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


def _is_dead(filesystem: FileSystem, path: str, name: str, scratch: str) -> bool:
    alive = is_alive(name) if name else None
    return alive is False or (alive is None and _age_s(filesystem, path, scratch) > _STALE_S)


def _break(filesystem: FileSystem, path: str, name: str, scratch: str, life: LifeSign) -> bool:
    """Take away what ``name``, who is dead, holds at ``path``; False where somebody who lives is about to.

    Only who holds a name of its own for that may do so, and looks again: between the first look and now another may
    have taken the lock over. A submit holds the lock once, so that what was its alone never comes back. Who dies while
    holding that name is dealt with in the same way.
    """
    right = join_path(parent_path(path), f"{BREAKING}{name if _SUBMIT.fullmatch(name) else 'unknown'}")
    if not _take(filesystem, right, scratch, life):
        other = _read(filesystem, right).get("submit", "")
        return _is_dead(filesystem, right, other, scratch) and _break(filesystem, right, other, scratch, life)
    try:
        if _read(filesystem, path).get("submit", "") == name:
            filesystem.delete(path)
    finally:
        filesystem.delete(right)
    return True
