"""The console as a process: gunicorn with one worker of many threads, so that a slow Oozie stops no other page."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from howdah.console.app import create_app
from howdah.console.desk import Desk
from howdah.console.logs import OpenYarn
from howdah.console.settings import Settings
from howdah.console.source import Source
from oozie.client import OozieClient
from serving.worker import PromptWorker


def serve(
    listener: socket.socket,
    settings: Settings,
    open_client: Callable[[], OozieClient],
    open_yarn: OpenYarn,
    on_ready: Callable[[], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C; ``on_ready`` is called once, when the worker answers.

    Raises: SystemExit with 0 after an orderly end.
    """
    Arbiter(_Application(listener, settings, open_client, open_yarn, on_ready)).run()


class _Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn's master is told, and what the worker runs."""

    def __init__(
        self,
        listener: socket.socket,
        settings: Settings,
        open_client: Callable[[], OozieClient],
        open_yarn: OpenYarn,
        on_ready: Callable[[], None],
    ) -> None:
        self._listener = listener
        self._settings = settings
        self._open_client = open_client
        self._open_yarn = open_yarn
        self._on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own defaults."""
        chosen: dict[str, Any] = {
            "bind": f"fd://{self._listener.detach()}",
            "worker_class": PromptWorker,
            # One, for what is known of Oozie is kept in its memory, and the secret of the sessions too.
            "workers": 1,
            "threads": self._settings.threads,
            "keepalive": 75,
            "timeout": 120,
            "graceful_timeout": 3,
            "loglevel": "warning",
            "proc_name": "howdah-console",
            "post_worker_init": self._ready,
        }
        # Its control socket would be one for all services of a user; releases before 25 have none.
        if "control_socket_disable" in self.cfg.settings:
            chosen["control_socket_disable"] = True
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """In the worker: threads do not survive a fork."""
        source = Source(self._open_client, patience_s=self._settings.patience_s)
        return create_app(Desk(source, self._settings, self._open_yarn))

    def _ready(self, worker: Any) -> None:
        if worker.age == 1:  # one that takes the place of a dead worker does not speak again
            self._on_ready()


def log_to_stderr() -> None:
    """Send what the console logs (its own failures) to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("howdah.console").addHandler(handler)
