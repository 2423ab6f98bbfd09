"""PostgreSQL, through psycopg: rows come by COPY, which the server streams."""

# ruff: noqa: S608 - making SQL out of the names and conditions that the user gives is what this module is for
from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from oozie.local.sqoop.columns import Column, JavaType, SqlType, column_of
from oozie.local.sqoop.databases.database import Bounds, Chunk, Connection, Dialect, balanced, gather
from oozie.local.sqoop.delimiters import NO_CHARACTER
from oozie.local.sqoop.errors import ArgumentError, ConnectError, SourceError
from oozie.local.sqoop.jdbc import Source

_CONNECT_TIMEOUT_S = 10

# PostgreSQL's type numbers (pg_type.dat), as its JDBC driver reports them.
_SQL_TYPES = {
    16: SqlType.BIT,
    17: SqlType.BINARY,
    18: SqlType.CHAR,
    19: SqlType.VARCHAR,
    20: SqlType.BIGINT,
    21: SqlType.SMALLINT,
    23: SqlType.INTEGER,
    25: SqlType.VARCHAR,
    26: SqlType.BIGINT,
    700: SqlType.REAL,
    701: SqlType.DOUBLE,
    790: SqlType.DOUBLE,
    1042: SqlType.CHAR,
    1043: SqlType.VARCHAR,
    1082: SqlType.DATE,
    1083: SqlType.TIME,
    1114: SqlType.TIMESTAMP,
    1184: SqlType.TIMESTAMP,
    1266: SqlType.TIME,
    1560: SqlType.BIT,
    1700: SqlType.NUMERIC,
}
_MONEY, _BIT, _BPCHAR, _TIMESTAMPTZ, _TIMETZ = 790, 1560, 1042, 1184, 1266

_DENIED = ("28P01", "28000")


def connect(source: Source) -> Connection:
    """A connection to PostgreSQL. Raises: ConnectError H424."""
    return _PostgresConnection(source)


class _PostgresConnection:
    """One connection to PostgreSQL."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.dialect = Dialect(quote, _literal, _concat, _replace, _contains, _java, _plain)
        wants_tls = source.flag("ssl", False)
        try:
            self._connection = psycopg.connect(
                host=source.host,
                port=source.port,
                user=source.username or None,
                password=source.password or None,
                dbname=source.database,
                connect_timeout=_CONNECT_TIMEOUT_S,
                sslmode=source.parameters.get("sslmode", "require" if wants_tls else "prefer"),
                options="-c DateStyle=ISO -c client_encoding=UTF8",
                autocommit=True,
            )
            if schema := source.parameters.get("currentSchema"):
                self._run(f"SET search_path TO {schema}")
            self._run(f"SET TIME ZONE {_literal_text(local_time_zone())}", "SELECT 1")
        except psycopg.Error as error:
            raise _connect_error(error, source) from None

    def _run(self, *queries: str) -> list[tuple[object, ...]]:
        try:
            with self._connection.cursor() as cursor:
                for query in queries:
                    cursor.execute(query.encode())
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise self._source_error(error) from None

    def _source_error(self, error: psycopg.Error) -> SourceError:
        text = _first_line(error)
        if self._connection.broken or self._connection.closed or (error.sqlstate or "").startswith(("57P", "08")):
            return SourceError(
                "H426", f"the database at {self._source.place} went away during the import ({text})",
                hint="nothing was written to the target; run it again when the server is up",
            )  # fmt: skip
        return SourceError("H425", f"the database refuses the query: {text}", hint=f"its SQLSTATE is {error.sqlstate}")

    def table_names(self) -> list[str]:
        rows = self._run(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND pg_table_is_visible(oid) "
            "AND relnamespace <> 'pg_catalog'::regnamespace"
        )
        return [str(row[0]) for row in rows]

    def table_source(self, table: str) -> str:
        return quote(table)

    def columns(self, query: str) -> list[Column]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query.encode())
                return [self._column(c) for c in cursor.description or ()]
        except psycopg.Error as error:
            raise self._source_error(error) from None

    def _column(self, described: psycopg.Column) -> Column:
        oid = described.type_code
        sql_type, detail = _SQL_TYPES.get(oid, SqlType.OTHER), str(oid)
        if sql_type == SqlType.OTHER:
            kind, name = self._run(f"SELECT typtype::text, typname::text FROM pg_type WHERE oid = {oid}")[0]
            # The driver gives an enum as text.
            sql_type, detail = (SqlType.VARCHAR if kind == "e" else sql_type), str(name)
        length, scale = described.display_size or 0, described.scale or 0
        return column_of(described.name, sql_type, detail=detail, length=length, scale=scale)

    def primary_key(self, table: str) -> str | None:
        rows = self._run(
            "SELECT a.attname FROM pg_index i "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
            f"WHERE i.indisprimary AND i.indrelid = to_regclass({_literal_text(quote(table))})"
        )
        return str(rows[0][0]) if rows else None

    def bounds(self, query: str) -> Bounds:
        columns = self.columns(query)
        if len(columns) < 2:
            raise SourceError("H425", "the boundary query gives no row of two values", hint=query)
        aliases = ", ".join(f"v{i}" for i in range(len(columns)))
        row = self._run(f"SELECT v0::text, v1::text FROM ({query}) AS sqoop_bounds ({aliases})")
        return Bounds(columns[0].sql_type, *(None if v is None else str(v) for v in row[0][:2]))

    def value(self, query: str) -> tuple[int, str | None]:
        column = self.columns(query)[0]
        text = self._run(f"SELECT {_java(column, 'v')} FROM ({query}) AS sqoop_value (v)")[0][0]
        return column.sql_type, None if text is None else str(text)

    def current_timestamp(self) -> str:
        text = str(self._run("SELECT LOCALTIMESTAMP::text")[0][0])
        return text if "." in text else f"{text}.0"

    def records(self, query: str, fetch_size: int, *, numbered: bool = False) -> Iterator[Chunk]:
        def rows() -> Iterator[bytes]:
            with self._connection.cursor() as cursor:
                statement = f"COPY ({query}) TO STDOUT (FORMAT BINARY)".encode()
                with cursor.copy(statement) as copy:
                    for (record,) in copy.rows():
                        yield record

        try:
            yield from gather(rows(), numbered=numbered)
        except psycopg.Error as error:
            raise self._source_error(error) from None

    def close(self) -> None:
        self._connection.close()


def local_time_zone() -> str:
    """This machine's zone by name, else by its offset; Java sets it for the session, so timestamps print in it."""
    if name := os.environ.get("TZ", "").lstrip(":"):
        return name
    parts = Path("/etc/localtime").resolve().parts
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"


def _connect_error(error: psycopg.Error, source: Source) -> ConnectError:
    text = _first_line(error)
    if error.sqlstate in _DENIED or "authentication failed" in text:
        return ConnectError(
            "H424", f"{source.place} refuses user '{source.username}'", hint="check --username and the password file"
        )
    if "does not exist" in text:
        return ConnectError("H424", f"{source.place} cannot be opened ({text})", hint="check the database and the user")
    return ConnectError(
        "H424", f"no answer from the database at {source.place} ({text})", hint="is the server up, and the port right?"
    )


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def quote(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _literal_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _literal(text: str) -> str:
    if NO_CHARACTER in text:
        raise ArgumentError("H421", "PostgreSQL's text cannot hold the character NUL", hint="choose another delimiter")
    return f"convert_from(decode('{text.encode().hex()}', 'hex'), 'UTF8')" if text else "''"


def _concat(parts: Sequence[str]) -> str:
    return balanced(parts, "||")


def _replace(text: str, old: str, new: str) -> str:
    return f"replace({text}, {old}, {new})"


def _contains(text: str, part: str) -> str:
    return f"strpos({text}, {part}) > 0"


def _java(column: Column, ref: str) -> str:
    text = _plain(column, ref)
    if column.java is JavaType.TIMESTAMP:
        return f"CASE WHEN strpos({text}, '.') > 0 THEN {text} ELSE {text} || '.0' END"
    return f"split_part({text}, '.', 1)" if column.java is JavaType.TIME else text


def _plain(column: Column, ref: str) -> str:
    if column.stored is JavaType.BOOLEAN and column.detail == str(_BIT):
        ref = f"(strpos({ref}::text, '1') > 0)"
    if column.stored is JavaType.BOOLEAN and column.java in (JavaType.INTEGER, JavaType.LONG):
        return f"{ref}::int::text"
    if column.java is JavaType.BOOLEAN and column.stored is not JavaType.BOOLEAN:
        return f"({ref} <> 0)::text"
    if column.java is JavaType.BYTES:
        return f"encode({ref}, 'hex')"
    if column.detail == str(_TIMESTAMPTZ):
        return f"({ref} AT TIME ZONE current_setting('TimeZone'))::text"
    if column.detail == str(_TIMETZ):
        return f"{ref}::time::text"
    if column.detail == str(_MONEY):
        return f"{ref}::numeric::text"
    if column.detail == str(_BPCHAR) and column.length:
        return f"rpad({ref}::text, {column.length})"
    return f"{ref}::text"
