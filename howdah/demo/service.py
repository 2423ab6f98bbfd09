"""The prediction service as the demo uses it: a process of its own, asked over HTTP as any client would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from howdah.errors import CommandError

_READY_TIMEOUT_S = 60
_SWAP_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 15
_REQUEST_TIMEOUT_S = 10


# The service is on loopback, where no proxy of the environment has anything to do.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Service:
    """A running ``howdah serve``."""

    def __init__(self, models: str, folder: Path) -> None:
        """Start it on a free port, with its log and its ready file in ``folder``; ``models`` is a folder or a URL.

        Raises: CommandError H740 when it does not come up.
        """
        self.log = folder / "serve.log"
        ready = folder / "serve.ready"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "howdah", "serve", "--models", models, "--port", "0"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--poll-seconds", "1", "--ready-file", str(ready)],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is ours to pass on, once
            )
        self.url = self._await_url(ready)

    @property
    def pid(self) -> int:
        """The process that does not restart."""
        return self._process.pid

    def ask(self, model: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """The answer for one record. Raises: CommandError H741 when the service refuses it."""
        return self._call("/predict", {"model": model, "records": [record]})

    def await_version(self, model: str, version: int, record: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
        """Ask until the answer comes from ``version``; the answer, and the seconds it took.

        Raises: CommandError H742 when it does not come.
        """
        started = time.monotonic()
        while (waited := time.monotonic() - started) < _SWAP_TIMEOUT_S:
            answer = self.ask(model, record)
            if answer["version"] == version:
                return answer, waited
            time.sleep(0.1)
        raise CommandError(
            "H742", f"the service still answers with version {answer['version']}", hint=f"see {self.log}"
        )

    def stop(self) -> None:
        """End the process, gently first."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def wait(self) -> None:
        """Stay until the service ends by itself."""
        self._process.wait()

    def _await_url(self, ready: Path) -> str:
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if ready.exists():
                told: dict[str, str] = json.loads(ready.read_text("utf-8"))
                return told["url"]
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        # Hints are indented: the last line that is not is the error.
        said = [line for line in self.log.read_text("utf-8", "replace").splitlines() if line.strip() and line[0] != " "]
        last = said[-1] if said else "it said nothing"
        raise CommandError("H740", f"the prediction service did not start: {last}", hint=f"its log is {self.log}")

    def _call(self, path: str, body: object) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 our own service, on loopback
            self.url.rstrip("/") + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with _DIRECTLY.open(request, timeout=_REQUEST_TIMEOUT_S) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            raise CommandError(
                "H741", f"the service refused: {error.read().decode()}", hint=f"see {self.log}"
            ) from error
        return answer
