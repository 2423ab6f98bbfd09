import hashlib

import pytest

from models.errors import CorruptModelError
from models.integrity import find_differences, hash_file, hash_files, model_files, walk


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
