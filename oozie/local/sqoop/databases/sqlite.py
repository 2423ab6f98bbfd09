"""SQLite files, through Python's own module. Declared types count as MySQL's types of the same name."""

from __future__ import annotations

import datetime
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from oozie.local.sqoop.columns import Column, JavaType, SqlType, column_of
from oozie.local.sqoop.databases.database import Bounds, Chunk, Connection, Dialect, balanced, gather
from oozie.local.sqoop.errors import ConnectError, SourceError
from oozie.local.sqoop.jdbc import Source

_DEFAULT_FETCH = 2000

_TYPES = {
    "BOOLEAN": SqlType.BIT,
    "BOOL": SqlType.BIT,
    "BIT": SqlType.BIT,
    "TINYINT": SqlType.TINYINT,
    "SMALLINT": SqlType.SMALLINT,
    "MEDIUMINT": SqlType.INTEGER,
    "INT": SqlType.INTEGER,
    # SQLite's own name for its 64-bit numbers
    "INTEGER": SqlType.BIGINT,
    "BIGINT": SqlType.BIGINT,
    "INT8": SqlType.BIGINT,
    "FLOAT": SqlType.DOUBLE,
    "REAL": SqlType.DOUBLE,
    "DOUBLE": SqlType.DOUBLE,
    "DOUBLE PRECISION": SqlType.DOUBLE,
    "DECIMAL": SqlType.DECIMAL,
    "NUMERIC": SqlType.NUMERIC,
    "DATE": SqlType.DATE,
    "TIME": SqlType.TIME,
    "DATETIME": SqlType.TIMESTAMP,
    "TIMESTAMP": SqlType.TIMESTAMP,
    "CHAR": SqlType.CHAR,
    "TEXT": SqlType.LONGVARCHAR,
    "CLOB": SqlType.LONGVARCHAR,
    "BINARY": SqlType.BINARY,
    "VARBINARY": SqlType.VARBINARY,
    "BLOB": SqlType.LONGVARBINARY,
}

_VALUE_TYPES = {int: SqlType.BIGINT, float: SqlType.DOUBLE, bytes: SqlType.VARBINARY}


def connect(source: Source) -> Connection:
    """A connection to a SQLite file, for reading only. Raises: ConnectError H424."""
    return _SqliteConnection(source)


class _SqliteConnection:
    """A SQLite file, opened for reading only."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.dialect = Dialect(quote, literal, _concat, _replace, _contains, _java, _plain)
        path = Path(source.database)
        if not path.is_file():
            raise ConnectError(
                "H424", f"there is no SQLite file {path}", hint="give its path: jdbc:sqlite:/path/file.db"
            )
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("SELECT COUNT(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise ConnectError("H424", f"cannot read {path} as SQLite ({error})", hint="is it a SQLite file?") from None

    def _run(self, query: str) -> list[tuple[object, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise _source_error(error) from None

    def table_names(self) -> list[str]:
        return [str(row[0]) for row in self._run("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]

    def table_source(self, table: str) -> str:
        return quote(table)

    def columns(self, query: str) -> list[Column]:
        # Only a view tells the declared types of a query's columns.
        self._run(f"CREATE TEMP VIEW sqoop_columns AS {query}")
        rows = self._run("PRAGMA temp.table_info(sqoop_columns)")
        self._run("DROP VIEW temp.sqoop_columns")
        return [_column(str(row[1]), str(row[2])) for row in rows]

    def primary_key(self, table: str) -> str | None:
        keys = {int(str(row[5])): str(row[1]) for row in self._run(f"PRAGMA table_info({quote(table)})")}
        return keys.get(1)

    def bounds(self, query: str) -> Bounds:
        row = next(iter(self._run(query)), ())
        if len(row) < 2:
            raise SourceError("H425", "the boundary query gives no row of two values", hint=query)
        known = next((value for value in row[:2] if value is not None), None)
        return Bounds(_type_of(known), _text(row[0]), _text(row[1]))

    def value(self, query: str) -> tuple[int, str | None]:
        row = next(iter(self._run(query)), (None,))
        return _type_of(row[0]), _text(row[0])

    def current_timestamp(self) -> str:
        return datetime.datetime.now().isoformat(" ", "seconds") + ".0"  # noqa: DTZ005 - rows are local times too

    def records(self, query: str, fetch_size: int, *, numbered: bool = False) -> Iterator[Chunk]:
        def rows() -> Iterator[bytes]:
            cursor = self._connection.execute(query)
            while batch := cursor.fetchmany(fetch_size or _DEFAULT_FETCH):
                for (record,) in batch:
                    yield record

        try:
            yield from gather(rows(), numbered=numbered)
        except sqlite3.Error as error:
            raise _source_error(error) from None

    def close(self) -> None:
        self._connection.close()


def _column(name: str, declared: str) -> Column:
    match = re.match(r"\s*([A-Za-z ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*(?:UNSIGNED)?\s*\Z", declared, re.I)
    word, length, scale = (match[1].upper(), int(match[2] or 0), int(match[3] or 0)) if match else ("", 0, 0)
    sql_type = _TYPES.get(word, SqlType.VARCHAR)
    if word == "TINYINT" and length == 1:
        sql_type = SqlType.BIT
    elif word == "INT" and "UNSIGNED" in declared.upper():
        sql_type = SqlType.BIGINT
    return column_of(name, sql_type, detail=declared, length=length, scale=scale)


def _type_of(value: object) -> int:
    """The JDBC type of a computed value; text that looks like a date is one."""
    if isinstance(value, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return SqlType.DATE
        return SqlType.TIMESTAMP if re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:", value) else SqlType.VARCHAR
    return _VALUE_TYPES.get(type(value), SqlType.BIGINT)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _source_error(error: sqlite3.Error) -> SourceError:
    return SourceError("H425", f"the database refuses the query: {error}", hint="SQLite reads it, Sqoop's rules apply")


def quote(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, safe for every character."""
    return f"CAST(X'{text.encode().hex()}' AS TEXT)" if text else "''"


def _concat(parts: Sequence[str]) -> str:
    return f"CAST({balanced(parts, '||')} AS BLOB)"


def _replace(text: str, old: str, new: str) -> str:
    return f"REPLACE({text}, {old}, {new})"


def _contains(text: str, part: str) -> str:
    return f"INSTR({text}, {part}) > 0"


def _java(column: Column, ref: str) -> str:
    if column.java is JavaType.TIMESTAMP:
        fraction = f"RTRIM(RTRIM({ref}, '0'), '.')"
        point = f"INSTR({ref}, '.')"
        with_fraction = f"CASE WHEN INSTR({fraction}, '.') > 0 THEN {fraction} ELSE {fraction} || '.0' END"
        return f"CASE WHEN {ref} IS NULL THEN NULL WHEN {point} > 0 THEN {with_fraction} ELSE {ref} || '.0' END"
    if column.java is JavaType.TIME:
        return f"SUBSTR({ref}, 1, 8)"
    return _plain(column, ref)


def _plain(column: Column, ref: str) -> str:
    if column.java is JavaType.BOOLEAN:
        return f"CASE WHEN {ref} IS NULL THEN NULL WHEN {ref} > 0 OR {ref} = -1 THEN 'true' ELSE 'false' END"
    if column.java is JavaType.BYTES:
        return f"CASE WHEN {ref} IS NULL THEN NULL ELSE HEX({ref}) END"
    if column.java is JavaType.DECIMAL and column.stored is JavaType.DECIMAL and column.length:
        return f"CASE WHEN {ref} IS NULL THEN NULL ELSE PRINTF('%.{column.scale}f', {ref}) END"
    if column.carried in (JavaType.DOUBLE, JavaType.FLOAT):
        return f"CASE WHEN {ref} IS NULL THEN NULL ELSE PRINTF('%!.17g', {ref}) END"
    if column.java in (JavaType.INTEGER, JavaType.LONG):
        return f"CAST(CAST({ref} AS INTEGER) AS TEXT)"
    return f"CAST({ref} AS TEXT)"
