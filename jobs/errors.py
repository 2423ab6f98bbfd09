"""What a PySpark job reports as one line with a code: bad arguments, bad data."""

from __future__ import annotations

from collections.abc import Iterable

from storage.errors import HowdahError
from storage.nearest import did_you_mean


class JobError(HowdahError):
    """A job cannot do what it was asked (H600 and up).

    ====  =================================================================
    H600  the arguments are wrong
    H601  there is no input
    H602  the input is empty
    H603  the label has no classes to tell apart
    H604  a column is not there
    H605  a row does not fit the declared columns
    H606  too few rows to learn from
    H607  the module of ``--prepare`` cannot be used
    H608  the declaration of the columns is wrong
    H609  no candidate can be trained for this label
    H610  a row that the model cannot score
    ====  =================================================================
    """


def unknown_column(name: str, known: Iterable[str]) -> JobError:
    """H604, with the nearest name there is."""
    names = sorted(known)
    hint = did_you_mean(name, names, f"there are: {', '.join(names)}")
    return JobError("H604", f"there is no column '{name}'", hint=hint)
