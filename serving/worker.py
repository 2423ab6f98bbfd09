"""The process that answers: gunicorn's own worker with threads, none of which a client can keep for ever."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Headers come in one piece, or nearly; a body is at most a megabyte.
HEADERS_S = 5.0
BODY_S = 60.0
_LOOK_S = 0.5


class PromptWorker(ThreadWorker):  # type: ignore[misc]
    """Takes no more from a client whose headers are not all there after ``HEADERS_S``, its body after ``BODY_S``.

    gunicorn itself waits without an end, a thread for each client: a few half requests would stop the service.
    """

    def init_process(self) -> None:
        """Start to look after the connections, then serve."""
        self._limits: dict[Any, float] = {}
        threading.Thread(target=self._cut_off, name="request-limits", daemon=True).start()
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """One request of a connection, in one of the threads."""
        self._limits[conn] = time.monotonic() + HEADERS_S
        try:
            return super().handle(conn)
        finally:
            self._limits.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """What follows the headers."""
        self._limits[conn] = time.monotonic() + BODY_S
        return super().handle_request(req, conn)

    def _cut_off(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            now = time.monotonic()
            for conn, limit in list(self._limits.items()):
                # Another limit by now: it has moved on while we looked at the others.
                if limit < now and self._limits.get(conn) == limit:
                    with suppress(OSError):  # the client was quicker to leave
                        conn.sock.shutdown(socket.SHUT_RD)
