"""A whole service as processes: its workers and its writer are killed while it answers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter

import pytest

from serving.tracking.status import read_status
from tests.unit.serving.test_server import RECORD, Service, publish

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
def service(place, tmp_path):
    publish(place.root)
    options = ("--workers", "2", "--track", str(place.root), "--track-spool", str(place.spool), "--track-seconds", "1")
    service = Service(place.root, tmp_path, *options)
    yield service
    if service.process.poll() is None:
        service.stop()


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
    assert service.stop() == 0
    wait_for(lambda: not place.segments() or (place.deliver() and False))

    answered = {request for client in clients for request in client.answered}
    arrived = Counter(row["request_id"] for row in place.rows())
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
