"""Vectors in each form in which rows may bring them."""

from decimal import Decimal

import numpy as np
import pytest

from models.errors import ScoringError
from models.scorer.columns import Columns
from models.scorer.given import read_numbers, read_vectors
from models.scorer.spark_text import Single, java_float
from models.scorer.vectors import SparseRows

DENSE = {"type": 1, "size": None, "indices": None, "values": [0.0, 2.5, 0.0]}
SPARSE = {"type": 0, "size": 3, "indices": [1], "values": [2.5]}


@pytest.mark.parametrize("value", [[0, 2.5, 0], (0.0, 2.5, 0.0), DENSE, SPARSE])
def test_each_form_is_the_same_vector(value):
    assert read_vectors("v", [value, DENSE]).tolist() == [[0.0, 2.5, 0.0]] * 2


def test_wide_sparse_vectors_stay_sparse():
    given = [{"type": 0, "size": 1 << 18, "indices": [7, 9], "values": [1.0, 2.0]}]
    found = read_vectors("v", given)
    assert isinstance(found, SparseRows)
    assert found.size == 1 << 18
    assert isinstance(Columns([{"v": given[0]}]).vectors("v"), SparseRows)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0], [1.0, 2.0]], "as many numbers in each row"),
        ([[1.0], None], "'v' is missing"),
        ([[1.0, None]], "must be a vector"),
        ([["a"]], "must be a number"),
        ([[1.0], 2.0], "must be a vector"),
        ([{"type": 0, "size": 2, "indices": [2], "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "size": 2, "indices": [-1], "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "size": 2, "indices": [0, 1], "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "size": 9, "indices": [3, 1], "values": [1.0, 2.0]}], "must be a vector"),
        ([{"type": 0, "size": 9, "indices": [3, 3], "values": [1.0, 2.0]}], "must be a vector"),
        ([{"type": 0, "size": 2, "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "indices": [0], "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "size": "2", "indices": [0], "values": [1.0]}], "must be a vector"),
        ([{"type": 0, "size": -1, "indices": [], "values": []}], "must be a vector"),
        ([{"type": 0, "size": 10**13, "indices": [0], "values": [1.0]}], "must be a vector"),
        ([{"a": 1}], "must be a vector"),
    ],
)
def test_what_is_no_vector_is_refused(values, message):
    with pytest.raises(ScoringError, match=message):
        read_vectors("v", values)


def test_a_sparse_vector_is_told_from_a_dense_one():
    columns = Columns([{"v": SPARSE}, {"v": DENSE}, {"v": [0.0, 0.0, 0.0]}])
    assert columns.numbers("v").shape == (3, 3)
    assert columns.are_sparse("v").tolist() == [True, False, False]


def test_a_list_is_no_text():
    with pytest.raises(ScoringError, match="a text is needed"):
        Columns([{"v": ["a"]}]).texts("v")


def test_decimals_are_numbers():
    assert read_numbers("n", [Decimal("1.50"), True, None]).tolist()[:2] == [1.5, 1.0]
    assert Columns([{"n": Decimal("1.50")}]).texts("n") == ["1.50"]


def test_a_number_of_32_bits_is_written_as_what_it_is():
    single = Single(np.float32(0.1))
    assert Columns([{"n": single}]).texts("n") == ["0.1"]
    assert read_numbers("n", [single])[0] == float(np.float32(0.1))
    assert java_float(16777216.0) == "1.6777216E7"
