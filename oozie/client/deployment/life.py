"""Whether a submit that left something behind still lives: asked of the kernel where it ran on this machine.

Each submit holds a lock on a file of its own name; the kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from oozie.client.deployment.errors import DeploymentError
from storage.locks import is_locked

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class LifeSign:
    """The sign of one submit, ``name``, for as long as it is open."""

    def __init__(self) -> None:
        """Raises: DeploymentError H827 where there is no folder for it that is this user's alone."""
        self.name = uuid.uuid4().hex
        self._path = _own_folder() / self.name
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            self._stream = open(os.open(self._path, flags, 0o600), "wb")  # noqa: SIM115, PTH123  open until __exit__
        except OSError as error:
            raise _unusable(self._path.parent, error.strerror or str(error)) from error
        fcntl.flock(self._stream, fcntl.LOCK_EX)
        self._is_left = False

    def __enter__(self) -> LifeSign:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The name goes last: what is here and not held has died.
        self._stream.close()
        if not self._is_left:
            self._path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Something in HDFS could not be taken away: let the next submit see that it belongs to nobody."""
        self._is_left = True


def is_alive(name: str) -> bool | None:
    """Whether that submit still runs; None where it ran on another machine, or as another user."""
    for path in _signs(name):
        with suppress(OSError):  # it is not in this folder
            return is_locked(path)
    return None


def forget(name: str) -> None:
    """The sign of a submit that has died is of no more use."""
    for path in _signs(name):
        with suppress(OSError):
            path.unlink()


def _signs(name: str) -> Iterator[Path]:
    """Where that sign may be; one folder after the other, since cron has no session and a login has."""
    return (folder / Path(name).name for folder in _folders() if not _objection(folder))


def _folders() -> Iterator[Path]:
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if session.is_absolute() and not _objection(session):
        yield session / "howdah-submits"
    yield Path(tempfile.gettempdir()) / f"howdah-submits-{os.getuid()}"


def _own_folder() -> Path:
    """The first folder that nobody else can write to, made where there is none: another's could lie about who lives."""
    folder, objection = Path(), ""
    for folder in _folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            objection = error.strerror or str(error)
            continue
        objection = _objection(folder)
        if not objection:
            return folder
    raise _unusable(folder, objection)


def _objection(folder: Path) -> str:
    """Why a folder is not one that this user alone can write to; "" where it is."""
    try:
        status = folder.lstat()
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(status.st_mode):
        return "it is no folder"
    if status.st_uid != os.getuid():
        return f"it belongs to another user ({status.st_uid})"
    return "others may go into it" if status.st_mode & _OTHERS else ""


def _unusable(folder: Path, objection: str) -> DeploymentError:
    hint = "take it away or chmod it to 700, or name another folder for temporary files in $TMPDIR"
    return DeploymentError("H827", f"'{folder}' cannot keep the sign of this submit: {objection}", hint=hint)
