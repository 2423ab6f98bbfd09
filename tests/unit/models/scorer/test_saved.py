import pytest

from models.errors import ScorerError
from models.scorer.saved import dense_matrix, dense_vector, read_stages


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


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[" * 100_000,
        '{"class": ["x"], "uid": "u", "paramMap": {}}',
        '{"class": "x", "uid": "u", "paramMap": null}',
        '{"class": "org.apache.spark.ml.PipelineModel", "uid": "u", "paramMap": {}}',
        '{"class": "org.apache.spark.ml.PipelineModel", "uid": "u", "paramMap": {"stageUids": "ab"}}',
        '{"class": "org.apache.spark.ml.PipelineModel", "uid": "u", "paramMap": {"stageUids": ["../../x"]}}',
    ],
)
def test_metadata_that_spark_never_wrote_is_one_error(tmp_path, text):
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "part-00000").write_text(text)
    (tmp_path / "stages" / "0_..").mkdir(parents=True)

    with pytest.raises(ScorerError) as caught:
        read_stages(tmp_path)

    assert caught.value.code == "H231"
    assert caught.value.diagnostics[0].hint
