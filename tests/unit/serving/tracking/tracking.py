"""A worker that tracks until it is killed, and tells what it has tracked: ``python tracking.py ROOT SPOOL``."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path

from models.manifest import Field, Manifest
from models.scorer.interface import Answer
from serving.tracking.settings import TrackingSettings
from serving.tracking.tracker import Tracker

MANIFEST = Manifest("funnel", 3, "2026-11-20T00:00:00Z", (Field("hits", "double"),), ("leave", "buy"), {})
SECONDS = 60.0


def main() -> None:
    root, spool = sys.argv[1:]
    tracker = Tracker(TrackingSettings(root, Path(spool), sync_s=0.1, deliver_s=0.3))
    tracker.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        request = uuid.uuid4().hex
        tracker.record(MANIFEST, request, [{"hits": 1.0}], [Answer(1.0, (0.25, 0.75))])
        sys.stdout.write(f"{request}\n")
        sys.stdout.flush()
        time.sleep(0.001)


if __name__ == "__main__":
    main()
