"""Running again what has ended: the properties that Oozie wants for it, and what then happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from howdah.errors import CommandError
from howdah.job_tables import moment
from oozie.client import OozieClient, Workflow
from storage.nearest import did_you_mean

_FAILED = "oozie.wf.rerun.failnodes"
_SKIP = "oozie.wf.rerun.skip.nodes"
# A list without a name: Oozie wants the property, and takes an empty one for none.
_NOBODY = ","


def rerun_workflow(
    client: OozieClient, job_id: str, *, skip: Sequence[str], everything: bool, overrides: Mapping[str, str]
) -> list[str]:
    """Run a workflow again: all but ``skip``, or everything, or what failed. Lines to print.

    Raises: OozieClientError; CommandError H773 for a job that goes on, or a name that is none of its actions.
    """
    job = client.workflow(job_id)
    if not job.is_ended:
        hint = f"howdah kill {job_id} ends it first" if job.status != "SUSPENDED" else f"howdah resume {job_id}"
        raise CommandError("H773", f"{job_id} is {job.status}: only what has ended runs again", hint=hint)
    work = [action for action in job.actions if not action.is_control]
    _check_names(job, skip)
    if everything:
        skipped: list[str] = []
    else:
        skipped = list(skip) or [action.name for action in work if action.status == "OK"]
    properties = _properties(job, skipped, by_failure=not skip and not everything)
    client.rerun(job_id, {**overrides, **properties})
    again = client.workflow(job_id)
    left_out = f", without {', '.join(skipped)}" if skipped else ""
    return [f"{job_id} runs again{left_out} (run {again.run}, is {again.status})", f"howdah show {job_id} --follow"]


def rerun_coordinator(
    client: OozieClient, job_id: str, *, actions: str, dates: str, refresh: bool, cleanup: bool, failed: bool
) -> list[str]:
    """Run instances of a coordinator again. Lines to print. Raises: OozieClientError."""
    again = client.rerun_coordinator(
        job_id,
        type="action" if actions else "date",
        scope=actions or dates,
        refresh=refresh,
        cleanup=cleanup,
        failed=failed,
    )
    lines = [f"instance {each.number} of {moment(each.nominal)} runs again (is {each.status})" for each in again]
    return [*lines, f"howdah show {job_id} --follow"] if lines else [f"{job_id} has no such instance"]


def rerun_bundle(
    client: OozieClient, job_id: str, *, coordinators: str, dates: str, refresh: bool, cleanup: bool
) -> list[str]:
    """Run a bundle's coordinators again. Lines to print. Raises: OozieClientError."""
    client.rerun_bundle(job_id, coordinators=coordinators, dates=dates, refresh=refresh, cleanup=cleanup)
    return [f"{job_id} runs {coordinators or 'its coordinators'} again", f"howdah show {job_id} --follow"]


def _properties(job: Workflow, skipped: Sequence[str], *, by_failure: bool) -> dict[str, str]:
    """What says which actions run.

    Oozie keeps the properties of one rerun for the next, can forget none, and refuses both of these at once (E0404):
    after a rerun that skipped names, "what failed" is a list of names too. Else Oozie's own way is better, since it
    holds for sub-workflows as well.
    """
    if by_failure and not job.configuration.get(_SKIP):
        return {_FAILED: "true"}
    return {_FAILED: "false", _SKIP: ",".join(skipped) or _NOBODY}


def _check_names(job: Workflow, names: Sequence[str]) -> None:
    known = [action.name for action in job.actions if not action.is_control]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, f"it ran {', '.join(known) or 'nothing'}")
            raise CommandError("H773", f"{job.id} has run no action '{name}'", hint=hint)
