"""A real repository on a temporary folder, with a scorer so small that a test can say what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from models.errors import ScoringError
from models.manifest import Field
from models.repository import Repository
from models.scorer.interface import Answer, Answers
from serving.app import create_app
from serving.loading import Loader
from serving.registry import Registry
from serving.settings import Settings
from storage.errors import UnreachableError
from storage.local import LocalDisk
from tests.unit.serving.service_process import Service, publish, starting

FIELDS = (
    Field("hits", "long", nullable=False, minimum=0, maximum=500, example=12, description="hits of the session"),
    Field("revenue", "double", minimum=0.0, maximum=99.5, example=1.5),
    Field("medium", "string", categories=("cpc", "email", "organic"), example="organic"),
    Field("direct", "boolean", example=True),
)
RECORD = {"hits": 12, "revenue": 1.5, "medium": "organic", "direct": True}


class StubScorer:
    """Answers what ``answer.json`` says; a negative revenue is a row that it cannot score."""

    engine = "stub"

    def __init__(self, folder: Path) -> None:
        said = json.loads((folder / "answer.json").read_text())
        self._answer = Answer(said["prediction"], tuple(said["probability"]) if said["probability"] else None)
        self.rows: list[dict] = []

    def score(self, rows):
        self.rows.extend(rows)
        if self._answer.prediction == "failure":
            raise RuntimeError("the trees are gone")
        if any((row.get("revenue") or 0) < 0 for row in rows):
            raise ScoringError("H232", "revenue is negative", hint="Spark fails here too")
        return [self._answer] * len(rows)

    def score_table(self, table):
        answers = self.score(table.to_pylist())
        chances = [answer.probability for answer in answers]
        return Answers(
            np.array([answer.prediction for answer in answers]), np.array(chances) if None not in chances else None
        )


@dataclass
class Shop:
    """A repository that a test publishes to."""

    root: Path
    repository: Repository = field(init=False)

    def __post_init__(self):
        self.repository = Repository(LocalDisk(durable=False), str(self.root))

    def publish(
        self,
        name="funnel",
        prediction=1.0,
        probability=(0.25, 0.75),
        classes=("leave", "buy"),
        *,
        stage="org.apache.spark.ml.PipelineModel",
        **manifest,
    ):
        manifest = {"inputs": FIELDS, "metrics": {"accuracy": 0.8}, "aliases": ["champion"]} | manifest
        with self.repository.stage(name) as staging:
            model = Path(staging.model_path)
            (model / "metadata").mkdir(parents=True)
            (model / "metadata" / "part-00000").write_text(json.dumps({"class": stage}))
            answer = {"prediction": prediction, "probability": probability}
            (model / "answer.json").write_text(json.dumps(answer))
            return staging.publish(classes=classes, **manifest).version

    def spoil(self, version, name="funnel", file="spark/answer.json", text="{"):
        (self.root / name / str(version) / file).write_text(text)


class Away:
    """A source whose file system can be pulled out and put back."""

    def __init__(self, source):
        self._source = source
        self.is_away = False

    def __getattr__(self, name):
        if self.is_away:
            raise UnreachableError("H104", "hw1:9870 does not answer", hint="see whether it is up")
        return getattr(self._source, name)


class Clock:
    def __init__(self):
        self.time = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)

    def __call__(self):
        return self.time

    def advance(self, **span):
        self.time += timedelta(**span)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path / "repository")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source(shop):
    return Away(shop.repository)


@pytest.fixture
def make_registry(source, tmp_path, clock):
    def make(*, only=(), stage="prod", accept_unknown_categories=False, sources=None, poll_s=2.0):
        loader = Loader(StubScorer, tmp_path / "cache", accept_unknown_categories=accept_unknown_categories)
        return Registry(sources or {"repository": source}, loader, only=only, stage=stage, poll_s=poll_s, now=clock)

    return make


@pytest.fixture
def registry(make_registry):
    return make_registry()


@pytest.fixture
def settings():
    return replace(Settings(), max_body_bytes=20_000, max_records=50)


@pytest.fixture
def make_scorer():
    return StubScorer


@pytest.fixture
def record():
    return dict(RECORD)


@pytest.fixture(scope="module")
def steady_shop(tmp_path_factory):
    """A repository of its own for each module of tests."""
    return Shop(tmp_path_factory.mktemp("steady"))


@pytest.fixture(scope="module")
def steady_client(steady_shop, tmp_path_factory):
    """A client of a service with one model, for the many tests that change neither: to make an app takes a while."""
    steady_shop.publish()
    loader = Loader(StubScorer, tmp_path_factory.mktemp("cache"))
    registry = Registry({"repository": steady_shop.repository}, loader)
    registry.look()
    return create_app(registry, replace(Settings(), max_body_bytes=200_000, max_records=50)).test_client()


@pytest.fixture(scope="session")
def steady_service(tmp_path_factory):
    """One service with one version, for tests that change neither."""
    folder = tmp_path_factory.mktemp("steady")
    publish(folder / "models")
    service = Service(folder / "models", folder)
    yield service
    service.stop()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def start_service(root, tmp_path):
    with starting(root, tmp_path) as start:
        yield start


@pytest.fixture
def closing():
    """Connections that are closed after the test, however it ends."""
    connections = []
    yield connections
    for connection in connections:
        connection.close()


def version_of(registry, name="funnel"):
    loaded = registry.states[name].loaded
    return loaded.manifest.version if loaded else None


@pytest.fixture
def client(registry, settings):
    return create_app(registry, settings).test_client()


@pytest.fixture
def serving(shop, registry):
    shop.publish()
    registry.look()


@pytest.fixture
def two(shop, registry):
    shop.publish("funnel")
    shop.publish("redemption")
    registry.look()


def problem_of(response, status):
    """The error of a response, after the checks that hold for every refusal."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert "Traceback" not in response.text
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    error = response.json["error"]
    assert set(error) == {"code", "message", "hint", "fields"}
    assert "\n" not in error["message"]
    return error
