import pytest

from models.scorer.columns import Columns, java_double


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3.0"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_a_double_is_written_as_java_writes_it(value, text):
    assert java_double(value) == text


def test_numbers_as_texts_are_those_of_spark_s_cast():
    columns = Columns([{"a": 3}, {"a": 2.5}, {"a": True}, {"a": None}, {}])
    assert columns.texts("a") == ["3", "2.5", "true", None, None]


def test_a_null_number_is_nan():
    numbers = Columns([{"a": 3}, {"a": None}]).numbers("a")
    assert numbers[0] == 3.0
    assert numbers[1] != numbers[1]


def test_a_null_is_told_from_nan_and_stays_told():
    columns = Columns([{"a": None}, {"a": float("nan")}, {"a": 1.0}])
    assert columns.nulls("a").tolist() == [True, False, False]
    columns.set_with_nulls("b", columns.numbers("a").copy(), columns.nulls("a"))
    assert columns.nulls("b").tolist() == [True, False, False]
