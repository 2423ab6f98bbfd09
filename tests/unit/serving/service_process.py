"""``howdah serve`` as a process: real gunicorn, real models, loopback."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.manifest import Field
from models.plain import PlainFolder
from models.repository import Repository
from storage.local import LocalDisk

FIXTURES = Path(__file__).parents[2] / "fixtures" / "spark-3.5"

CASES = ("forest-categorical", "tree-categorical")

RECORD = {"age": 30.0, "spend": 5.0, "constant": 7.0, "channel": "paid", "city": "city-3"}

FIELDS = (
    Field("age", "double", example=43.5),
    Field("spend", "double", example=120.0),
    Field("constant", "double", example=7.0),
    Field("channel", "string", example="paid"),
    Field("city", "string", example="city-3"),
)


def publish(root, case="forest-categorical", *, name="funnel", inputs=FIELDS):
    with Repository(LocalDisk(durable=False), str(root)).stage(name) as staging:
        shutil.copytree(FIXTURES / case / "model", staging.model_path)
        return staging.publish(inputs=inputs, classes=("a", "b", "c"), metrics={}, aliases=["champion"]).version


def overwrite(folder, case):
    with PlainFolder(LocalDisk(durable=False), str(folder), "plain").stage() as staging:
        shutil.copytree(FIXTURES / case / "model", staging.model_path)
        return staging.publish(inputs=FIELDS, classes=("a", "b", "c"), metrics={}).version


class Service:
    """A running ``howdah serve``."""

    def __init__(self, root, folder, *options):
        self._ready = folder / "ready.json"
        self.log = folder / "serve.log"
        command = [sys.executable, "-m", "howdah", "serve", "--models", str(root), "--ready-file", str(self._ready)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--poll-seconds", "0.1", *options], stdout=log, stderr=log
            )
        self.port = self._wait()
        self.url = self.told["url"]

    def _wait(self):
        end = time.monotonic() + 60
        while not self._ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                self.process.wait()
                pytest.fail(f"the service did not start: {self.log.read_text()}")
            time.sleep(0.02)
        self.told = json.loads(self._ready.read_text())
        return int(self.told["url"].rpartition(":")[2])

    def workers(self):
        """The processes that answer (Linux tells them)."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, address):
        return self._exchange("GET", address)

    def post(self, address, value):
        return self._exchange("POST", address, json.dumps(value), {"Content-Type": "application/json"})

    def _exchange(self, *request):
        """The status and what is answered, over a connection of its own."""
        connection = self.connect()
        try:
            connection.request(*request)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def stop(self, how=signal.SIGTERM):
        """How it ended, also where it had already."""
        self.process.send_signal(how)
        return self.process.wait(60)


@contextmanager
def starting(root, folder, *usual):
    """Gives what starts a service of the models in ``root``, with the usual options and more; each ends at the end."""
    started = []

    def start(*more):
        started.append(Service(root, folder, *map(str, (*usual, *more))))
        return started[-1]

    try:
        yield start
    finally:
        for service in started:
            service.stop()


def ask(connection, record=RECORD):
    body = json.dumps(record)
    connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def memory_kib(pid, what="VmHWM"):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition(f"{what}:")[2].split()[0])
