"""The local disk behind the file-system interface."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from storage.errors import PathExistsError, PathNotFoundError, StorageError
from storage.filesystem import FileStatus, clean_path
from storage.newfile import NewFile, temporary_name
from storage.os_errors import NAME_IS_TAKEN, mapped_os_errors

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1


class LocalDisk:
    """The paths below ``root`` of this machine; ``/`` is the whole disk.

    ``durable`` waits at each change until the disk itself has it, so that it outlives a power cut.
    """

    def __init__(self, root: Path = Path("/"), *, durable: bool = True) -> None:
        self._root = root.absolute()
        self._durable = durable

    def __repr__(self) -> str:
        return f"LocalDisk({str(self._root)!r})"

    def local_path(self, path: str) -> Path:
        """Where ``path`` lies on this machine."""
        return self._root / clean_path(path)[1:]

    def uri(self, path: str) -> str:
        """``file:///...``."""
        return f"file://{self.local_path(path).as_posix()}"

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""
        with mapped_os_errors(path):
            return _status(clean_path(path), self.local_path(path).stat())

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory at ``path``."""
        try:
            self.status(path)
        except PathNotFoundError:
            return False
        return True

    def list(self, path: str) -> list[FileStatus]:
        """The children of a directory, by name. Raises: PathNotFoundError, for a file too."""
        folder = clean_path(path).rstrip("/")
        found = []
        with mapped_os_errors(path), os.scandir(self.local_path(path)) as entries:
            for entry in entries:
                # Deleted while we look, or a link to nowhere: there is nothing at that path.
                with suppress(FileNotFoundError):
                    found.append(_status(f"{folder}/{entry.name}", entry.stat()))
        return sorted(found, key=lambda status: status.path)

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError, for a directory too; H107 for a pipe."""
        with mapped_os_errors(path):
            stream = open(self.local_path(path), "rb", opener=_open_at_once)  # noqa: SIM115 - the caller closes it
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise StorageError("H107", f"'{path}' is a pipe or a device", hint="put an ordinary file there")
        return stream

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        """A stream to write a new file, which appears whole at its close. Raises: PathExistsError, NoSpaceError."""
        path = clean_path(path)
        if not overwrite and self.exists(path):
            raise PathExistsError("H102", f"'{path}' exists", hint="choose another name or delete it first")
        with mapped_os_errors(path, NAME_IS_TAKEN):
            self.local_path(path).parent.mkdir(parents=True, exist_ok=True)
            return _NewDiskFile(self, path, overwrite)

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""
        with mapped_os_errors(path, NAME_IS_TAKEN):
            self.local_path(path).mkdir(parents=True, exist_ok=True)

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move in one atomic step to the new name ``target``. Raises: PathExistsError, PathNotFoundError."""
        old, new = self.local_path(source), self.local_path(target)
        with mapped_os_errors(source):
            old.lstat()
        with mapped_os_errors(target, NAME_IS_TAKEN if new.exists() else None):
            if overwrite:
                old.rename(new)  # rename(2) replaces a file or an empty directory, and refuses all else
            else:
                _rename_exclusively(old, new)
            if self._durable:
                for folder in {new.parent, old.parent}:
                    _sync_folder(folder)

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""
        local = self.local_path(path)
        with mapped_os_errors(path):
            try:
                is_directory = stat.S_ISDIR(local.lstat().st_mode)
            except (FileNotFoundError, NotADirectoryError):
                return False
            if not is_directory:
                local.unlink(missing_ok=True)
            elif recursive:
                _remove_tree(local)
            else:
                local.rmdir()
        return True

    def _sync(self, stream: BinaryIO) -> None:
        if self._durable:
            os.fsync(stream.fileno())


class _NewDiskFile(NewFile):
    """A file that is written beside its name."""

    def __init__(self, disk: LocalDisk, path: str, overwrite: bool) -> None:
        self._disk = disk
        self._path = path
        self._overwrite = overwrite
        self._temporary = temporary_name(path)
        super().__init__(disk.local_path(self._temporary).open("xb"))

    def write(self, data: object) -> int:
        with mapped_os_errors(self._path):
            return super().write(data)

    def _publish(self) -> None:
        with mapped_os_errors(self._path):
            self._stream.flush()
            self._disk._sync(self._stream)
            self._stream.close()
        self._disk.rename(self._temporary, self._path, overwrite=self._overwrite)

    def _abandon(self) -> None:
        # Closing flushes what did not fit on the disk, which would fail once more.
        with suppress(OSError):
            self._stream.close()
        self._disk.delete(self._temporary)


def _open_at_once(path: str, flags: int) -> int:
    """A pipe that nobody writes to would keep whoever opens it waiting for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def _status(path: str, found: os.stat_result) -> FileStatus:
    is_directory = stat.S_ISDIR(found.st_mode)
    return FileStatus(path, is_directory, 0 if is_directory else found.st_size, found.st_mtime_ns // 1_000_000)


def _rename_exclusively(old: Path, new: Path) -> None:
    """Rename where nothing stands yet: in one step on Linux, by a look and a step where the system has none."""
    call = _find_renameat2()
    if call is not None:
        if call(_AT_FDCWD, os.fsencode(old), _AT_FDCWD, os.fsencode(new), _RENAME_NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
        if number not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            raise OSError(number, os.strerror(number), str(new))
    # A few network disks have no such call. For a directory with children, the second step refuses a taken name too.
    if os.path.lexists(new):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
    old.rename(new)


def _find_renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    if sys.platform != "linux":
        return None
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    found: Callable[[int, bytes, int, bytes, int], int] | None = call
    return found


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return  # another process has taken the old folder away since
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_tree(folder: Path) -> None:
    """Delete a folder; what another process deletes meanwhile is no error."""

    def pass_by(function: object, path: str, failure: tuple[type[BaseException], BaseException, object]) -> None:
        if not isinstance(failure[1], FileNotFoundError):
            raise failure[1]

    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=lambda function, path, error: pass_by(function, path, (type(error), error, None)))
    else:
        shutil.rmtree(folder, onerror=pass_by)
