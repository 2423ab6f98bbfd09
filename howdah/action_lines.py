"""How actions stand on the terminal, whichever engine runs them: a line when one has ended, a moving one until then."""

from __future__ import annotations

import os

from rich.console import Console
from rich.spinner import Spinner
from rich.text import Text

from storage.errors import one_line

_STYLES = {"OK": "green", "SUCCEEDED": "green", "USER_RETRY": "yellow", "SUSPENDED": "yellow"}
_SIGNS = {"OK": "✓", "USER_RETRY": "↻"}
_NARROW = 80
_SMALL = 62  # columns; where there are fewer, only what matters most is shown
_NARROWEST = 20  # columns for a reason, however small the terminal
_INDENT = " " * 6


class ActionLines:
    """Writes to ``console``; plain lines of 80 columns where that is no terminal and nobody says otherwise."""

    def __init__(self, console: Console) -> None:
        self.console = console
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = max(console.width, _NARROW)
        self.is_small = console.width < _SMALL

    def title(self, name: str, kind: str) -> str:
        """The action and its type; both come from elsewhere, so what would move the cursor is written out."""
        name, kind = one_line(name), one_line(kind)
        return name if self.is_small else f"{name:<24} {kind:<12}"

    def ended(self, name: str, kind: str, status: str, seconds: float, *, indent: str = "  ") -> None:
        """An action that came to its end."""
        status = one_line(status)
        line = Text.assemble(
            indent, (_SIGNS.get(status, "✗"), style_of(status)), f" {self.title(name, kind)} ",
            (status if self.is_small else f"{status:<10}", style_of(status)),
            f" {seconds:{'' if self.is_small else '>6'}.1f} s",
        )  # fmt: skip
        self.console.print(line)

    def running(self, name: str, kind: str, seconds: float) -> Spinner:
        """An action that runs, to be shown anew all the time."""
        return Spinner("dots", Text(f" {self.title(name, kind)} RUNNING    {seconds:>6.1f} s"))

    def reason(self, text: str, style: str = "") -> None:
        """Why, below the line that it belongs to; what would move the cursor is written out."""
        room = max(self.console.width - len(_INDENT), _NARROWEST)
        clean = "\n".join(one_line(line.expandtabs()) for line in text.split("\n"))
        for line in Text(clean, style).wrap(self.console, room):
            line.rstrip()
            self.console.print(Text.assemble(_INDENT, line), soft_wrap=True)


def style_of(status: str) -> str:
    """The colour of a status."""
    return _STYLES.get(status, "red")
