"""A model with a profile, and predictions of it as the service tracks them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from models.lifecycle import Lifecycle
from models.manifest import Field
from models.profile.document import PROFILE_NAME, Profile
from models.profile.histograms import QUANTILES, CategoryHistogram, NumberHistogram, quantile_edges
from models.profile.outliers import outlier_scores
from models.repository import Repository
from models.tracked.partitions import write
from models.tracked.schema import Answered, Fact, labels_table, predictions_table
from models.watching.incidents import Incidents
from models.watching.observation import Tracked, observe
from models.watching.policy import Policy
from models.watching.retraining import Retraining
from storage.local import LocalDisk
from tests.unit.models.conftest import write_model

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
CLASSES = ("none", "purchase")
INPUTS = (Field("hits", "double"), Field("medium", "string"), Field("known", "boolean"))


def rows_like(count: int, seed: int, **changed: Any) -> list[dict[str, Any]]:
    source = random.Random(seed)
    return [
        {"hits": source.gauss(10, 2), "medium": source.choice("abc"), "known": source.random() < 0.5, **changed}
        for _ in range(count)
    ]


def profile_of(rows: list[dict[str, Any]]) -> Profile:
    hits = [row["hits"] for row in rows]
    inputs = {
        "hits": NumberHistogram.empty(quantile_edges(np.quantile(hits, QUANTILES).tolist())).of(hits),
        "medium": CategoryHistogram.empty("abc").of([row["medium"] for row in rows]),
        "known": CategoryHistogram.empty(["false", "true"]).of([row["known"] for row in rows]),
    }
    scores = outlier_scores(inputs, rows)
    edges = quantile_edges(np.quantile(scores, (0, 0.5, 0.9, 0.99, 0.999, 1)).tolist())
    outputs = {
        "prediction": CategoryHistogram(CLASSES, (500, 500)),
        "probability.purchase": NumberHistogram.empty((0.0, 0.5, 1.0)).of([0.25, 0.75] * 500),
    }
    return Profile(inputs, outputs, NumberHistogram.empty(edges).of(scores.tolist()))


class World:
    """A repository on this disk, what was tracked in it, and a clock that tests turn."""

    def __init__(self, disk: LocalDisk) -> None:
        self.disk, self.now = disk, NOW
        self.repository = Repository(disk, "/models")

    def publish(self, profile: Profile | None, **more: Any) -> None:
        described = {"inputs": INPUTS, "classes": CLASSES, "metrics": {"accuracy": 0.75, "f1": 0.75}, **more}
        with self.repository.stage("funnel") as staging:
            write_model(staging.spark_path, str(len(self.repository.all_versions("funnel"))))
            if profile:
                staging.add(PROFILE_NAME, profile.to_json().encode())
            staging.publish(**described, aliases=("champion",))

    def track(self, rows: list[dict[str, Any]], version: int, *, days_ago: float = 1, purchases: float = 0.5) -> str:
        """Predictions of which ``purchases`` are that; each row is request NAME, row number."""
        moment = self.now - timedelta(days=days_ago)
        name = f"part-{random.Random(len(rows) + version + days_ago * 100).random()}"
        is_purchase = [index < purchases * len(rows) for index in range(len(rows))]
        answers = [(float(each), (0.25, 0.75) if each else (0.75, 0.25)) for each in is_purchase]
        answered = Answered(
            name, int(moment.timestamp() * 1e6), "service", "funnel", version, "digest", CLASSES, rows, answers
        )
        write(self.disk, "/models", "funnel", "predictions", moment.date(), name, predictions_table([answered]))
        return name

    def label(self, request: str, labels: list[str]) -> None:
        moment = int(self.now.timestamp() * 1e6)
        facts = [Fact("funnel", request, row, None, moment, moment, label, None) for row, label in enumerate(labels)]
        write(self.disk, "/models", "funnel", "labels", self.now.date(), request, labels_table(facts))

    def observe(self, policy: Policy | None = None, reference: str = "funnel", requests: Any = None) -> Any:
        tracked = Tracked(self.disk, "/models", self.now - timedelta(days=7), self.now)
        return observe(self.repository, reference, tracked, policy or Policy(), requests or {})

    def incidents(self, who: str = "ann") -> Incidents:
        return Incidents(self.disk, "/models", "funnel", who, lambda: self.now)

    def retraining(self) -> Retraining:
        return Retraining(self.disk, "/models", "funnel", lambda: self.now)

    def lifecycle(self) -> Lifecycle:
        return Lifecycle(self.repository, "ann")


@pytest.fixture
def world(tmp_path) -> World:
    return World(LocalDisk(tmp_path, durable=False))


@pytest.fixture(scope="session")
def profile() -> Profile:
    return profile_of(rows_like(2000, 1))
