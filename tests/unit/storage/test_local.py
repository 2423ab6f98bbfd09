import os
from pathlib import Path

import pytest

from storage.errors import AccessDeniedError, PathExistsError, PathNotFoundError, StorageError
from storage.local import LocalDisk


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(tmp_path)


def test_paths_lie_below_the_root(disk, tmp_path):
    assert disk.local_path("/a/b") == tmp_path / "a" / "b"
    assert disk.uri("/a b%") == f"file://{tmp_path}/a b%"
    assert LocalDisk().local_path("/etc") == Path("/etc")
    with pytest.raises(StorageError, match="H107"):
        disk.open("/../../etc/passwd")


def test_a_new_file_is_written_beside_its_name(disk, tmp_path):
    stream = disk.create("/data")
    stream.write(b"x")
    (name,) = os.listdir(tmp_path)  # noqa: PTH208
    assert name.startswith(".data.")
    assert name.endswith(".tmp")
    stream.close()
    assert (tmp_path / "data").read_bytes() == b"x"


def test_a_link_to_nowhere_is_nothing(disk, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert disk.list("/") == []
    assert not disk.exists("/link")
    assert disk.delete("/link") is True
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_deleting_a_link_leaves_what_it_leads_to(disk, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "data").write_text("data")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert disk.delete("/link", recursive=True)
    assert (tmp_path / "folder" / "data").exists()


def test_a_name_that_is_too_long(disk):
    with pytest.raises(StorageError) as caught:
        disk.create("/" + "a" * 300)
    assert caught.value.code == "H107"


@pytest.mark.parametrize("durable", [False, True])
def test_durable_or_not_the_file_is_there(tmp_path, durable):
    disk = LocalDisk(tmp_path, durable=durable)
    with disk.create("/a/b") as stream:
        stream.write(b"data")
    disk.rename("/a", "/c")
    assert (tmp_path / "c" / "b").read_bytes() == b"data"


def test_without_the_system_call_a_taken_name_is_still_refused(disk, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "other")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with pytest.raises(PathExistsError):
        disk.rename("/a", "/b")
    disk.rename("/a", "/c")
    assert (tmp_path / "c").is_dir()


def test_a_directory_does_not_move_below_itself(disk):
    disk.make_directory("/a")
    with pytest.raises(StorageError):
        disk.rename("/a", "/a/b")
    assert disk.exists("/a")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs Linux's /proc")
def test_what_may_not_be_written():
    with pytest.raises((AccessDeniedError, PathNotFoundError)) as caught:
        LocalDisk().create("/proc/howdah")
    assert caught.value.code in ("H101", "H103")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path, kind):
    if kind == "pipe":
        os.mkfifo(tmp_path / "x")
    else:
        (tmp_path / "x").symlink_to("/dev/zero")

    with pytest.raises(StorageError) as caught:
        LocalDisk(tmp_path).open("/x")

    assert caught.value.code == "H107"
