"""Models that Spark saved for somebody else become versions, through ``howdah models publish``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from howdah.__main__ import howdah
from models.plain import PlainFolder
from models.repository import Repository
from storage.errors import HowdahError
from storage.local import LocalDisk

CASE = Path(__file__).parents[2] / "fixtures/spark-3.5/logistic-binary"
MODEL = CASE / "model"
ROW = json.loads((CASE / "rows.json").read_text())[0]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def repository(root):
    return Repository(LocalDisk(durable=False), str(root))


@pytest.fixture
def publish(root):
    def call(*arguments, code=0):
        result = CliRunner().invoke(howdah, ["models", "publish", *arguments], env={"HOWDAH_MODELS": str(root)})
        found, text = result.exit_code, result.output
        if isinstance(result.exception, HowdahError):
            found, text = 1, "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        assert found == code, (text, result.exception)
        return text

    return call


def test_a_saved_model_becomes_the_next_version_and_the_champion(publish, repository):
    assert publish("churn", str(MODEL)) == "churn version 1 is published, champion; its engine is compiled.\n"
    inputs = repository.manifest("churn", 1).inputs
    example = {each.name: ROW[each.name] for each in inputs}
    told = (
        "--example",
        json.dumps(example),
        "--class",
        "no",
        "--class",
        "yes",
        "--metric",
        "f1=0.81",
        "--description",
        "who leaves",
        "--as",
        "",
    )
    assert json.loads(publish("churn", str(MODEL), *told, "--format", "json"))["version"] == 2

    made = repository.manifest("churn", 2)
    assert (made.classes, made.metrics, made.description) == (("no", "yes"), {"f1": 0.81}, "who leaves")
    assert {each.name: each.example for each in made.inputs} == example
    assert repository.aliases("churn") == {"champion": 1}
    assert repository.verify("churn", 2) == []
    assert "spark/metadata/part-00000" in made.files


def test_a_version_of_another_repository_keeps_what_was_said_of_it(publish, repository, root, tmp_path):
    publish("churn", str(MODEL), "--metric", "f1=0.81", "--description", "who leaves")
    version = shutil.copytree(root / "churn" / "1", tmp_path / "elsewhere")
    (version / "profile.json").write_text("{}")
    manifest = json.loads((version / "manifest.json").read_text())
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    manifest["files"]["profile.json"] = digest
    (version / "manifest.json").write_text(json.dumps(manifest))

    publish("leavers", str(version), "--metric", "f1=0.9")

    made = repository.manifest("leavers", 1)
    assert (made.description, made.metrics) == ("who leaves", {"f1": 0.9})
    assert "profile.json" in made.files


def test_what_does_not_fit_is_not_published(publish, repository, tmp_path):
    spoilt = shutil.copytree(MODEL, tmp_path / "spoilt")
    for file in spoilt.rglob("*.parquet"):
        file.write_bytes(b"no table")

    assert "no model" in publish("churn", str(tmp_path / "nowhere"), code=1)
    three = ("--class", "a", "--class", "b", "--class", "c")
    names = [each.name for each in PlainFolder(LocalDisk(), str(MODEL), "churn").manifest("churn", None).inputs]
    example = json.dumps({name: ROW[name] for name in names})
    assert "H521" in publish("churn", str(MODEL), *three, "--example", example, code=1)
    assert "--example" in publish("churn", str(MODEL), *three, code=2)
    assert "is missing" in publish("churn", str(MODEL), "--example", '{"age": 1}', code=1)
    wrong = json.dumps({**json.loads(example), names[-1]: {"no": "value"}})
    assert names[-1] in publish("churn", str(MODEL), "--example", wrong, code=1)
    assert "not JSON" in publish("churn", str(MODEL), "--example", "{age: 1}", code=2)
    publish("churn", str(spoilt), code=1)
    for metric in ("f1", "=1", "f1=much", "f1=nan", "f1=1e999"):
        assert "write NAME=NUMBER" in publish("churn", str(MODEL), "--metric", metric, code=2)
    assert repository.names() == []


@pytest.fixture
def rows(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in json.loads((CASE / "rows.json").read_text())))
    return file


def test_rows_that_are_none_publish_nothing(publish, repository, rows, tmp_path):
    (tmp_path / "none.jsonl").write_text("")
    (tmp_path / "rows.txt").write_text("")
    (tmp_path / "others.csv").write_text("a,b\n1,2\n")
    assert "holds no row" in publish("churn", str(MODEL), "--rows", str(tmp_path / "none.jsonl"), code=1)
    assert "are not known" in publish("churn", str(MODEL), "--rows", str(tmp_path / "rows.txt"), code=1)
    assert "there is no column" in publish("churn", str(MODEL), "--rows", str(tmp_path / "others.csv"), code=1)
    assert "does not exist" in publish("churn", str(MODEL), "--rows", str(tmp_path / "nothing.csv"), code=2)
    assert repository.names() == []


@pytest.mark.slow
@pytest.mark.spark
def test_with_rows_it_goes_through_the_gate(publish, repository, rows):
    told = publish("churn", str(MODEL), "--rows", str(rows))
    # Spark refuses a null among the changed rows (its VectorAssembler does): those of the file are left.
    count = len(rows.read_text().splitlines())
    assert told.startswith(f"churn version 1 is published, champion; its engine is compiled: {count} rows, ")
    made = repository.manifest("churn", 1)
    assert (made.scoring.engine, made.scoring.rows) == ("compiled", count)
    assert made.scoring.difference < 1e-9
    assert "model.onnx" in made.files
    assert repository.verify("churn", 1) == []
