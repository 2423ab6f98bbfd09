"""A spool and a root on temporary folders, and what comes out at the end."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from models.manifest import Field, Manifest
from models.scorer.interface import Answer
from serving.tracking.settings import TrackingSettings
from serving.tracking.tracker import Tracker
from serving.tracking.writer import Writer

MANIFEST = Manifest("funnel", 3, "2026-11-20T00:00:00Z", (Field("hits", "double"),), ("leave", "buy"), {})
NUMBERS = Manifest("revenue", 1, "2026-11-20T00:00:00Z", (Field("hits", "double"),), (), {})


class Place:
    """What a service tracks on this machine, and where it is to arrive."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "models"
        self.spool = folder / "spool"
        self._trackers: list[Tracker] = []

    def settings(self, **more) -> TrackingSettings:
        return TrackingSettings(str(self.root), self.spool, **{"sync_s": 0.02, **more})

    def track(self, now_ns=time.time_ns, drops=None, **more) -> Tracker:
        tracker = Tracker(self.settings(**more), drops=drops, ensure_writer=lambda: None, now_ns=now_ns)
        tracker.start()
        self._trackers.append(tracker)
        return tracker

    def stop(self) -> None:
        for tracker in self._trackers:
            tracker.stop()
        self._trackers.clear()

    def deliver(self, **more) -> Writer:
        """What a writer does once no worker is left."""
        writer = Writer(self.settings().folder, str(self.root), look_s=0.01, **{"keep_days": None, **more})
        writer.run()
        return writer

    def segments(self) -> list[Path]:
        return sorted(self.settings().folder.glob("*.spool"))

    def files(self, kind="predictions", model="funnel") -> list[Path]:
        return sorted((self.root / model / kind).glob("date=*/*.parquet"))

    def rows(self, kind="predictions", model="funnel") -> list[dict]:
        return [row for path in self.files(kind, model) for row in pq.read_table(path, partitioning=None).to_pylist()]


def ask(tracker, request, *, manifest=MANIFEST, rows=({"hits": 3.0},), prediction=1.0, probability=(0.25, 0.75)):
    tracker.record(manifest, request, rows, [Answer(prediction, probability)] * len(rows))


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    place.stop()
