"""The process that answers: gunicorn's own worker with threads, none of which a client can keep for ever."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from functools import cache
from typing import Any

from gunicorn.workers import gthread

# Headers come in one piece, or nearly; a body is at most a megabyte.
HEADERS_S = 5.0
BODY_S = 60.0
_LOOK_S = 0.5
_FIRST_BYTE_S = 0.005


class PromptWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """Takes no more from a client whose headers are not all there after ``HEADERS_S``, its body after ``BODY_S``, or
    who is silent for ``silence_s`` in between.

    gunicorn itself waits without an end, a thread for each client: a few half requests would stop the service.
    """

    silence_s = 15.0

    def init_process(self) -> None:
        """Start to look after the connections, then serve."""
        self._limits: dict[Any, float] = {}
        threading.Thread(target=self._cut_off, name="request-limits", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """One request of a connection, in one of the threads."""
        if not _has_begun(conn):
            return gthread._DEFER  # to be looked at when it says something, and not in a thread
        self._limits[conn] = time.monotonic() + HEADERS_S
        # By the kernel: with Python's own timeout each read and write is two calls, and the second one waits for the
        # other threads again. The headers have a limit of their own, and gunicorn takes the kernel's for a fault.
        if not conn.initialized:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _time(self.silence_s))
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _time(0))
        try:
            return super().handle(conn)
        finally:
            self._limits.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """What follows the headers."""
        self._limits[conn] = time.monotonic() + BODY_S
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _time(self.silence_s))
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:  # the client reads no more
            return False

    def _cut_off(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            now = time.monotonic()
            for conn, limit in list(self._limits.items()):
                # Another limit by now: it has moved on while we looked at the others.
                if limit < now and self._limits.get(conn) == limit:
                    with suppress(OSError):  # the client was quicker to leave
                        conn.sock.shutdown(socket.SHUT_RD)


def _has_begun(conn: Any) -> bool:
    """Whether there is something to read; older releases of gunicorn ask before they take a thread."""
    return conn.initialized or getattr(conn, "data_ready", True) or conn.wait_for_data(_FIRST_BYTE_S)


@cache
def _time(seconds: float) -> bytes:
    """A time as the kernel has it; 0 is no limit."""
    whole = int(seconds)
    return struct.pack("ll", whole, int((seconds - whole) * 1e6) or (0 < seconds < 1))
