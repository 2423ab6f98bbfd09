"""The service as processes: gunicorn with threads, one registry in each worker."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from serving.app import create_app
from serving.bell import SharedBell
from serving.errors import ServingError
from serving.loading import Loader, OpenScorer
from serving.registry import Registry
from serving.repository_rest import OpenSources
from serving.settings import Settings
from serving.speculation.aliases import with_aliases
from serving.speculation.counts import make_counts
from serving.statistics import SharedCounts
from serving.tracking.counts import SharedDrops
from serving.tracking.tracker import Tracker
from serving.worker import PromptWorker

OnReady = Callable[[Registry], None]

MOST_WORKERS = 256  # as many can be had by signals to gunicorn; `howdah serve` starts 64 at most
_FIRST_LOOK_S = 15.0
_BACKLOG = 512

# errno -> why the address cannot be had, and what to do
_BIND_ERRORS: Mapping[int, tuple[str, str]] = {
    errno.EADDRINUSE: ("port {port} on {host} is taken", "choose another with --port; --port 0 takes a free one"),
    errno.EACCES: ("port {port} is not for ordinary users", "choose one above 1023 with --port"),
    errno.EADDRNOTAVAIL: ("{host} is not an address of this machine", "--host 127.0.0.1 is this machine alone"),
}


def bind(settings: Settings) -> socket.socket:
    """A listening socket at the service's address; port 0 takes a free one. Raises: ServingError H530."""
    host, port = settings.host, settings.port
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise ServingError(
            "H530", f"the host '{host}' is not known", hint="give an address, such as 127.0.0.1"
        ) from error
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        message, hint = _BIND_ERRORS.get(error.errno or 0, (f"{{host}}:{{port}} cannot be had: {error.strerror}", ""))
        raise ServingError("H530", message.format(host=host, port=port), hint=hint) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The service's URL; an address that means every interface is shown as loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (it is replaced, not bound)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    listener: socket.socket,
    settings: Settings,
    open_sources: OpenSources,
    open_scorer: OpenScorer,
    on_ready: OnReady,
) -> None:
    """Serve until SIGTERM, SIGHUP or Ctrl-C; ``on_ready`` is called once, in the first worker, when that one answers.

    Raises: SystemExit with 0 after an orderly end.
    """
    cache = Path(tempfile.mkdtemp(prefix="howdah-serving-"))
    owner = os.getpid()
    try:
        application = _Application(listener, settings, open_sources, open_scorer, on_ready, cache)
        _Master(application).run()
    finally:
        if os.getpid() == owner:  # a worker leaves through here too
            shutil.rmtree(cache, ignore_errors=True)


class _Master(Arbiter):  # type: ignore[misc]
    """The process that looks after the workers."""

    def handle_hup(self) -> None:
        """A terminal that is closed ends what runs in it; to gunicorn it would be the word to begin anew."""
        self.handle_term()


class _Application(BaseApplication):  # type: ignore[misc]
    """What gunicorn's master is told, and what each worker runs."""

    def __init__(
        self,
        listener: socket.socket,
        settings: Settings,
        open_sources: OpenSources,
        open_scorer: OpenScorer,
        on_ready: OnReady,
        cache: Path,
    ) -> None:
        self._listener = listener
        self._settings = settings
        self._open_sources = open_sources
        self._open_scorer = open_scorer
        self._on_ready = on_ready
        self._cache = cache
        self._registry: Registry | None = None
        self._tracker: Tracker | None = None
        self._counts = SharedCounts(MOST_WORKERS)
        self._group_counts = make_counts(settings.groups, MOST_WORKERS)
        self._drops = SharedDrops(MOST_WORKERS)
        self._bell = SharedBell(MOST_WORKERS)
        self._free_slots = list(reversed(range(MOST_WORKERS)))
        self._slot = 0
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own defaults."""
        chosen: dict[str, Any] = {
            "bind": f"fd://{self._listener.detach()}",
            "worker_class": PromptWorker,
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            # A client that keeps its connection is not cut off between two of its requests.
            "keepalive": 75,
            "timeout": 120,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "proc_name": "howdah-serve",
            "pre_fork": self._give_slot,
            "post_worker_init": self._ready,
            "worker_exit": self._leave,
            "child_exit": self._free_slot,
        }
        # Its control socket would be one for all services of a user; releases before 25 have none.
        if "control_socket_disable" in self.cfg.settings:
            chosen["control_socket_disable"] = True
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """In a worker: a registry that follows the sources, and the application over it."""
        settings = self._settings
        loader = Loader(
            self._open_scorer,
            self._cache / str(os.getpid()),
            accept_unknown_categories=settings.accept_unknown_categories,
            trusted_keys=settings.trusted_keys,
        )
        bell = self._bell.part(self._slot)
        sources = with_aliases(self._open_sources(), settings.groups)
        self._registry = Registry(
            sources, loader, only=settings.models, stage=settings.stage, poll_s=settings.poll_s, bell=bell
        )
        self._registry.start(_FIRST_LOOK_S)
        if settings.tracking is not None:
            self._tracker = Tracker(settings.tracking, drops=self._drops.part(self._slot))
            self._tracker.start()
        return create_app(
            self._registry,
            settings,
            statistics=self._counts.part(self._slot),
            tracker=self._tracker,
            group_counts={name: shared.part(self._slot) for name, shared in self._group_counts.items()},
            open_sources=self._open_sources,
        )

    def _give_slot(self, _arbiter: Any, worker: Any) -> None:
        # In the process that forks: the worker inherits the value that stands here just now.
        worker.howdah_slot = self._slot = self._free_slots.pop()
        worker.silence_s = self._settings.read_timeout_s

    def _free_slot(self, _arbiter: Any, worker: Any) -> None:
        # One that was killed left its models there, on a disk that its successor needs.
        shutil.rmtree(self._cache / str(worker.pid), ignore_errors=True)
        self._bell.leave(worker.howdah_slot)
        self._free_slots.append(worker.howdah_slot)

    def _ready(self, worker: Any) -> None:
        # The first of the first workers speaks; one that takes the place of a dead worker does not.
        if worker.age == 1 and self._registry is not None:
            self._on_ready(self._registry)

    def _leave(self, _arbiter: Any, _worker: Any) -> None:
        if self._tracker is not None:
            self._tracker.stop()
        shutil.rmtree(self._cache / str(os.getpid()), ignore_errors=True)


def log_to_stderr() -> None:
    """Send what the service logs (swaps, bad versions, failures) to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("serving", "models"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
