"""A whole service as processes: its workers and its writer are killed while it answers."""

from __future__ import annotations

import http.client
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter

import pytest

from serving.tracking.status import read_status
from tests.unit.serving.service_process import CASES, RECORD, publish, starting

ASKED_S = 6.0


class Client(threading.Thread):
    """Asks under ids of its own; ``answered`` are those to which it got an answer."""

    def __init__(self, service):
        super().__init__()
        self._service = service
        self.answered = []
        self.refused = []

    def run(self):
        end = time.monotonic() + ASKED_S
        connection = self._service.connect()
        while time.monotonic() < end:
            request = uuid.uuid4().hex
            try:
                headers = {"Content-Type": "application/json", "X-Request-Id": request}
                connection.request("POST", "/predict", json.dumps(RECORD), headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                connection.close()  # its worker was killed; what became of the request is not known
                connection = self._service.connect()
                continue
            (self.answered if response.status == 200 else self.refused).append(request)
        connection.close()


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def start(place, tmp_path):
    publish(place.root)
    options = ("--workers", 2, "--track", place.root, "--track-spool", place.spool, "--track-seconds", 1)
    with starting(place.root, tmp_path, *options) as start:
        yield start


@pytest.fixture
def service(start):
    return start()


def end_and_deliver(service, place):
    """How often each request was tracked."""
    assert service.stop() == 0
    wait_for(lambda: not place.segments() or (place.deliver() and False))
    return Counter(row["request_id"] for row in place.rows())


def wait_for(condition, seconds=40.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_killed_workers_and_writers_of_a_service_lose_no_answer_and_track_none_twice(service, place):
    folder = place.settings().folder
    clients = [Client(service) for _ in range(2)]
    for client in clients:
        client.start()
    killed = 0
    for _ in range(3):
        time.sleep(ASKED_S / 4)
        kill(service.workers()[0])
        status = read_status(folder)
        killed += bool(status and kill(status.pid))
    for client in clients:
        client.join()
    status, told = service.get("/health")
    assert (status, told["tracking"]["dropped"]) == (200, 0)
    arrived = end_and_deliver(service, place)

    answered = {request for client in clients for request in client.answered}
    assert [client.refused for client in clients] == [[], []]
    assert len(answered) > 100
    assert killed
    assert answered - arrived.keys() == set()
    assert {request: count for request, count in arrived.items() if count > 1} == {}


@pytest.mark.slow
def test_the_writer_outlives_the_service_and_delivers_what_is_left(service, place):
    connection = service.connect()
    headers = {"Content-Type": "application/json", "X-Request-Id": "last"}
    connection.request("POST", "/predict", json.dumps(RECORD), headers)
    assert connection.getresponse().read()
    connection.close()
    wait_for(lambda: read_status(place.settings().folder))
    assert service.stop() == 0
    wait_for(lambda: not place.segments())

    assert [row["request_id"] for row in place.rows()] == ["last"]
    done = subprocess.run(
        [sys.executable, "-m", "howdah", "report", "predictions", "funnel", "--models", str(place.root)],
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("funnel: 1 prediction, 0 labels told"), done.stderr


FULL_BYTES = 1500


def fill_disk(pids, *, full=True):
    """The kernel refuses what these processes write beyond, as it does on a full disk; or no more."""
    for pid in pids:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES if full else hard, hard))


@pytest.mark.slow
def test_a_full_disk_stops_no_answer_and_what_was_not_dropped_is_there_once(service, place):
    answered = []

    def ask(times, version=1):
        for _ in range(times):
            status, answer = service.post("/predict", RECORD)
            assert (status, answer["version"]) == (200, version)
            answered.append(answer["request_id"])

    ask(20)
    fill_disk(service.workers())
    ask(60)
    long_label = {"key": "k" * FULL_BYTES, "label": "a"}
    status, answer = service.post("/labels", long_label)
    assert (status, answer["error"]["code"]) == (503, "H542")
    status, health = service.get("/health")
    assert (status, health["status"]) == (200, "degraded")
    assert "H544" in {reason["code"] for reason in health["reasons"]}
    dropped = health["tracking"]["dropped"]
    assert 0 < dropped <= 60

    publish(place.root, CASES[1])
    status, answer = service.post("/models/funnel/reload", {})
    assert (status, answer["error"]["code"]) == (409, "H526")
    assert "version 1 goes on answering" in answer["error"]["message"]
    ask(4)

    fill_disk(service.workers(), full=False)
    assert service.post("/models/funnel/reload", {})[1]["version"] == 2
    wait_for(lambda: service.post("/labels", long_label)[0] == 202)
    before = service.get("/health")[1]["tracking"]["dropped"]
    ask(20, version=2)
    assert service.get("/health")[1]["tracking"]["dropped"] == before
    arrived = end_and_deliver(service, place)
    assert set(arrived.values()) == {1}
    assert arrived.keys() <= set(answered)
    assert len(answered) - len(arrived) == before


SHIFTED_CLOCK = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
/* The system's clock, moved by as many seconds as the file says; the clock that nobody can set stays. */
int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (failed || clock != CLOCK_REALTIME) return failed;
    char text[32] = {0};
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY | O_CLOEXEC);
    if (file >= 0 && read(file, text, 31) > 0) now->tv_sec += atol(text);
    if (file >= 0) close(file);
    return 0;
}
time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_a_clock_that_is_moved_stops_nothing_and_loses_nothing(start, place, tmp_path, monkeypatch):
    source, library, shift = tmp_path / "clock.c", tmp_path / "clock.so", tmp_path / "shift"
    source.write_text(SHIFTED_CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    shift.write_text("0")
    monkeypatch.setenv("CLOCK_SHIFT", str(shift))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    service = start("--track-days", "30")
    monkeypatch.delenv("LD_PRELOAD")
    answered = []
    for number, days in enumerate((400, -400, 7300, 0)):
        shift.write_text(str(days * 24 * 3600))
        for _ in range(5):
            status, answer = service.post("/predict", RECORD)
            assert status == 200
            answered.append(answer["request_id"])
        version = publish(place.root, CASES[number % 2])
        assert service.post("/models/funnel/reload", {})[1]["version"] == version
        assert service.post("/labels", {"request_id": answered[-1], "label": "a"})[0] == 202
        time.sleep(1.5)  # so that segments of this time are delivered in it
    assert service.get("/health")[1]["status"] == "ok"
    assert end_and_deliver(service, place) == Counter(answered)
    assert len({path.parent for path in place.files()}) == 4
