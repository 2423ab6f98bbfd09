"""Which statements of an SQLTransformer can be said exactly, and how they are read."""

import time

import pytest

from models.sql_statement import Name, Operation, StatementError, names_in, read_statement


def read(items):
    return read_statement(f"SELECT *, {items} FROM __THIS__")


def test_columns_and_arithmetic_are_read_as_sql_reads_them():
    assert read_statement("select * from __THIS__;") == []
    assert read("a AS b, `c d` as e") == [("b", Name("a")), ("e", Name("c d"))]
    assert read("a + b * 2 AS c") == [("c", Operation("+", Name("a"), Operation("*", Name("b"), 2.0)))]
    assert read("(a - b) - 1e3 AS c") == [("c", Operation("-", Operation("-", Name("a"), Name("b")), 1000.0))]
    assert read("a / b / 1.5D AS c") == [("c", Operation("/", Operation("/", Name("a"), Name("b")), 1.5))]
    assert read("-a AS c") == [("c", Operation("*", -1.0, Name("a")))]
    assert list(names_in(read("(a + 1) * b - a AS c")[0][1])) == ["a", "b", "a"]


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "SELECT a + 1 FROM __THIS__",
        "SELECT log(a) AS a FROM __THIS__",
        "SELECT a AS b, b AS c FROM __THIS__ WHERE a",
        "SELECT *, a FROM __THIS__",
        "SELECT *, a AS b FROM t",
        "SELECT *, a AS b FROM __THIS__ WHERE a > 1",
        "SELECT *, round(a) AS b FROM __THIS__",
        "SELECT *, log(2, a) AS b FROM __THIS__",
        "SELECT *, a / 1.5 AS b FROM __THIS__",
        "SELECT *, a * 1.1 > 3.3 AS b FROM __THIS__",
        "SELECT *, coalesce(a, b) AS c FROM __THIS__",
        "SELECT *, a = b AS c FROM __THIS__",
        "SELECT *, coalesce(a, 'x', 1) AS c FROM __THIS__",
        "SELECT *, CASE WHEN a THEN 'x' ELSE 1 END AS c FROM __THIS__",
        "SELECT *, CASE WHEN a = 1 THEN b END AS c FROM __THIS__",
        "SELECT *, CASE END AS c FROM __THIS__",
        "SELECT *, upper(a) + 1 AS c FROM __THIS__",
        "SELECT *, cast(a AS int) AS c FROM __THIS__",
        "SELECT *, cast(a AS string) AS c FROM __THIS__",
        "SELECT *, a NOT 1 AS c FROM __THIS__",
        "SELECT *, a IS 1 AS c FROM __THIS__",
        "SELECT *, 'it''s' AS c FROM __THIS__",
        "SELECT *, 'a\\nb' AS c FROM __THIS__",
        "SELECT *, nvl(a) AS c FROM __THIS__",
        "SELECT *, a LIKE 'x' AS c FROM __THIS__",
        "SELECT *, a % 2 AS b FROM __THIS__",
        "SELECT *, 3000000000 AS b FROM __THIS__",
        "SELECT *, a AS b, c AS B FROM __THIS__",
        "SELECT *, (a AS b FROM __THIS__",
        "SELECT *, a.b AS b FROM __THIS__",
        "SELECT *, a AS b, FROM __THIS__",
        "SELECT *, " + "(" * 60 + "a" + ")" * 60 + " AS b FROM __THIS__",
        "SELECT *, " + "-" * 5000 + "a AS b FROM __THIS__",
        "SELECT *, a AS b FROM __THIS__" + " " * 20_000,
    ],
)
def test_all_others_are_refused(statement):
    with pytest.raises(StatementError):
        read_statement(statement)


@pytest.mark.parametrize("sign", [" + ", " * ", " AND ", " OR "])
def test_a_column_without_an_end_is_refused(sign):
    with pytest.raises(StatementError, match="too many operators"):
        read_statement(f"SELECT *, {sign.join(['a'] * 1000)} AS b FROM __THIS__")
    with pytest.raises(StatementError, match="too many operators"):
        read_statement(f"SELECT *, CASE WHEN {'NOT ' * 2000} a > 1 THEN 1 ELSE 0 END AS b FROM __THIS__")
    assert read_statement(f"SELECT *, {' + '.join(['a'] * 201)} AS b, {' + '.join(['a'] * 201)} AS c FROM __THIS__")


@pytest.mark.parametrize(
    "outer",
    [
        "CASE ({}) WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END",
        "CAST({} BETWEEN 0 AND 1 AS DOUBLE)",
    ],
)
def test_a_statement_that_multiplies_what_it_asks_is_refused_at_once(outer):
    expression = "a"
    for _ in range(15):
        expression = outer.format(expression)
    began = time.process_time()
    with pytest.raises(StatementError, match="the same too often"):
        read(f"{expression} AS b")
    assert time.process_time() - began < 1


def test_a_case_of_many_branches_is_read():
    branches = " ".join(f"WHEN 'city {number}' THEN {number}" for number in range(300))
    ((_, expression),) = read(f"CASE lower(trim(city)) {branches} END AS b")
    assert len(expression.arguments) == 601
