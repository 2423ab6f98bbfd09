"""What a job that ended is told when it shall run again.

Source: org.apache.oozie.command.wf.ReRunXCommand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from oozie.local.errors import RunError
from oozie.local.events import RerunRequested
from oozie.local.states import ActionStatus, WorkflowJob
from oozie.local.submission import prepare_workflow

_SKIP = "oozie.wf.rerun.skip.nodes"
_FAILED = "oozie.wf.rerun.failnodes"
_KEPT = frozenset({"switch", ":KILL:"})  # a kill node that was reached stays among the job's nodes


def rerun_request(
    job: WorkflowJob, properties: Mapping[str, str], skip: tuple[str, ...] | None, *, root: Path, at: datetime
) -> RerunRequested:
    """The event that sets ``job`` to run again: without ``skip`` only what was not OK (Oozie's failnodes).

    As Oozie: the app is read again, so that what was wrong in it may have been mended.

    Raises: RunError E0404 for properties that ask for both kinds of rerun, E0805 for a job that has not ended, E0806
    and E0807 for nodes that cannot be skipped; AppError.
    """
    if not job.status.is_terminal:
        raise RunError("E0805", f"{job.id} is {job.status.value}: only a job that has ended can be run again")
    if _SKIP in properties and _FAILED in properties:
        reason = f"Only one of the properties are allowed [{_SKIP} OR {_FAILED}]"
        raise RunError("E0404", reason, hint="name the nodes to skip, or say that those that failed shall run again")
    nodes = _skippable(job) if skip is None else skip
    _check_skipped(job, nodes)
    configuration = {
        **{name: value for name, value in job.configuration.items() if name not in (_FAILED, _SKIP)},
        **properties,
        **({_FAILED: "true"} if skip is None else {_SKIP: ",".join(nodes)}),
    }
    app = prepare_workflow(job.app_path, configuration, root)
    definition = app.definition.decode("utf-8") if app.workflow != job.workflow else ""
    return RerunRequested(at, nodes, app.configuration, skip is None, definition)


def _skippable(job: WorkflowJob) -> tuple[str, ...]:
    return tuple(
        name
        for name, action in job.actions.items()
        if action.status is ActionStatus.OK and (action.type in _KEPT or not action.is_control)
    )


def _check_skipped(job: WorkflowJob, nodes: tuple[str, ...]) -> None:
    unknown = [name for name in nodes if name not in job.actions]
    if unknown:
        raise RunError("E0807", f"{job.id} has not run the nodes to skip: {', '.join(unknown)}")
    for name in nodes:
        if job.actions[name].status not in (ActionStatus.OK, ActionStatus.ERROR):
            raise RunError("E0806", f"'{name}' did not complete: it cannot be skipped")
