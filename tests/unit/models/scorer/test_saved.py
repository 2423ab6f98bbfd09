import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import ScorerError
from models.scorer.saved import SavedStage, dense_matrix, dense_vector, read_stages


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


def test_a_small_file_of_very_many_values_is_not_read(tmp_path):
    (tmp_path / "data").mkdir()
    values = pa.nulls((1 << 25) + 1, pa.int8())
    column = pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)
    pq.write_table(pa.table({"values": column}), tmp_path / "data" / "part-0.parquet")
    assert (tmp_path / "data" / "part-0.parquet").stat().st_size < 100_000

    with pytest.raises(ScorerError, match="holds 33554433 values") as caught:
        SavedStage("x.Y", "y_1", {}, tmp_path).row()

    assert caught.value.code == "H231"


def test_a_vector_of_more_places_than_any_is_refused():
    with pytest.raises(ValueError, match="1099511627776 places"):
        dense_vector({"type": 0, "size": 1 << 40, "indices": [], "values": []})


@pytest.mark.parametrize("parameters", [{}, {"inputCols": True}, {"inputCols": [1]}, {"inputCol": {}}])
def test_columns_that_are_not_named_are_one_error(tmp_path, parameters):
    with pytest.raises(ScorerError, match="does not name its input columns") as caught:
        _ = SavedStage("x.Y", "y_1", parameters, tmp_path).input_columns
    assert caught.value.code == "H231"
