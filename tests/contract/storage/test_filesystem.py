"""What every file system must do alike: one suite, held against the local disk, WebHDFS and the JVM's file systems."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.errors import PathExistsError, PathNotFoundError, StorageError
from storage.filesystem import FileSystem, join_path

ODD_NAMES = ["two words", "ราคา", "a+b=c&d;e", "100%", "what?", "a#b", "it's", "{curly}", "~tilde", "comma,"]


@pytest.fixture
def files(filesystem: tuple[FileSystem, str]) -> FileSystem:
    return filesystem[0]


@pytest.fixture
def folder(filesystem: tuple[FileSystem, str]) -> Iterator[str]:
    """An empty folder of the test's own."""
    path = join_path(filesystem[1], f"contract-{uuid.uuid4().hex}")
    filesystem[0].make_directory(path)
    yield path
    filesystem[0].delete(path, recursive=True)


def put(files: FileSystem, path: str, data: bytes = b"data", *, overwrite: bool = False) -> None:
    with files.create(path, overwrite=overwrite) as stream:
        stream.write(data)


def get(files: FileSystem, path: str) -> bytes:
    with files.open(path) as stream:
        return stream.read()


def names(files: FileSystem, path: str) -> list[str]:
    return [status.name for status in files.list(path)]


# -- reading and writing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_001])
def test_a_file_comes_back_byte_for_byte(files: FileSystem, folder: str, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(range(size % 256))
    put(files, f"{folder}/data", data)
    assert get(files, f"{folder}/data") == data
    status = files.status(f"{folder}/data")
    assert (status.path, status.is_directory, status.length) == (f"{folder}/data", False, size)


def test_a_file_is_written_and_read_in_pieces(files: FileSystem, folder: str) -> None:
    with files.create(f"{folder}/data") as stream:
        for part in (b"one ", bytearray(b"two "), memoryview(b"three")):
            assert stream.write(part) == len(part)
    with files.open(f"{folder}/data") as stream:
        assert stream.read(4) == b"one "
        assert stream.read(4) == b"two "
        assert stream.read() == b"three"
        assert stream.read() == b""


def test_parents_are_made_with_a_file(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/a/b/c")
    assert files.status(f"{folder}/a/b").is_directory


def test_a_new_file_appears_at_its_close_and_not_before(files: FileSystem, folder: str) -> None:
    stream = files.create(f"{folder}/data")
    stream.write(b"x" * 2_000_000)
    assert not files.exists(f"{folder}/data")
    stream.close()
    assert files.status(f"{folder}/data").length == 2_000_000
    assert names(files, folder) == ["data"]
    stream.close()  # twice is once
    with pytest.raises(ValueError, match="closed"):
        stream.write(b"more")


def test_a_file_whose_writing_fails_never_appears(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/old", b"old")
    for name in ("new", "old"):
        with pytest.raises(ZeroDivisionError), files.create(f"{folder}/{name}", overwrite=True) as stream:
            stream.write(b"half")
            raise ZeroDivisionError
    assert names(files, folder) == ["old"]
    assert get(files, f"{folder}/old") == b"old"


def test_an_existing_file_is_overwritten_only_when_asked(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/data", b"old")
    with pytest.raises(PathExistsError):
        files.create(f"{folder}/data")
    put(files, f"{folder}/data", b"new", overwrite=True)
    assert get(files, f"{folder}/data") == b"new"
    assert names(files, folder) == ["data"]


def test_a_file_made_meanwhile_is_not_overwritten(files: FileSystem, folder: str) -> None:
    stream = files.create(f"{folder}/data")
    stream.write(b"late")
    put(files, f"{folder}/data", b"early")
    with pytest.raises(PathExistsError):
        stream.close()
    assert get(files, f"{folder}/data") == b"early"
    assert names(files, folder) == ["data"]


def test_a_directory_is_never_overwritten_by_a_file(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/a/b")
    with pytest.raises(PathExistsError):
        put(files, f"{folder}/a", overwrite=True)
    assert names(files, folder) == ["a"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_may_hold_anything_but_slash_and_colon(files: FileSystem, folder: str, name: str) -> None:
    put(files, f"{folder}/{name}/{name}", name.encode())
    assert names(files, folder) == [name]
    assert names(files, f"{folder}/{name}") == [name]
    assert get(files, f"{folder}/{name}/{name}") == name.encode()
    files.rename(f"{folder}/{name}", f"{folder}/{name}2")
    assert get(files, f"{folder}/{name}2/{name}") == name.encode()
    assert files.delete(f"{folder}/{name}2", recursive=True)


# -- what is not there ------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_so(files: FileSystem, folder: str) -> None:
    missing = f"{folder}/missing"
    assert not files.exists(missing)
    assert files.delete(missing) is False
    assert files.delete(missing, recursive=True) is False
    for call in (files.status, files.open, files.list):
        with pytest.raises(PathNotFoundError) as caught:
            call(missing)
        assert caught.value.code == "H101"
        assert missing in caught.value.diagnostics[0].message
        assert "\n" not in caught.value.diagnostics[0].message


def test_a_file_is_no_directory(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/file")
    with pytest.raises(PathNotFoundError):
        files.list(f"{folder}/file")
    for call in (files.status, files.open, files.list):
        with pytest.raises(PathNotFoundError):
            call(f"{folder}/file/below")
    assert not files.exists(f"{folder}/file/below")
    with pytest.raises(PathExistsError):
        put(files, f"{folder}/file/below")
    with pytest.raises(PathExistsError):
        files.make_directory(f"{folder}/file")
    with pytest.raises(PathExistsError):
        files.make_directory(f"{folder}/file/below")


def test_a_directory_is_no_file(files: FileSystem, folder: str) -> None:
    with pytest.raises(PathNotFoundError):
        files.open(folder)


@pytest.mark.parametrize("path", ["relative", "", "/a/../b", "/..", "/a\0b"])
def test_a_path_is_absolute_and_never_leads_upwards(files: FileSystem, path: str) -> None:
    calls: list[Callable[[str], object]] = [files.status, files.open, files.list, files.create, files.delete]
    for call in [*calls, files.uri, files.make_directory, lambda path: files.rename(path, "/x")]:
        with pytest.raises(StorageError) as caught:
            call(path)
        assert caught.value.code == "H107"


# -- directories ------------------------------------------------------------------------------------------------------


def test_a_directory_lists_its_children_by_name(files: FileSystem, folder: str) -> None:
    for name in ("b", "a", ".hidden", "_c"):
        put(files, f"{folder}/{name}", name.encode())
    files.make_directory(f"{folder}/directory")
    found = files.list(folder)
    assert [status.name for status in found] == sorted([".hidden", "_c", "a", "b", "directory"])
    assert [status.path for status in found] == [f"{folder}/{status.name}" for status in found]
    assert [status.name for status in found if status.is_directory] == ["directory"]
    assert found == [files.status(status.path) for status in found]
    assert files.list(f"{folder}/directory") == []
    assert files.list(f"{folder}//") == found


def test_a_directory_may_stand_already(files: FileSystem, folder: str) -> None:
    files.make_directory(f"{folder}/a/b")
    files.make_directory(f"{folder}/a/b")
    assert names(files, f"{folder}/a") == ["b"]


def test_times_are_in_milliseconds(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/one")
    first = files.status(f"{folder}/one").modified_ms
    assert 1_600_000_000_000 < first < 10_000_000_000_000


def test_a_directory_with_children_is_deleted_only_when_asked(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/a/b")
    with pytest.raises(PathExistsError):
        files.delete(f"{folder}/a")
    assert files.delete(f"{folder}/a/b") is True
    assert files.delete(f"{folder}/a") is True
    put(files, f"{folder}/a/b")
    assert files.delete(f"{folder}/a", recursive=True) is True
    assert names(files, folder) == []


# -- rename -----------------------------------------------------------------------------------------------------------


def test_a_directory_moves_with_all_it_has(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/a/b/c", b"c")
    files.rename(f"{folder}/a", f"{folder}/z")
    assert names(files, folder) == ["z"]
    assert get(files, f"{folder}/z/b/c") == b"c"


@pytest.mark.parametrize("overwrite", [False, True])
def test_rename_never_moves_into_a_directory(files: FileSystem, folder: str, overwrite: bool) -> None:
    put(files, f"{folder}/new/data", b"new")
    put(files, f"{folder}/old/data", b"old")
    with pytest.raises(PathExistsError):
        files.rename(f"{folder}/new", f"{folder}/old", overwrite=overwrite)
    with pytest.raises(PathExistsError):
        files.rename(f"{folder}/new/data", f"{folder}/old", overwrite=overwrite)
    assert names(files, f"{folder}/old") == ["data"]
    assert get(files, f"{folder}/old/data") == b"old"
    assert get(files, f"{folder}/new/data") == b"new"


def test_rename_replaces_an_empty_directory_only_when_asked(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/new/data", b"new")
    files.make_directory(f"{folder}/empty")
    with pytest.raises(PathExistsError):
        files.rename(f"{folder}/new", f"{folder}/empty")
    assert names(files, f"{folder}/empty") == []
    files.rename(f"{folder}/new", f"{folder}/empty", overwrite=True)
    assert names(files, folder) == ["empty"]
    assert get(files, f"{folder}/empty/data") == b"new"


def test_rename_replaces_a_file_only_when_asked(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/new", b"new")
    put(files, f"{folder}/old", b"old")
    with pytest.raises(PathExistsError):
        files.rename(f"{folder}/new", f"{folder}/old")
    assert get(files, f"{folder}/old") == b"old"
    files.rename(f"{folder}/new", f"{folder}/old", overwrite=True)
    assert names(files, folder) == ["old"]
    assert get(files, f"{folder}/old") == b"new"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_directory_never_replaces_a_file(files: FileSystem, folder: str, overwrite: bool) -> None:
    put(files, f"{folder}/directory/data")
    put(files, f"{folder}/file", b"file")
    with pytest.raises(PathExistsError):
        files.rename(f"{folder}/directory", f"{folder}/file", overwrite=overwrite)
    assert get(files, f"{folder}/file") == b"file"


def test_rename_needs_its_source_and_the_parent_of_its_target(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/file")
    with pytest.raises(PathNotFoundError):
        files.rename(f"{folder}/missing", f"{folder}/new")
    with pytest.raises(PathNotFoundError):
        files.rename(f"{folder}/file", f"{folder}/missing/new")
    assert names(files, folder) == ["file"]


def test_of_many_who_take_a_name_one_gets_it(files: FileSystem, folder: str) -> None:
    count, taken = 6, []
    for number in range(count):
        put(files, f"{folder}/new{number}/who", str(number).encode())
    barrier = threading.Barrier(count)

    def take(number: int) -> None:
        barrier.wait()
        try:
            files.rename(f"{folder}/new{number}", f"{folder}/1")
        except PathExistsError:
            return
        taken.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    assert get(files, f"{folder}/1/who") == str(taken[0]).encode()
    assert names(files, f"{folder}/1") == ["who"]


def test_a_reader_of_a_file_that_is_replaced_sees_one_or_the_other(files: FileSystem, folder: str) -> None:
    put(files, f"{folder}/alias", b"1" * 100)
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            seen.add(get(files, f"{folder}/alias"))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        put(files, f"{folder}/alias", str(number % 10).encode() * 100, overwrite=True)
    stop.set()
    reader.join()
    assert seen
    assert all(len(text) == 100 and len(set(text)) == 1 for text in seen)


def test_the_uri_says_where_it_is(files: FileSystem, folder: str, tmp_path: Path) -> None:
    uri = files.uri(f"{folder}/a")
    assert uri.partition(":")[0] in ("file", "hdfs", "webhdfs")
    assert uri.endswith(f"{folder}/a") or uri.startswith("file:")
