"""The command line's own errors, and how any error leaves the program: a line, a hint, an exit code.

=====  =========================================================
H700   a Python that Howdah does not run on (the Makefile says it)
H701   the system refused: a full disk, a folder that has gone
H711   an app's file that cannot be read
H712   a ready file that cannot be written
H713   a place for models that is a file
H720   the folder is not that of a stack
H740   demo: the prediction service did not start
H741   demo: the service refused a record
H742   demo: the service does not take up the new version
H743   demo: its folder cannot be made anew
H744   demo: a run that failed
H745   demo: a URL that names no source database
=====  =========================================================
"""

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
        print("\n".join(diagnostic.lines), file=sys.stderr)
