import json
import shutil
from pathlib import Path

import pytest

from models.errors import UnsettledModelError
from models.input_columns import derive_inputs
from models.manifest import Field
from models.spark_metadata import derive_classes, read_stages, spark_version
from storage.local import LocalDisk

SAVED = sorted(Path(__file__).parents[2].glob("fixtures/spark-*/*/model"))


@pytest.mark.parametrize("model", SAVED, ids=lambda path: f"{path.parts[-3]}-{path.parts[-2]}")
def test_what_a_saved_pipeline_takes(model):
    stages = read_stages(LocalDisk(), str(model))
    inputs = derive_inputs(stages)
    taken = {field.name for field in inputs}
    rows = json.loads((model.parent / "rows.json").read_text())
    assert taken <= {name for row in rows for name in row}
    assert {"age", "spend", "channel"} <= taken
    assert not any("label" in name or name == "outcome" for name in taken)
    assert {field.type for field in inputs if field.name in ("age", "spend", "constant")} == {"double"}
    assert {field.type for field in inputs if field.name in ("channel", "city")} == {"string"}
    assert spark_version(LocalDisk(), str(model)) in ("3.5.9", "4.3.0")


def test_the_fixtures_are_there():
    assert len(SAVED) >= 20


def test_classes_are_known_where_the_metadata_counts_them():
    forest = next(path for path in SAVED if path.parent.name == "forest-categorical")
    assert derive_classes(read_stages(LocalDisk(), str(forest))) == ("0", "1", "2")


def test_a_model_that_is_no_pipeline_is_read_too(save, tmp_path):
    save(tmp_path / "m")
    (stage,) = read_stages(LocalDisk(), str(tmp_path / "m/stages/1_Logistic_2"))
    assert stage.kind == "LogisticRegressionModel"
    assert derive_inputs([stage]) == ()  # a vector is no column of a table


def test_the_inputs_in_the_order_of_their_use(save, tmp_path):
    save(tmp_path / "m")
    assert derive_inputs(read_stages(LocalDisk(), str(tmp_path / "m"))) == (Field("hits", "double"),)


@pytest.mark.parametrize(
    "part",
    [
        "metadata", "metadata/part-00000", "stages", "stages/0_Assembler_1", "stages/1_Logistic_2/metadata",
        "stages/1_Logistic_2/metadata/part-00000", "stages/1_Logistic_2/data",
    ],
)  # fmt: skip
def test_a_model_without_one_of_its_parts_is_not_whole(save, tmp_path, part):
    save(tmp_path / "m")
    path = tmp_path / "m" / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(UnsettledModelError) as caught:
        read_stages(LocalDisk(), str(tmp_path / "m"))
    assert caught.value.code == "H220"
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize("part", ["metadata", "stages/0_Assembler_1/metadata", "stages/1_Logistic_2/data"])
def test_a_model_that_spark_is_writing_is_not_whole(save, tmp_path, part):
    save(tmp_path / "m")
    (tmp_path / "m" / part / "_temporary").mkdir()
    with pytest.raises(UnsettledModelError, match="being written"):
        read_stages(LocalDisk(), str(tmp_path / "m"))


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"paramMap": 3}', '{"class": "x.PipelineModel"}', "[" * 99_999])
def test_what_is_no_metadata(save, tmp_path, text):
    save(tmp_path / "m")
    (tmp_path / "m/metadata/part-00000").write_text(text)
    with pytest.raises(UnsettledModelError):
        read_stages(LocalDisk(), str(tmp_path / "m"))


def test_a_pipeline_reads_nothing_beside_its_own_stages(save, tmp_path):
    save(tmp_path / "m")
    save(tmp_path / "other")
    (tmp_path / "m/stages/0_").mkdir()
    stray = {"stageUids": ["/../../../other/stages/0_Assembler_1"]}
    text = json.dumps({"class": "org.apache.spark.ml.PipelineModel", "paramMap": stray})
    (tmp_path / "m/metadata/part-00000").write_text(text)
    with pytest.raises(UnsettledModelError, match="no names of folders"):
        read_stages(LocalDisk(), str(tmp_path / "m"))


def test_columns_that_only_a_statement_reads_are_taken():
    model = Path(__file__).parents[2] / "fixtures" / "stages-spark-3.5" / "sql" / "model"
    inputs = {field.name: field.type for field in derive_inputs(read_stages(LocalDisk(), str(model)))}
    assert inputs == {"city": "string", "age": "double", "spend": "double", "visits": "double", "channel": "string"}
