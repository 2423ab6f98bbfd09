"""PostgreSQL: text as its JDBC driver and Java print it."""

# ruff: noqa: E501 - SQL as it is read best
from __future__ import annotations

import fastavro
import psycopg
import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.errors import ConnectError, SourceError
from oozie.local.sqoop.importer import run_import

TABLE = """
DROP TABLE IF EXISTS "Odd Name"; DROP TABLE IF EXISTS t; DROP TYPE IF EXISTS mood;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE t (id int PRIMARY KEY, small smallint, big bigint, ok boolean, price numeric(12,4), r real, d double precision,
  day date, ts timestamp, tz timestamptz, ti time, c char(4), v varchar, tx text, m mood, raw bytea, bit1 bit(1));
INSERT INTO t VALUES
 (1, -5, 9223372036854775807, true, 12.3400, 1.1, 1e7, '2026-01-01', '2026-01-01 10:00:00', '2026-01-01 10:00:00.25+00',
  '12:34:56.5', 'ab', 'é, "x"', E'line\\nbreak', 'glad', '\\x00ff', B'1'),
 (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "Odd Name" ("Id" int PRIMARY KEY, u uuid);
INSERT INTO "Odd Name" VALUES (7, '00000000-0000-0000-0000-000000000001');
"""
LINES = (
    '1,-5,9223372036854775807,true,12.3400,1.1,1.0E7,2026-01-01,2026-01-01 10:00:00.0,2026-01-01 10:00:00.25,12:34:56,'
    'ab  ,é, "x",line\nbreak,glad,00 ff,true\n'
    "2,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null\n"
)  # fmt: skip


@pytest.fixture
def run(postgresql, hdfs, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    with psycopg.connect(host="127.0.0.1", port=postgresql, user="postgres", dbname="postgres") as connection:
        connection.execute(TABLE)

    def go(*more):
        url = f"jdbc:postgresql://127.0.0.1:{postgresql}/postgres"
        run_import(
            parse_arguments(
                ["--connect", url, "--username", "postgres", "--target-dir", "/o", "--delete-target-dir", *more]
            )
        )
        return {path.name: path.read_bytes() for path in (hdfs / "o").iterdir()}

    return go


def test_text(run):
    assert run("--table", "t", "-m", "1")["part-m-00000"].decode() == LINES


def test_splits_by_the_primary_key(run):
    assert run("--table", "t", "-m", "2", "--columns", "id") == {
        "_SUCCESS": b"", "part-m-00000": b"1\n", "part-m-00001": b"2\n",
    }  # fmt: skip


def test_escaped(run):
    files = run("--table", "t", "-m", "1", "--columns", "v,tx", "--escaped-by", r"\\", "--null-string", r"\\N")
    assert files["part-m-00000"].decode() == 'é\\, "x",line\\\nbreak\n\\\\N,\\\\N\n'


def test_avro(run, hdfs):
    run("--table", "t", "-m", "1", "--as-avrodatafile")
    with (hdfs / "o/part-m-00000.avro").open("rb") as file:
        row = next(fastavro.reader(file))
    assert (row["price"], row["raw"], row["tz"], row["ti"]) == ("12.3400", b"\x00\xff", 1767261600250, 45296500)


def test_quoted_names_and_a_type_that_sqoop_cannot_read(run):
    with pytest.raises(SourceError, match=r"H425 column 'u' has type uuid"):
        run("--table", "Odd Name", "-m", "1")
    files = run("--table", "Odd Name", "-m", "1", "--map-column-java", "u=String")
    assert files["part-m-00000"] == b"7,00000000-0000-0000-0000-000000000001\n"


def test_refused(run, postgresql):
    with pytest.raises(SourceError, match=r"H425 the database has no table 'tt'"):
        run("--table", "tt")
    with pytest.raises(SourceError, match=r"H425 the database refuses the query: column .nothing. does not exist"):
        run("--table", "t", "-m", "1", "--where", "nothing = 1")
    with pytest.raises(ConnectError, match="H424"):
        run("--table", "t", "--connect", f"jdbc:postgresql://127.0.0.1:{postgresql}/nowhere")
