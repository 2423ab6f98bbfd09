"""Models as Spark saves them, made by hand, and the places that keep them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.manifest import Field
from models.repository import Repository
from storage.local import LocalDisk

Save = Callable[..., None]

DESCRIBED: dict[str, Any] = {
    "inputs": (Field("hits", "double", minimum=1.0, maximum=90.0, example=3), Field("medium", "string")),
    "classes": ("none", "purchase"),
    "metrics": {"accuracy": 0.75},
}


def write_model(path: str | Path, token: str = "t", *, size: int = 1000) -> None:
    """A pipeline of two stages at ``path`` (``file:`` allowed); ``token`` fills its data, ``size`` bytes long."""
    folder = Path(str(path).removeprefix("file://"))
    stages = [("Assembler_1", "feature.VectorAssembler", {"inputCols": ["hits"], "outputCol": "features"}),
              ("Logistic_2", "classification.LogisticRegressionModel", {"featuresCol": "features"})]  # fmt: skip
    write_metadata(folder, "PipelineModel", {"stageUids": [uid for uid, _, _ in stages]})
    for index, (uid, kind, parameters) in enumerate(stages):
        write_metadata(folder / "stages" / f"{index}_{uid}", kind, parameters)
    data = folder / "stages" / "1_Logistic_2" / "data"
    data.mkdir()
    (data / "part-00000.snappy.parquet").write_bytes((token.encode() * size)[:size])
    (data / "_SUCCESS").touch()


def write_metadata(folder: Path, kind: str, parameters: dict[str, object]) -> None:
    metadata = folder / "metadata"
    metadata.mkdir(parents=True)
    text = {"class": f"org.apache.spark.ml.{kind}", "sparkVersion": "3.5.9", "uid": "u", "paramMap": parameters}
    (metadata / "part-00000").write_text(json.dumps(text) + "\n")
    (metadata / "_SUCCESS").touch()


@pytest.fixture
def save() -> Save:
    return write_model


@pytest.fixture
def described() -> dict[str, Any]:
    """What a publication says of the model that ``save`` makes."""
    return dict(DESCRIBED)


@pytest.fixture
def disk(tmp_path: Path) -> LocalDisk:
    return LocalDisk(tmp_path)


@pytest.fixture
def repository(disk: LocalDisk) -> Repository:
    return Repository(disk, "/models")


@pytest.fixture
def publish(repository: Repository, save: Save, described: dict[str, Any]) -> Callable[..., Any]:
    """Publish one version: ``publish("funnel", token="a", aliases=("champion",))``."""

    def publish(name: str = "funnel", token: str = "t", **more: Any) -> Any:
        with repository.stage(name) as staging:
            save(staging.spark_path, token)
            return staging.publish(**{**described, **more})

    return publish
