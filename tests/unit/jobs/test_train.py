"""The whole job on a small shop: what it publishes, that it is what the scorer can score, and how it refuses."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from generator.archive import jobs_archive
from jobs.train import main
from models.manifest import parse_time
from models.plain import PlainFolder
from models.profile.document import PROFILE_NAME, read_profile
from models.repository import Repository
from models.scorer import load
from storage.local import LocalDisk
from workflows.funnel.sample import FUNNEL, rows

pytestmark = pytest.mark.spark


def write(folder, table):
    folder.mkdir(parents=True, exist_ok=True)
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in table)
    (folder / "part-m-00000").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def shop(spark, tmp_path_factory):
    """The folder of one training: its input, its repository, its plain folder; a second version without the alias."""
    home = tmp_path_factory.mktemp("shop")
    write(home / "hits", rows(5, 1_500))
    arguments = [
        *("--input", (home / "hits").as_uri(), "--columns", FUNNEL.spark_columns, "--prepare", "jobs.sessions"),
        *("--label", "outcome", "--models", (home / "models").as_uri(), "--name", "funnel"),
        *("--candidates", "logistic,tree,boosted", "--run-id", "0000001-W", "--nominal-time", "2026-01-01T00:00Z"),
        *("--gate-rows", "1000"),  # the demo's training asks for all 10,000
    ]
    assert main([*arguments, "--plain-model", (home / "model").as_uri(), "--description", "how visits end"]) == 0
    return home


@pytest.fixture(scope="module")
def repository(shop):
    return Repository(LocalDisk(), str(shop / "models"))


def test_a_version_is_published_whole_as_the_champion(repository, shop):
    assert repository.versions("funnel") == [1]
    assert repository.aliases("funnel") == {"champion": 1}
    assert repository.verify("funnel", 1) == []
    assert PlainFolder(LocalDisk(), str(shop / "model")).names() == ["funnel"]
    assert (shop / "model" / "stages").is_dir()


def test_the_manifest_tells_what_was_trained_from_what(repository):
    manifest = repository.manifest("funnel", 1)
    assert (manifest.target, manifest.description) == ("outcome", "how visits end")
    assert manifest.classes == ("leave", "cart", "purchase")
    assert manifest.run["id"] == "0000001-W"
    assert manifest.better == {"accuracy": "higher", "f1": "higher"}
    assert set(manifest.run["candidates"]) == {"logistic", "tree"}  # boosted trees tell two classes apart
    assert manifest.run["chosen"] in ("logistic", "tree")
    assert manifest.data["first_date"] == "2025-12-01"
    assert sum(manifest.data["rows_of_parts"].values()) < manifest.data["rows"]
    fields = {field.name: field for field in manifest.inputs}
    assert fields["medium"].example in fields["medium"].categories
    assert (fields["hour"].type, fields["hour"].minimum, fields["hour"].maximum) == ("long", 0.0, 23.0)
    assert not {"outcome", "visitor", "revenue", "date"} & set(fields)


def test_what_training_saw_is_published_with_the_model(repository):
    manifest = repository.manifest("funnel", 1)
    profile = read_profile(repository.filesystem, repository.folder("funnel", 1))
    assert PROFILE_NAME in manifest.files
    parts = manifest.data["rows_of_parts"]
    assert {name: histogram.rows for name, histogram in profile.inputs.items()} == {
        field.name: parts["learn"] for field in manifest.inputs
    }
    assert {histogram.rows for histogram in profile.outputs.values()} == {parts["holdout"]}
    assert set(profile.outputs) == {"prediction", *(f"probability.{name}" for name in manifest.classes)}


def test_the_compiled_model_is_published_with_what_was_measured(repository, shop):
    scoring = repository.manifest("funnel", 1).scoring
    assert (scoring.engine, scoring.rows) == ("compiled", 1_000)
    assert 0 <= scoring.difference < 1e-9
    assert "model.onnx" in repository.manifest("funnel", 1).files
    assert (shop / "model" / "model.onnx").read_bytes() == (
        shop / "models" / "funnel" / "1" / "model.onnx"
    ).read_bytes()


def test_it_beats_the_baseline_and_reports_every_class(repository):
    metrics = repository.manifest("funnel", 1).metrics
    assert metrics["f1"] > metrics["baseline.f1"] + 0.1
    assert metrics["accuracy"] > metrics["baseline.accuracy"]
    supports = [metrics[f"support.{name}"] for name in ("leave", "cart", "purchase")]
    assert sum(supports) == repository.manifest("funnel", 1).data["rows_of_parts"]["holdout"]


def test_the_scorer_answers_as_spark_does(spark, repository):
    from pyspark.ml import PipelineModel

    manifest = repository.manifest("funnel", 1)
    folder = f"{repository.folder('funnel', 1)}/spark"
    source = random.Random(3)
    cases = [{field.name: value(source, field) for field in manifest.inputs} for _ in range(200)]
    types = {"long": "BIGINT", "double": "DOUBLE", "string": "STRING", "boolean": "BOOLEAN"}
    schema = ", ".join(f"{field.name} {types[field.type]}" for field in manifest.inputs)
    frame = spark.createDataFrame([tuple(case.values()) for case in cases], schema)
    expected = PipelineModel.load(f"file://{folder}").transform(frame).select("prediction", "probability").collect()
    scorer = load(Path(folder))
    assert scorer.engine == "compiled"
    answers = scorer.score(cases)
    assert [answer.prediction for answer in answers] == [row["prediction"] for row in expected]
    for answer, row in zip(answers, expected, strict=True):
        assert answer.probability == pytest.approx(row["probability"].toArray().tolist(), abs=1e-9)


def value(source, field):
    """One value that a form might send: in range, unknown, or missing."""
    if field.type == "boolean":
        return source.random() < 0.5
    if source.random() < 0.1:
        return None
    if field.type == "string":
        return source.choice([*field.categories, "never seen"])
    number = source.uniform(field.minimum, field.maximum)
    return int(number) if field.type == "long" else number


def arguments(home, *more):
    columns = "id INT, x DOUBLE, label STRING"
    needed = ("--input", (home / "in").as_uri(), "--columns", columns, "--label", "label", "--leave-out", "id")
    return [
        *needed,
        "--models",
        (home / "models").as_uri(),
        "--name",
        "m",
        "--candidates",
        "tree",
        "--gate-rows",
        "0",
        *more,
    ]


def two_classes(count):
    source = random.Random(1)
    return [(i, round(source.gauss(i % 3 == 0, 0.4), 3), "yes" if i % 3 == 0 else "no") for i in range(count)]


def test_two_classes_are_parted_by_a_threshold_and_measured_by_areas(spark, tmp_path):
    write(tmp_path / "in", two_classes(400))
    assert main(arguments(tmp_path, "--metric", "area_under_pr", "--group", "id", "--alias", "")) == 0
    repository = Repository(LocalDisk(), str(tmp_path / "models"))
    manifest = repository.manifest("m", 1)
    assert manifest.classes == ("no", "yes")
    assert [field.name for field in manifest.inputs] == ["x"]
    assert manifest.metrics["area_under_pr"] > 2 * manifest.metrics["baseline.area_under_pr"]
    assert 0 < manifest.run["threshold"] < 1
    assert repository.aliases("m") == {}
    (stage,) = (tmp_path / "models" / "m" / "1" / "spark" / "stages").glob("*DecisionTree*/metadata/part-*")
    limits = json.loads(stage.read_text())["paramMap"]["thresholds"]
    assert limits[1] == manifest.run["threshold"]
    assert (manifest.run["stage"], manifest.valid_to) == ("", "")


@pytest.mark.slow
def test_the_same_data_give_the_same_model_and_a_stage_gives_it_a_name_and_an_end(spark, tmp_path):
    write(tmp_path / "in", two_classes(400))
    assert main(arguments(tmp_path, "--alias", "")) == 0
    assert main(arguments(tmp_path, "--stage", "qa", "--valid-days", "30")) == 0
    repository = Repository(LocalDisk(), str(tmp_path / "models"))
    first, again = repository.manifest("m", 1), repository.manifest("m", 2)
    assert (again.metrics, again.data) == (first.metrics, first.data)
    assert (again.run["stage"], repository.aliases("m")) == ("qa", {"qa": 2})
    assert (parse_time(again.valid_to) - parse_time(again.created)).days in (29, 30)


@pytest.mark.parametrize(
    ("table", "more", "code", "message"),
    [
        (None, [], 1, "H601 there is nothing at"),
        ([], [], 1, "H602"),
        ([(1, 1.0, "\\N")] * 9, [], 1, "H602 no row has a 'label'"),
        (two_classes(400), ["--label", "x"], 1, "H603 'x' has "),
        ([(i, 1.0, "a") for i in range(300)], [], 1, "H603 every 'label' is 'a'"),
        (two_classes(20), [], 1, "H606 20 rows are too few"),
        ([*two_classes(400), (1, 1.0, "rare")], [], 1, "H606 'rare' occurs 1 times"),
        (two_classes(400), ["--group", "idd"], 1, "H604 there is no column 'idd'"),
        (two_classes(400), ["--prepare", "jobs.nothing"], 1, "H607 --prepare jobs.nothing"),
        (two_classes(400), ["--prepare", "jobs.errors"], 1, "H607 --prepare jobs.errors: it has no prepare"),
        (two_classes(400), ["--name", "../m"], 1, "H201"),
        (two_classes(400), ["--columns", "id INT,"], 1, "H608 --columns cannot be read"),
        (two_classes(400), ["--metric", "best"], 2, "H600 argument --metric: invalid choice"),
    ],
)
def test_what_cannot_be_learnt_from_is_one_line_and_a_hint(spark, tmp_path, capsys, table, more, code, message):
    if table == []:
        (tmp_path / "in").mkdir()
    elif table is not None:
        write(tmp_path / "in", table)
    assert main(arguments(tmp_path, *more)) == code
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("howdah.train:")]
    assert lines[0].startswith(message)
    assert len(lines) == 2
    assert lines[1].startswith("      ")
    assert not (tmp_path / "models" / "m").exists()


def test_three_classes_have_no_area(spark, tmp_path, capsys):
    write(tmp_path / "in", [(i, float(i % 3), "abc"[i % 3]) for i in range(400)])
    assert main(arguments(tmp_path, "--metric", "area_under_pr")) == 2
    assert "H600 --metric area_under_pr needs two classes, not 3" in capsys.readouterr().err


ON_A_NODE = """
import importlib.abc, sys
KNOWN = sys.stdlib_module_names | {"jobs", "models", "storage", "numpy", "py4j", "pyspark"}
class OnlySparkAndNumpy(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in KNOWN and not top.startswith("_sysconfigdata"):
            raise ImportError(f"a node has no {name}")
sys.meta_path.insert(0, OnlySparkAndNumpy())
sys.path.insert(0, sys.argv[1])
import jobs.sessions, jobs.train
assert jobs.train.__file__.startswith(sys.argv[1]), jobs.train.__file__
raise SystemExit(jobs.train.main(["--help"]))
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Spark 3.5 itself needs setuptools from Python 3.12 on")
def test_on_a_node_the_archive_needs_spark_and_numpy_alone(tmp_path):
    archive = tmp_path / "howdah-jobs.zip"
    archive.write_bytes(jobs_archive())
    done = subprocess.run([sys.executable, "-c", ON_A_NODE, archive], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: train.py")
