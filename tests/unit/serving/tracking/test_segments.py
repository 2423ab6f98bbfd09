import fcntl
import json
import os
import resource
import uuid
from contextlib import contextmanager

import pytest

from serving.tracking.segments import Segment, as_line, claim, find_segments, is_locked, measure, read_segment

OWNER = uuid.uuid4().hex


def line(number):
    return as_line(json.dumps({"number": number}).encode())


def numbers(path):
    return [record["number"] for record in read_segment(path).records]


@contextmanager
def no_file_above(size):
    """The kernel refuses what goes beyond, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def segment(tmp_path):
    segment = Segment(tmp_path, OWNER, 1)
    yield segment
    segment.close()


def test_what_was_appended_is_read_in_order(segment):
    for number in range(3):
        segment.append(line(number))

    assert numbers(segment.path) == [0, 1, 2]
    assert segment.size == segment.path.stat().st_size


def test_nobody_takes_a_segment_from_a_living_owner(tmp_path):
    segment = Segment(tmp_path, OWNER, 1)
    with claim(segment.path) as is_ours:
        assert not is_ours
    assert is_locked(segment.path)

    segment.close()
    assert not is_locked(segment.path)
    with claim(segment.path) as is_ours, claim(segment.path) as is_others:
        assert (is_ours, is_others) == (True, False)


def test_what_is_gone_is_nobodys(tmp_path):
    with claim(tmp_path / "none.spool") as is_ours:
        assert not is_ours


def test_a_segment_that_was_deleted_while_it_was_claimed_is_nobodys(tmp_path):
    segment = Segment(tmp_path, OWNER, 1)
    segment.close()
    with segment.path.open("rb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = os.open(segment.path, os.O_RDONLY)
        segment.path.unlink()
    try:
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert os.fstat(second).st_nlink == 0  # what claim and Segment look at once they have the lock
    finally:
        os.close(second)


def test_a_torn_last_line_is_left_out(segment):
    segment.append(line(1) + line(2)[:-5])

    assert numbers(segment.path) == [1]
    assert read_segment(segment.path).damaged == 0


def test_a_damaged_line_is_counted_and_costs_no_other_one(segment):
    segment.append(line(1) + line(2) + line(3) + as_line(b"[1]") + b"rubbish\n")
    data = bytearray(segment.path.read_bytes())
    data[len(line(1)) + 12] ^= 1
    segment.path.write_bytes(data)

    content = read_segment(segment.path)

    assert ([record["number"] for record in content.records], content.damaged) == ([1, 3], 3)


def test_what_the_disk_refuses_leaves_no_half(segment):
    segment.append(line(1))
    with no_file_above(segment.size + 5), pytest.raises(OSError, match="too large"):
        segment.append(line(2))
    segment.append(line(3))

    assert numbers(segment.path) == [1, 3]
    assert read_segment(segment.path).damaged == 0


def test_the_spool_is_measured(tmp_path, segment):
    Segment(tmp_path, OWNER, 2).close()
    (tmp_path / "writer.json").write_text("{}")
    segment.append(line(1))

    assert measure(tmp_path) == (1, len(line(1)))
    assert find_segments(tmp_path) == [segment.path, tmp_path / f"{OWNER}-000000002.spool"]
