import json
import uuid
from collections import Counter
from datetime import datetime, timezone

import pyarrow.parquet as pq
import pytest

from serving.tracking.delivery import Delivered, deliver
from serving.tracking.segments import Segment, as_line
from storage.local import LocalDisk
from tests.unit.models.dying import DyingDisk, Killed

NOON = int(datetime(2026, 11, 20, 12, tzinfo=timezone.utc).timestamp()) * 1_000_000
DAY = 24 * 3600 * 1_000_000


def prediction(request, **more):
    return {
        "model": "funnel", "version": 3, "manifest": "ab", "classes": ["leave", "buy"], "request_id": request,
        "time": NOON, "inputs": [{"hits": 1}], "answers": [[1.0, [0.25, 0.75]]], **more,
    }  # fmt: skip


def fact(request, **more):
    return {"model": "funnel", "request_id": request, "row": 0, "key": None, "happened_us": NOON, "time_us": NOON,
            "label": "buy", "value": None, **more}  # fmt: skip


@pytest.fixture
def fill(tmp_path):
    """A complete segment with these records."""

    def fill(*records):
        segment = Segment(tmp_path, uuid.uuid4().hex, 1)
        segment.append(b"".join(as_line(json.dumps(record).encode()) for record in records))
        segment.close()
        return segment.path

    return fill


def requests(tmp_path):
    """How often each request's row is there."""
    paths = (tmp_path / "root").rglob("*.parquet")
    return Counter(
        (path.parts[-3], row["request_id"], row["row"])
        for path in paths
        if not path.name.startswith(".")
        for row in pq.read_table(path, partitioning=None).to_pylist()
    )


def test_a_file_for_each_kind_model_and_day(fill, tmp_path):
    path = fill(
        prediction("r1"),
        prediction("r2", time=NOON + DAY),
        prediction("r3", model="redemption"),
        {"facts": [fact("r1"), fact("r2")]},
    )

    assert deliver(path, LocalDisk(tmp_path), "/root") == Delivered(5, 0)

    assert not path.exists()
    assert sorted(str(each.relative_to(tmp_path / "root")) for each in (tmp_path / "root").rglob("*.parquet")) == [
        f"funnel/labels/date=2026-11-20/{path.stem}.parquet",
        f"funnel/predictions/date=2026-11-20/{path.stem}.parquet",
        f"funnel/predictions/date=2026-11-21/{path.stem}.parquet",
        f"redemption/predictions/date=2026-11-20/{path.stem}.parquet",
    ]


def test_a_writer_that_dies_at_any_change_loses_nothing_and_writes_nothing_twice(fill, tmp_path):
    records = [prediction(f"r{number}", time=NOON + number % 2 * DAY) for number in range(4)]
    expected = Counter({("predictions", f"r{number}", 0): 1 for number in range(4)})
    expected += Counter({("labels", "r1", 0): 1})
    deaths = 0
    for after in (False, True):
        for fatal in range(1, 8):
            disk = LocalDisk(tmp_path, durable=False)
            disk.delete("/root", recursive=True)
            path = fill(*records, {"facts": [fact("r1")]})
            try:
                deliver(path, DyingDisk(tmp_path, fatal, after=after), "/root")
            except Killed:
                deaths += 1
                assert path.exists()
                deliver(path, disk, "/root")
            assert not path.exists()
            assert requests(tmp_path) == expected
    assert deaths >= 12


def test_a_root_that_refuses_keeps_the_segment(fill, tmp_path):
    (tmp_path / "root").write_text("a file")
    path = fill(prediction("r1"))

    with pytest.raises(Exception, match="H102"):
        deliver(path, LocalDisk(tmp_path), "/root")

    assert path.exists()
    (tmp_path / "root").unlink()
    assert deliver(path, LocalDisk(tmp_path), "/root") == Delivered(1, 0)


def test_a_segment_that_somebody_writes_is_left_alone(tmp_path):
    segment = Segment(tmp_path, uuid.uuid4().hex, 1)
    segment.append(as_line(json.dumps(prediction("r1")).encode()))

    assert deliver(segment.path, LocalDisk(tmp_path), "/root") is None
    segment.close()
    assert deliver(segment.path, LocalDisk(tmp_path), "/root") == Delivered(1, 0)


@pytest.mark.parametrize(
    "strange",
    [
        {"hello": 1},
        prediction("x", model="../../etc"),
        prediction("x", time=10**30),
        prediction("x", time="noon"),
        prediction("x", answers=[[7.0, None]]),
        prediction("x", answers=[[-1.0, None]]),
        prediction("x", answers=[["much", None]]),
        prediction("x", version="three"),
        prediction("x", answers=[[1.0, [0.5]]]),
        {"facts": [fact("x", row="first")]},
        {"facts": [{"model": "funnel"}]},
    ],
)
def test_a_strange_record_costs_no_other_one(fill, tmp_path, strange):
    path = fill(prediction("r1"), strange, {"facts": [fact("r1")]}, prediction("r2"))

    assert deliver(path, LocalDisk(tmp_path), "/root") == Delivered(3, 1)
    assert sorted(requests(tmp_path)) == [("labels", "r1", 0), ("predictions", "r1", 0), ("predictions", "r2", 0)]
