"""What the local engine raises: its own errors, and the failure of an action with Oozie's code.

=====  ==================================================================================
H400   another engine holds the state folder
H401   the journal is damaged
H402   the state folder cannot be written
H403   not possible in the job's state
H404   no such job
H405   no process can be started
H406   no app at that place
H407   the journal and the definition do not belong together
H408   no such folder, or it cannot be read
H409   a bundle
H410   no Java that Spark runs on
H411   no Spark
H412   the app cannot be copied below the HDFS root
H413   no instance of the coordinator is left
H414   instances asked of an app without a coordinator
H415   nothing was run that could be run again
H416   nothing failed that could be run again
H417   no instance is due at that time
H419   datasets in another file that is not there or includes itself
H430   an action type that does not run locally (H420 to H428 are those of oozie.local.sqoop)
H431   the journal is of another version
H440   no coordinator job that could be updated
H441   no instance was run: its data did not come in time
=====  ==================================================================================
"""

from __future__ import annotations

from typing import Literal

from storage.errors import HowdahError


class RunError(HowdahError):
    """The engine cannot do what it was asked (H400 and up)."""


class StateInUseError(RunError):
    """H400: another engine works on the same state folder."""


class JournalError(RunError):
    """H401: the journal cannot be read. H402: it cannot be written, most often because the disk is full.

    H431: another version wrote it.
    """


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


def failure(code: str, message: str) -> ActionError:
    """An error as most of Oozie's executors report it: the message begins with the code."""
    return ActionError(code, f"{code}: {message}")
