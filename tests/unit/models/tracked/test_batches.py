from datetime import date

import pytest

from models.tracked.batches import name_run, put_run
from storage.local import LocalDisk
from tests.unit.models.dying import DyingDisk, Killed


def fill(disk, *names):
    disk.delete("/staged", recursive=True)
    disk.make_directory("/staged/_temporary")
    for name in (*names, "_SUCCESS", ".part-00000.parquet.crc"):
        with disk.create(f"/staged/{name}") as stream:
            stream.write(name.encode())


def put(disk, run, day=20):
    return put_run(disk, "/models", "funnel", run, date(2026, 11, day), "/staged")


def standing(tmp_path):
    return sorted(str(path.relative_to(tmp_path / "models/funnel/predictions")) for path in tmp_path.rglob("batch-*"))


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(tmp_path, durable=False)


def test_the_parts_of_a_run_stand_among_those_of_its_day(disk, tmp_path):
    fill(disk, "part-00000-x.parquet", "part-00007-x.parquet")

    assert put(disk, "0000001-W") == 2
    assert standing(tmp_path) == [f"date=2026-11-20/batch-0000001-W.0000{number}.parquet" for number in (0, 1)]


def test_a_run_that_comes_again_leaves_nothing_of_before_on_any_day(disk, tmp_path):
    fill(disk, "part-0.parquet", "part-1.parquet")
    put(disk, "a")
    fill(disk, "part-0.parquet")
    put(disk, "a-b")
    fill(disk, "part-0.parquet")
    put(disk, "a", day=21)

    assert standing(tmp_path) == ["date=2026-11-20/batch-a-b.00000.parquet", "date=2026-11-21/batch-a.00000.parquet"]


def test_a_run_that_is_killed_is_made_whole_by_running_again(disk, tmp_path):
    deaths = 0
    for fatal in range(1, 12):
        disk.delete("/models", recursive=True)
        fill(disk, "part-0.parquet", "part-1.parquet", "part-2.parquet")
        put(disk, "a")
        fill(disk, "part-0.parquet", "part-1.parquet")
        try:
            put(DyingDisk(tmp_path, fatal, after=bool(fatal % 2)), "a")
        except Killed:
            deaths += 1
        assert len(standing(tmp_path)) <= 3
        fill(disk, "part-0.parquet", "part-1.parquet")
        put(disk, "a")
        assert standing(tmp_path) == [f"date=2026-11-20/batch-a.0000{number}.parquet" for number in (0, 1)]
    assert deaths >= 5


def test_any_run_has_a_name_of_its_own():
    assert name_run("0000001-261121-oozie-W") == "0000001-261121-oozie-W"
    names = {name_run(run) for run in ("a/b", "a.b", "a-b", "a b", "x" * 300, "x" * 301)}
    assert len(names) == 6
    assert all(len(name) < 120 and "/" not in name and "." not in name for name in names)
