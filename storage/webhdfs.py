"""HDFS over its REST interface, through the ``hdfs`` package."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal, TypeVar, cast
from urllib.parse import urlsplit

from storage.errors import AccessDeniedError, PathExistsError, PathNotFoundError, StorageError, UnreachableError
from storage.filesystem import FileStatus, clean_path
from storage.hadoop_errors import hadoop_error, reading
from storage.newfile import NewFile, temporary_name
from storage.os_errors import mapped_os_errors

_T = TypeVar("_T")
Authentication = Literal["none", "kerberos", "token"]

_IN_MEMORY_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 16
# How many DataNodes in a row may have lost the NameNode, and what they answer then. Source: ipc.Client, NetUtils.
_DEAD_CONNECTIONS = 3
_LOST_BY_DATANODE = frozenset({"EOFException", "SocketException"})
_SCHEMES = {"webhdfs": "http", "http": "http", "swebhdfs": "https", "https": "https"}


class WebHdfs:
    """The paths of an HDFS whose NameNodes answer at ``url``: ``webhdfs://nn1:9870,nn2:9870`` (swebhdfs: over TLS).

    Units: ``timeout_s`` in seconds, for a connection and for an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str = "",
        authentication: Authentication = "none",
        token: str = "",
        timeout_s: tuple[float, float] = (10.0, 60.0),
    ) -> None:
        """Without ``user``, the one who runs this program; ``token`` is a delegation token. Raises: StorageError."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.netloc or "@" in parts.netloc:
            raise StorageError("H108", f"'{url}' is not a WebHDFS URL", hint="write it as webhdfs://host:9870/path")
        self._scheme = "webhdfs" if _SCHEMES[parts.scheme] == "http" else "swebhdfs"
        self._authority = parts.netloc
        addresses = ";".join(f"{_SCHEMES[parts.scheme]}://{host}" for host in parts.netloc.split(","))
        self._client = _make_client(addresses, user, authentication, token, timeout_s)

    def __repr__(self) -> str:
        return f"WebHdfs('{self._scheme}://{self._authority}')"

    def uri(self, path: str) -> str:
        """``webhdfs://host:port/...``."""
        return f"{self._scheme}://{self._authority.split(',')[0]}{clean_path(path)}"

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""
        path = clean_path(path)
        with reading(), _mapped(path):
            return _status(path, self._client.status(path))

    def exists(self, path: str) -> bool:
        """Whether there is a file or a directory at ``path``."""
        try:
            self.status(path)
        except PathNotFoundError:
            return False
        return True

    def list(self, path: str) -> list[FileStatus]:
        """The children of a directory, by name. Raises: PathNotFoundError, for a file too."""
        path = clean_path(path)
        with reading(), _mapped(path):
            found = self._client._list_status(path).json()["FileStatuses"]["FileStatus"]
        if len(found) == 1 and not found[0]["pathSuffix"]:
            raise PathNotFoundError("H101", f"'{path}' is a file", hint="name a directory")
        children = [_status(f"{path.rstrip('/')}/{each['pathSuffix']}", each) for each in found]
        return sorted(children, key=lambda status: status.path)

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError, for a directory too."""
        path = clean_path(path)
        with reading(), _mapped(path):
            answer = _by_datanode(lambda: self._client._open(path))
        return cast(BinaryIO, io.BufferedReader(_Download(path, answer), _CHUNK_BYTES))

    def create(self, path: str, *, overwrite: bool = False, permission: str = "") -> BinaryIO:
        """A stream to write a new file, which is sent and appears whole at its close.

        ``permission`` is octal, as in ``400``; without it, what the cluster gives.

        Raises: PathExistsError, NoSpaceError.
        """
        path = clean_path(path)
        if not overwrite and self.exists(path):
            raise PathExistsError("H102", f"'{path}' exists", hint="choose another name or delete it first")
        return _NewHdfsFile(self, path, overwrite, permission)

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""
        path = clean_path(path)
        with _mapped(path):
            self._client._mkdirs(path)

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move in one atomic step to the new name ``target``. Raises: PathExistsError, PathNotFoundError."""
        source, target = clean_path(source), clean_path(target)
        # Without the options, the NameNode takes its old rename, which moves *into* a directory that exists.
        options = "OVERWRITE" if overwrite else "NONE"
        with _mapped(f"{source} -> {target}"):
            self._client._rename(source, destination=target, renameoptions=options)

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""
        path = clean_path(path)
        with _mapped(path):
            return bool(self._client._delete(path, recursive=recursive).json()["boolean"])

    def _send(self, path: str, stream: BinaryIO, permission: str) -> None:
        def send() -> None:
            stream.seek(0)
            self._client.write(path, data=stream, overwrite=True, permission=permission or None)

        with _mapped(path):
            _by_datanode(send)


class _Download(io.RawIOBase):
    """The body of an answer."""

    def __init__(self, path: str, answer: Any) -> None:
        self._path = path
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _mapped(self._path):
            data: bytes = self._answer.raw.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
        super().close()


class _NewHdfsFile(NewFile):
    """A file that is kept here until it is whole: then its length is known and a lost connection costs nothing."""

    def __init__(self, filesystem: WebHdfs, path: str, overwrite: bool, permission: str) -> None:
        self._filesystem = filesystem
        self._path = path
        self._overwrite = overwrite
        self._permission = permission
        self._temporary = temporary_name(path)
        self._sending = False
        spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  closed with the file
        super().__init__(cast(BinaryIO, spool))

    def write(self, data: object) -> int:
        with mapped_os_errors(tempfile.gettempdir()):
            return super().write(data)

    def _publish(self) -> None:
        with mapped_os_errors(tempfile.gettempdir()):
            self._stream.flush()
        self._sending = True
        self._filesystem._send(self._temporary, self._stream, self._permission)
        self._filesystem.rename(self._temporary, self._path, overwrite=self._overwrite)
        self._stream.close()

    def _abandon(self) -> None:
        self._stream.close()
        if self._sending:
            self._filesystem.delete(self._temporary)


def _by_datanode(call: Callable[[], _T]) -> _T:
    """What ``call`` gives, which a DataNode answers; it must bear being made again.

    A DataNode keeps its connections to the NameNode, does not see that one is dead before it asks over it, and does not
    ask again by itself: after a restart of the NameNode, the first call to each DataNode fails.
    """
    from hdfs.util import HdfsError

    for _ in range(_DEAD_CONNECTIONS):
        try:
            return call()
        except HdfsError as error:  # noqa: PERF203  three rounds at most
            if error.exception not in _LOST_BY_DATANODE:
                raise
    return call()


def _status(path: str, found: Mapping[str, Any]) -> FileStatus:
    return FileStatus(path, found["type"] == "DIRECTORY", found["length"], found["modificationTime"])


def _make_client(
    addresses: str, user: str, authentication: Authentication, token: str, timeout_s: tuple[float, float]
) -> Any:
    try:
        import hdfs

        # The package logs errors that we raise; a program that wants to see them sets up its own logging.
        logging.getLogger("hdfs").addHandler(logging.NullHandler())
        if authentication == "kerberos":
            from hdfs.ext.kerberos import KerberosClient

            return KerberosClient(addresses, timeout=timeout_s)
    except ImportError as error:
        extra = "howdah[kerberos]" if authentication == "kerberos" else "howdah"
        raise StorageError("H110", f"WebHDFS needs a package: {error}", hint=f"pip install '{extra}'") from error
    if authentication == "token":
        return hdfs.TokenClient(addresses, token, timeout=timeout_s)
    return hdfs.InsecureClient(addresses, user=user or None, timeout=timeout_s)


@contextmanager
def _mapped(path: str) -> Iterator[None]:
    """Turn the errors of the hdfs package, requests and urllib3 into ours."""
    from hdfs.util import HdfsError
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except HdfsError as error:
        raise _hdfs_error(error, path) from error
    except (KeyError, TypeError, ValueError) as error:  # requests' own JSON error is a ValueError too
        raise _stranger(path) from error
    except (RequestException, HTTPError) as error:
        request = getattr(error, "request", None)
        host = urlsplit(request.url).netloc if request is not None and request.url else "HDFS"
        raise UnreachableError(
            "H104",
            f"'{path}': {host} does not answer ({type(error).__name__})",
            hint="check host and port; a DataNode must be reachable from here by the name that the NameNode gives it",
        ) from error


def _hdfs_error(error: Any, path: str) -> StorageError:
    if error.exception:
        return hadoop_error(error.exception, str(error.message), path)
    # The package has no class for an answer 401, and none for an answer that is not WebHDFS's.
    if str(error.message).startswith("Authentication failure"):
        return AccessDeniedError(
            "H103", f"'{path}': HDFS wants to know who asks", hint="run kinit, or give a valid delegation token"
        )
    return _stranger(path)


def _stranger(path: str) -> UnreachableError:
    return UnreachableError(
        "H104",
        f"'{path}': the answer is not WebHDFS's",
        hint="check the port: WebHDFS has the NameNode's web port (9870, 50070 before Hadoop 3), HttpFS 14000",
    )
