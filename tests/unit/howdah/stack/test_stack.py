"""What of a stack is found and ended; its services are programs that a test wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.stack.layout import Layout
from howdah.stack.processes import Command
from howdah.stack.stack import Stack

_CODE = "import time; time.sleep(60)"


@pytest.fixture
def stack(tmp_path):
    made = Stack(Layout(tmp_path / "stack"))
    made.layout.make()
    return made


def sleeper(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen([sys.executable, "-c", _CODE, *words], cwd=folder)


def test_what_a_killed_launcher_had_just_begun_is_ended_and_nothing_else(stack):
    layout = stack.layout
    log, options = layout.logs / "namenode.log", f"@{layout.run}/namenode.options"
    recorded = stack.processes.start("namenode", Command((sys.executable, "-c", _CODE), {}, layout.tmp), log)
    begun = [sleeper(layout.tmp, options), sleeper(layout.data / "mariadb", f"--datadir={layout.data}/mariadb")]
    others = [sleeper(layout.tmp, "less"), sleeper(layout.logs, options), sleeper(layout.folder.parent, options)]
    try:
        stack.end_unrecorded()

        assert [child.wait(10) != 0 for child in begun] == [True, True]
        assert [child.poll() for child in others] == [None] * 3
        assert recorded.is_alive
        assert stack.down() == ["namenode"]
        assert not recorded.is_alive
    finally:
        stack.processes.stop("namenode", term_s=5)
        for child in (*begun, *others):
            child.kill()
            child.wait()


def test_one_command_at_a_time(stack):
    with (
        stack.lock(),
        pytest.raises(CommandError, match="H728 another command is at work on"),
        Stack(stack.layout).lock(),
    ):
        pass


def test_reset_leaves_nothing_of_ours_and_what_is_not_ours(stack):
    (stack.layout.data / "x").write_text("x")
    (stack.layout.folder / "mine").write_text("x")

    stack.reset()

    assert {path.name for path in stack.layout.folder.iterdir()} == {"mine", stack.layout.marker.name}
