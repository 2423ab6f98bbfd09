"""Hadoop's exceptions, by the name of their class, as our errors; WebHDFS and the JVM both use these names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathExistsError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)

_NOT_FOUND = (PathNotFoundError, "H101", "check the path")
_TAKEN = (PathExistsError, "H102", "choose another name or delete it first")
_FILE_ON_THE_WAY = (PathExistsError, "H102", "a part of the path is a file")
_NOT_EMPTY = (PathExistsError, "H102", "the directory has children")
_DENIED = (AccessDeniedError, "H103", "check the owner and the mode of the path, and which user asks")
_UNKNOWN_USER = (AccessDeniedError, "H103", "renew the ticket or token, or name another user")
_STANDBY = (UnreachableError, "H104", "name the active NameNode, or all of them: webhdfs://nn1:9870,nn2:9870/path")
_AWAY = (UnreachableError, "H104", "check host and port, and that HDFS runs")
_LATER = (UnreachableError, "H104", "the NameNode is not ready yet; try again in a minute")
_FULL = (NoSpaceError, "H105", "free some space or raise the quota")

# The simple name of the Java class -> (our error, its code, how to mend it)
_ERRORS: dict[str, tuple[type[StorageError], str, str]] = {
    "FileNotFoundException": _NOT_FOUND,
    "NoSuchFileException": _NOT_FOUND,
    "FileAlreadyExistsException": _TAKEN,
    "AlreadyBeingCreatedException": _TAKEN,
    "ParentNotDirectoryException": _FILE_ON_THE_WAY,
    "PathIsNotEmptyDirectoryException": _NOT_EMPTY,
    "DirectoryNotEmptyException": _NOT_EMPTY,
    "AccessControlException": _DENIED,
    "AccessDeniedException": _DENIED,
    "AuthorizationException": _DENIED,
    "SecurityException": _UNKNOWN_USER,
    "AuthenticationException": _UNKNOWN_USER,
    "InvalidToken": _UNKNOWN_USER,
    "SaslException": _UNKNOWN_USER,
    "KerberosAuthException": _UNKNOWN_USER,
    "StandbyException": _STANDBY,
    "RetriableException": _LATER,
    "SafeModeException": _LATER,
    "ConnectException": _AWAY,
    "ConnectTimeoutException": _AWAY,
    "SocketTimeoutException": _AWAY,
    "NoRouteToHostException": _AWAY,
    "UnknownHostException": _AWAY,
    "EOFException": _AWAY,
    "SocketException": _AWAY,
    "BlockMissingException": (UnreachableError, "H104", "no DataNode that has the file answers"),
    "QuotaExceededException": _FULL,
    "DSQuotaExceededException": _FULL,
    "NSQuotaExceededException": _FULL,
    "QuotaByStorageTypeExceededException": _FULL,
    "ClusterStorageCapacityExceededException": _FULL,
    "DiskOutOfSpaceException": _FULL,
    "InvalidPathException": (StorageError, "H107", "use another path"),
    "UnsupportedFileSystemException": (StorageError, "H108", "use hdfs:, webhdfs:, file: or a plain path"),
}

# What is thrown as a bare IOException, or as something that it is not: here only the message tells.
_MESSAGES: tuple[tuple[str, tuple[type[StorageError], str, str]], ...] = (
    ("(is not a directory)", _FILE_ON_THE_WAY),  # the NameNode's permission checker calls it AccessControlException
    (" is not empty", _NOT_EMPTY),
    ("must both be directories", _TAKEN),  # rename of a file over a directory, or the reverse
    ("could only be written to 0", (NoSpaceError, "H105", "no DataNode takes the file: they are full, or down")),
    ("No space left on device", _FULL),
    ("Filesystem closed", _AWAY),
)


def hadoop_error(class_name: str, message: str, path: str) -> StorageError:
    """Our error for a Java exception; ``class_name`` with its package or without."""
    simple_name = class_name.rpartition(".")[2].rpartition("$")[2]
    line = (message.strip().splitlines() or [simple_name])[0]
    by_message = next((known for part, known in _MESSAGES if part in line), None)
    unknown = (StorageError, "H109", f"Hadoop threw {simple_name or 'an error'}; see its logs")
    kind, code, hint = by_message or _ERRORS.get(simple_name, unknown)
    return kind(code, f"'{path}': {line}", hint=hint)


@contextmanager
def reading() -> Iterator[None]:
    """Around a call that makes nothing: there a file on the way means that nothing is there."""
    try:
        yield
    except PathExistsError as error:
        raise PathNotFoundError("H101", error.diagnostics[0].message, hint="a part of the path is a file") from error
