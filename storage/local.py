"""The local disk behind the file-system interface."""

from __future__ import annotations

import ctypes
import errno
import io
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathExistsError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)
from storage.filesystem import FileStatus, clean_path
from storage.newfile import NewFile, temporary_name

# errno -> (our error, its code, how to mend it)
_ERRORS: dict[int, tuple[type[StorageError], str, str]] = {
    errno.ENOENT: (PathNotFoundError, "H101", "check the path"),
    errno.ENOTDIR: (PathNotFoundError, "H101", "a part of the path is a file"),
    errno.EISDIR: (PathNotFoundError, "H101", "name a file, not a directory"),
    errno.EEXIST: (PathExistsError, "H102", "choose another name or delete it first"),
    errno.ENOTEMPTY: (PathExistsError, "H102", "the directory has children"),
    errno.EACCES: (AccessDeniedError, "H103", "check the owner and the mode of the path"),
    errno.EPERM: (AccessDeniedError, "H103", "check the owner and the mode of the path"),
    errno.EROFS: (AccessDeniedError, "H103", "the disk is mounted read-only"),
    errno.ENOSPC: (NoSpaceError, "H105", "free some space and try again"),
    errno.EDQUOT: (NoSpaceError, "H105", "the quota is used up"),
    errno.EFBIG: (NoSpaceError, "H105", "the file is larger than this disk or this process may have"),
    errno.EIO: (UnreachableError, "H104", "the disk does not answer as it should"),
    errno.ESTALE: (UnreachableError, "H104", "the network disk has gone; mount it again"),
    errno.ENAMETOOLONG: (StorageError, "H107", "use a shorter name"),
}

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
        return self.local_path(path).as_uri()

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""
        with _mapped(path):
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
        with _mapped(path), os.scandir(self.local_path(path)) as entries:
            for entry in entries:
                # Deleted while we look, or a link to nowhere: there is nothing at that path.
                with suppress(FileNotFoundError):
                    found.append(_status(f"{folder}/{entry.name}", entry.stat()))
        return sorted(found, key=lambda status: status.path)

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError, for a directory too."""
        with _mapped(path):
            return self.local_path(path).open("rb")

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        """A stream to write a new file, which appears whole at its close. Raises: PathExistsError, NoSpaceError."""
        path = clean_path(path)
        if not overwrite and self.exists(path):
            raise PathExistsError("H102", f"'{path}' exists", hint="choose another name or delete it first")
        target = self.local_path(path)
        temporary = self.local_path(temporary_name(path))
        with _mapped(path, {errno.ENOTDIR: errno.EEXIST}):
            target.parent.mkdir(parents=True, exist_ok=True)
            stream = _DiskFile(path, temporary, self._durable)

        def publish() -> None:
            with _mapped(path, {errno.EISDIR: errno.EEXIST}):
                self._move(temporary, target, overwrite)

        return NewFile(stream, publish, lambda: temporary.unlink(missing_ok=True))

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""
        with _mapped(path, {errno.ENOTDIR: errno.EEXIST}):
            self.local_path(path).mkdir(parents=True, exist_ok=True)

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move in one atomic step to the new name ``target``. Raises: PathExistsError, PathNotFoundError."""
        old, new = self.local_path(source), self.local_path(target)
        with _mapped(source):
            is_directory = stat.S_ISDIR(old.lstat().st_mode)
        # A file where a folder should go, or the reverse: the name is taken, whatever the system calls it.
        taken = {errno.ENOTDIR: errno.EEXIST, errno.EISDIR: errno.EEXIST}
        with _mapped(target, taken if is_directory or new.is_dir() else {}):
            self._move(old, new, overwrite)

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""
        local = self.local_path(path)
        with _mapped(path):
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

    def _move(self, old: Path, new: Path, overwrite: bool) -> None:
        if overwrite:
            old.rename(new)  # rename(2) replaces a file or an empty directory, and refuses all else
        else:
            _rename_exclusively(old, new)
        if self._durable:
            for folder in {new.parent, old.parent}:
                _sync_folder(folder)


class _DiskFile(io.FileIO):
    """A local file whose errors are ours and, if durable, whose bytes are on the disk once it is closed."""

    def __init__(self, path: str, local: Path, durable: bool) -> None:
        self._path = path
        self._durable = durable
        super().__init__(str(local), "xb")

    def write(self, data: object) -> int:
        """Write all of ``data``: a full disk may take a part of it first."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        written = 0
        with _mapped(self._path):
            while written < len(view):
                written += super().write(view[written:])
        return written

    def close(self) -> None:
        """Wait for the disk where that was asked for, then close."""
        if self.closed:
            return
        with _mapped(self._path):
            try:
                if self._durable:
                    os.fsync(self.fileno())
            finally:
                super().close()


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


@contextmanager
def _mapped(path: str, instead: dict[int, int] | None = None) -> Iterator[None]:
    """Turn the system's errors into ours; ``instead`` says which errno to take for which."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        number = (instead or {}).get(number, number)
        kind, code, hint = _ERRORS.get(number, (StorageError, "H109", "see the system's message"))
        raise kind(code, f"'{path}': {os.strerror(number) if number else error}", hint=hint) from error
