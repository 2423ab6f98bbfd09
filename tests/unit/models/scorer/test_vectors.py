import numpy as np
import pytest

from models.scorer.vectors import SparseRows, compressed, dot, dot_of_present, side_by_side, sparse_rows, take, width

SPARSE = sparse_rows([{3: 2.0, 1: -1.0}, {}, {0: 5.0}], 4)
DENSE = np.array([[0, -1, 0, 2], [0, 0, 0, 0], [5, 0, 0, 0]], dtype=float)


def test_sparse_and_dense_are_the_same_vectors():
    matrix = np.arange(8.0).reshape(2, 4)
    places = np.array([3, 0, 3])
    assert SPARSE.dense().tolist() == DENSE.tolist()
    assert dot(SPARSE, matrix).tolist() == dot(DENSE, matrix).tolist()
    assert take(SPARSE, places).tolist() == take(DENSE, places).tolist()
    assert SPARSE.scaled(np.arange(4.0)).dense().tolist() == (DENSE * np.arange(4.0)).tolist()
    assert SPARSE.squared().dense().tolist() == (DENSE**2).tolist()


def test_what_is_joined_with_a_sparse_vector_is_sparse():
    joined = side_by_side([DENSE, SPARSE])
    assert isinstance(joined, SparseRows)
    assert width(joined) == 8
    assert joined.dense().tolist() == np.concatenate([DENSE, DENSE], axis=1).tolist()
    assert take(joined, np.array([7, 3, 1])).tolist() == [[2, 2, -1], [0, 0, 0], [0, 0, 0]]


def test_vectors_without_an_entry_are_still_as_many():
    nothing = sparse_rows([{}, {}], 3)
    assert nothing.dense().tolist() == [[0, 0, 0], [0, 0, 0]]
    assert take(nothing, np.array([1])).tolist() == [[0], [0]]


# The most entries with which a vector of that size stays sparse, as Spark 4.3 says.
SPARSE_IN_SPARK_4 = {1: -1, 2: -1, 3: 0, 4: 1, 5: 1, 6: 2, 7: 3, 8: 3, 9: 4, 10: 5, 14: 7, 17: 9, 20: 11, 40: 25}


@pytest.mark.parametrize(("size", "most"), SPARSE_IN_SPARK_4.items())
def test_a_vector_with_room_is_sparse_to_spark(size, most):
    vectors = np.tril(np.ones((size + 1, size)), -1)  # one entry more in each row
    assert [count for count, sparse in enumerate(compressed(vectors, "4.3.0")) if sparse] == list(range(most + 1))
    entries = sparse_rows([dict.fromkeys(range(count), 1.0) for count in range(size + 1)], size)
    assert compressed(entries, "4.3.0").tolist() == compressed(vectors, "4.3.0").tolist()


def test_before_spark_4_1_less_room_was_enough():
    assert [bool(compressed(np.zeros((1, 2)), version)[0]) for version in ("3.5.9", "4.0.1", "4.1.0")] == [
        True,
        True,
        False,
    ]


def test_what_a_sparse_line_has_not_is_0_times_infinity_too():
    vectors = np.array([[np.inf, 2.0, np.nan], [1.0, 3.0, 0.0]])
    matrix = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    assert dot_of_present(vectors, matrix).tolist() == [[8.0, 0.0], [12.0, 0.0]]
    assert dot_of_present(SPARSE, DENSE).tolist() == dot(SPARSE, DENSE).tolist()
