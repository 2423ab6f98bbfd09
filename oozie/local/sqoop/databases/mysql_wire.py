"""Rows of a MySQL result straight from the connection's stream.

PyMySQL connects, authenticates and sends; but its cursors make several Python objects a row, which takes three times as
long as the server needs to read the table. Here a row is a slice of its packet. This is the only place that knows
PyMySQL's insides (``_rfile`` and the unbuffered result).

Source: MySQL client/server protocol, text resultset (column definitions, rows, EOF and ERR packets).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pymysql.err

from oozie.local.sqoop.databases.database import CHUNK_BYTES, Chunk, chunks_of

_LARGEST_PACKET = 0xFFFFFF
_NULL, _TWO_BYTES, _THREE_BYTES, _EIGHT_BYTES, _ERROR = 0xFB, 0xFC, 0xFD, 0xFE, 0xFF
_EOF_LENGTH = 9


class LostConnectionError(Exception):
    """The stream ended inside a result."""


@dataclass(frozen=True)
class Field:
    """A column as the server describes it."""

    name: str
    type_code: int
    length: int
    scale: int
    flags: int
    charset: int


class Rows:
    """One result, to be read once. Raises: pymysql.MySQLError, LostConnectionError."""

    fields: tuple[Field, ...]

    def __init__(self, connection: Any, query: str) -> None:
        self._connection = connection
        self._connection.query(query, unbuffered=True)
        result = self._connection._result
        if not result.fields:
            raise pymysql.err.ProgrammingError(0, "the statement gives no rows")
        self.fields = tuple(Field(f.name, f.type_code, f.length, f.scale, f.flags, f.charsetnr) for f in result.fields)
        # From here on the stream is ours; PyMySQL must not try to drain it when the result object dies.
        result.unbuffered_active = False

    def first(self) -> tuple[str | None, ...]:
        """The first row, or an empty one; the rest is read and dropped."""
        found: tuple[str | None, ...] = ()
        for number, packet in enumerate(self._packets()):
            if number == 0:
                found = self._values(packet)
        return found

    def chunks(self, *, numbered: bool = False) -> Iterator[Chunk]:
        """The rows of a result of one text column.

        The loop is written out, since it runs once a row: one more call here costs as much as the server's work.
        """
        read = self._connection._rfile.read
        records: list[bytes] = []
        size = 0
        while True:
            header = read(4)
            length = int.from_bytes(header[:3], "little")
            packet = read(length)
            if len(packet) < length or len(header) < 4 or length == _LARGEST_PACKET or packet[0] >= _NULL:
                packet = self._whole(header, packet)
                if not packet:
                    break
                record = _single_value(packet)
            else:
                record = packet[1:]
            records.append(record)
            size += length
            if size >= CHUNK_BYTES:
                yield from chunks_of(records, numbered=numbered)
                records, size = [], 0
        if records:
            yield from chunks_of(records, numbered=numbered)

    def _packets(self) -> Iterator[bytes]:
        read = self._connection._rfile.read
        while True:
            header = read(4)
            packet = self._whole(header, read(int.from_bytes(header[:3], "little")))
            if not packet:
                return
            yield packet

    def _whole(self, header: bytes, packet: bytes) -> bytes:
        """The row that begins with ``packet``, or nothing at the end of the result."""
        length = int.from_bytes(header[:3], "little")
        if len(header) < 4 or len(packet) < length:
            raise LostConnectionError("the server closed the connection")
        if length == _LARGEST_PACKET:
            header = self._connection._rfile.read(4)
            more = self._connection._rfile.read(int.from_bytes(header[:3], "little"))
            return packet + (self._whole(header, more) if more else b"")
        if packet[0] == _EIGHT_BYTES and length < _EOF_LENGTH:
            return b""
        if packet[0] == _ERROR:
            pymysql.err.raise_mysql_exception(packet)
        return packet

    def _values(self, packet: bytes) -> tuple[str | None, ...]:
        values: list[str | None] = []
        position = 0
        for _ in self.fields:
            start, end = _extent(packet, position)
            values.append(None if start < 0 else packet[start:end].decode("utf-8", "replace"))
            position = end
        return tuple(values)


def _extent(packet: bytes, position: int) -> tuple[int, int]:
    """Where the value at ``position`` starts (-1 for NULL) and ends."""
    first = packet[position]
    if first < _NULL:
        return position + 1, position + 1 + first
    if first == _NULL:
        return -1, position + 1
    size = {_TWO_BYTES: 2, _THREE_BYTES: 3, _EIGHT_BYTES: 8}[first]
    start = position + 1 + size
    return start, start + int.from_bytes(packet[position + 1 : start], "little")


def _single_value(packet: bytes) -> bytes:
    """The only value of a row: the packet without its length prefix."""
    first = packet[0]
    if first < _NULL:
        return packet[1:]
    if first == _TWO_BYTES:
        return packet[3:]
    if first == _NULL:
        # CONCAT gives NULL for a row longer than max_allowed_packet; nothing else can make it so.
        raise pymysql.err.DataError(1301, "a row is longer than the server's max_allowed_packet")
    return packet[4:] if first == _THREE_BYTES else packet[9:]
