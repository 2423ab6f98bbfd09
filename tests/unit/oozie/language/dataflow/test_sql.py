"""Tables and directories in SQL."""

from __future__ import annotations

import time

import pytest

from oozie.language.dataflow.sql import tables_of


def told(text: str, **variables: str) -> list[str]:
    return [f"{use.how} {use.name}" for use in tables_of(text, variables)]


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("INSERT INTO TABLE a.b SELECT * FROM c", ["writes a.b", "reads c"]),
        ("insert overwrite table b partition (d='1') select * from c x join e on x.i=e.i",
         ["replaces b", "reads c", "reads e"]),
        ("FROM s INSERT INTO t SELECT a INSERT OVERWRITE TABLE u SELECT b", ["writes t", "replaces u", "reads s"]),
        ("INSERT OVERWRITE DIRECTORY '/out' SELECT * FROM a, b y, c as z WHERE 1",
         ["replaces /out", "reads a", "reads b", "reads c"]),
        ("INSERT OVERWRITE LOCAL DIRECTORY '/out' SELECT * FROM a", ["replaces /out", "reads a"]),
        ("CREATE TABLE IF NOT EXISTS t AS SELECT * FROM (SELECT * FROM `a`.`b`) q", ["writes t", "reads a.b"]),
        ("SELECT a, n FROM (SELECT a, b, count(*) AS n FROM c LATERAL VIEW stack(2, x, y) e AS a, b GROUP BY a, b) q",
         ["reads c"]),
        ("CREATE EXTERNAL TABLE t (x int) LOCATION '/raw/t'", ["writes t", "reads /raw/t"]),
        ("CREATE TABLE t (x int) LOCATION '/raw/t'", ["writes t", "writes /raw/t"]),
        ("LOAD DATA INPATH '/in' OVERWRITE INTO TABLE t", ["reads /in", "replaces t"]),
        ("DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT 1 FROM a", ["replaces t", "reads a"]),
        ("ALTER TABLE t ADD PARTITION (d='1') LOCATION '/d/1'", ["writes t", "reads /d/1"]),
        ("TRUNCATE TABLE t", ["deletes t"]),
        ("EXPORT TABLE t TO '/x'; IMPORT TABLE u FROM '/y'", ["reads t", "writes /x", "writes u", "reads /y"]),
        ("USE shop; SELECT * FROM orders, other.x", ["reads shop.orders", "reads other.x"]),
        ("WITH q AS (SELECT * FROM a), r AS (SELECT * FROM q) INSERT INTO t SELECT * FROM r", ["writes t", "reads a"]),
        ("MERGE INTO t USING s ON t.i = s.i", ["writes t", "reads s"]),
        ("UPDATE t SET x = 1; DELETE FROM u WHERE x", ["writes t", "writes u"]),
        ("SELECT extract(year FROM d) FROM a -- FROM b\n/* FROM c */ WHERE x = ' FROM d '", ["reads a"]),
        ("SET x=1; ADD JAR /a.jar; SHOW TABLES", []),
        ("", []),
        ("INSERT", []),
        ("CREATE TABLE", []),
        ("SELECT * FROM", []),
    ],
)  # fmt: skip
def test_a_statement_reads_and_writes(text: str, uses: list[str]) -> None:
    assert told(text) == uses


def test_tables_that_a_script_makes_for_itself_are_its_own() -> None:
    text = """CREATE TEMPORARY TABLE a AS SELECT * FROM x;
    CREATE TABLE b AS SELECT * FROM a;
    INSERT INTO c SELECT * FROM b; DROP TABLE b;"""

    assert told(text) == ["reads x", "writes c"]


def test_variables_are_put_in_and_what_the_script_sets_comes_after_what_it_is_given() -> None:
    text = "SET hivevar:t=own; SET d=days; INSERT INTO ${hivevar:t}_${d} SELECT * FROM ${source}"

    assert told(text, t="given") == ["writes given_days", "reads ${source}"]


def test_a_long_text_ends_soon() -> None:
    assert told("((((" * 10_000 + "FROM a, " * 5_000)


@pytest.mark.parametrize(
    "text",
    [
        "${" * 250_000,
        "a${b" * 100_000,
        "with " + ",".join(f"a{n} as (select 1 from b{n})" for n in range(15_000)),
        f"set a={'x' * 200_000}; {'insert into ${a}; ' * 15_000}",
    ],
    ids=["not-closed", "not-closed-in-words", "many-names", "grows"],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()

    tables_of(text)

    assert time.process_time() - began < 5.0


def test_what_would_grow_beyond_all_measure_stays_as_it_is() -> None:
    text = f"set a={'x' * 200_000}; {'insert into ${a}; ' * 3}"

    assert [use.name for use in tables_of(text)] == ["${a}"]
