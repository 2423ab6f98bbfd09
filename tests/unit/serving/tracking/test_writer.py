"""The writer in this process, and as one of its own that is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from serving.tracking.status import read_status
from serving.tracking.supervision import LOCK, WriterProcess
from serving.tracking.writer import Writer, main
from tests.unit.serving.tracking.conftest import ask
from tests.unit.serving.tracking.test_segments import no_file_above

TRACKING = Path(__file__).with_name("tracking.py")


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_ends_when_all_is_delivered_and_says_what_it_did(place):
    tracker = place.track()
    for number in range(3):
        ask(tracker, f"r{number}")
    place.stop()
    place.deliver()

    assert len(place.rows()) == 3
    status = read_status(place.settings().folder)
    assert (status.rows, status.damaged, status.waits, status.pid) == (3, 0, "", os.getpid())


def test_a_full_disk_is_said_once_and_no_draft_stays(place, caplog):
    tracker = place.track()
    folder = place.settings().folder
    writer = Writer(folder, str(place.root), look_s=0.01, keep_days=None)
    with no_file_above(0):
        thread = threading.Thread(target=writer.run)
        thread.start()
        wait_for(lambda: "cannot be written" in caplog.text)
        time.sleep(0.2)
        place.stop()
        thread.join()

    assert caplog.text.count("state cannot be written") == 1
    assert [path.name for path in folder.iterdir() if "json" in path.name] == []
    assert tracker.dropped.count == 0


def test_what_cannot_be_delivered_waits_and_says_why(place):
    place.root.write_text("a file")
    tracker = place.track()
    ask(tracker, "r1")
    place.stop()
    place.deliver()
    status = read_status(place.settings().folder)
    assert (status.code, len(place.segments())) == ("H102", 1)
    assert "a part of the path is a file" in status.hint or status.hint

    place.root.unlink()
    place.deliver()
    assert [row["request_id"] for row in place.rows()] == ["r1"]
    assert read_status(place.settings().folder).waits == ""


def test_an_hdfs_that_does_not_answer_is_waited_for(place):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # nobody listens there any more
    tracker = place.track()
    ask(tracker, "r1")
    place.stop()
    Writer(place.settings().folder, f"webhdfs://127.0.0.1:{port}/models", look_s=0.01, keep_days=None).run()

    assert (read_status(place.settings().folder).code, len(place.segments())) == ("H104", 1)


def test_it_follows_a_service_through_an_absence_of_its_root(place):
    place.root.write_text("a file")
    tracker = place.track(deliver_s=0.05)
    writer = Writer(place.settings().folder, str(place.root), look_s=0.02, keep_days=None)
    thread = threading.Thread(target=writer.run)
    thread.start()
    ask(tracker, "r1")
    wait_for(lambda: (status := read_status(place.settings().folder)) and status.waits)
    place.root.unlink()
    wait_for(place.files)
    ask(tracker, "r2")
    place.stop()
    thread.join(20)

    assert sorted(row["request_id"] for row in place.rows()) == ["r1", "r2"]
    assert place.segments() == []


def test_a_segment_of_which_nothing_can_be_made_is_set_aside(place):
    folder = place.settings().folder
    folder.mkdir(parents=True)
    (folder / f"{'0' * 32}-000000001.spool").mkdir()  # no release of ours makes one
    tracker = place.track()
    ask(tracker, "r1")
    place.stop()
    place.deliver()

    assert [row["request_id"] for row in place.rows()] == ["r1"]
    assert read_status(folder).damaged == 1
    assert [path.suffix for path in folder.glob(f"{'0' * 32}*")] == [".damaged"]


def test_days_are_deleted_when_they_are_to_be(place):
    times = iter([1_500_000_000, 1_500_000_001])
    tracker = place.track(now_ns=lambda: next(times) * 10**9)
    ask(tracker, "r1")
    place.stop()
    place.deliver()
    assert len(place.files()) == 1
    place.deliver(keep_days=30)

    assert place.files() == []


@pytest.mark.slow
def test_of_two_writers_one_goes(place):
    folder = place.settings().folder
    folder.mkdir(parents=True)
    process = WriterProcess(place.settings())
    place.track()  # so that the first one stays
    process.ensure()
    wait_for(lambda: (folder / "writer.json").exists())

    started = time.monotonic()
    assert main(["--spool", str(folder), "--root", str(place.root)]) == 0
    assert time.monotonic() - started < 10
    process.ensure()
    place.stop()
    wait_for(lambda: process._process.poll() is not None)
    assert process._process.returncode == 0
    assert (folder / LOCK).exists()


class Workers:
    """Processes that track until they are killed; what each was told to be in the spool."""

    def __init__(self, place):
        self._place = place
        self.acknowledged: list[str] = []
        self._running = []

    def start(self):
        command = [sys.executable, str(TRACKING), str(self._place.root), str(self._place.spool)]
        self._running.append(subprocess.Popen(command, stdout=subprocess.PIPE))

    def kill(self):
        process = self._running.pop(0)
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate(timeout=20)
        # A line that is not whole was not acknowledged as a whole.
        self.acknowledged += [line.decode() for line in told.split(b"\n")[:-1]]


def kill_writer(folder):
    """Whether there was one."""
    status = read_status(folder)
    command = Path(f"/proc/{status.pid}/cmdline" if status else "/none")
    if not command.exists() or b"serving.tracking.writer" not in command.read_bytes():
        return False
    os.kill(status.pid, signal.SIGKILL)
    return True


@pytest.mark.slow
def test_killed_workers_and_writers_lose_nothing_and_write_nothing_twice(place):
    chance = random.Random(7)
    workers = Workers(place)
    for _ in range(2):
        workers.start()
    folder = place.settings().folder
    kills = 0
    for round_ in range(40):
        if kills == 5:
            break
        time.sleep(chance.uniform(0.3, 1.5))
        if round_ % 2:
            workers.start()
            workers.kill()
        kills += kill_writer(folder)
    for _ in range(2):
        workers.kill()
    wait_for(lambda: not place.segments() or (place.deliver() and False), 60)

    arrived = Counter(row["request_id"] for row in place.rows())
    assert kills == 5
    assert len(workers.acknowledged) > 1000
    assert [request for request, count in arrived.items() if count > 1] == []
    assert set(workers.acknowledged) - arrived.keys() == set()
    # One more for each kill at most: in the spool, and killed before it was told.
    assert len(arrived) - len(workers.acknowledged) <= round_ + 2
    assert json.loads((folder / "writer.json").read_text())["damaged"] == 0
