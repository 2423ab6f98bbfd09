"""What an import needs of a database: its columns, a few values, and records that the database itself has rendered.

The database writes each row as one text (a finished line, or a CSV record), so that what crosses the wire is one value
a row and no row is touched in Python. A SQL dialect says how; a connection reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from oozie.local.sqoop.columns import Column

# Rows are handed on when this many bytes are together: enough to keep calls rare, little enough to stay small.
CHUNK_BYTES = 4 << 20
CHUNK_ROWS = 20_000


# A scan that serves several part files writes the part's number before each record: part-m-00003's.
PART_DIGITS = 5


@dataclass(frozen=True)
class Chunk:
    """Some records of one part, one after the other, as UTF-8."""

    rows: int
    data: bytes
    part: int = 0


@dataclass(frozen=True)
class Bounds:
    """The two values of a boundary query as text, and the JDBC type of the first."""

    sql_type: int
    low: str | None
    high: str | None


@dataclass(frozen=True)
class Dialect:
    """How a database writes an expression; ``java`` and ``plain`` turn a column reference into text, NULL into NULL.

    ``java`` gives the text of Sqoop's own toString, ``plain`` one that keeps every digit, for a typed reader.
    """

    quote: Callable[[str], str]
    literal: Callable[[str], str]
    concat: Callable[[Sequence[str]], str]
    replace: Callable[[str, str, str], str]
    contains: Callable[[str, str], str]
    java: Callable[[Column, str], str]
    plain: Callable[[Column, str], str]


class Connection(Protocol):
    """An open connection.

    Raises, in every method: SourceError H425 where the database refuses the SQL, H426 where it has gone away.
    """

    @property
    def dialect(self) -> Dialect:
        """The database's SQL."""

    def table_names(self) -> list[str]:
        """The tables and views that can be read."""

    def table_source(self, table: str) -> str:
        """``table`` as it stands after FROM."""

    def columns(self, query: str) -> list[Column]:
        """The columns of a query that the caller has made to give no rows."""

    def primary_key(self, table: str) -> str | None:
        """The first column of the primary key."""

    def bounds(self, query: str) -> Bounds:
        """The first row of a query of two values."""

    def value(self, query: str) -> tuple[int, str | None]:
        """JDBC type and text (as Java prints it) of a query of one value."""

    def current_timestamp(self) -> str:
        """The database's time as ``yyyy-mm-dd hh:mm:ss.f``."""

    def records(self, query: str, fetch_size: int, *, numbered: bool = False) -> Iterator[Chunk]:
        """The rows of a query of one text column, in chunks; nothing is read ahead of the caller.

        ``numbered``: each record begins with the number of its part, which is taken off.
        """

    def close(self) -> None:
        """Close; what is still being read is thrown away."""


def gather(records: Iterator[bytes], *, numbered: bool = False) -> Iterator[Chunk]:
    """Chunks of a useful size out of single records."""
    rows: list[bytes] = []
    size = 0
    for record in records:
        rows.append(record)
        size += len(record)
        if size >= CHUNK_BYTES or len(rows) >= CHUNK_ROWS:
            yield from chunks_of(rows, numbered=numbered)
            rows, size = [], 0
    if rows:
        yield from chunks_of(rows, numbered=numbered)


def chunks_of(records: Sequence[bytes], *, numbered: bool = False) -> Iterator[Chunk]:
    """``records`` as one chunk, or as one for each part whose number they begin with."""
    if not numbered:
        yield Chunk(len(records), b"".join(records))
        return
    parts: dict[bytes, list[bytes]] = {}
    for record in records:
        number = record[:PART_DIGITS]
        if number not in parts:
            parts[number] = []
        parts[number].append(record[PART_DIGITS:])
    for number, rows in parts.items():
        yield Chunk(len(rows), b"".join(rows), int(number))


def balanced(parts: Sequence[str], operator: str) -> str:
    """``a || b || c`` as a balanced tree, since SQLite bounds the depth of an expression."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({balanced(parts[:half], operator)} {operator} {balanced(parts[half:], operator)})"
