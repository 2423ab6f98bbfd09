import os
import threading
import time

import pytest

from models.leftovers import STALE_S, SignOfLife, last_change_ms, remove_leftovers
from storage.errors import PathNotFoundError


def age(path, seconds):
    for each in [*path.rglob("*"), path]:
        os.utime(each, (time.time() - seconds,) * 2)


@pytest.fixture
def shelf(tmp_path):
    for name in (".staging-dead", ".staging-live", "1"):
        (tmp_path / "shelf" / name / "version").mkdir(parents=True)
        (tmp_path / "shelf" / name / "version" / "data").write_text("data")
        age(tmp_path / "shelf" / name, STALE_S + 60)
    return tmp_path / "shelf"


def test_only_what_nobody_touched_for_a_day_is_deleted(disk, shelf):
    (shelf / ".staging-live" / "version" / "data").write_text("more")
    remove_leftovers(disk, "/shelf", ".staging-")
    assert sorted(each.name for each in shelf.iterdir()) == [".staging-live", "1"]


def test_a_sign_of_life_keeps_a_folder(disk, shelf):
    with SignOfLife(disk, "/shelf/.staging-live"):
        remove_leftovers(disk, "/shelf", ".staging-")
    assert sorted(each.name for each in shelf.iterdir()) == [".staging-live", "1"]
    assert not any(thread.name == "howdah-sign-of-life" for thread in threading.enumerate())


def test_the_last_change_is_the_newest_below(disk, shelf):
    before = last_change_ms(disk, "/shelf/1")
    os.utime(shelf / "1" / "version" / "data", (2_000_000_000, 2_000_000_000))
    assert before < 2_000_000_000_000 == last_change_ms(disk, "/shelf/1")
    with pytest.raises(PathNotFoundError):
        last_change_ms(disk, "/shelf/2")
