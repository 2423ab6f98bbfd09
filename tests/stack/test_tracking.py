"""What a service tracks into the real HDFS, through an absence of it and through kills of the writer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from howdah.stack.addresses import Addresses
from models.manifest import Field, Manifest
from models.scorer.interface import Answer
from models.tracked.evaluation import evaluate
from models.tracked.partitions import read
from models.tracked.records import Fact
from serving.tracking.settings import TrackingSettings
from serving.tracking.status import read_status
from serving.tracking.supervision import WriterProcess
from serving.tracking.tracker import Tracker
from serving.tracking.writer import Writer
from storage.resolve import connect

pytestmark = [pytest.mark.stack, pytest.mark.slow]

MANIFEST = Manifest("funnel", 3, "2026-11-20T00:00:00Z", (Field("hits", "double"),), ("leave", "buy"), {})
KILLS = 5


class Gate:
    """An address of the NameNode that can be shut: whoever asks then is refused, as when it is down."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.port = 0
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # shut
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.fixture
def root(stack: Addresses) -> Iterator[str]:
    url = f"{stack.webhdfs.replace('http', 'webhdfs', 1)}/user/{stack.user}/tracked-{uuid.uuid4().hex}"
    files, path = connect(url)
    yield url
    files.delete(path, recursive=True)


def settings(root: str, spool: Path) -> TrackingSettings:
    return TrackingSettings(root, spool, sync_s=0.1, deliver_s=0.3)


def ask(tracker: Tracker, count: int) -> list[str]:
    requests = [uuid.uuid4().hex for _ in range(count)]
    for request in requests:
        tracker.record(MANIFEST, request, [{"hits": 1.0}], [Answer(1.0, (0.25, 0.75))])
    return requests


def arrived(root: str) -> Counter[str]:
    files, path = connect(root)
    return Counter(read(files, path, "funnel", "predictions", ("request_id",))["request_id"].to_pylist())


def deliver(tracking: TrackingSettings) -> None:
    Writer(tracking.folder, tracking.root, look_s=0.05, keep_days=None).run()


def test_writers_that_are_killed_lose_nothing_and_write_nothing_twice(root: str, tmp_path: Path) -> None:
    tracking = settings(root, tmp_path / "spool")
    writer = WriterProcess(tracking)
    tracker = Tracker(tracking, ensure_writer=writer.ensure)
    tracker.start()
    requests, kills = [], 0
    end = time.monotonic() + 60
    while kills < KILLS and time.monotonic() < end:
        requests += ask(tracker, 20)
        time.sleep(0.1)
        status = read_status(tracking.folder)
        command = Path(f"/proc/{status.pid}/cmdline" if status else "/none")
        if status and status.rows and command.exists() and b"tracking.writer" in command.read_bytes():
            os.kill(status.pid, signal.SIGKILL)
            kills += 1
    tracker.tell([Fact("funnel", requests[0], 0, None, 1, 2, "buy", None)])
    tracker.stop()
    deliver(tracking)
    if writer._process is not None:
        writer._process.wait(30)

    assert kills == KILLS
    assert arrived(root) == Counter(requests)
    files, path = connect(root)
    (version,) = evaluate(files, path, "funnel").versions
    assert (version.predictions, version.labelled, version.accuracy) == (len(requests), 1, 1.0)


def test_an_hdfs_that_goes_and_comes_again_gets_each_answer_once(root: str, tmp_path: Path) -> None:
    parts = urlsplit(root)
    gate = Gate(parts.hostname or "", parts.port or 0)
    tracking = settings(f"webhdfs://127.0.0.1:{gate.port}{parts.path}", tmp_path / "spool")
    tracker = Tracker(tracking, ensure_writer=lambda: None)
    tracker.start()
    requests = ask(tracker, 10)
    tracker.stop()
    gate.shut()
    deliver(tracking)
    waiting = read_status(tracking.folder)
    assert waiting is not None
    assert (waiting.code, waiting.rows, arrived(root)) == ("H104", 0, Counter())
    gate.open()
    deliver(tracking)
    gate.shut()

    assert arrived(root) == Counter(requests)
    assert not list(tracking.folder.glob("*.spool"))


def test_the_report_reads_hdfs(root: str, tmp_path: Path) -> None:
    tracking = settings(root, tmp_path / "spool")
    tracker = Tracker(tracking, ensure_writer=lambda: None)
    tracker.start()
    ask(tracker, 3)
    tracker.stop()
    deliver(tracking)
    done = subprocess.run(
        [sys.executable, "-m", "howdah", "report", "predictions", "funnel", "--models", root],
        capture_output=True,
        text=True,
    )

    assert done.stdout.startswith("funnel: 3 predictions, 0 labels told"), done.stderr
