import os
from datetime import date, datetime, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import ModelNameError, TrackedFileError
from models.lifecycle import Lifecycle
from models.retention import Policy
from models.tracked.partitions import delete_older, partitions, read, tracked_models, write
from models.tracked.schema import predictions_table

DAY = 24 * 3600.0


def test_a_day_is_a_folder_and_every_reader_of_parquet_reads_it(tracked, tmp_path):
    tracked.predict("r1", [(1.0, (0.25, 0.75))])
    tracked.predict("r2", [(0.0, (0.75, 0.25))], after=DAY)

    assert [str(day) for day, _ in partitions(tracked.files, "/models", "funnel", "predictions")] == [
        "2026-11-20",
        "2026-11-21",
    ]
    table = pq.read_table(tmp_path / "models" / "funnel" / "predictions")
    assert sorted(table["request_id"].to_pylist()) == ["r1", "r2"]


def test_a_file_that_is_written_again_is_there_once(tracked):
    table = predictions_table([])
    for _ in range(2):
        write(tracked.files, "/models", "funnel", "predictions", date(2026, 11, 20), "s1", table)

    ((_, folder),) = partitions(tracked.files, "/models", "funnel", "predictions")
    assert [each.name for each in tracked.files.list(folder.path)] == ["s1.parquet"]


def test_days_before_are_not_read(tracked):
    tracked.predict("r1", [(1.0, None)])
    tracked.predict("r2", [(1.0, None)], after=DAY)

    found = read(tracked.files, "/models", "funnel", "predictions", ("request_id",), date(2026, 11, 21))

    assert found.to_pylist() == [{"request_id": "r2"}]


def test_what_is_in_the_making_is_not_read(tracked, tmp_path):
    tracked.predict("r1", [(1.0, None)])
    folder = tmp_path / "models" / "funnel" / "predictions" / "date=2026-11-20"
    for name in (".s9.parquet.1f.tmp", "_SUCCESS", ".s9.parquet"):
        (folder / name).write_bytes(b"half")
    (folder.parent / "date=2026-02-30").mkdir()
    (folder.parent / "_temporary").mkdir()

    assert read(tracked.files, "/models", "funnel", "predictions", ("row",)).num_rows == 1


def test_another_unit_of_time_is_read_too(tracked, tmp_path):
    tracked.predict("r1", [(1.0, (0.5, 0.5))])
    path = tmp_path / "models" / "funnel" / "predictions" / "date=2026-11-20" / "s1.parquet"
    pq.write_table(pq.read_table(path), path, use_deprecated_int96_timestamps=True)

    (row,) = read(tracked.files, "/models", "funnel", "predictions", ("time",)).to_pylist()

    assert row["time"] == datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("content", [b"no parquet", None], ids=["garbage", "other columns"])
def test_a_file_of_something_else_is_named(tracked, tmp_path, content):
    tracked.predict("r1", [(1.0, None)])
    path = tmp_path / "models" / "funnel" / "predictions" / "date=2026-11-20" / "other.parquet"
    path.write_bytes(content) if content else pq.write_table(pa.table({"a": [1]}), path)

    with pytest.raises(TrackedFileError, match=r"H250 /models/funnel/predictions/date=2026-11-20/other\.parquet"):
        read(tracked.files, "/models", "funnel", "predictions", ("row",))


def test_a_name_that_leads_elsewhere_is_refused(tracked):
    with pytest.raises(ModelNameError):
        read(tracked.files, "/models", "../other", "predictions", ("row",))


def set_times(folder, moment):
    for path in folder.rglob("*.parquet"):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_days_are_deleted_by_age_in_every_model(tracked, tmp_path):
    now = datetime(2026, 11, 28, 1, tzinfo=timezone.utc)
    for model in ("funnel", "redemption"):
        tracked.predict("r1", [(1.0, None)], model=model)
        tracked.tell("buy", request="r1", after=8 * DAY, model=model)
        tracked.predict("r2", [(1.0, None)], after=9 * DAY, model=model)
    set_times(tmp_path, now)

    gone = list(delete_older(tracked.files, "/models", 7, lambda: now))

    assert gone == [f"/models/{model}/predictions/date=2026-11-20" for model in ("funnel", "redemption")]
    found = read(tracked.files, "/models", "funnel", "predictions", ("request_id",))
    assert found.to_pylist() == [{"request_id": "r2"}]
    assert read(tracked.files, "/models", "funnel", "labels", ("request_id",)).num_rows == 1


def test_a_clock_that_jumps_ahead_deletes_nothing(tracked, tmp_path):
    tracked.predict("r1", [(1.0, None)])
    set_times(tmp_path, datetime(2026, 11, 21, tzinfo=timezone.utc))

    assert not list(delete_older(tracked.files, "/models", 7, lambda: datetime(2099, 1, 1, tzinfo=timezone.utc)))


def test_neither_a_version_nor_a_leftover(tracked, tmp_path, publish, repository):
    tracked.predict("r1", [(1.0, None)], model="plain")
    publish("funnel")
    publish("funnel")
    tracked.predict("r1", [(1.0, None)])
    tracked.tell("buy", request="r1")
    before = sorted((tmp_path / "models").glob("*/*/date=*/*.parquet"))

    Lifecycle(repository, "ann").collect("funnel", Policy(newest=1, days=0))
    repository.delete_remains("funnel")

    assert (repository.names(), repository.versions("funnel"), repository.versions("plain")) == (["funnel"], [2], [])
    assert repository.verify("funnel", 2) == []
    assert sorted((tmp_path / "models").glob("*/*/date=*/*.parquet")) == before
    assert len(before) == 3
    assert tracked_models(tracked.files, "/models") == ["funnel", "plain"]
