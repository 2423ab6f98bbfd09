"""One text of a workflow by itself: what it would come to in a job that has just begun.

Nothing has run yet and no server is asked, so that what only a running job knows is as it is at the start of one: no
node has ended, and the job's id and the address for callbacks are of the right form and nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from oozie.language.el import Function, Scope, WorkflowSnapshot, workflow_scope
from oozie.language.el.containers import Value
from oozie.language.el.errors import EvaluationFault
from oozie.language.errors import AppError
from oozie.language.properties import resolve_properties
from oozie.language.validate import constants
from oozie.local.evaluation import MountedFiles
from oozie.local.mounts import DEFAULT_HOST
from oozie.local.submission import WORKFLOW_PATH, as_submitted
from storage.errors import StorageError

_NAME = "workflow"
_NODE = "node"
_SERVER = "http://localhost:11000/oozie"  # where Oozie listens when nobody says otherwise


def trial_scope(properties: Mapping[str, str], root: Path) -> Scope:
    """Where the texts of a workflow stand whose job has ``properties``; files are those below the HDFS root ``root``.

    Raises: AppError E0803 for properties that Oozie would refuse.
    """
    given = as_submitted(properties)
    given.setdefault(WORKFLOW_PATH, f"hdfs://{DEFAULT_HOST}/user/{given['user.name']}/apps/{_NAME}")
    if refused := [*constants("workflow", given)]:
        raise AppError.of(refused)
    configuration = resolve_properties(given)
    now = datetime.now(timezone.utc)
    job_id = f"0000000-{now:%y%m%d%H%M%S}{now.microsecond // 1000:03d}-howdah-W"
    snapshot = WorkflowSnapshot(
        id=job_id, name=_NAME, app_path=configuration[WORKFLOW_PATH], configuration=configuration,
        user=configuration["user.name"], group=configuration.get("group.name"),
        callback_url=f"{_SERVER}/callback?id={job_id}@{_NODE}&status=$status",
    )  # fmt: skip
    scope = workflow_scope(snapshot, files=MountedFiles(root))
    return replace(scope, functions={name: _placed(function) for name, function in scope.functions.items()})


def _placed(function: Function) -> Function:
    """``function``, with what a file system refuses said as a fault of the expression, at its place."""

    def body(*arguments: object) -> Value:
        try:
            return function.body(*arguments)
        except StorageError as error:
            raise EvaluationFault(error.diagnostics[0].message, error.diagnostics[0].hint) from None

    return replace(function, body=body)
