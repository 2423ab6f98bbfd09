"""A value by itself and in a column: what each type takes is the same."""

import math

import pytest

from serving.values import PYTHON_TYPES, TAKE_ALL, TAKE_ONE, WIDEST, RefusedError

LARGEST = WIDEST["double"][1]
COLUMNS = {
    "double": [[1.5, -0.0], [1.5, 3], [1, 2], [10**400], [math.nan, 1.0], [math.inf], [True], ["1"], [LARGEST] * 2],
    "long": [[1, 2], [2**63 - 1, -(2**63)], [2**63], [-(2**63) - 1], [1, 3.0], [3.5], [True, 1], ["1"]],
    "string": [["a", ""], ["\u017elut\u00e9"], ["\ud800", "a"], ["x" * 10_001], ["a", 1]],
    "boolean": [[True, False], [True, 1], ["true"]],
}
CASES = [(kind, column) for kind, columns in COLUMNS.items() for column in columns]


def one_by_one(kind, column):
    try:
        return [TAKE_ONE[kind](value) for value in column]
    except RefusedError:
        return None


@pytest.mark.parametrize(("kind", "column"), CASES)
def test_what_is_taken_of_a_column_is_what_is_taken_of_each(kind, column):
    together = TAKE_ALL[kind](column, set(map(type, column)))
    assert together is None or repr(together) == repr(one_by_one(kind, column))


@pytest.mark.parametrize("kind", PYTHON_TYPES)
def test_a_usual_column_is_taken_as_it_stands(kind):
    usual = COLUMNS[kind][0]
    assert TAKE_ALL[kind](usual, {PYTHON_TYPES[kind]}) is usual


@pytest.mark.parametrize("kind", WIDEST)
def test_the_widest_numbers_are_taken_and_wider_ones_are_not(kind):
    for number in WIDEST[kind]:
        assert TAKE_ONE[kind](number) == number
        with pytest.raises(RefusedError):
            TAKE_ONE[kind](number * 2)


def test_a_refusal_says_what_is_wrong_and_what_to_do():
    with pytest.raises(RefusedError) as refused:
        TAKE_ONE["double"]("3.50")
    assert (refused.value.problem, refused.value.hint) == (
        'is the text "3.50", a number is needed',
        "send 3.5 without quotes",
    )
