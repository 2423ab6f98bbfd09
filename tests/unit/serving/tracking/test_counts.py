import os
import time

from serving.tracking.counts import DropCount, count_dropped, remove_old_counts


def test_workers_are_added_up_and_those_that_ended_too(tmp_path):
    first, second, stranger = (DropCount(tmp_path, each, each * 2) for each in ("a", "a", "b"))
    second = DropCount(tmp_path, "a", "other")
    first.add(3)
    first.add(4)
    second.add(1)
    stranger.add(100)
    second.close()

    found = count_dropped(tmp_path, "a")

    assert found.count == 8
    assert 0 <= found.last_s < 5


def test_nothing_dropped_was_never(tmp_path):
    DropCount(tmp_path, "a", "b")

    assert (count_dropped(tmp_path, "a").count, count_dropped(tmp_path, "a").last_s) == (0, None)


def test_a_folder_that_cannot_be_had_yet_is_tried_again(tmp_path):
    count = DropCount(tmp_path / "spool", "a", "b")
    count.add(2)
    (tmp_path / "spool").mkdir()
    count.add(1)

    assert (count.dropped, count_dropped(tmp_path / "spool", "a").count) == (3, 3)


def test_counts_of_long_ago_are_deleted(tmp_path):
    for name in ("old", "new"):
        DropCount(tmp_path, name, "w").add(1)
    long_ago = time.time() - 8 * 24 * 3600
    os.utime(tmp_path / "old-w.counts", (long_ago, long_ago))

    remove_old_counts(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["new-w.counts"]
