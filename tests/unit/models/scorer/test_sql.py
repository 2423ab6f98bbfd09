"""An SQLTransformer's corners; its columns are compared with Spark's in test_stages."""

from pathlib import Path

import pytest

from models.scorer import ScorerError, ScoringError
from models.scorer.columns import Columns
from models.scorer.saved import SavedStage
from models.scorer.sql import sql_transformer


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


@pytest.mark.parametrize(
    ("items", "message"),
    [("x AS b", "there is no column 'x'"), ("a AS a", "is there already"), ("x + 'a' AS b", "'a'")],
)
def test_what_cannot_be_made_is_refused(items, message):
    with pytest.raises((ScoringError, ScorerError), match=message):
        made(items, [{"a": 1.0}])
