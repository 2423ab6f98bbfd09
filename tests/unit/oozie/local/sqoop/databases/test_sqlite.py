from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from oozie.local.sqoop.columns import SqlType
from oozie.local.sqoop.databases.sqlite import connect
from oozie.local.sqoop.errors import SourceError
from oozie.local.sqoop.jdbc import Source


@pytest.fixture
def connection(tmp_path):
    file = tmp_path / "a.db"
    with closing(sqlite3.connect(file)) as writer, writer:
        writer.execute(
            "CREATE TABLE t (k TEXT, i INTEGER, f TINYINT(1), b BOOLEAN, p DECIMAL(8,3), u INT UNSIGNED, x, "
            "PRIMARY KEY (i, k))"
        )
        writer.execute("INSERT INTO t VALUES ('a', 1, 1, 0, 2.5, 7, NULL)")
    writer.close()
    opened = connect(Source("sqlite", str(file)))
    yield opened
    opened.close()


def test_declared_types(connection):
    columns = connection.columns("SELECT t.*, i + 1 AS computed FROM t WHERE 1 = 0")
    assert {column.name: column.sql_type for column in columns} == {
        "k": SqlType.LONGVARCHAR, "i": SqlType.BIGINT, "f": SqlType.BIT, "b": SqlType.BIT, "p": SqlType.DECIMAL,
        "u": SqlType.BIGINT, "x": SqlType.VARCHAR, "computed": SqlType.VARCHAR,
    }  # fmt: skip
    assert next(column for column in columns if column.name == "p").scale == 3


def test_the_first_column_of_the_key(connection):
    assert connection.primary_key("t") == "i"


def test_it_is_opened_for_reading_only(connection):
    with pytest.raises(SourceError, match="readonly"):
        list(connection.records("INSERT INTO t (i, k) VALUES (9, 'z') RETURNING CAST('' AS BLOB)", 0))


def test_chunks_are_bounded(connection):
    query = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT CAST(i AS BLOB) FROM n"
    )
    sizes = [chunk.rows for chunk in connection.records(query, 100)]
    assert sum(sizes) == 50_000
    assert max(sizes) <= 20_000
