"""What the kernel says of processes, under /proc."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_LISTENING = "0A"
_PARENT_FIELD, _START_FIELD = 1, 19  # counted from the state on; fields 4 and 22 of proc(5)
_SHOWN = 60


@dataclass(frozen=True)
class Owner:
    """Who has a port: ``pid`` 0 where the system does not say."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command})" if self.pid else "a process that this user may not see"


def start_ticks(pid: int) -> int | None:
    """When ``pid`` began, in ticks since the machine started; None when it has gone (a zombie has gone too).

    With the boot it tells a process from another one that was given the same number later.
    """
    fields = _fields(pid)
    return None if not fields or fields[0] in (b"Z", b"X") else int(fields[_START_FIELD])


def _fields(pid: int) -> list[bytes]:
    """Those of proc(5)'s stat from the state on; none when ``pid`` has gone."""
    try:
        # The name in parentheses comes before all this, and may hold anything.
        return (PROC / str(pid) / "stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return []


def started_at(ticks: int) -> float:
    """The Unix time of a moment in ticks."""
    found = re.search(r"^btime (\d+)$", (PROC / "stat").read_text("ascii"), re.MULTILINE)
    return (int(found[1]) if found else 0) + ticks / _TICKS_A_SECOND


def boot() -> str:
    """What names this run of the machine."""
    return (PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()


def memory_mb(pid: int) -> int:
    """The memory that ``pid`` holds, in MB; 0 when it has gone."""
    try:
        found = re.search(r"^VmRSS:\s+(\d+) kB$", (PROC / str(pid) / "status").read_text("utf-8"), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) // 1024 if found else 0


def machine_memory_mb() -> int:
    """All the memory of the machine, in MB."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", (PROC / "meminfo").read_text("ascii"), re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


def pids() -> Iterator[int]:
    """Every process."""
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())


def working_below(folder: Path) -> list[int]:
    """The processes whose working directory is ``folder`` or lies below it, as that of every YARN container does."""
    found = []
    top = os.path.realpath(folder)
    for pid in pids():
        try:
            place = str((PROC / str(pid) / "cwd").readlink()).removesuffix(" (deleted)")
        except OSError:
            continue  # gone, or another user's
        if (place == top or place.startswith(f"{top}/")) and start_ticks(pid) is not None:
            found.append(pid)
    return found


def owner_of(port: int) -> Owner | None:
    """Who listens at ``port``; None when nobody does."""
    inodes = set(_inodes_listening_at(port))
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    return next((Owner(pid, _command_of(pid)) for pid in pids() if _open_files(pid) & wanted), Owner(0, ""))


def _open_files(pid: int) -> set[str]:
    try:
        return {_target(entry) for entry in (PROC / str(pid) / "fd").iterdir()}
    except OSError:  # gone, or another user's
        return set()


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return ""


def _inodes_listening_at(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def command_line(pid: int) -> str:
    """The words that ``pid`` was started with; nothing when it has gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def environment(pid: int) -> list[str]:
    """The ``NAME=value`` that ``pid`` was started with; none when it has gone, or is another user's."""
    try:
        return (PROC / str(pid) / "environ").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return []


def with_ancestors(pid: int) -> set[int]:
    """``pid``, who started it, who started that one, and so on."""
    found: set[int] = set()
    while pid and pid not in found:
        found.add(pid)
        fields = _fields(pid)
        pid = int(fields[_PARENT_FIELD]) if fields else 0
    return found


def session(pid: int) -> int:
    """The session of ``pid``; 0 when it has gone."""
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _command_of(pid: int) -> str:
    words = command_line(pid) or "gone by now"
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 3]}..."
