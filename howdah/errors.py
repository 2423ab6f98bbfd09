"""The command line's own errors, and how any error leaves the program: a line, a hint, an exit code.

=====  =========================================================
H700   a Python that Howdah does not run on (the Makefile says it)
H701   the system refused: a full disk, a folder that has gone
H702   a package that is not installed
H711   an app's file that cannot be read
H712   a ready file that cannot be written
H713   a place for models that is a file
H714   a picture that cannot be written
H720   the folder is not that of a stack
H721   stack: a JDK 17, Maven or MariaDB is missing
H722   stack: a port that somebody else has
H723   stack: a port, folder, user or service that cannot be
H724   stack: something that could not be fetched
H725   stack: a file that is not the one that was pinned
H726   stack: a service that ended while it started
H727   stack: a service that does not answer, or does not end
H728   stack: another command is at work on it
H729   stack: a step of its set-up that failed
H740   demo: the prediction service did not start
H741   demo: the service refused a record
H742   demo: the service does not take up the new version
H743   demo: its folder cannot be made anew
H744   demo: a run that failed
H745   demo: a URL that names no source database
H746   demo: an instance on the real stack that failed
H747   demo: an instance on the real stack that does not begin, or does not end
H748   demo: a coordinator that was killed and does not end
H759   console: whoever reaches the address could act as the user
H763   submit: nothing says where HDFS is, or a token would go to a host that only the app names
H764   submit: lint: instances that are due at once, since the start is past
H770   a workflow has no such action
H771   a job is in no state for that: it has ended, or is not suspended
H772   a job that Oozie was to change and that did not change
H773   what cannot run again: a job that goes on, an action that never ran
H774   an action has no such container
H780   models: no version has such a metric
H781   models: there is no repository, or no model, at that place
H782   watch: the service does not answer, or it is another one
H783   watch: an alert that could not be delivered
H790   score: a file whose suffix says of no rows
H791   score: rows that cannot be read
H792   score: rows that cannot be written so
H785   report: nothing is tracked of that model
H786   serve: predictions have no place to wait on this machine
H787   models: an example is no row that the model takes
H788   models, serve: a folder that is one model, or the versions of one, and not a repository
=====  =========================================================
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from howdah.folding import HINT_INDENT, folded
from storage.errors import Diagnostic, HowdahError

EXIT_OK = 0
EXIT_FAILURE = 1  # the app is wrong, the job failed, the source refused: what the user asked about
EXIT_USAGE = 2  # the call itself is wrong (click's own number)
EXIT_INTERRUPTED = 130  # Ctrl-C, as shells have it


class CommandError(HowdahError):
    """A command cannot do what it was asked (H700 and up)."""


def print_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Each diagnostic on standard error: its line, and its hint below."""
    print_errors(line for diagnostic in diagnostics for line in diagnostic.lines)


def print_errors(lines: Iterable[str]) -> None:
    """Lines on standard error, folded for who reads them on a terminal.

    A file or a pipe has each of them whole on its line, to be searched.
    """
    is_read = sys.stderr.isatty() or "COLUMNS" in os.environ
    for line in lines:
        print("\n".join(folded(line, HINT_INDENT)) if is_read else line, file=sys.stderr)
