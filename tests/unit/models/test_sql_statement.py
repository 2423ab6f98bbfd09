"""Which statements of an SQLTransformer can be said exactly, and how they are read."""

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
        "SELECT a AS b FROM __THIS__",
        "SELECT *, a FROM __THIS__",
        "SELECT *, a AS b FROM t",
        "SELECT *, a AS b FROM __THIS__ WHERE a > 1",
        "SELECT *, log(a) AS b FROM __THIS__",
        "SELECT *, a * 1.5 AS b FROM __THIS__",
        "SELECT *, a % 2 AS b FROM __THIS__",
        "SELECT *, 3000000000 AS b FROM __THIS__",
        "SELECT *, a AS b, c AS B FROM __THIS__",
        "SELECT *, 'x' AS b FROM __THIS__",
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
