"""A file in the making: what is written goes to a nameless neighbour and takes its name when it is whole."""

from __future__ import annotations

import io
import uuid
from abc import abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO

from storage.errors import StorageError
from storage.filesystem import parent_path


def temporary_name(path: str) -> str:
    """A fresh hidden name beside ``path``, which Spark and Hive skip when they read the folder."""
    name = path.rsplit("/", 1)[-1]
    return f"{parent_path(path).rstrip('/')}/.{name}.{uuid.uuid4().hex}.tmp"


class NewFile(io.BufferedIOBase, BinaryIO):
    """A stream that ends in :meth:`close`, which publishes the file, or in :meth:`discard`, which leaves no trace."""

    def __init__(self, stream: BinaryIO) -> None:
        """``stream`` takes the bytes until then."""
        self._stream = stream
        self._open = True

    @abstractmethod
    def _publish(self) -> None:
        """Close the stream and give the file its name."""

    @abstractmethod
    def _abandon(self) -> None:
        """Close the stream and delete what was written."""

    @property
    def closed(self) -> bool:
        """Whether the file has got its name, or has been given up."""
        return not self._open

    def writable(self) -> bool:
        """True: that is all it is for."""
        return True

    def write(self, data: Any) -> int:
        """Add ``data``; an error gives the file up. Raises: NoSpaceError, UnreachableError."""
        if not self._open:
            raise ValueError("write to a closed file")
        try:
            return self._stream.write(data)
        except BaseException:
            self.discard()
            raise

    def close(self) -> None:
        """Give the file its name."""
        if not self._open:
            return
        try:
            self._publish()
        except BaseException:
            self.discard()
            raise
        self._open = False

    def discard(self) -> None:
        """Give the file up."""
        if not self._open:
            return
        self._open = False
        # What made us give up is the error to tell; a neighbour that cannot be deleted just now harms nobody.
        with suppress(StorageError):
            self._abandon()

    def __enter__(self) -> NewFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """An error inside the block gives the file up."""
        if error is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        # io's own finalizer would close, that is publish, a file that nobody finished.
        if getattr(self, "_open", False):
            self.discard()
