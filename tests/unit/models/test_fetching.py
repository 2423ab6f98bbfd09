import os
import threading

import pytest

from models.errors import CorruptModelError
from models.fetching import fetch_version
from models.integrity import find_differences
from models.leftovers import STALE_S
from storage.local import LocalDisk


def test_a_version_is_copied_whole(repository, publish, tmp_path):
    manifest = publish(token="abc")
    folder = repository.fetch("funnel", 1, tmp_path / "cache")
    assert folder == tmp_path / "cache" / "funnel" / f"1-{manifest.digest[:12]}"
    assert (folder / "manifest.json").read_text() == manifest.to_json()
    assert (folder / "spark/stages/1_Logistic_2/data/part-00000.snappy.parquet").read_bytes().startswith(b"abcabc")
    assert find_differences(LocalDisk(), str(folder), manifest.files) == []
    assert os.listdir(folder.parent) == [folder.name]  # noqa: PTH208  nothing is left beside it


def test_a_copy_that_stands_is_taken_as_it_is(repository, publish, tmp_path):
    publish()
    folder = repository.fetch("funnel", 1, tmp_path)
    before = (folder / "manifest.json").stat()
    assert repository.fetch("funnel", 1, tmp_path) == folder
    assert (folder / "manifest.json").stat() == before


@pytest.mark.parametrize("spoil", ["change", "delete", "add", "manifest"])
def test_a_spoilt_copy_is_replaced(repository, publish, tmp_path, spoil):
    manifest = publish()
    folder = repository.fetch("funnel", 1, tmp_path)
    if spoil == "change":
        (folder / "spark/metadata/part-00000").write_text("{}")
    elif spoil == "delete":
        (folder / "spark/metadata/part-00000").unlink()
    elif spoil == "add":
        (folder / "spark/metadata/part-00001").write_text("{}")
    else:
        (folder / "manifest.json").write_text("{}")
    assert repository.fetch("funnel", 1, tmp_path) == folder
    assert find_differences(LocalDisk(), str(folder), manifest.files) == []


def test_a_corrupt_version_is_never_copied(repository, disk, publish, tmp_path):
    publish()
    path = "/models/funnel/1/spark/metadata/part-00000"
    with disk.create(path, overwrite=True) as stream:
        stream.write(b"{}")
    with pytest.raises(CorruptModelError) as caught:
        repository.fetch("funnel", 1, tmp_path / "cache")
    assert [(each.code, each.path) for each in caught.value.diagnostics] == [("H204", path)]
    disk.delete(path)
    with pytest.raises(CorruptModelError, match="H205"):
        repository.fetch("funnel", 1, tmp_path / "cache")
    assert list((tmp_path / "cache" / "funnel").iterdir()) == []


def test_many_fetch_at_once(repository, disk, publish, tmp_path):
    manifest = publish()
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(fetch_version(disk, "/models/funnel/1", manifest, tmp_path / "cache"))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [each.name for each in (tmp_path / "cache" / "funnel").iterdir()] == [found[0].name]


def test_what_a_killed_reader_left_is_deleted_after_a_day(repository, publish, tmp_path):
    publish()
    old, young = tmp_path / "funnel" / ".fetching-old", tmp_path / "funnel" / ".fetching-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    day_ago = old.stat().st_mtime - STALE_S - 60
    os.utime(old, (day_ago, day_ago))
    repository.fetch("funnel", 1, tmp_path)
    assert young.exists()
    assert not old.exists()
