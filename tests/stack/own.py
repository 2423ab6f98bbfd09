"""A stack of a test's own, beside the one that $HOWDAH_STACK names, and beeline to ask either."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from howdah.stack import fetching, procfs, sharelib
from howdah.stack.addresses import Addresses
from howdah.stack.layout import Layout
from howdah.stack.prerequisites import Machine
from howdah.stack.stack import assemble
from oozie.client import OozieClient
from storage.webhdfs import WebHdfs

ROOT = Path(__file__).parents[2]
UP_S = 90  # what a person is promised of a stack whose software has been fetched
_LIMIT_S = 300


@dataclass(frozen=True)
class Own:
    """One stack, by its folder."""

    folder: Path

    @property
    def layout(self) -> Layout:
        return Layout(self.folder)

    @property
    def addresses(self) -> Addresses:
        return Addresses.read(self.folder)

    @property
    def hdfs(self) -> WebHdfs:
        return WebHdfs(self.addresses.webhdfs, user=self.addresses.user)

    @property
    def oozie(self) -> OozieClient:
        return OozieClient(self.addresses.oozie, user=self.addresses.user)

    def command(self, name: str, *arguments: object) -> list[str]:
        """``howdah stack NAME``, as a shell would call it."""
        return [sys.executable, "-m", "howdah", "stack", name, "--folder", str(self.folder), *map(str, arguments)]

    def call(self, name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """``howdah stack NAME`` to its end."""
        return subprocess.run(
            self.command(name, *arguments), cwd=ROOT, text=True, capture_output=True, stdin=subprocess.DEVNULL,
            env={**os.environ, **environment}, timeout=_LIMIT_S, check=False,
        )  # fmt: skip

    def up(self, *arguments: object) -> str:
        """Start it. Returns: what was said."""
        done = self.call("up", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.call("status", "--format", "json").stdout)
        return found

    def services(self) -> Mapping[str, Mapping[str, Any]]:
        return {each["name"]: each for each in self.status()["services"]}

    def processes(self) -> list[str]:
        """Whatever works in this folder, or was started with it, except for this very test."""
        return [
            f"{pid} {procfs.command_line(pid)[:200]}"
            for pid in {*procfs.working_below(self.folder), *self._started_with_it()} - {os.getpid()}
        ]

    def _started_with_it(self) -> Iterator[int]:
        for pid in procfs.pids():
            if str(self.folder) in procfs.command_line(pid) and procfs.start_ticks(pid) is not None:
                yield pid


def free_base() -> int:
    """Thirty ports in a row that nobody has, below those that the system gives to clients."""
    for base in range(23000, 32000, 100):
        if not any(procfs.owner_of(number) for number in range(base, base + 30)):
            return base
    raise RuntimeError("no free ports")


@contextmanager
def own_stack(folder: Path, *arguments: object) -> Iterator[Own]:
    """A stack that is up, and down afterwards."""
    made = Own(folder)
    try:
        made.up("--port-base", free_base(), *arguments)
        yield made
    finally:
        made.call("down")


def beeline(addresses: Addresses, *statements: str) -> list[str]:
    """What ``statements`` answer, a word a row: asked by the share lib's own beeline, as a hive2 action starts it."""
    java_home = Machine().find_jdk()
    assert java_home
    software = assemble(fetching.cache_folder(), fetching.ALWAYS, java_home, lambda _: None)
    jars = [*map(str, sharelib.collect(software)["hive2"]), f"{software.hadoop / fetching.JARS}/*"]
    done = subprocess.run(
        [software.java, "-XX:TieredStopAtLevel=1", "-cp", ":".join(jars), "org.apache.hive.beeline.BeeLine",
         "-u", addresses.hive_jdbc, "-n", addresses.user, "--silent=true", "--outputformat=tsv2", "--showHeader=false",
         "-e", ";".join(statements) + ";"],
        text=True, capture_output=True, check=False, timeout=_LIMIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()
