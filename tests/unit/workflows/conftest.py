"""Running what a workflow declares: its Hive script as the engine does, its training, a service on what that made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generator.values import ActionStep, Workflow
from howdah.scoring.engines import open_scorer
from models.manifest import Field, Manifest
from models.repository import Repository
from serving.app import create_app
from serving.loading import Loader
from serving.registry import Registry
from serving.settings import Settings
from storage.local import LocalDisk

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run_hive(spark: Any) -> Callable[..., None]:
    def run(script: str, **parameters: str) -> None:
        text = "\n".join(
            line for line in (ROOT / script).read_text().splitlines() if not line.lstrip().startswith("--")
        )
        for name, value in parameters.items():
            text = text.replace(f"${{hivevar:{name}}}", value)
        assert "${" not in text, "a parameter is not given"
        for statement in text.split(";"):
            if statement.strip():
                spark.sql(statement)

    return run


@pytest.fixture
def write_import(tmp_path: Path) -> Callable[..., str]:
    """Rows as an import writes them; gives the folder's URI."""

    def write(folder: str, rows: list[tuple[object, ...]]) -> str:
        target = tmp_path / folder
        target.mkdir(parents=True, exist_ok=True)
        lines = ("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in rows)
        (target / "part-m-00000").write_text("".join(lines))
        return target.as_uri()

    return write


@pytest.fixture
def read_output(tmp_path: Path) -> Callable[[str], list[tuple[str | None, ...]]]:
    """What a script wrote into a folder, in order."""

    def read(folder: str) -> list[tuple[str | None, ...]]:
        parts = sorted((tmp_path / folder).glob("part-*"))
        lines = [line for part in parts for line in part.read_text().splitlines()]
        return [tuple(None if cell == "\\N" else cell for cell in line.split("\t")) for line in lines]

    return read


@pytest.fixture
def check_served_as_spark(spark: Any, tmp_path: Path) -> Callable[[Workflow], None]:
    """Run a workflow's training action as it is declared, serve its model, and ask the service what Spark is asked."""

    def check(declared: Workflow) -> None:
        name = declared.name
        _train(declared, tmp_path)
        repository = Repository(LocalDisk(durable=False), str(tmp_path / "user" / "refinedzone" / "models"))
        manifest = repository.manifest(name, 1)
        assert manifest.scoring is not None
        assert (manifest.scoring.engine, manifest.scoring.rows) == ("compiled", 10_000), manifest.scoring
        assert manifest.scoring.difference is not None
        assert manifest.scoring.difference <= 1e-6

        rows = _rows_of_all_sorts(manifest, 500)
        told = _ask_service(repository, tmp_path / "cache", rows)
        wanted = _ask_spark(spark, repository, manifest, rows)
        assert (told["engine"], told["manifest"]) == ("compiled", manifest.digest)
        found = [each["prediction"] for each in told["predictions"]]
        assert found == [manifest.classes[int(each)] for each in wanted["predictions"]]
        assert len(set(found)) == len(manifest.classes), "rows that are answered alike show little"
        for each, chances in zip(told["predictions"], wanted["probabilities"], strict=True):
            assert list(each["probabilities"]) == list(manifest.classes)
            assert list(each["probabilities"].values()) == pytest.approx(chances, abs=1e-6)

    return check


def _train(declared: Workflow, root: Path) -> None:
    from jobs.train import main

    (action,) = (step for step in declared.steps if isinstance(step, ActionStep) and step.name == "train-model")
    words = [each.text for each in action.body.children if each.tag == "arg"]
    known = {"${nameNode}": root.as_uri(), "${wf:id()}": "0000001-W", "${nominalTime}": "2026-01-05T02:00Z"}
    for key, value in known.items():
        words = [word.replace(key, value) for word in words]
    assert main(words) == 0


def _rows_of_all_sorts(manifest: Manifest, count: int) -> list[dict[str, Any]]:
    """Values in the ranges of training, and beyond: nulls, and texts that nobody has seen."""
    from models.gate import mutate

    source = Random(3)

    def value(item: Field) -> Any:
        if item.type == "boolean":
            return source.random() < 0.5
        if item.type == "string":
            return source.choice(item.categories)
        number = source.uniform(item.minimum or 0.0, item.maximum or 0.0)
        return int(number) if item.type == "long" else number

    drawn = [{item.name: value(item) for item in manifest.inputs} for _ in range(count)]
    return mutate(drawn, manifest.inputs, 11, count)


def _ask_service(repository: Repository, cache: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    registry = Registry({"models": repository}, Loader(open_scorer, cache, accept_unknown_categories=True))
    registry.look()
    told = create_app(registry, Settings()).test_client().post("/predict", json={"records": rows})
    assert told.status_code == 200, told.get_json()
    found: dict[str, Any] = told.get_json()
    return found


def _ask_spark(spark: Any, repository: Repository, manifest: Manifest, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from pyspark.ml import PipelineModel

    from jobs.scoring_worker import answer

    folder = f"{repository.folder(manifest.name, manifest.version)}/spark"
    model = PipelineModel.load(repository.filesystem.uri(folder))
    return answer(spark, model, {each.name: each.type for each in manifest.inputs}, rows)
