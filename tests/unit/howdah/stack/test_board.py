"""What a person sees of a stack that comes up."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from howdah.stack.board import LiveBoard


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=80, highlight=False)


def shown(console):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


def test_without_a_terminal_each_step_is_a_line(console):
    board = LiveBoard(console)
    with board.shown():
        board.tell("fetching hadoop from Maven Central")
        board.started("namenode")
        board.started("share lib in use")
        board.finished("namenode", "up")
        board.finished("share lib in use", "failed")

    first, second, third = shown(console).splitlines()
    assert first == "fetching hadoop from Maven Central ..."
    assert re.fullmatch(r"  ✓ namenode           up             0\.\d s", second)
    assert re.fullmatch(r"  ✗ share lib in use   failed         0\.\d s", third)


def test_on_a_terminal_what_runs_moves(console):
    terminal = Console(file=io.StringIO(), width=80, force_terminal=True, highlight=False)
    board = LiveBoard(terminal)
    with board.shown():
        board.tell("fetching [x] from Maven Central")
        board.started("namenode")
        board.finished("namenode", "up")
        board.started("oozie")

    assert "✓ namenode" in shown(terminal)


def test_the_moving_lines_say_what_starts_and_since_when(console):
    board = LiveBoard(console)
    board.started("oozie")

    console.print(board.moving())

    assert re.search(r" oozie              starting       0\.\d s", shown(console))
    assert board.seconds < 5
