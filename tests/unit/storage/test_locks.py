from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.locks import is_locked, take_lock, try_lock

# It is killed while it starts a process, which has the lock too until it runs its own program.
KILLED_WHILE_STARTING = """
import os, sys, time
from storage.locks import take_lock
assert take_lock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)) is None
if os.fork() == 0:
    time.sleep(0.5)
os._exit(9)
"""


# A limit on the size of files stands for a full disk.
ON_A_FULL_DISK = """
import os, resource, signal, sys
from storage.locks import take_lock, try_lock
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
assert take_lock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)) is None
assert not try_lock(os.open(sys.argv[1], os.O_RDWR))
"""


def test_a_lock_is_held_by_one_open_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w") as first, path.open("w") as second:
        assert not is_locked(path)
        assert try_lock(first)
        assert not try_lock(second.fileno())
        assert is_locked(path)

    assert not is_locked(path)


def test_a_lock_outlives_the_process_that_took_it_in_its_children(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w") as file:
        assert try_lock(file)
        child = subprocess.Popen(["sleep", "60"], pass_fds=[file.fileno()])
    try:
        assert is_locked(path)
    finally:
        child.kill()
        child.wait()
    assert not is_locked(path)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "lock")
    (tmp_path / "lock").touch()
    for name in ("none", "link"):
        with pytest.raises(OSError, match=name):
            is_locked(tmp_path / name)


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert not is_locked(tmp_path / "pipe")


def test_who_holds_a_lock_is_named(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a+") as first, (tmp_path / "lock").open("a+") as second:
        assert take_lock(first.fileno()) is None
        assert take_lock(second.fileno()) == str(os.getpid())


def test_what_a_killed_holder_was_starting_lets_go_a_moment_later(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    subprocess.run([sys.executable, "-c", KILLED_WHILE_STARTING, path], check=False)
    with path.open("a+") as lock:
        assert not try_lock(lock)
        assert take_lock(lock.fileno()) is None
    assert path.read_text() == f"{os.getpid()}\n"


def test_what_a_killed_holder_was_starting_is_not_awaited_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.locks._STARTING_S", 0.05)
    holder = subprocess.Popen([sys.executable, "-c", KILLED_WHILE_STARTING, tmp_path / "lock"])
    holder.wait()
    with (tmp_path / "lock").open("a+") as lock:
        assert take_lock(lock.fileno()) == str(holder.pid)


def test_a_holder_that_has_not_named_itself_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.locks._STARTING_S", 0.05)
    with (tmp_path / "lock").open("a+") as first, (tmp_path / "lock").open("a+") as second:
        assert try_lock(first)
        assert take_lock(second.fileno()) == "unknown"


def test_a_full_disk_keeps_nobody_from_a_lock(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, tmp_path / "lock"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
