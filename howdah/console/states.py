"""Oozie's states as moods: one colour and one sign each, on every page.

Source: org.apache.oozie.client.{WorkflowJob,WorkflowAction,CoordinatorAction,Job}.Status.
"""

from __future__ import annotations

from collections.abc import Mapping

from oozie.language.drawing import Mark, Mood

_MOODS: Mapping[str, Mood] = {
    # jobs
    "PREP": "waiting",
    "RUNNING": "running",
    "RUNNINGWITHERROR": "passed",
    "SUSPENDED": "held",
    "SUSPENDEDWITHERROR": "held",
    "PREPSUSPENDED": "held",
    "PAUSED": "held",
    "PAUSEDWITHERROR": "held",
    "PREPPAUSED": "held",
    "PREMATER": "waiting",
    "SUCCEEDED": "good",
    "DONEWITHERROR": "passed",
    "KILLED": "bad",
    "FAILED": "bad",
    "IGNORED": "skipped",
    # actions of a workflow
    "OK": "good",
    "DONE": "running",
    "ERROR": "bad",
    "START_RETRY": "waiting",
    "START_MANUAL": "held",
    "END_RETRY": "waiting",
    "END_MANUAL": "held",
    "USER_RETRY": "waiting",
    # instances of a coordinator
    "WAITING": "waiting",
    "READY": "waiting",
    "SUBMITTED": "waiting",
    "TIMEDOUT": "bad",
    "SKIPPED": "skipped",
}


def mark_of(status: str) -> Mark:
    """The colour and sign of a state; one that no Oozie of today has looks like waiting."""
    return Mark(_MOODS.get(status, "waiting"), status)


# A failed action that the workflow went on from.
PASSED_OVER = Mark("passed", "passed over")
