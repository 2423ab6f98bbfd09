"""The root of every error that Howdah raises on purpose.

It stands in the lowest layer because every layer above may import it; the whole tree is drawn in
:mod:`oozie.language.errors`. Codes: Oozie's own (E0701, JA008 ...) where Oozie has one, else H and three digits:

======  ======================================
H0xx    lints and the language
H1xx    storage
H2xx    models
H3xx    declarations and the generator
H4xx    the local engine and its actions
H5xx    serving
H6xx    PySpark jobs
H7xx    the command line, the set-up, sample data
H8xx    talking to an Oozie server
======  ======================================

Codes of this package:

=====  =========================================================
H101   there is nothing at that path
H102   something stands where a new thing was to be made
H103   the user may not do that
H104   the file system does not answer
H105   the disk or the quota is full
H106   no HDFS root: the process was not started by the engine
H107   a path that is none, or that leads out of its root
H108   a URL of no known file system
H109   a refusal of the file system that has no code of its own
H110   a package that is not installed
=====  =========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# What would break a line, move a terminal's cursor, turn the order of what follows around, or stop it from being
# written at all.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    """``text`` as it may be shown: control characters, which names of files may hold, are written as escapes."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong, where it is, and what to do about it."""

    code: str
    message: str
    hint: str = ""
    path: str = ""
    line: int = 0
    node: str = ""
    severity: Literal["error", "lint"] = "error"

    @property
    def place(self) -> str:
        """``file:line``, ``file`` or nothing."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path

    def __str__(self) -> str:
        """Code, place and message in one line; the hint is shown apart from it."""
        return one_line(" ".join(part for part in (self.code, self.place, self.message) if part))

    @property
    def lines(self) -> list[str]:
        """As a terminal shows it: the line, and the hint indented below it where there is one."""
        return [str(self), f"      {one_line(self.hint)}"] if self.hint else [str(self)]


class HowdahError(Exception):
    """Something wrong that the user can mend: one diagnostic or more, never an empty one.

    ``Subclass("H123", "what happened", hint="what to do")`` makes one diagnostic; ``Subclass.of(list)`` takes many.
    """

    diagnostics: tuple[Diagnostic, ...]

    def __init__(
        self, code: str, message: str, *, hint: str = "", path: str = "", line: int = 0, node: str = ""
    ) -> None:
        super().__init__(code, message)
        self.diagnostics = (Diagnostic(code, message, hint, path, line, node),)

    @classmethod
    def of(cls, diagnostics: list[Diagnostic]) -> HowdahError:
        """One error that carries all of ``diagnostics``, the first one leading."""
        error = cls(diagnostics[0].code, diagnostics[0].message)
        error.diagnostics = tuple(diagnostics)
        return error

    @property
    def code(self) -> str:
        """The first diagnostic's code."""
        return self.diagnostics[0].code

    def __str__(self) -> str:
        """Every diagnostic, one a line."""
        return "\n".join(map(str, self.diagnostics))


class StorageError(HowdahError):
    """A file system refused or failed.

    Itself: H106 to H110; below it, one class for each thing that a caller may want to act on.
    """


class PathNotFoundError(StorageError):
    """H101: there is nothing at that path."""


class PathExistsError(StorageError):
    """H102: something stands where a new thing was to be made."""


class AccessDeniedError(StorageError):
    """H103: the user may not do that."""


class UnreachableError(StorageError):
    """H104: the file system does not answer."""


class NoSpaceError(StorageError):
    """H105: the disk or the quota is full."""
