"""Predictions and labels written where a model's are, as the service and a batch write them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from models.tracked import partitions
from models.tracked.records import Answered, Fact, day_of
from models.tracked.schema import labels_table, predictions_table
from storage.local import LocalDisk

NOON = int(datetime(2026, 11, 20, 12, tzinfo=timezone.utc).timestamp() * 1_000_000)


class Tracked:
    """A root, and what a test puts there; times are seconds after noon of 2026-11-20."""

    def __init__(self, files, root="/models"):
        self.files = files
        self.root = root
        self._written = 0

    def predict(self, request, answers, *, after=0.0, version=1, classes=("leave", "buy"), keys=None, model="funnel"):
        time_us = NOON + int(after * 1_000_000)
        rows = Answered(
            request, time_us, "service", model, version, "ab", classes, [{"hits": 1}] * len(answers), answers, keys
        )
        self._write("predictions", model, time_us, predictions_table([rows]))

    def tell(self, label, *, request=None, row=0, key=None, after=60.0, happened=None, model="funnel"):
        time_us = NOON + int(after * 1_000_000)
        happened_us = NOON + int((after if happened is None else happened) * 1_000_000)
        is_number = isinstance(label, float)
        fact = Fact(
            model, request, row if request else None, key, happened_us, time_us,
            None if is_number else label, label if is_number else None,
        )  # fmt: skip
        self._write("labels", model, time_us, labels_table([fact]))

    def _write(self, kind, model, time_us, table):
        self._written += 1
        partitions.write(self.files, self.root, model, kind, day_of(time_us), f"s{self._written}", table)


@pytest.fixture
def tracked(tmp_path):
    return Tracked(LocalDisk(tmp_path, durable=False))
