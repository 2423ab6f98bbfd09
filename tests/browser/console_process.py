"""A running ``howdah console``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S = 60


@contextmanager
def running_console(oozie: str, folder: Path, *options: str) -> Iterator[str]:
    """Its address, while it serves the Oozie at ``oozie``; what it says stands in ``folder``."""
    ready, said = folder / "ready.json", folder / "console.log"
    command = [sys.executable, "-m", "howdah", "console", "--oozie", oozie, "--user", "root", "--port", "0"]
    with said.open("wb") as log:
        process = subprocess.Popen([*command, "--ready-file", str(ready), *options], stdout=log, stderr=log)
    try:
        end = time.monotonic() + START_S
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the console did not start: {said.read_text('utf-8')}")
            time.sleep(0.02)
        yield json.loads(ready.read_text("utf-8"))["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
