"""An Oozie, and the YARN behind it, that answer as the real ones did: the recording under fixtures/oozie-rest.

``fixtures/record_oozie_rest.py`` makes the recording. A request that was made several times has several answers: those
of a job that went on. ``Recording()`` gives the last ones; ``Recording(from_the_start=True)`` gives them in their order
and the last one ever after, so that a job goes on while it is followed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

RECORDING = Path(__file__).parent / "fixtures" / "oozie-rest" / "conversation.json"
SERVER = "{server}"  # host and port of whichever server an answer names
# Who asks, and how much of a log: these differ from recording to test.
_UNRECORDED = ("user.name", "doAs", "delegation", "size")


@dataclass(frozen=True)
class Answer:
    """One answer of a server."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    at: int = 0  # the how manieth request it answered


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Responder = Callable[[Asked], Answer]


class Recording:
    """The answers of fixtures/oozie-rest, and the ids of the jobs by the names of their scenes."""

    def __init__(self, path: Path = RECORDING, *, from_the_start: bool = False) -> None:
        found = json.loads(path.read_text("utf-8"))
        self._from_the_start = from_the_start
        self.jobs: dict[str, str] = found["jobs"]
        self._answers = {key: [Answer(**each) for each in answers] for key, answers in found["answers"].items()}
        self._given: dict[str, int] = {}
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        key = key_of(asked.method, asked.target)
        answers = self._answers.get(key)
        if answers is None:
            return Answer(404, f"nothing was recorded for {key}", {"Content-Type": "text/plain"})
        with self._lock:
            given = self._given.get(key, 0)
            self._given[key] = given + 1
            # What another request was answered later than this one is not undone: the job has gone on.
            known = sum(each.at <= self._now for each in answers) - 1
            index = max(given, known) if self._from_the_start else len(answers)
            answer = answers[min(index, len(answers) - 1)]
            self._now = max(self._now, answer.at)
        return answer

    @property
    def keys(self) -> list[str]:
        """What was recorded, in the order in which it was asked for first."""
        return list(self._answers)

    def asked(self, method: str, target: str) -> int:
        """How often that was asked."""
        return self._given.get(key_of(method, target), 0)


class ManyJobs:
    """A recording before which stand ``count`` workflow jobs, made up from a recorded one."""

    def __init__(self, recording: Recording, count: int) -> None:
        self._recording = recording
        self._count = count

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        query = dict(parse_qsl(parts.query))
        if not parts.path.endswith("/jobs") or query.get("jobtype") != "wf":
            return self._recording(asked)
        offset, length = int(query.get("offset", 1)), int(query.get("len", 50))
        numbers = range(offset, min(offset + length, self._count + 1))
        jobs = [
            {
                "id": f"{self._count - number:07d}-261121120000000-oozie-root-W",
                "appName": f"app-{number % 7}",
                "status": ("SUCCEEDED", "SUCCEEDED", "KILLED", "RUNNING")[number % 4],
                "user": "root",
                "createdTime": "Sat, 21 Nov 2026 12:00:00 GMT",
                "startTime": "Sat, 21 Nov 2026 12:00:01 GMT",
                "actions": [],
            }
            for number in numbers
        ]
        return Answer(body=json.dumps({"total": self._count, "offset": offset, "len": length, "workflows": jobs}))


@dataclass
class Server:
    """A server on the loopback: where it is, and what it was asked."""

    origin: str
    asked: list[Asked]

    @property
    def oozie(self) -> str:
        """The URL for a client."""
        return f"{self.origin}/oozie"


def key_of(method: str, target: str) -> str:
    """A request without who asks, its parameters in order."""
    parts = urlsplit(target)
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _UNRECORDED)
    return f"{method} {parts.path}" + (f"?{urlencode(pairs)}" if pairs else "")


@contextmanager
def serving(respond: Responder) -> Iterator[Server]:
    """A server that answers what ``respond`` says; ``{server}`` in an answer becomes its own address."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece: in two, the second waits for the first one's acknowledgement

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
            asked.append(request)
            answer = respond(request)
            address = f"localhost:{self.server.server_address[1]}"
            body = answer.body.replace(SERVER, address).encode("utf-8", "surrogateescape")
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                self.send_header(name, value.replace(SERVER, address))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Server(f"http://localhost:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
