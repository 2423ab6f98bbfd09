"""MariaDB and MySQL, through PyMySQL."""

# ruff: noqa: S608 - making SQL out of the names and conditions that the user gives is what this module is for
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pymysql
from pymysql.constants import ER, FIELD_TYPE, FLAG

from oozie.local.sqoop.columns import Column, JavaType, SqlType, column_of
from oozie.local.sqoop.databases.database import Bounds, Chunk, Connection, Dialect
from oozie.local.sqoop.databases.mysql_wire import Field, LostConnectionError, Rows
from oozie.local.sqoop.errors import ConnectError, SourceError
from oozie.local.sqoop.jdbc import Source

_BINARY_CHARSET = 63
_BYTES_PER_CHARACTER = 4
_TINY_LENGTH = 255

_SQL_TYPES = {
    FIELD_TYPE.SHORT: SqlType.SMALLINT,
    FIELD_TYPE.INT24: SqlType.INTEGER,
    FIELD_TYPE.LONG: SqlType.INTEGER,
    FIELD_TYPE.LONGLONG: SqlType.BIGINT,
    FIELD_TYPE.FLOAT: SqlType.REAL,
    FIELD_TYPE.DOUBLE: SqlType.DOUBLE,
    FIELD_TYPE.DECIMAL: SqlType.DECIMAL,
    FIELD_TYPE.NEWDECIMAL: SqlType.DECIMAL,
    FIELD_TYPE.DATE: SqlType.DATE,
    FIELD_TYPE.NEWDATE: SqlType.DATE,
    FIELD_TYPE.YEAR: SqlType.DATE,
    FIELD_TYPE.TIME: SqlType.TIME,
    FIELD_TYPE.DATETIME: SqlType.TIMESTAMP,
    FIELD_TYPE.TIMESTAMP: SqlType.TIMESTAMP,
    FIELD_TYPE.BIT: SqlType.BIT,
    FIELD_TYPE.JSON: SqlType.LONGVARCHAR,
    FIELD_TYPE.GEOMETRY: SqlType.BINARY,
    FIELD_TYPE.ENUM: SqlType.CHAR,
    FIELD_TYPE.SET: SqlType.CHAR,
}

# MySQL sends text and bytes under the same numbers; the character set tells them apart.
_TEXT_OR_BYTES = {
    FIELD_TYPE.STRING: (SqlType.CHAR, SqlType.BINARY),
    FIELD_TYPE.VAR_STRING: (SqlType.VARCHAR, SqlType.VARBINARY),
    FIELD_TYPE.VARCHAR: (SqlType.VARCHAR, SqlType.VARBINARY),
    FIELD_TYPE.TINY_BLOB: (SqlType.VARCHAR, SqlType.VARBINARY),
    FIELD_TYPE.BLOB: (SqlType.LONGVARCHAR, SqlType.LONGVARBINARY),
    FIELD_TYPE.MEDIUM_BLOB: (SqlType.LONGVARCHAR, SqlType.LONGVARBINARY),
    FIELD_TYPE.LONG_BLOB: (SqlType.LONGVARCHAR, SqlType.LONGVARBINARY),
}

_TINYINT, _YEAR, _ZEROFILL, _CONVERT = "tinyint", "year", "zerofill", "convert"

_GONE = frozenset({2006, 2013, ER.SERVER_SHUTDOWN, 1927, 1317})
_NO_DATABASE = 1049
_DENIED = frozenset({ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 1698})


def connect(source: Source) -> Connection:
    """A connection to MariaDB or MySQL. Raises: ConnectError H424."""
    return _MySqlConnection(source)


class _MySqlConnection:
    """One connection to MariaDB or MySQL."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tiny_is_bit = source.flag("tinyInt1isBit", True)
        self.dialect = Dialect(quote, literal, _concat, _replace, _contains, _java, _plain)
        try:
            self._connection: pymysql.connections.Connection[Any] = pymysql.connect(
                host=source.host,
                port=source.port,
                user=source.username,
                password=source.password,
                database=source.database,
                charset="utf8mb4",
                connect_timeout=int(source.parameters.get("connectTimeout", "10000")) // 1000 or 10,
                ssl={} if _wants_tls(source) else None,
                conv={},
                autocommit=True,
            )
            # A slow disk must not make the server give up on us.
            self._run("SET SESSION net_write_timeout = 3600")
        except pymysql.MySQLError as error:
            raise _connect_error(error, source) from None

    def _run(self, query: str) -> tuple[tuple[Any, ...], ...]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(query)
                return tuple(cursor.fetchall())
        except pymysql.MySQLError as error:
            raise self._source_error(error) from None

    def _describe(self, query: str) -> tuple[tuple[Field, ...], tuple[str | None, ...]]:
        """Columns and first row of a query."""
        try:
            rows = Rows(self._connection, query)
            first = rows.first()
        except (pymysql.MySQLError, LostConnectionError, OSError) as error:
            raise self._source_error(error) from None
        return rows.fields, first

    def _source_error(self, error: Exception) -> SourceError:
        code, text = error.args[0] if error.args else 0, str(error.args[-1] if error.args else error)
        if isinstance(error, (LostConnectionError, OSError)) or code in _GONE:
            return SourceError(
                "H426", f"the database at {self._source.place} went away during the import ({text})",
                hint="nothing was written to the target; run it again when the server is up",
            )  # fmt: skip
        return SourceError(
            "H425", f"the database refuses the query: {text}", hint="its own error number is " + str(code)
        )

    def table_names(self) -> list[str]:
        return [str(row[0]) for row in self._run("SHOW TABLES")]

    def table_source(self, table: str) -> str:
        return quote(table)

    def columns(self, query: str) -> list[Column]:
        columns = [self._column(field) for field in self._describe(query)[0]]
        texts = [column for column in columns if column.java is JavaType.STRING]
        if not texts or len({column.name for column in columns}) < len(columns):
            return columns
        asked = ", ".join(f"COLLATION(MAX({quote(column.name)}))" for column in texts)
        collations = self._run(f"SELECT {asked} FROM ({query}) sqoop_collations")[0]
        if len(set(collations)) == 1:
            return columns
        # Texts of two collations cannot stand in one CONCAT.
        return [replace(column, detail=_CONVERT) if column in texts else column for column in columns]

    def primary_key(self, table: str) -> str | None:
        rows = self._run(
            "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = SCHEMA() "
            f"AND TABLE_NAME = {literal(table)} AND COLUMN_KEY = 'PRI' ORDER BY ORDINAL_POSITION"
        )
        return str(rows[0][0]) if rows else None

    def bounds(self, query: str) -> Bounds:
        fields, row = self._describe(query)
        if len(row) < 2:
            raise SourceError("H425", "the boundary query gives no row of two values", hint=query)
        return Bounds(self._column(fields[0]).sql_type, row[0], row[1])

    def value(self, query: str) -> tuple[int, str | None]:
        fields, row = self._describe(query)
        column = self._column(fields[0])
        text = row[0] if row else None
        if text is not None and column.java is JavaType.TIMESTAMP:
            text = java_timestamp(text)
        return column.sql_type, text

    def current_timestamp(self) -> str:
        return java_timestamp(str(self._run("SELECT CURRENT_TIMESTAMP()")[0][0]))

    def records(self, query: str, fetch_size: int, *, numbered: bool = False) -> Iterator[Chunk]:
        try:
            yield from Rows(self._connection, query).chunks(numbered=numbered)
        except (pymysql.MySQLError, LostConnectionError, OSError) as error:
            raise self._source_error(error) from None

    def close(self) -> None:
        if self._connection.open:
            self._connection.close()

    def _column(self, field: Field) -> Column:
        unsigned = bool(field.flags & FLAG.UNSIGNED)
        detail = _ZEROFILL if field.flags & FLAG.ZEROFILL else ""
        if field.type_code == FIELD_TYPE.TINY:
            is_bit = field.length == 1 and self._tiny_is_bit and not unsigned
            sql_type = SqlType.BIT if is_bit else SqlType.TINYINT
            detail = _TINYINT
        elif field.type_code in _TEXT_OR_BYTES:
            sql_type = _text_or_bytes(field)
        else:
            sql_type = _SQL_TYPES.get(field.type_code, SqlType.OTHER)
        if sql_type == SqlType.INTEGER and unsigned and field.type_code == FIELD_TYPE.LONG:
            sql_type = SqlType.BIGINT
        column = column_of(field.name, sql_type, detail=detail, length=field.length, scale=field.scale)
        if field.type_code == FIELD_TYPE.YEAR:
            # Sqoop reads a year as a number, though the driver calls it a date.
            return Column(field.name, sql_type, JavaType.INTEGER, JavaType.INTEGER, _YEAR)
        return column


def _text_or_bytes(field: Field) -> int:
    text, data = _TEXT_OR_BYTES[field.type_code]
    if field.flags & (FLAG.ENUM | FLAG.SET):
        return SqlType.CHAR
    if field.charset == _BINARY_CHARSET:
        # On the wire a TINYBLOB is a BLOB of 255 bytes.
        return SqlType.VARBINARY if data == SqlType.LONGVARBINARY and field.length <= _TINY_LENGTH else data
    is_tiny = text == SqlType.LONGVARCHAR and field.length <= _TINY_LENGTH * _BYTES_PER_CHARACTER
    return SqlType.VARCHAR if is_tiny else text


def _wants_tls(source: Source) -> bool:
    mode = source.parameters.get("sslMode", "").upper()
    return source.flag("useSSL", False) or source.flag("requireSSL", False) or mode in {"REQUIRED", "TRUST"}


def _connect_error(error: pymysql.MySQLError, source: Source) -> ConnectError:
    code, text = (error.args[0] if error.args else 0), str(error.args[-1] if error.args else error)
    if code in _DENIED:
        return ConnectError(
            "H424", f"{source.place} refuses user '{source.username}' ({text})",
            hint="check --username and the password file",
        )  # fmt: skip
    if code == _NO_DATABASE:
        return ConnectError("H424", f"{source.host}:{source.port} has no database '{source.database}'", hint=text)
    return ConnectError(
        "H424", f"no answer from the database at {source.place} ({text})", hint="is the server up, and the port right?"
    )


def quote(name: str) -> str:
    """An identifier in backticks."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """A text that no SQL mode reads in another way."""
    return f"_utf8mb4 X'{text.encode().hex()}'" if text else "''"


def _concat(parts: Sequence[str]) -> str:
    return f"CONCAT({', '.join(parts)})"


def _replace(text: str, old: str, new: str) -> str:
    return f"REPLACE({text}, {old}, {new})"


def _contains(text: str, part: str) -> str:
    return f"LOCATE({part}, {text}) > 0"


def _java(column: Column, ref: str) -> str:
    """As Connector/J's objects print. A bare reference is text already wherever text is asked for."""
    if column.java is JavaType.TIMESTAMP:
        whole = f"CONCAT({ref}, '.0')"
        if column.scale:
            whole = f"IF(MICROSECOND({ref}) = 0, CONCAT(LEFT({ref}, 19), '.0'), TRIM(TRAILING '0' FROM {ref}))"
        return _without_zero(column, ref, whole)
    if column.java is JavaType.TIME and column.scale:
        return f"SUBSTRING_INDEX({ref}, '.', 1)"
    return _plain(column, ref)


def _plain(column: Column, ref: str) -> str:
    if column.java is JavaType.BOOLEAN:
        number = ref if column.detail == _TINYINT else f"({ref} + 0)"
        return f"IF({number} > 0 OR {number} = -1, 'true', IF({ref} IS NULL, NULL, 'false'))"
    if column.java is JavaType.BYTES:
        return f"HEX({ref})"
    if column.java is JavaType.STRING and column.stored is not JavaType.STRING:
        return _driver_text(column, ref)
    if column.stored in (JavaType.DATE, JavaType.TIMESTAMP):
        return _without_zero(column, ref, ref)
    if column.detail == _CONVERT:
        return f"CONVERT({ref} USING utf8mb4)"
    if column.detail in (_YEAR, _ZEROFILL) or (column.stored is JavaType.BOOLEAN and column.detail != _TINYINT):
        # Adding nothing takes away the zeros of ZEROFILL, and gives the number of a YEAR and of a BIT.
        return f"({ref} + 0)"
    return ref


def _driver_text(column: Column, ref: str) -> str:
    """What the driver's getString gives: a fraction only where there is one, and a year as its first day."""
    text = f"CONCAT({ref} + 0, '-01-01')" if column.detail == _YEAR else ref
    if column.scale and column.stored in (JavaType.TIME, JavaType.TIMESTAMP):
        text = f"IF(MICROSECOND({ref}) = 0, SUBSTRING_INDEX({ref}, '.', 1), {ref})"
    if column.detail == _ZEROFILL or (column.stored is JavaType.BOOLEAN and column.detail != _TINYINT):
        text = f"({ref} + 0)"
    return _without_zero(column, ref, text)


def _without_zero(column: Column, ref: str, text: str) -> str:
    """'0000-00-00' is no date in Java; Sqoop asks the driver for a null."""
    return f"IF({ref} = 0, NULL, {text})" if column.stored in (JavaType.DATE, JavaType.TIMESTAMP) else text


def java_timestamp(text: str) -> str:
    """java.sql.Timestamp.toString of a time that the database has written."""
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"
