"""A stack of the tests' own, for what nobody else's stack may go through: services killed, started again, broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from howdah.stack import classpath, fetching, procfs
from howdah.stack.addresses import Addresses
from howdah.stack.layout import Choice, Layout
from howdah.stack.prerequisites import Machine
from howdah.stack.processes import Processes
from howdah.stack.stack import assemble
from oozie.client import OozieClient
from storage.webhdfs import WebHdfs

ROOT = Path(__file__).parents[2]
_UP_S = 300
_GONE_S = 10.0
_ADMIN_S = 60
_DFS_ADMIN = "org.apache.hadoop.hdfs.tools.DFSAdmin"


class OwnStack:
    """One stack, by its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes = Processes(Layout(folder).run)

    @property
    def addresses(self) -> Addresses:
        return Addresses.read(self.folder)

    def hdfs(self, user: str = "") -> WebHdfs:
        """HDFS as ``user``, or as who started it."""
        return WebHdfs(self.addresses.webhdfs, user=user or self.addresses.user)

    def oozie(self) -> OozieClient:
        return OozieClient(self.addresses.oozie, user=self.addresses.user)

    def call(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """``howdah ...``, as a shell would call it, with nobody at the keyboard."""
        return subprocess.run(
            [sys.executable, "-m", "howdah", *map(str, arguments)], cwd=ROOT, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, env={**os.environ, **environment}, timeout=_UP_S, check=False,
        )  # fmt: skip

    def launcher(self, name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """``howdah stack NAME`` on it."""
        return self.call("stack", name, "--folder", self.folder, *arguments, **environment)

    @contextmanager
    def begun(self) -> Iterator[subprocess.Popen[str]]:
        """``howdah stack up`` at work, once it has said its first line; ``stdout`` has the others."""
        with subprocess.Popen(
            [sys.executable, "-m", "howdah", "stack", "up", "--folder", str(self.folder)], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=1, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as up:  # fmt: skip
            assert up.stdout
            first = up.stdout.readline()
            assert first, up.communicate()
            yield up

    def up(self, *arguments: object) -> None:
        """Start it, or what of it has died."""
        done = self.launcher("up", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    def down(self) -> None:
        """Stop it, whatever state it is in."""
        done = self.launcher("down")
        assert done.returncode == 0, done.stdout + done.stderr

    def state(self) -> str:
        """up, partly up, down."""
        return str(self._status()["state"])

    def services(self) -> dict[str, dict[str, Any]]:
        """What status says of each."""
        return {each["name"]: each for each in self._status()["services"]}

    def _status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.launcher("status", "--format", "json").stdout)
        return found

    def processes(self) -> list[str]:
        """Whatever works in its folder or names it in its arguments, except for this very test."""
        started = {pid for pid in procfs.pids() if str(self.folder) in procfs.command_line(pid)}
        return [
            f"{pid} {procfs.command_line(pid)[:200]}"
            for pid in {*procfs.working_below(self.folder), *started} - {os.getpid()}
            if procfs.start_ticks(pid) is not None
        ]

    def kill(self, name: str) -> int:
        """End a service without warning; the number of the process that it was."""
        record = self._processes.record(name)
        assert record is not None, f"{name} does not run"
        record.send(signal.SIGKILL)
        deadline = time.monotonic() + _GONE_S
        while record.is_alive:
            assert time.monotonic() < deadline, f"{name} does not end"
            time.sleep(0.02)
        return record.pid

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """A service is killed, and is back after the block."""
        self.kill(name)
        try:
            yield
        finally:
            self.up()

    @contextmanager
    def safe_mode(self) -> Iterator[None]:
        """HDFS is in safe mode: everything can be read, nothing written."""
        self._admin("-safemode", "enter")
        try:
            yield
        finally:
            self._admin("-safemode", "leave")

    def _admin(self, *arguments: str) -> None:
        """``hdfs dfsadmin``."""
        java_home = Machine().find_jdk()
        assert java_home
        software = assemble(fetching.cache_folder(), fetching.ALWAYS, java_home, lambda *_: None)
        jars = ":".join(classpath.hadoop(Layout(self.folder), software))
        words = [software.java, "-XX:TieredStopAtLevel=1", "-cp", jars, _DFS_ADMIN, *arguments]
        done = subprocess.run(words, text=True, capture_output=True, check=False, timeout=_ADMIN_S)
        assert done.returncode == 0, done.stdout + done.stderr


def free_base(count: int = 30) -> int:
    """``count`` ports in a row that nobody has, below those that the system gives to clients."""
    for base in range(23000, 32000, 100):
        if not any(procfs.owner_of(number) for number in range(base, base + count)):
            return base
    raise RuntimeError("no free ports")


@contextmanager
def new_stack(folder: Path, *arguments: object) -> Iterator[OwnStack]:
    """A stack that is up, and stopped afterwards; ``arguments`` are further ones of ``howdah stack up``."""
    made = OwnStack(folder)
    try:
        made.up("--port-base", free_base(), *arguments)
        yield made
    finally:
        if Choice.read(Layout(folder)):
            made.down()


@contextmanager
def own_stack(folder: Path) -> Iterator[OwnStack]:
    """A new stack; ``HOWDAH_OWN_STACK`` names one that is up already and stays so."""
    if given := os.environ.get("HOWDAH_OWN_STACK"):
        yield OwnStack(Path(given))
        return
    with new_stack(folder) as made:
        yield made
