"""Killing, suspending and resuming jobs: what was asked, what came of it, and what Oozie passes over in silence.

Oozie answers 200 when it is asked to kill a job that has ended and does nothing; here that is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import click

from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError, print_diagnostics
from oozie.client import Job, OozieClient, OozieClientError, Workflow
from oozie.client.values import ENDED
from storage.errors import HowdahError, one_line

# Oozie changes a job's state before it answers, its actions' a moment later.
_ATTEMPTS = 10
_PAUSE_S = 0.5


@dataclass(frozen=True)
class Change:
    """What a command does to a job: from which states it can, and in which the job then is."""

    name: str
    act: Callable[[OozieClient, str], object]
    past: str
    begins: Callable[[Job], bool]
    ends: Callable[[str], bool]


_SUSPENDED = frozenset({"SUSPENDED", "SUSPENDEDWITHERROR", "PREPSUSPENDED"})
_SUSPENDABLE = frozenset({"RUNNING", "RUNNINGWITHERROR", "PREP", "PAUSED", "PAUSEDWITHERROR", "PREPPAUSED"})


def _waits_to_be_started(job: Job) -> bool:
    """Only a workflow does; a coordinator in PREP begins by itself."""
    return isinstance(job, Workflow) and job.status == "PREP"


def _let_go_on(client: OozieClient, job_id: str) -> None:
    (client.start if _waits_to_be_started(client.job(job_id)) else client.resume)(job_id)


KILL = Change(
    "kill", OozieClient.kill, "killed", lambda job: job.status not in ENDED, lambda status: status in ENDED
)  # fmt: skip
SUSPEND = Change(
    "suspend", OozieClient.suspend, "suspended", lambda job: job.status in _SUSPENDABLE,
    lambda status: status in _SUSPENDED,
)  # fmt: skip
RESUME = Change(
    "resume", _let_go_on, "resumed", lambda job: job.status in _SUSPENDED or _waits_to_be_started(job),
    lambda status: status not in _SUSPENDED,
)  # fmt: skip


def change_all(
    client: OozieClient, job_ids: tuple[str, ...], change: Change, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Change each job and say so; one that refuses does not keep the others back. The exit code."""
    code = EXIT_OK
    for job_id in job_ids:
        refusal = _refusal_of(client, job_id, change, sleep)
        if refusal is not None:
            print_diagnostics(refusal.diagnostics)
            code = EXIT_FAILURE
    return code


def _refusal_of(client: OozieClient, job_id: str, change: Change, sleep: Callable[[float], None]) -> HowdahError | None:
    try:
        before = client.job(job_id)
        _check(before, change)
        change.act(client, job_id)
        after = _settled(client, job_id, change, sleep)
    except (OozieClientError, CommandError) as error:
        return error
    if not change.ends(after.status):
        hint = f"howdah log {job_id} may say why"
        return CommandError("H772", f"{job_id} was to be {change.past} and is {after.status}", hint=hint)
    click.echo(one_line(f"{job_id} {change.past} (was {before.status}, is {after.status})"))
    return None


def _check(job: Job, change: Change) -> None:
    if not change.begins(job):
        hint = "howdah rerun runs it again" if job.is_ended else "howdah show tells what it does"
        raise CommandError("H771", f"{job.id} is {job.status}: there is nothing to {change.name}", hint=hint)


def _settled(client: OozieClient, job_id: str, change: Change, sleep: Callable[[float], None]) -> Job:
    job = client.job(job_id)
    for _ in range(_ATTEMPTS):
        if change.ends(job.status):
            break
        sleep(_PAUSE_S)
        job = client.job(job_id)
    return job
