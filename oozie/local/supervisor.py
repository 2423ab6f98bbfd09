"""Runs each action as a process of its own, and finds it again after the engine was killed.

Every launch has a folder::

    command.json  what to start     pid   the launcher's pid (its session too)
    work/         where it runs     log   what it said (standard output and error)
    output        captured output   exit  its exit status, once it has one
    lock          held by the launch as long as any process of it lives

The launcher is a few lines of ``sh`` in a session of its own. It writes ``pid`` and ``exit`` by renaming, so that they
are whole or absent. The lock is an inherited open file: the kernel lets go of it when the last process of the launch is
gone, so that a recycled pid is never mistaken for an action.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from oozie.local.errors import RunError
from storage.locks import is_locked, try_lock

# $1: the launch's folder, $2: "capture" or "", then the command.
_LAUNCHER = """
folder=$1 capture=$2; shift 2
echo $$ >"$folder/pid.new" && mv "$folder/pid.new" "$folder/pid"
if [ -n "$capture" ]; then "$@" >"$folder/output" 2>>"$folder/log" </dev/null
else "$@" >>"$folder/log" 2>&1 </dev/null; fi
status=$?
[ -n "$capture" ] && cat "$folder/output" >>"$folder/log"
echo $status >"$folder/exit.new" && mv "$folder/exit.new" "$folder/exit"
"""
MARK = "HOWDAH_LAUNCH"  # environment variable by which every process of a launch can be known
_GRACE_S = 5.0  # between TERM and KILL
_SIGNALLED = 128  # what shells add to the number of the signal that ended a command
_POLL_S = 0.05  # where the kernel has no pidfd


@dataclass(frozen=True)
class Command:
    """What a launch starts: ``argv`` in ``work/``, with ``environment`` added to the engine's own.

    Commands that name the same file as ``exclusive`` run one at a time, whichever engine started them: the launch holds
    a lock on it as on its own.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    capture: bool = False
    exclusive: str = ""


@dataclass(frozen=True)
class Exit:
    """A launch has ended; ``status`` is None when it was lost unseen, as when the machine stopped."""

    folder: Path
    status: int | None


@dataclass
class _Running:
    folder: Path
    pid: int
    is_child: bool
    pidfd: int | None


class Supervisor:
    """Starts, adopts, waits for and ends launches; ``grace_s`` lies between TERM and KILL."""

    def __init__(self, grace_s: float = _GRACE_S) -> None:
        self._grace_s = grace_s
        self._running: dict[Path, _Running] = {}
        self._waiting: list[Path] = []
        self._ended: list[Exit] = []
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)

    def prepare(self, folder: Path) -> Path:
        """Make ``folder`` afresh; gives its empty ``work``."""
        shutil.rmtree(folder, ignore_errors=True)
        work = folder / "work"
        work.mkdir(parents=True)
        return work

    def watch(self, folder: Path) -> None:
        """See to it that the prepared launch in ``folder`` runs, once: start it, adopt it, or report how it ended."""
        if folder in self._running or folder in self._waiting:
            return
        if (folder / "exit").exists():
            self._report(folder)
        elif _is_alive(folder):
            self._adopt(folder)
        elif (folder / "pid").exists() or not (folder / "command.json").exists():
            kill_marked(folder)  # what it left behind
            self._ended.append(Exit(folder, None))
        else:
            self._waiting.append(folder)
            self._start_waiting()

    def wait(self, timeout_s: float | None) -> list[Exit]:
        """The launches that ended, at the latest after ``timeout_s`` (None: for ever, while anything runs)."""
        if not self._ended:
            self._await_one(timeout_s)
        ended, self._ended = self._ended, []
        return ended

    @property
    def is_busy(self) -> bool:
        """Whether any launch runs, waits for its turn or has an end to report."""
        return bool(self._running or self._waiting or self._ended)

    def wake(self) -> None:
        """Let :meth:`wait` return at once; safe in a signal handler and from another thread."""
        with contextlib.suppress(BlockingIOError):  # the pipe is full: it is awake already
            os.write(self._wake_writer, b"!")

    def stop(self, folder: Path) -> None:
        """End the launch in ``folder`` and everything that it left behind; an end of its own is not reported."""
        if folder in self._waiting:
            self._waiting.remove(folder)
            return
        running = self._running.pop(folder, None)
        if running is None and _is_alive(folder):
            self._adopt(folder)
            running = self._running.pop(folder, None)
        if running is not None:
            _terminate(running, self._grace_s)
            self._forget(running)
        self._ended = [end for end in self._ended if end.folder != folder]
        self._start_waiting()

    def close(self) -> None:
        """Let go of everything without ending it."""
        for running in self._running.values():
            if running.pidfd is not None:
                os.close(running.pidfd)
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _start_waiting(self) -> None:
        for folder in tuple(self._waiting):
            running = _spawn(folder, read_command(folder))
            if running is not None:
                self._waiting.remove(folder)
                self._follow(running)

    def _adopt(self, folder: Path) -> None:
        pid = _await_pid(folder)
        if pid is None:  # it ended between our two looks
            self._report(folder)
        else:
            self._follow(_Running(folder, pid, False, _open_pidfd(pid)))

    def _follow(self, running: _Running) -> None:
        self._running[running.folder] = running
        if running.pidfd is not None:
            self._selector.register(running.pidfd, selectors.EVENT_READ, running)

    def _await_one(self, timeout_s: float | None) -> None:
        """Sleep until a launcher ends, somebody wakes us or the time is over."""
        unseen = [running for running in self._running.values() if running.pidfd is None]
        if unseen or self._waiting:  # what a waiting one waits for may be another engine's
            timeout_s = _POLL_S if timeout_s is None else min(timeout_s, _POLL_S)
        for key, _ in self._selector.select(None if timeout_s is None else max(timeout_s, 0)):
            if key.data is None:
                os.read(self._wake_reader, 1024)
            else:
                self._finish(key.data)
        for running in unseen:
            if not _exists(running):
                self._finish(running)
        self._start_waiting()

    def _finish(self, running: _Running) -> None:
        """The launcher is gone: end what it left behind, then report."""
        _signal_group(running.pid, signal.SIGKILL)  # before it is reaped, so that the pid is still its own
        del self._running[running.folder]
        # An action that kills its own launcher has failed; it would only do so again.
        killed = self._forget(running)
        if _is_alive(running.folder):
            kill_marked(running.folder)
        self._report(running.folder, killed)
        self._start_waiting()

    def _forget(self, running: _Running) -> int | None:
        """Let go of a launcher that has ended; gives the status that its own bad end makes, None otherwise."""
        if running.pidfd is not None:
            self._selector.unregister(running.pidfd)
            os.close(running.pidfd)
        if not running.is_child:
            return None
        _, status = os.waitpid(running.pid, 0)
        return _SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status) or None

    def _report(self, folder: Path, otherwise: int | None = None) -> None:
        """The end of a launch by its exit file, else ``otherwise``."""
        try:
            status: int | None = int((folder / "exit").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            status = otherwise
        self._ended.append(Exit(folder, status))


def write_command(folder: Path, command: Command) -> None:
    """Leave ``command`` in ``folder`` for :meth:`Supervisor.watch`."""
    (folder / "command.json").write_text(json.dumps(asdict(command), ensure_ascii=False), "utf-8")


def read_command(folder: Path) -> Command:
    """What :func:`write_command` left."""
    values = json.loads((folder / "command.json").read_text("utf-8"))
    return Command(tuple(values["argv"]), values["environment"], values["capture"], values["exclusive"])


def _spawn(folder: Path, command: Command) -> _Running | None:
    """Start ``command``; None while another launch has what it needs for itself."""
    locks: list[int] = []
    try:
        for file in filter(None, (command.exclusive, str(folder / "lock"))):
            locks.append(os.open(file, os.O_RDWR | os.O_CREAT, 0o644))
            if not try_lock(locks[-1]):
                return None
        capture = "capture" if command.capture else ""
        child = subprocess.Popen(
            ["sh", "-c", _LAUNCHER, "howdah-launcher", str(folder), capture, *command.argv],
            cwd=folder / "work", env={**os.environ, **command.environment, MARK: str(folder)}, pass_fds=locks,
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise RunError("H405", f"no process can be started: {error}", hint="is the machine out of memory?") from error
    finally:
        for lock in locks:
            os.close(lock)
    child.returncode = 0  # it is reaped by us, or outlives us: subprocess need not mind it
    return _Running(folder, child.pid, True, _open_pidfd(child.pid))


def _is_alive(folder: Path) -> bool:
    """Whether any process of the launch still holds its lock."""
    try:
        return is_locked(folder / "lock")
    except FileNotFoundError:
        return False


def _await_pid(folder: Path) -> int | None:
    """The launcher's pid; it may be a moment away from writing it. None once the launch is gone."""
    while not (folder / "pid").exists():
        if not _is_alive(folder):
            return None
        time.sleep(0.01)
    return int((folder / "pid").read_text("ascii"))


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _exists(running: _Running) -> bool:
    if not running.is_child:
        return _is_alive(running.folder)
    return os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _terminate(running: _Running, grace_s: float) -> None:
    """TERM to the whole session; after a grace period KILL to what is left of it, wherever it hides."""
    _signal_group(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while _is_alive(running.folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    _signal_group(running.pid, signal.SIGKILL)
    kill_marked(running.folder)


def kill_marked(folder: Path) -> None:
    """KILL every process of the launches in and below ``folder``, in whatever session it hides (Linux)."""
    exact, below = f"{MARK}={folder}".encode(), f"{MARK}={folder}/".encode()
    deadline = time.monotonic() + _GRACE_S
    found = True
    while found and time.monotonic() < deadline:
        found = False
        for entry in Path("/proc").glob("[0-9]*/environ"):
            for variable in _environment(entry):
                if variable == exact or variable.startswith(below):
                    found = True
                    _kill(int(entry.parent.name))
        if found:
            time.sleep(0.01)


def _environment(entry: Path) -> list[bytes]:
    try:
        return entry.read_bytes().split(b"\0")
    except OSError:  # it ended meanwhile, or is somebody else's
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:  # it ended meanwhile
        return
