"""Steps that run at once, each as soon as those that it needs are done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

_POLL_S = 0.1

Ready = Callable[[], None]


class Cancelled(Exception):  # noqa: N818 not an error: another step failed, or the user has had enough
    """This step was not to go on."""


class Board(Protocol):
    """Who is told how the steps go."""

    def started(self, step: str) -> None:
        """A step began."""

    def finished(self, step: str, outcome: str) -> None:
        """A step is done: ``outcome`` says how, in a word or two."""


@dataclass(frozen=True)
class Step:
    """One thing to do, and the steps that it needs.

    ``run`` returns its outcome. It calls its argument where it cannot go on without what it needs, and may call it
    again to hear whether it is still to go on: that raises Cancelled when not.
    """

    name: str
    needs: tuple[str, ...]
    run: Callable[[Ready], str]


def pause(cancel: threading.Event) -> None:
    """Wait a moment. Raises: Cancelled."""
    if cancel.wait(_POLL_S):
        raise Cancelled


def run_steps(steps: Sequence[Step], board: Board, cancel: threading.Event) -> None:
    """Run all of ``steps`` in threads. The first error sets ``cancel``, ends the others, and is raised."""
    cancel.clear()
    futures: dict[str, Future[None]] = {}
    begin = threading.Event()

    def work(step: Step) -> None:
        begin.wait()
        board.started(step.name)
        try:
            outcome = step.run(lambda: _await_needs(step, futures, cancel))
        except BaseException as error:
            cancel.set()
            board.finished(step.name, "stopped" if isinstance(error, Cancelled) else "failed")
            raise
        board.finished(step.name, outcome)

    with ThreadPoolExecutor(len(steps)) as pool:
        futures.update({step.name: pool.submit(work, step) for step in steps})
        begin.set()
        try:
            while wait(futures.values(), timeout=_POLL_S).not_done:
                pass  # here Ctrl-C comes in
        except BaseException:
            cancel.set()
            raise
    errors = [error for future in futures.values() if (error := future.exception())]
    for error in errors:
        if not isinstance(error, Cancelled):
            raise error


def _await_needs(step: Step, futures: dict[str, Future[None]], cancel: threading.Event) -> None:
    for need in step.needs:
        while not futures[need].done():
            pause(cancel)
    if cancel.is_set():
        raise Cancelled
