import pytest

from storage.errors import StorageError
from storage.filesystem import FileStatus, clean_path, join_path, parent_path, try_rename
from storage.local import LocalDisk


@pytest.mark.parametrize(
    ("path", "clean"),
    [("/", "/"), ("//", "/"), ("/a", "/a"), ("/a/", "/a"), ("//a///b/", "/a/b"), ("/a/./b", "/a/b"), ("/...", "/...")],
)
def test_a_path_has_one_spelling(path, clean):
    assert clean_path(path) == clean


@pytest.mark.parametrize("path", ["", "a", "./a", "/..", "/a/../b", "/a/..", "/a\0"])
def test_what_is_no_path(path):
    with pytest.raises(StorageError) as caught:
        clean_path(path)
    assert caught.value.code == "H107"
    assert "\0" not in str(caught.value)


def test_parts_of_paths():
    assert join_path("/a", "b", "c") == "/a/b/c"
    assert join_path("/", "b") == "/b"
    assert parent_path("/a/b") == "/a"
    assert parent_path("/a") == "/"
    assert parent_path("/") == "/"
    assert FileStatus("/a/b", False, 1, 0).name == "b"


def test_a_rename_that_another_was_quicker_at(tmp_path):
    disk = LocalDisk(tmp_path)
    disk.make_directory("/a")
    assert not try_rename(disk, "/missing", "/b")
    assert try_rename(disk, "/a", "/b")
    disk.make_directory("/a")
    assert not try_rename(disk, "/a", "/b")
