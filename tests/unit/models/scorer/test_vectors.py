import numpy as np

from models.scorer.vectors import SparseRows, dot, side_by_side, sparse_rows, take, width

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
