from __future__ import annotations

import pytest

from oozie.local.sqoop.selection import Selection

TABLE = Selection('"t"', "a > 1")
QUERY = Selection("SELECT * FROM t WHERE $CONDITIONS", is_query=True)


def test_table():
    assert TABLE.rows("x", "c < 5") == 'SELECT x FROM "t" WHERE ( a > 1 ) AND ( c < 5 )'
    assert TABLE.limits("c") == 'SELECT MIN(c), MAX(c) FROM "t" WHERE ( a > 1 )'
    assert Selection('"t"').limits("c") == 'SELECT MIN(c), MAX(c) FROM "t"'
    assert TABLE.narrowed("c > 7").where == "c > 7 AND (a > 1)"


def test_query():
    assert QUERY.rows("x", "c < 5") == "SELECT x FROM (SELECT * FROM t WHERE ( c < 5 )\n) sqoop_rows"
    assert QUERY.narrowed("c > 7").source == "SELECT * FROM t WHERE c > 7 AND $CONDITIONS"
    # A qualified column is looked for in the inner query's alias, as Sqoop does.
    assert QUERY.limits("t.c").startswith("SELECT MIN(t1.c), MAX(t1.c) FROM (SELECT")


@pytest.mark.parametrize("end", [";", " ;\n", "\n-- a comment"])
def test_what_ends_a_query_does_not_end_ours(sqoop, end):
    query = f"SELECT id FROM orders WHERE id < 3 AND $CONDITIONS{end}"
    assert sqoop("--query", query, "-m", "1")["part-m-00000"] == b"1\n2\n"
