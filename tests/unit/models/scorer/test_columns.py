from models.scorer.columns import Columns


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
