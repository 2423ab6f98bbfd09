"""The sub-workflow action: the job that it starts and what that job is told.

Source: org.apache.oozie.action.oozie.SubWorkflowActionExecutor.
"""

from __future__ import annotations

from pathlib import Path

from oozie.language.model import Element
from oozie.local.defaults import GLOBAL_PROPERTY, effective_global, told_to_child
from oozie.local.errors import ActionError, failure
from oozie.local.mounts import to_local
from oozie.local.settings import integer
from oozie.local.states import WorkflowJob
from oozie.local.submission import COORDINATOR_PATH, NOT_FOR_CHILDREN, WORKFLOW_PATH
from storage.errors import HowdahError

_DEPTH = "oozie.action.subworkflow.depth"
_MAX_DEPTH = "oozie.action.subworkflow.max.depth"
_OF_THE_PARENT = frozenset({"oozie.wf.rerun.failnodes", "oozie.wf.rerun.skip.nodes", COORDINATOR_PATH})


def child_properties(job: WorkflowJob, body: Element, root: Path) -> dict[str, str]:
    """The child's properties, its application path among them.

    Raises: ActionError SUBWF001 for workflows nested too deep, and as Oozie for what is wrong about the app-path.
    """
    app_path = body.text_of("app-path").strip()
    if not app_path:
        raise failure("IllegalArgumentException", "Can not create a Path from an empty string")
    properties = {}
    if body.first("propagate-configuration") is not None:
        properties = {name: value for name, value in job.configuration.items() if name not in _OF_THE_PARENT}
        section = effective_global(job.workflow.global_section, job.configuration)
        if section is not None:
            properties[GLOBAL_PROPERTY] = told_to_child(section)
    own = body.configuration()
    disallowed = next((name for name in own if name in NOT_FOR_CHILDREN), None)
    if disallowed is not None:
        raise failure("CommandException", f"E0808: Disallowed user property [{disallowed}]")
    depth = integer(job.configuration, _DEPTH, 0)
    most = integer(job.configuration, _MAX_DEPTH, 50)
    if depth >= most:
        raise failure("SUBWF001", f"Depth [{depth + 1}] cannot exceed maximum subworkflow depth [{most}]")
    if not to_local(app_path, root).exists():
        raise failure("IOException", f"Error: {app_path} does not exist")
    return {
        **properties,
        "user.name": job.user,
        **own,
        WORKFLOW_PATH: app_path,
        "oozie.wf.parent.id": job.id,
        "oozie.wf.superparent.id": job.configuration.get("oozie.wf.superparent.id", job.id),
        _DEPTH: str(depth + 1),
    }


def refusal(error: HowdahError) -> ActionError:
    """A child that was refused when it was submitted."""
    first = error.diagnostics[0]
    return failure("OozieClientException", f"org.apache.oozie.DagEngineException: {first.code}: {first.message}")


def parent_of(parent: str) -> tuple[str, str]:
    """Job id and action name of ``JOB@name``; a coordinator's action has a number for its name."""
    job_id, _, name = parent.partition("@")
    return job_id, name
