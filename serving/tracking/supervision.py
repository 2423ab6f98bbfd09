"""The writer's process: any worker that finds none starts one."""

from __future__ import annotations

import logging
import subprocess
import sys
import time

from serving.tracking.segments import is_held
from serving.tracking.settings import TrackingSettings

LOCK = "writer.lock"

_PAUSE_S = 2.0
_log = logging.getLogger(__name__)


class WriterProcess:
    """Sees to it that there is a writer. A writer outlives the worker that started it, and ends when all have ended."""

    def __init__(self, settings: TrackingSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._next = 0.0

    def ensure(self) -> None:
        """Start one where none runs, at most every two seconds."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() < self._next or is_held(self._settings.folder / LOCK):
            return
        self._next = time.monotonic() + _PAUSE_S
        try:
            # In a session of its own: Ctrl-C is for the service, the writer then delivers what is left. What it has to
            # say goes where the service says it; whoever reads the service's output to its end must not wait for it.
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            _log.warning("The writer of predictions cannot be started: %s", error.strerror)

    def _command(self) -> list[str]:
        settings = self._settings
        command = [sys.executable, "-m", "serving.tracking.writer", "--spool", str(settings.folder)]
        command += ["--root", settings.root, "--look-seconds", str(min(settings.sync_s, settings.deliver_s))]
        return command if settings.keep_days is None else [*command, "--keep-days", str(settings.keep_days)]
