"""The command line's own errors, and how any error leaves the program: a line, a hint, an exit code."""

from __future__ import annotations

import sys

from storage.errors import Diagnostic, HowdahError

EXIT_OK = 0
EXIT_FAILURE = 1  # the app is wrong, the job failed, the source refused: what the user asked about
EXIT_USAGE = 2  # the call itself is wrong (click's own number)
EXIT_INTERRUPTED = 130  # Ctrl-C, as shells have it


class CommandError(HowdahError):
    """A command cannot do what it was asked (H700 and up)."""


def print_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Each diagnostic on standard error: its line, and its hint below."""
    for diagnostic in diagnostics:
        print(diagnostic, file=sys.stderr)
        if diagnostic.hint:
            print(f"      {diagnostic.hint}", file=sys.stderr)
