"""The source database that a workflow imports from: tables by portable types, filled from a stream of rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from workflows.errors import SampleError

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]

_BATCH_ROWS = 5_000
_TIMEOUT_S = 10

# Standard type -> the type where a database has another name for it.
_DIALECT_TYPES = {"mysql": {"TIMESTAMP": "DATETIME"}, "postgresql": {}, "sqlite": {}}
_QUOTES = {"mysql": "`", "postgresql": '"', "sqlite": '"'}
_PLACEHOLDERS = {"mysql": "%s", "postgresql": "%s", "sqlite": "?"}
_DIALECTS = {
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "postgresql": "postgresql",
    "postgres": "postgresql",
}
_SPARK_TYPES = {"VARCHAR": "STRING", "INTEGER": "INT", "DOUBLE PRECISION": "DOUBLE"}


@dataclass(frozen=True)
class Table:
    """A table of the source: (column, standard SQL type) pairs, and its natural key where it has one."""

    name: str
    columns: tuple[tuple[str, str], ...]
    primary_key: tuple[str, ...] = ()

    @property
    def spark_columns(self) -> str:
        """The columns as Spark and Hive declare them, for a job's ``--columns``."""
        return ", ".join(f"{name} {_spark_type(sql)}" for name, sql in self.columns)


@dataclass(frozen=True)
class Source:
    """An open database; nothing that was written stands before :func:`connect` ends well."""

    connection: Any
    dialect: str

    def create(self, table: Table) -> None:
        """Make ``table`` if there is none of that name."""
        types = _DIALECT_TYPES[self.dialect]
        columns = [f"{self._quote(name)} {types.get(sql, sql)}" for name, sql in table.columns]
        if table.primary_key:
            columns.append(f"PRIMARY KEY ({', '.join(map(self._quote, table.primary_key))})")
        self._execute(f"CREATE TABLE IF NOT EXISTS {self._quote(table.name)} ({', '.join(columns)})")

    def delete(self, table: Table, column: str, low: Value, high: Value) -> None:
        """Remove the rows with ``low <= column < high``."""
        mark, name = _PLACEHOLDERS[self.dialect], self._quote(column)
        self._execute(
            f"DELETE FROM {self._quote(table.name)} WHERE {name} >= {mark} AND {name} < {mark}",  # noqa: S608 ours
            (low, high),
        )

    def clear(self, table: Table) -> None:
        """Remove every row."""
        self._execute(f"DELETE FROM {self._quote(table.name)}")  # noqa: S608 our own tables

    def insert(self, table: Table, rows: Iterable[Row]) -> int:
        """Add ``rows``, streaming; their number."""
        names = ", ".join(self._quote(name) for name, _ in table.columns)
        target = f"{self._quote(table.name)} ({names})"
        count = 0
        with closing(self.connection.cursor()) as cursor:
            if self.dialect == "postgresql":
                with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                        count += 1
                return count
            marks = ", ".join([_PLACEHOLDERS[self.dialect]] * len(table.columns))
            for batch in _batches(rows):
                cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", batch)  # noqa: S608
                count += len(batch)
        return count

    def _execute(self, statement: str, parameters: tuple[Value, ...] = ()) -> None:
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(statement, parameters)

    def _quote(self, name: str) -> str:
        return f"{_QUOTES[self.dialect]}{name}{_QUOTES[self.dialect]}"


@contextmanager
def connect(url: str) -> Iterator[Source]:
    """Open ``sqlite:///absolute/path``, ``mysql://user:password@host:port/database`` or ``postgresql://...``.

    Everything that happens inside is one transaction.

    Raises: SampleError H760 for a URL of another kind, H761 when the database refuses or fails.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        # Neither the URL nor Python's message is shown: a password with a slash in it is what it took for the port.
        raise SampleError("H760", "the URL's host or port cannot be read", hint="/ in a password is %2F") from None
    dialect = _DIALECTS.get(parts.scheme)
    if dialect is None:
        raise SampleError(
            "H760", f"no source database is known for '{parts.scheme}://'", hint=f"known: {', '.join(_DIALECTS)}"
        )
    opener, failures = _OPENERS[dialect]
    try:
        with closing(opener(parts)) as connection:
            yield Source(connection, dialect)
            connection.commit()
    except failures() as error:
        reason = (" ".join(str(part) for part in error.args) or repr(error)).splitlines()[0]
        place = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
        raise SampleError("H761", f"{place}: {reason}", hint="is it up, and are name and password right?") from error


def clear_tables(url: str, tables: Iterable[Table]) -> None:
    """Take every row out of ``tables``, which are made where they are not there. Raises: SampleError."""
    with connect(url) as source:
        for table in tables:
            source.create(table)
            source.clear(table)


def _open_sqlite(parts: SplitResult) -> Any:
    # Both sqlite:////path and sqlite:///path are met in the wild for an absolute path; a relative one has no meaning
    # to a job that another process starts elsewhere.
    path = Path("/", unquote(parts.path).lstrip("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(path, timeout=_TIMEOUT_S)


def _open_mysql(parts: SplitResult) -> Any:
    import pymysql

    return pymysql.connect(
        host=parts.hostname or "localhost",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")),
        charset="utf8mb4",
        connect_timeout=_TIMEOUT_S,
    )


def _open_postgresql(parts: SplitResult) -> Any:
    import psycopg

    return psycopg.connect(parts._replace(scheme="postgresql").geturl(), connect_timeout=_TIMEOUT_S)


def _sqlite_failures() -> tuple[type[Exception], ...]:
    return (sqlite3.Error, OSError)


def _mysql_failures() -> tuple[type[Exception], ...]:
    import pymysql

    return (pymysql.MySQLError, OSError)


def _postgresql_failures() -> tuple[type[Exception], ...]:
    import psycopg

    return (psycopg.Error, OSError)


# A driver is imported only for a URL that needs it.
_OPENERS: dict[str, tuple[Callable[[SplitResult], Any], Callable[[], tuple[type[Exception], ...]]]] = {
    "sqlite": (_open_sqlite, _sqlite_failures),
    "mysql": (_open_mysql, _mysql_failures),
    "postgresql": (_open_postgresql, _postgresql_failures),
}


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH_ROWS)):
        yield batch


def _spark_type(sql: str) -> str:
    bare = sql.partition("(")[0]
    return _SPARK_TYPES.get(bare, bare)
