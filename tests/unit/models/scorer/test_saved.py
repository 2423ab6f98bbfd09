from models.scorer.saved import dense_matrix, dense_vector


def test_a_sparse_vector_is_filled_with_zeros():
    assert dense_vector({"type": 0, "size": 4, "indices": [1, 3], "values": [5.0, 6.0]}).tolist() == [0, 5, 0, 6]


def test_a_dense_matrix_stands_by_columns_unless_transposed():
    saved = {"type": 1, "numRows": 2, "numCols": 3, "values": [1, 2, 3, 4, 5, 6], "isTransposed": False}
    assert dense_matrix(saved).tolist() == [[1, 3, 5], [2, 4, 6]]
    assert dense_matrix({**saved, "isTransposed": True}).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_sparse_matrix_by_columns_and_by_rows():
    saved = {"type": 0, "numRows": 2, "numCols": 2, "values": [1.0, 2.0], "colPtrs": [0, 1, 2], "rowIndices": [0, 1]}
    assert dense_matrix({**saved, "isTransposed": False}).tolist() == [[1, 0], [0, 2]]
    saved = {**saved, "colPtrs": [0, 0, 2], "rowIndices": [0, 1]}
    assert dense_matrix({**saved, "isTransposed": False}).tolist() == [[0, 1], [0, 2]]
    assert dense_matrix({**saved, "isTransposed": True}).tolist() == [[0, 0], [1, 2]]
