"""An action of a workflow by the name that a person gives."""

from __future__ import annotations

from howdah.errors import CommandError
from oozie.client import OozieClient, WorkflowAction
from storage.nearest import did_you_mean


def find_action(client: OozieClient, job_id: str, name: str) -> WorkflowAction:
    """The action of that name. Raises: CommandError H770 with the nearest name."""
    job = client.workflow(job_id)
    for action in job.actions:
        if action.name == name:
            # The list has it without its configuration on older servers.
            return action if action.configuration_xml else client.workflow_action(action.id)
    names = [action.name for action in job.actions if not action.is_control]
    reached = f"it has reached {', '.join(names)}" if names else "it has reached none yet"
    raise CommandError("H770", f"{job_id} has no action '{name}'", hint=did_you_mean(name, names, reached))
