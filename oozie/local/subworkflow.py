"""The sub-workflow action: the job that it starts and what that job is told.

Source: org.apache.oozie.action.oozie.SubWorkflowActionExecutor.
"""

from __future__ import annotations

from oozie.language.model import Element
from oozie.local.errors import ActionError
from oozie.local.settings import integer
from oozie.local.states import WorkflowJob
from oozie.local.submission import COORDINATOR_PATH, WORKFLOW_PATH

_DEPTH = "oozie.action.subworkflow.depth"
_MAX_DEPTH = "oozie.action.subworkflow.max.depth"
_OF_THE_PARENT = frozenset({"oozie.wf.rerun.failnodes", "oozie.wf.rerun.skip.nodes", COORDINATOR_PATH})


def child_properties(job: WorkflowJob, body: Element) -> dict[str, str]:
    """The child's properties, its application path among them.

    Raises: ActionError SUBWF001 for workflows nested too deep, E0706 without an app-path.
    """
    app_path = body.text_of("app-path").strip()
    if not app_path:
        raise ActionError("E0706", "the sub-workflow has no app-path")
    properties = {}
    if body.first("propagate-configuration") is not None:
        properties = {name: value for name, value in job.configuration.items() if name not in _OF_THE_PARENT}
    depth = integer(job.configuration, _DEPTH, 0)
    most = integer(job.configuration, _MAX_DEPTH, 50)
    if depth >= most:
        raise ActionError("SUBWF001", f"Depth [{depth + 1}] cannot exceed maximum subworkflow depth [{most}]")
    return {
        **properties,
        "user.name": job.user,
        **body.configuration(),
        WORKFLOW_PATH: app_path,
        "oozie.wf.parent.id": job.id,
        "oozie.wf.superparent.id": job.configuration.get("oozie.wf.superparent.id", job.id),
        _DEPTH: str(depth + 1),
    }


def parent_of(parent: str) -> tuple[str, str]:
    """Job id and action name of ``JOB@name``; a coordinator's action has a number for its name."""
    job_id, _, name = parent.partition("@")
    return job_id, name
