from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from storage.locks import is_locked, try_lock


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
