"""The processes of a stack: each in a session of its own, known by its number and the moment when it began."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from howdah.stack import procfs

_POLL_S = 0.05


@dataclass(frozen=True)
class Command:
    """What starts a service."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path


@dataclass(frozen=True)
class Record:
    """One process that was started: a number alone may be another process's by now."""

    pid: int
    start_ticks: int
    boot: str

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return procfs.start_ticks(self.pid) == self.start_ticks and procfs.boot() == self.boot

    def send(self, number: signal.Signals) -> None:
        """Signal it, unless it has gone."""
        if self.is_alive:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return  # between the question and the signal


class Processes:
    """The services' processes, with a record of each in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Ended children stay zombies until somebody asks for them.
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Command, log: Path) -> Record:
        """Start ``command`` with its output in ``log``; what the last one wrote is kept as ``log``.1."""
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        command.folder.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            child = subprocess.Popen(
                command.arguments, env=dict(command.environment), cwd=command.folder, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._children[name] = child
        record = Record(child.pid, procfs.start_ticks(child.pid) or 0, procfs.boot())
        draft = self._file(name).with_suffix(".part")
        draft.write_text(json.dumps(asdict(record)), encoding="ascii")
        draft.replace(self._file(name))
        return record

    def record(self, name: str) -> Record | None:
        """What was started as ``name`` and never ended by us, dead or alive."""
        self._reap(name)
        try:
            found = json.loads(self._file(name).read_text("ascii"))
            return Record(found["pid"], found["start_ticks"], found["boot"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def is_alive(self, name: str) -> bool:
        """Whether the process of ``name`` runs."""
        record = self.record(name)
        return record is not None and record.is_alive

    def exit_status(self, name: str) -> int | None:
        """How it ended, when this very program started it."""
        self._reap(name)
        return self._children[name].returncode if name in self._children else None

    def stop(self, name: str, *, term_s: float, kill_s: float = 10.0) -> bool:
        """End it: TERM, and KILL after ``term_s`` seconds. Returns: whether it has gone; then its record goes too."""
        record = self.record(name)
        if record is not None and not end([record], term_s=term_s, kill_s=kill_s):
            return False
        if self.exit_status(name) is not None:
            del self._children[name]
        self._file(name).unlink(missing_ok=True)
        return True

    def _reap(self, name: str) -> None:
        if name in self._children:
            self._children[name].poll()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def records_of(pids: Iterable[int]) -> list[Record]:
    """Those of ``pids`` that run."""
    boot = procfs.boot()
    return [Record(pid, ticks, boot) for pid in pids if (ticks := procfs.start_ticks(pid)) is not None]


def end(records: Iterable[Record], *, term_s: float, kill_s: float) -> bool:
    """TERM to all of ``records``, KILL to those that are left after ``term_s``. Returns: whether all have gone."""
    left = list(records)
    for number, seconds in ((signal.SIGTERM, term_s), (signal.SIGKILL, kill_s)):
        for record in left:
            record.send(number)
        deadline = time.monotonic() + seconds
        while (left := [record for record in left if record.is_alive]) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if not left:
            return True
    return False
