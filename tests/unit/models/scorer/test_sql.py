"""An SQLTransformer's corners; its columns are compared with Spark's in test_stages."""

from pathlib import Path

import pytest

from models.scorer import ScorerError, ScoringError
from models.scorer.columns import Columns
from models.scorer.saved import SavedStage
from models.scorer.sql import check_written_numbers, sql_transformer


def stage(items, version="3.5.9"):
    statement = f"SELECT *, {items} FROM __THIS__"
    name = "org.apache.spark.ml.feature.SQLTransformer"
    return SavedStage(name, "sql", {"statement": statement}, Path("nowhere"), version)


def made(items, rows, version="3.5.9"):
    columns = Columns(rows)
    sql_transformer(stage(items, version))(columns)
    return columns


def test_a_column_of_another_name_keeps_what_it_is():
    columns = made("a AS b, b AS c", [{"a": "x"}, {"a": None}])
    assert columns.texts("c") == ["x", None]
    assert columns.nulls("c").tolist() == [False, True]
    assert made("a AS b", [{"a": True}]).texts("b") == ["true"]


def test_spark_3_makes_null_of_a_division_by_zero_and_spark_4_fails():
    rows = [{"a": 1.0, "b": 0.0}, {"a": 1.0, "b": 2.0}]
    columns = made("a / b AS c", rows)
    assert columns.values("c") == [None, 0.5]
    with pytest.raises(ScoringError, match="divides by 0"):
        made("a / b AS c", rows, "4.0.0")
    assert made("a / b AS c", [{"a": None, "b": 0.0}], "4.0.0").values("c") == [None]


ROWS = [
    {"n": 4.0, "t": "Mr", "b": True},
    {"n": None, "t": None, "b": None},
    {"n": -1.0, "t": "", "b": False},
    {"n": float("nan"), "t": "\u0130x ", "b": True},
]


@pytest.mark.parametrize(
    ("item", "values"),
    [
        ("CASE WHEN n > 0 THEN 1 WHEN n <= 0 THEN 0 END", [1.0, None, 0.0, 1.0]),
        ("CASE t WHEN 'Mr' THEN 'm' ELSE 'o' END", ["m", "o", "o", "o"]),
        ("IF(n IS NULL, 0.5, n)", [4.0, 0.5, -1.0, None]),
        ("coalesce(n, 29.7)", [4.0, 29.7, -1.0, None]),
        ("nvl(t, 'none')", ["Mr", "none", "", "\u0130x "]),
        ("n = 4 OR t = 'x'", [1.0, None, 0.0, 0.0]),
        ("n < 0 AND t = 'x'", [0.0, None, 0.0, 0.0]),
        ("NOT (t IN ('Mr', 'Dr'))", [0.0, None, 1.0, 1.0]),
        ("t NOT IN ('Mr')", [0.0, None, 1.0, 1.0]),
        ("n BETWEEN -1 AND 4", [1.0, None, 1.0, 0.0]),
        ("cast(n > 0 AS int) + cast(n AS double)", [5.0, None, -1.0, None]),
        ("t IS NOT NULL", [1.0, 0.0, 1.0, 1.0]),
        ("log(n)", [1.3862943611198906, None, None, None]),
        ("abs(n) * 1.5", [6.0, None, 1.5, None]),
        ("pow(n, 2)", [16.0, None, 1.0, None]),
        ("length(t)", [2.0, None, 0.0, 3.0]),
        ("upper(trim(t))", ["MR", None, "", "\u0130X"]),
        ("lower(t)", ["mr", None, "", "i\u0307x "]),
        ("b = true", "the types that are compared"),
        ("t > 'a'", [0.0, None, 0.0, 1.0]),
        ("greatest(n, 0, -2)", [4.0, 0.0, 0.0, None]),
        ("least(n, 5)", [4.0, 5.0, -1.0, 5.0]),
        ("true", [1.0] * 4),
        ("NULL", "cannot be told"),
    ],
)
def test_expressions_are_those_of_spark(item, values):
    if isinstance(values, str):
        with pytest.raises(ScorerError, match=values):
            made(f"{item} AS c", ROWS)
        return
    found = made(f"{item} AS c", ROWS).values("c")
    assert [None if value != value else value for value in found] == values


def test_a_selection_may_leave_columns_out():
    name = "org.apache.spark.ml.feature.SQLTransformer"
    parameters = {"statement": "SELECT a, b AS c, a + 1 AS d FROM __THIS__"}
    columns = Columns([{"a": 1.0, "b": "x"}])
    sql_transformer(SavedStage(name, "sql", parameters, Path("nowhere"), "3.5.9"))(columns)
    assert (columns.values("c"), columns.values("d")) == (["x"], [2.0])


def test_a_number_that_a_statement_makes_is_not_written_as_a_text():
    indexer = SavedStage(
        "org.apache.spark.ml.feature.StringIndexerModel", "indexer", {"inputCol": "c"}, Path("nowhere")
    )
    check_written_numbers([stage("upper(a) AS c"), indexer])
    with pytest.raises(ScorerError, match="takes 'c' for a text"):
        check_written_numbers([stage("a + 1 AS c"), indexer])


@pytest.mark.parametrize(
    ("items", "message"),
    [("x AS b", "there is no column 'x'"), ("a AS a", "is there already"), ("x + 'a' AS b", "a number is expected")],
)
def test_what_cannot_be_made_is_refused(items, message):
    with pytest.raises((ScoringError, ScorerError), match=message):
        made(items, [{"a": 1.0}])
