"""Just enough of an SMTP server: it takes every message and keeps it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Handler(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self._reply("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb == "DATA":
                self._reply("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.messages.append(b"".join(lines))
            if verb == "RCPT":
                self.server.recipients.append(line.partition("<")[2].partition(">")[0])
            self._reply("221 bye" if verb == "QUIT" else "250 fine")

    def _reply(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class SmtpServer(socketserver.ThreadingTCPServer):
    """``messages`` are what was sent, ``recipients`` to whom."""

    allow_reuse_address = True
    daemon_threads = True  # a client may hold its connection open for longer than anybody cares

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.messages: list[bytes] = []
        self.recipients: list[str] = []


@contextmanager
def smtp_server(port: int = 0) -> Iterator[SmtpServer]:
    """A server at ``port`` of the loopback, or at a free one."""
    with SmtpServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
