"""Segments: files on local disk that one process appends records to, and that another one takes over.

A record is a line, ``<CRC-32 in 8 hex digits> <JSON in ASCII>``, so one that was torn or spoilt loses itself alone.
Whose turn it is, is the kernel's word: whoever appends holds the segment's lock, and a segment that can be locked is
complete, whether its owner was done with it or was killed. It is deleted by the one who holds the lock, when all of
it has been delivered.
"""

from __future__ import annotations

import errno
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.locks import is_locked, try_lock

_NAME = re.compile(r"[0-9a-f]{32}-\d{9}\.spool")
_CRC_DIGITS = 8


def as_line(record: bytes) -> bytes:
    """A record, JSON in ASCII, as it stands in a segment."""
    return b"%08x %b\n" % (zlib.crc32(record), record)


class Segment:
    """A segment that this process appends to, from one thread at a time."""

    def __init__(self, spool: Path, owner: str, number: int) -> None:
        """Make it; ``owner`` is unique for ever, 32 hex digits. Raises: OSError."""
        self.path = spool / f"{owner}-{number:09d}.spool"
        self.size = 0
        self._is_torn = False  # half a line stands at the end
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        if not try_lock(self._descriptor) or not os.fstat(self._descriptor).st_nlink:
            # Before we had the lock, somebody took it for a complete one, found nothing in it and deletes it.
            os.close(self._descriptor)
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def append(self, lines: bytes) -> None:
        """Add whole lines; they outlive this process from now on. Raises: OSError, and then none was added."""
        if self._is_torn:
            lines = b"\n" + lines
        written = 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:])
        except OSError:
            self._is_torn = self._is_torn or written > 0
            os.ftruncate(self._descriptor, self.size)
            self._is_torn = False
            raise
        self._is_torn = False
        self.size += len(lines)

    def sync(self) -> None:
        """Wait until the disk has it all: it outlives a power cut from then on. Raises: OSError."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Give the segment up to whoever delivers it."""
        os.close(self._descriptor)


@dataclass
class Content:
    """What a segment holds; ``damaged`` counts lines that are not what was written, a torn last one left out."""

    records: list[dict[str, Any]] = field(default_factory=list)
    damaged: int = 0


def find_segments(spool: Path) -> list[Path]:
    """All segments, those of one owner in their order."""
    return sorted(Path(each.path) for each in _entries(spool))


def measure(spool: Path) -> tuple[int, int]:
    """How many segments there are that hold something, and their bytes."""
    sizes = []
    for each in _entries(spool):
        with suppress(FileNotFoundError):  # delivered while we look
            sizes.append(each.stat().st_size)
    return sum(1 for size in sizes if size), sum(sizes)


@contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Whether the segment is complete and ours until the block ends."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False  # somebody else delivered it
        return
    try:
        yield try_lock(descriptor) and os.fstat(descriptor).st_nlink > 0
    finally:
        os.close(descriptor)


def read_segment(path: Path) -> Content:
    """The records that are whole, in order."""
    content = Content()
    *lines, _ = path.read_bytes().split(b"\n")
    for line in lines:  # but the last one, which a kill may have cut off: its request was not answered either
        record = _record(line)
        if record is not None:
            content.records.append(record)
        elif line:
            content.damaged += 1
    return content


def is_held(path: Path) -> bool:
    """Whether a living process appends to a segment, or holds another lock here; False where there is no file."""
    try:
        return is_locked(path)
    except (FileNotFoundError, IsADirectoryError):
        return False


def _record(line: bytes) -> dict[str, Any] | None:
    crc, record = line[:_CRC_DIGITS], line[_CRC_DIGITS + 1 :]
    try:
        found = json.loads(record) if int(crc, 16) == zlib.crc32(record) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _entries(spool: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(spool) as entries:
        yield from (each for each in entries if _NAME.fullmatch(each.name))
