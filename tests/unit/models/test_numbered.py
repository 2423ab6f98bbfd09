from concurrent.futures import ThreadPoolExecutor

import pytest

from models.numbered import NumberedFiles
from storage.errors import PathNotFoundError


def test_a_number_is_taken_once(disk):
    files = NumberedFiles(disk, "/log")
    assert files.numbers() == []
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda who: files.append(1, f"by {who}"), range(8)))
    assert made.count(True) == 1
    assert files.read(1).decode() == f"by {made.index(True)}"
    assert files.append(2, "later")
    assert files.numbers() == [1, 2]


def test_other_files_have_no_number(disk):
    files = NumberedFiles(disk, "/log")
    files.append(12, "")
    for name in ("12.json", "000000000000013.json.tmp", "notes"):
        with disk.create(f"/log/{name}") as stream:
            stream.write(b"")
    disk.make_directory("/log/000000000000014.json")
    assert files.numbers() == [12]
    with pytest.raises(PathNotFoundError):
        files.read(13)
