"""The operating system's errors as ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathExistsError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)

_MODE = "check the owner and the mode of the path"

# errno -> (our error, its code, how to mend it)
_ERRORS: dict[int, tuple[type[StorageError], str, str]] = {
    errno.ENOENT: (PathNotFoundError, "H101", "check the path"),
    errno.ENOTDIR: (PathNotFoundError, "H101", "a part of the path is a file"),
    errno.EISDIR: (PathNotFoundError, "H101", "name a file, not a directory"),
    errno.EEXIST: (PathExistsError, "H102", "choose another name or delete it first"),
    errno.ENOTEMPTY: (PathExistsError, "H102", "the directory has children"),
    errno.EACCES: (AccessDeniedError, "H103", _MODE),
    errno.EPERM: (AccessDeniedError, "H103", _MODE),
    errno.EROFS: (AccessDeniedError, "H103", "the disk is mounted read-only"),
    errno.ENOSPC: (NoSpaceError, "H105", "free some space and try again"),
    errno.EDQUOT: (NoSpaceError, "H105", "the quota is used up"),
    errno.EFBIG: (NoSpaceError, "H105", "the file is larger than this disk or this process may have"),
    errno.EIO: (UnreachableError, "H104", "the disk does not answer as it should"),
    errno.ESTALE: (UnreachableError, "H104", "the network disk has gone; mount it again"),
    errno.ENAMETOOLONG: (StorageError, "H107", "use a shorter name"),
}

# A file stands where a directory is to be made, or the reverse: the name is taken, whatever the system calls it.
NAME_IS_TAKEN: Mapping[int, int] = {errno.ENOTDIR: errno.EEXIST, errno.EISDIR: errno.EEXIST}


@contextmanager
def mapped_os_errors(path: str, instead: Mapping[int, int] | None = None) -> Iterator[None]:
    """Raise our error for the system's; ``instead`` says which errno to take for which. Raises: StorageError."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        number = (instead or {}).get(number, number)
        kind, code, hint = _ERRORS.get(number, (StorageError, "H109", "see the system's message"))
        raise kind(code, f"'{path}': {os.strerror(number) if number else error}", hint=hint) from error
