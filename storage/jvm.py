"""Hadoop's own file systems through the JVM of a Spark session: whatever Spark can open, with Spark's credentials.

pyspark is not imported here; the session comes in as an object.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from storage.errors import PathExistsError, PathNotFoundError, StorageError, UnreachableError
from storage.filesystem import FileStatus, FileSystem, clean_path, parent_path
from storage.hadoop_errors import hadoop_error, reading
from storage.local import LocalDisk
from storage.newfile import NewFile, temporary_name

_CHUNK_BYTES = 1 << 20


class JvmFileSystem:
    """The Hadoop file system that ``url`` belongs to (without scheme: Hadoop's default one), as ``spark`` sees it."""

    def __init__(self, spark: Any, url: str) -> None:
        """``spark`` is a SparkSession on the driver. Raises: StorageError."""
        self._gateway = spark.sparkContext._gateway
        self._jvm = self._gateway.jvm
        self._configuration = spark.sparkContext._jsc.hadoopConfiguration()
        with _mapped(url):
            path = self._jvm.org.apache.hadoop.fs.Path(url)
            self._filesystem = path.getFileSystem(self._configuration)
            if str(self._filesystem.getUri().getScheme()) == "file":
                # The usual one writes .crc files, which go wrong as soon as anybody else writes beside it.
                uri = self._filesystem.getUri()
                self._filesystem = self._jvm.org.apache.hadoop.fs.RawLocalFileSystem()
                self._filesystem.initialize(uri, self._configuration)

    def __repr__(self) -> str:
        return f"JvmFileSystem('{self._filesystem.getUri()}')"

    def uri(self, path: str) -> str:
        """``hdfs://host:port/...``."""
        with _mapped(path):
            return str(self._filesystem.makeQualified(self._path(path)).toString())

    def status(self, path: str) -> FileStatus:
        """Describe ``path``. Raises: PathNotFoundError."""
        with reading(), _mapped(path):
            return _status(clean_path(path), self._filesystem.getFileStatus(self._path(path)))

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
        if not self.status(path).is_directory:
            raise PathNotFoundError("H101", f"'{path}' is a file", hint="name a directory")
        with reading(), _mapped(path):
            found = [_status(f"{folder}/{each.getPath().getName()}", each) for each in self._children(path)]
        return sorted(found, key=lambda status: status.path)

    def open(self, path: str) -> BinaryIO:
        """A stream to read a file from its start. Raises: PathNotFoundError, for a directory too."""
        with reading(), _mapped(path):
            status = self.status(path)
            if status.is_directory:
                raise PathNotFoundError("H101", f"'{path}' is a directory", hint="name a file")
            stream = _JvmReader(self._jvm, self._filesystem.open(self._path(path)), status.length, path)
        return cast(BinaryIO, io.BufferedReader(stream))

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        """A stream to write a new file, which appears whole at its close. Raises: PathExistsError, NoSpaceError."""
        path = clean_path(path)
        if not overwrite and self.exists(path):
            raise PathExistsError("H102", f"'{path}' exists", hint="choose another name or delete it first")
        return _NewJvmFile(self, path, overwrite)

    def make_directory(self, path: str) -> None:
        """Make a directory and its parents; one that stands already is fine. Raises: PathExistsError for a file."""
        with _mapped(path):
            self._filesystem.mkdirs(self._path(path))

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Move in one atomic step to the new name ``target``. Raises: PathExistsError, PathNotFoundError."""
        if str(self._filesystem.getUri().getScheme()) == "file":
            # Hadoop's own would look first, then rename or even copy: not one step.
            LocalDisk().rename(source, target, overwrite=overwrite)
            return
        rename = getattr(self._jvm.org.apache.hadoop.fs, "Options$Rename")
        options = self._gateway.new_array(rename, 1)
        with _mapped(f"{source} -> {target}"):
            options[0] = rename.OVERWRITE if overwrite else rename.NONE
            # FileSystem's public rename is the old one, which moves into a directory that exists; this one never does.
            context = self._jvm.org.apache.hadoop.fs.FileContext.getFileContext(
                self._filesystem.getUri(), self._configuration
            )
            context.rename(self._path(source), self._path(target), options)

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        """Delete; False when there was nothing. Raises: PathExistsError for a directory with children."""
        with _mapped(path):
            return bool(self._filesystem.delete(self._path(path), recursive))

    def _children(self, path: str) -> tuple[Any, ...]:
        return tuple(self._filesystem.listStatus(self._path(path)))

    def _path(self, path: str) -> Any:
        # By its parts: the one-argument constructor takes a colon in a name for the end of a scheme.
        uri = self._filesystem.getUri()
        return self._jvm.org.apache.hadoop.fs.Path(uri.getScheme(), uri.getAuthority(), clean_path(path))


class _JvmReader(io.RawIOBase):
    """A Java stream, read by way of a Java buffer: py4j hands over a byte array as a copy, never to be filled."""

    def __init__(self, jvm: Any, stream: Any, length: int, path: str) -> None:
        """``length`` is what the file had a moment ago: it sizes the buffer and nothing else."""
        self._stream = stream
        self._path = path
        self._channel = jvm.java.nio.channels.Channels.newChannel(stream)
        self._buffer = jvm.java.nio.ByteBuffer.allocate(max(1, min(length, _CHUNK_BYTES)))
        self._unread = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._unread:
            self._unread = memoryview(self._next_chunk())
        count = min(len(buffer), len(self._unread))
        buffer[:count] = self._unread[:count]
        self._unread = self._unread[count:]
        return count

    def _next_chunk(self) -> bytes:
        with _mapped(self._path):
            self._buffer.clear()
            count: int = self._channel.read(self._buffer)
            return bytes(self._buffer.array()[:count]) if count > 0 else b""

    def close(self) -> None:
        if not self.closed:
            super().close()
            with _mapped(self._path):
                self._stream.close()


class _JvmWriter(io.RawIOBase):
    """A Java stream to write to."""

    def __init__(self, stream: Any, path: str) -> None:
        self._stream = stream
        self._path = path

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        with _mapped(self._path):
            self._stream.write(chunk)
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            super().close()
            with _mapped(self._path):
                self._stream.close()


class _NewJvmFile(NewFile):
    """A file that is written beside its name."""

    def __init__(self, filesystem: JvmFileSystem, path: str, overwrite: bool) -> None:
        self._filesystem = filesystem
        self._path = path
        self._overwrite = overwrite
        self._temporary = temporary_name(path)
        with _mapped(path):
            stream = filesystem._filesystem.create(filesystem._path(self._temporary), False)
        super().__init__(cast(BinaryIO, io.BufferedWriter(_JvmWriter(stream, path), _CHUNK_BYTES)))

    def _publish(self) -> None:
        self._stream.close()
        self._filesystem.rename(self._temporary, self._path, overwrite=self._overwrite)

    def _abandon(self) -> None:
        try:
            self._stream.close()
        finally:
            self._filesystem.delete(self._temporary)


def connect_jvm(spark: Any, url: str) -> tuple[FileSystem, str]:
    """The file system behind ``url`` and the path on it, as ``spark`` sees them.

    What lies on this machine's disk, directly or through Hadoop's view file system, is a LocalDisk.

    Raises: StorageError.
    """
    filesystem = JvmFileSystem(spark, url)
    with _mapped(url):
        path = filesystem._filesystem.makeQualified(filesystem._jvm.org.apache.hadoop.fs.Path(url))
        name = clean_path(str(path.toUri().getPath()))
    found = _resolve(filesystem, name)
    if str(found.getScheme()) == "file":
        return LocalDisk(), clean_path(str(found.getPath()))
    if found.getAuthority() == filesystem._filesystem.getUri().getAuthority():
        return filesystem, name
    return JvmFileSystem(spark, str(found.toString())), clean_path(str(found.getPath()))  # behind a mount


def _resolve(filesystem: JvmFileSystem, path: str) -> Any:
    """Where Hadoop's mounts put ``path``: it only says so for what exists, so the nearest folder above is asked."""
    above, below = path, ""
    while above != "/" and not filesystem.exists(above):
        above, below = parent_path(above), f"/{above.rpartition('/')[2]}{below}"
    with _mapped(path):
        found = filesystem._filesystem.resolvePath(filesystem._path(above)).toUri()
        whole = clean_path(f"{found.getPath()}{below}")
        return filesystem._jvm.java.net.URI(found.getScheme(), found.getAuthority(), whole, None, None)


def _status(path: str, found: Any) -> FileStatus:
    is_directory = bool(found.isDirectory())
    return FileStatus(path, is_directory, 0 if is_directory else found.getLen(), found.getModificationTime())


@contextmanager
def _mapped(path: str) -> Iterator[None]:
    """Turn what Java throws into our errors; py4j's classes are known by what they carry, not imported."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        # pyspark wraps some of Java's exceptions once more and keeps the Java one in `_origin`.
        thrown = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
        if thrown is not None:
            raise hadoop_error(str(thrown.getClass().getName()), str(thrown.getMessage() or ""), path) from error
        if type(error).__module__.partition(".")[0] == "py4j" or isinstance(error, OSError):
            raise UnreachableError(
                "H104", f"'{path}': Spark's JVM does not answer", hint="see whether the Spark session still runs"
            ) from error
        raise
