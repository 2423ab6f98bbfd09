import json
from pathlib import Path

import pytest

from models.integrity import model_files
from models.scorer.stages import STAGES
from models.stage_classes import ALLOWED_CLASSES, find_strangers
from storage.local import LocalDisk
from tests.unit.models.conftest import write_metadata, write_model

FIXTURES = Path(__file__).parents[2] / "fixtures"


def strangers(disk, folder="/m"):
    return [
        (each.code, each.path.removeprefix("/m/")) for each in find_strangers(disk, folder, model_files(disk, folder))
    ]


def put(disk, path, text):
    with disk.create(path) as stream:
        stream.write(text.encode())


def test_a_saved_pipeline_has_none(disk, tmp_path):
    write_model(tmp_path / "m")
    assert strangers(disk) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"class": "com.evil.PipelineModel"}', '{"class": "org.apache.spark.ml.PipelineModel$"}', '{"class": null}',
        "{}", "[]", "x", '{"class": "com.evil.X", "class": "org.apache.spark.ml.PipelineModel"}', "[" * 100_000,
    ],
)  # fmt: skip
def test_every_other_class_is_one_wherever_it_stands(disk, tmp_path, text):
    write_model(tmp_path / "m")
    for path in ("metadata/part-00001", "metadata/readme", "stages/1_Logistic_2/models/model_0/metadata/part-00000"):
        put(disk, f"/m/{path}", text)
    assert strangers(disk) == [
        ("H208", "metadata/part-00001"),
        ("H208", "metadata/readme"),
        ("H208", "stages/1_Logistic_2/models/model_0/metadata/part-00000"),
    ]


def test_whatever_the_scorer_reads_is_allowed():
    assert STAGES.keys() - ALLOWED_CLASSES == set()


@pytest.mark.parametrize("saved", ["spark-3.5", "spark-4.3", "stages-spark-3.5"])
def test_what_spark_saved_is_allowed(saved):
    disk = LocalDisk(FIXTURES / saved)
    assert find_strangers(disk, "/", model_files(disk, "/")) == []


def test_what_spark_does_not_read_is_not_judged(disk, tmp_path):
    write_model(tmp_path / "m")
    for path in ("metadata/_other", "metadata/.part-00000.crc", "metadata/part-00001"):
        put(disk, f"/m/{path}", "" if path.endswith("1") else "x")
    put(disk, "/m/stages/1_Logistic_2/data/part-00001", json.dumps({"class": "x"}))
    assert strangers(disk) == []


def test_every_allowed_class_passes(disk, tmp_path):
    for number, name in enumerate(sorted(ALLOWED_CLASSES)):
        if name.startswith("org.apache.spark.ml."):
            write_metadata(tmp_path / "m" / str(number), name.removeprefix("org.apache.spark.ml."), {})
    assert strangers(disk) == []
