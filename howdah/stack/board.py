"""How a stack comes up, as a person sees it: the steps and their seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

_STYLES = {"failed": "red", "stopped": "dim", "was running": "dim", "kept": "dim"}
_SIGNS = {"failed": "✗", "stopped": "·"}
_NAME_WIDTH = 18


class LiveBoard:
    """Finished steps are lines, running ones move below them; plain lines where there is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._began = time.monotonic()
        self._running: dict[str, float] = {}
        self._note = ""
        self._guard = threading.Lock()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the moving lines up meanwhile."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self.moving, console=self._console, refresh_per_second=8, transient=True):
            yield

    def tell(self, text: str) -> None:
        """What is done before any service can start; it may take minutes."""
        with self._guard:
            self._note = text
            self._began_note = time.monotonic()
        if not self._console.is_terminal:
            self._console.print(f"{text} ...", markup=False)

    def started(self, step: str) -> None:
        """A step began."""
        with self._guard:
            self._note = ""
            self._running[step] = time.monotonic()

    def finished(self, step: str, outcome: str) -> None:
        """A step is done."""
        with self._guard:
            began = self._running.pop(step, time.monotonic())
        style = _STYLES.get(outcome, "green")
        line = Text.assemble(
            "  ", (_SIGNS.get(outcome, "✓"), style), f" {step:<{_NAME_WIDTH}} ", (f"{outcome:<12}", style),
            f"{time.monotonic() - began:>6.1f} s",
        )  # fmt: skip
        self._console.print(line)

    @property
    def seconds(self) -> float:
        """Since the board was made."""
        return time.monotonic() - self._began

    def moving(self) -> Group:
        """The lines of what runs now."""
        now = time.monotonic()
        with self._guard:
            rows = [
                f" {step:<{_NAME_WIDTH}} starting    {now - began:>6.1f} s" for step, began in self._running.items()
            ]
            if self._note:
                rows.append(f" {self._note} {now - self._began_note:.0f} s")
        return Group(*(Spinner("dots", Text(row)) for row in rows))
