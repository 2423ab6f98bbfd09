"""The whole job on a small table: what it writes is what the service would, whatever is run twice or goes wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generator.archive import jobs_archive
from jobs.score import main
from models.manifest import Field
from models.repository import Repository
from models.scorer.pipeline import load_numpy
from models.tracked.evaluation import evaluate
from models.tracked.partitions import read
from models.tracked.schema import PREDICTIONS
from storage.local import LocalDisk

pytestmark = [pytest.mark.spark, pytest.mark.slow]

SOURCES = Path(__file__).parents[3]
MODEL = Path(__file__).parents[2] / "fixtures" / "spark-3.5" / "forest-categorical" / "model"
FIELDS = (
    Field("age", "double"),
    Field("spend", "double"),
    Field("constant", "double"),
    Field("channel", "string"),
    Field("city", "string"),
)
ROWS = [
    {"age": 20.0 + number, "spend": 5.0 * number, "constant": 7.0, "channel": "paid", "city": f"city-{number % 4}"}
    for number in range(50)
]


@pytest.fixture
def shop(tmp_path):
    """A repository with one version, and a table of customers."""
    with Repository(LocalDisk(durable=False), str(tmp_path / "models")).stage("funnel") as staging:
        shutil.copytree(MODEL, staging.model_path)
        staging.publish(inputs=FIELDS, classes=("a", "b", "c"), metrics={}, aliases=["champion"])
    customers = [{**row, "customer": f"c{number}"} for number, row in enumerate(ROWS)]
    pq.write_table(pa.Table.from_pylist(customers), tmp_path / "rows.parquet")
    return tmp_path


def score(shop, *more, rows="rows.parquet", name="funnel"):
    return main(
        [
            *("--input", (shop / rows).as_uri(), "--format", "parquet", "--models", (shop / "models").as_uri()),
            *("--name", name, "--key", "customer", *more),
        ]
    )


def predictions(shop):
    found = read(LocalDisk(), str(shop / "models"), "funnel", "predictions", PREDICTIONS.names)
    return sorted(found.to_pylist(), key=lambda row: int(row["key"][1:]))


def test_every_row_is_answered_as_the_service_would(spark, shop):
    assert score(shop, "--run-id", "0000001-W", "--leave-out", "city") == 0

    found = predictions(shop)
    expected = load_numpy(MODEL).score(ROWS)
    assert [row["prediction"] for row in found] == [answer.prediction for answer in expected]
    assert [tuple(chance for _, chance in row["probabilities"]) for row in found] == [
        pytest.approx(answer.probability) for answer in expected
    ]
    assert [row["label"] for row in found] == ["abc"[int(answer.prediction)] for answer in expected]
    manifest = Repository(LocalDisk(), str(shop / "models")).manifest("funnel", 1)
    first = found[0]
    assert (first["source"], first["model"], first["version"], first["manifest"]) == (
        "batch", "funnel", 1, manifest.digest,
    )  # fmt: skip
    assert json.loads(first["inputs"]) == {name: value for name, value in ROWS[0].items() if name != "city"}
    assert len({(row["request_id"], row["row"]) for row in found}) == 50
    assert {row["request_id"].rpartition("-")[0] for row in found} == {"0000001-W"}
    (version,) = evaluate(LocalDisk(), str(shop / "models"), "funnel").versions
    assert version.sources == {"batch": 50}
    assert not list((shop / "models" / "funnel").glob(".scoring-*"))


def test_a_job_that_runs_again_replaces_what_it_wrote(spark, shop):
    assert score(shop, "--run-id", "a") == score(shop, "--run-id", "b", name="funnel@1") == 0
    assert len(predictions(shop)) == 100
    assert score(shop, "--run-id", "a") == 0
    assert len(predictions(shop)) == 100


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (("--key", "customr"), 1, "did you mean 'customer'"),
        (("--name", "other"), 1, "H202"),
        (("--models", "file:///nowhere"), 1, "H202"),
        (("--format", "text"), 2, "H600 text has no column names"),
        (("--sort",), 2, "score.py --help"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(spark, shop, capfd, more, code, told):
    assert score(shop, *more) == code
    assert told in capfd.readouterr().err


def test_a_row_that_spark_would_fail_on_is_said_and_nothing_is_written(spark, shop, capfd):
    strange = {**ROWS[0], "customer": "c1", "age": float("nan")}
    pq.write_table(pa.Table.from_pylist([strange]), shop / "strange.parquet")

    assert score(shop, rows="strange.parquet") == 1
    assert "H610 a row cannot be scored: " in capfd.readouterr().err
    assert predictions(shop) == []
    assert not list((shop / "models" / "funnel").glob(".scoring-*"))


def test_an_answer_that_the_manifest_has_no_class_for_is_said(spark, shop, capfd):
    with Repository(LocalDisk(durable=False), str(shop / "models")).stage("funnel") as staging:
        shutil.copytree(MODEL, staging.model_path)
        staging.publish(inputs=FIELDS, classes=("a", "b"), metrics={})

    assert score(shop, name="funnel@2") == 1
    assert "H610 a row cannot be scored: the model " in capfd.readouterr().err
    assert predictions(shop) == []


def test_it_runs_from_the_archive_alone(spark, shop):
    """As a cluster runs it: the script and the archive, without our sources."""
    (shop / "howdah-jobs.zip").write_bytes(jobs_archive())
    script = shutil.copy(SOURCES / "jobs" / "score.py", shop / "score.py")
    program = (
        "import runpy, sys\n"
        "from pyspark.sql import SparkSession\n"
        f"sys.path[:] = [path for path in sys.path if path != {str(SOURCES)!r}]\n"
        "spark = SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').getOrCreate()\n"
        f"spark.sparkContext.addPyFile({str(shop / 'howdah-jobs.zip')!r})\n"
        "sys.argv = ['score.py'] + sys.argv[1:]\n"
        "import jobs\n"
        "assert 'howdah-jobs.zip' in jobs.__file__, jobs.__file__\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
    )
    options = ["--input", (shop / "rows.parquet").as_uri(), "--format", "parquet", "--name", "funnel"]
    done = subprocess.run(
        [sys.executable, "-c", program, *options, "--models", (shop / "models").as_uri(), "--key", "customer"],
        cwd=shop,
        capture_output=True,
        text=True,
        timeout=180,
    )

    assert done.returncode == 0, done.stderr
    assert len(predictions(shop)) == 50
