"""What the local engine raises: its own errors, and the failure of an action with Oozie's code."""

from __future__ import annotations

from typing import Literal

from storage.errors import HowdahError


class RunError(HowdahError):
    """The engine cannot do what it was asked (H400 and up)."""


class StateInUseError(RunError):
    """H400: another engine works on the same state folder."""


class JournalError(RunError):
    """H401: the journal cannot be read. H402: it cannot be written, most often because the disk is full."""


class JavaError(RunError):
    """H410: no Java is found, or none that Spark runs on. H411: no Spark is found."""


class ActionError(Exception):
    """An action that cannot be carried out: Oozie's code, a one-line message, and what becomes of the job.

    ``ERROR`` takes the error transition; ``FAILED`` ends the whole job as FAILED.

    Source: org.apache.oozie.action.ActionExecutorException.
    """

    def __init__(self, code: str, message: str, status: Literal["ERROR", "FAILED"] = "ERROR") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status: Literal["ERROR", "FAILED"] = status
