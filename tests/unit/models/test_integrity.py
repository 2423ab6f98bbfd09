import hashlib

import pytest

from models.errors import CorruptModelError
from models.integrity import find_differences, hash_file, hash_files, model_files, present_files, walk
from storage.local import LocalDisk


def put(disk, path, data=b"data"):
    with disk.create(path) as stream:
        stream.write(data)


def test_every_file_is_walked_in_one_order(disk):
    for path in ("/m/b", "/m/a/z", "/m/a/.hidden", "/m/manifest.json"):
        put(disk, path)
    assert [path for path, _ in walk(disk, "/m")] == ["a/.hidden", "a/z", "b", "manifest.json"]
    assert model_files(disk, "/m") == ["a/.hidden", "a/z", "b"]


def test_hashes_are_sha256(disk):
    data = bytes(range(256)) * 10_000
    put(disk, "/m/data", data)
    pieces = []
    assert hash_file(disk, "/m/data", pieces.append) == hashlib.sha256(data).hexdigest()
    assert b"".join(pieces) == data
    assert hash_files(disk, "/m") == {"data": hashlib.sha256(data).hexdigest()}


def test_a_name_that_no_manifest_can_hold_is_refused(disk):
    put(disk, "/m/a\nb")
    with pytest.raises(CorruptModelError, match="H206"):
        hash_files(disk, "/m")


def test_what_is_missing_strange_or_changed_is_named(disk):
    for name in ("same", "changed", "missing"):
        put(disk, f"/m/{name}")
    expected = hash_files(disk, "/m")
    assert find_differences(disk, "/m", expected) == []
    disk.delete("/m/missing")
    disk.delete("/m/changed")
    put(disk, "/m/changed", b"Data")
    put(disk, "/m/strange")
    found = {(each.code, each.path) for each in find_differences(disk, "/m", expected)}
    assert found == {("H204", "/m/changed"), ("H205", "/m/missing"), ("H206", "/m/strange")}


def test_of_what_was_added_one_file_is_named_and_no_link_is_followed_without_end(tmp_path):
    disk = LocalDisk(tmp_path)
    put(disk, "/m/stages/0/data")
    expected = hash_files(disk, "/m")
    put(disk, "/m/added/b/c")
    put(disk, "/m/added/z")
    (tmp_path / "m" / "nothing").mkdir()
    for name in ("loop", "twin"):
        (tmp_path / "m" / "stages" / name).symlink_to(tmp_path / "m")
    (tmp_path / "m" / "whole").symlink_to("/")
    found = present_files(disk, "/m", expected)
    assert [path for path in found if not path.startswith("whole/")] == [
        "added/b/c", "stages/0/data", "stages/loop/added/b/c", "stages/twin/added/b/c"
    ]  # fmt: skip
    assert len(find_differences(disk, "/m", expected)) == 4


def test_links_in_a_circle_without_a_file_end_the_search(tmp_path):
    (tmp_path / "m").mkdir()
    for name in ("loop", "twin"):
        (tmp_path / "m" / name).symlink_to(tmp_path / "m")
    with pytest.raises(CorruptModelError, match=r"H206 .*over 36 deep"):
        present_files(LocalDisk(tmp_path), "/m", ())
