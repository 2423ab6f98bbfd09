"""The stack that the demo runs on: found up, or started and, unless it is kept, stopped again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from howdah.demo.telling import Teller
from howdah.stack import ports
from howdah.stack.addresses import FILE_NAME, Addresses
from howdah.stack.board import LiveBoard
from howdah.stack.layout import Choice, Layout
from howdah.stack.services import BY_NAME
from howdah.stack.stack import Stack, deploy

STOPPED = "Everything is stopped, the stack too; --keep leaves it and the prediction service up."


def kept(addresses: Addresses) -> str:
    """What is said of a stack that stays up."""
    return (
        "The stack was up before and stays up; the rest is stopped. `howdah stack down` stops it too.\n"
        f"What ran there, drawn: howdah console --oozie {addresses.oozie}"
    )


@contextmanager
def running_stack(folder: Path, teller: Teller, *, keep: bool) -> Iterator[tuple[Addresses, str]]:
    """Where the stack in ``folder`` answers, and what becomes of it afterwards, as a line to tell.

    Raises: HowdahError H72x when it cannot be started.
    """
    stack = Stack(Layout(folder.expanduser().resolve()))
    if Choice.read(stack.layout) is None and (stack.layout.folder / FILE_NAME).exists():
        # Somebody else's: it has addresses, and no services that we could start or stop.
        addresses = Addresses.read(stack.layout.folder)
        yield addresses, kept(addresses)
        return
    with teller.step("Stack", f"in {stack.layout.folder}"):
        addresses, started = _start(stack, teller)
    try:
        yield addresses, STOPPED if len(started) == len(BY_NAME) else kept(addresses)
    finally:
        if started and not keep:
            began = time.monotonic()
            with stack.lock():
                stack.stop(started)
            teller.console.print(f"{_named(started)} stopped in {time.monotonic() - began:.0f} s", style="dim")


def _start(stack: Stack, teller: Teller) -> tuple[Addresses, list[str]]:
    """The addresses, and the services that did not run before. Raises: HowdahError."""
    with stack.lock():
        before = stack.alive()
        if len(before) == len(BY_NAME) and all(each.state == "up" for each in stack.status()):
            teller.say("up already")
            return Addresses.read(stack.layout.folder), []
        choice = Choice.read(stack.layout) or Choice(ports.choose(None, ()), "spark")
        board = LiveBoard(teller.console)
        with board.shown():
            addresses = stack.up(deploy(stack.layout, choice, board.tell), board)
    started = [name for name in BY_NAME if name not in before]
    return addresses, started


def _named(services: list[str]) -> str:
    return "The stack" if len(services) == len(BY_NAME) else ", ".join(services)
