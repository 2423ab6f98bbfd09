"""From an app in the HDFS root and its properties to what a job is made of.

Source: org.apache.oozie.command.wf.SubmitXCommand, org.apache.oozie.util.ParameterVerifier.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.language.document import parse
from oozie.language.el import WorkflowSnapshot, evaluate, workflow_scope
from oozie.language.errors import AppError
from oozie.language.model import Parameter, Workflow
from oozie.language.properties import resolve_properties
from oozie.language.reader import read_workflow
from oozie.language.validate import validate
from oozie.local.errors import RunError
from oozie.local.mounts import to_local

WORKFLOW_PATH = "oozie.wf.application.path"
COORDINATOR_PATH = "oozie.coord.application.path"


@dataclass(frozen=True)
class Submission:
    """A workflow app, ready to become a job."""

    workflow: Workflow
    definition: bytes
    name: str
    user: str
    app_path: str
    configuration: Mapping[str, str]


def prepare_workflow(app_path: str, properties: Mapping[str, str], root: Path) -> Submission:
    """Read the workflow at ``app_path`` (a folder or a file below the HDFS root) and complete its configuration.

    Raises: RunError H406 when there is none, AppError for a definition that Oozie would refuse, ElError for a name
    that cannot be resolved.
    """
    file = definition_file(app_path, root, "workflow.xml")
    definition = file.read_bytes()
    workflow = read_workflow(definition, str(file))
    configuration = complete({**properties, WORKFLOW_PATH: app_path}, file.parent, workflow.parameters)
    problems = [found for found in validate(workflow, configuration, str(file)) if found.severity == "error"]
    if problems:
        raise AppError.of(problems)
    user = configuration["user.name"]
    name = evaluate(workflow.name, workflow_scope(WorkflowSnapshot(configuration=configuration, user=user)))
    return Submission(workflow, definition, name, user, app_path, configuration)


def complete(properties: Mapping[str, str], app: Path, parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """``properties`` with what config-default.xml, formal parameters and the system add, references resolved."""
    defaults = read_settings(app / "config-default.xml") if (app / "config-default.xml").is_file() else {}
    configuration = {"user.name": getpass.getuser(), **defaults, **properties}
    for parameter in parameters:
        if parameter.value is not None:
            configuration.setdefault(parameter.name, parameter.value)
    return resolve_properties(configuration)


def definition_file(app_path: str, root: Path, default_name: str) -> Path:
    """The definition at ``app_path``: itself, or ``default_name`` in it. Raises: RunError H406 when there is none."""
    place = to_local(app_path, root)
    file = place / default_name if place.is_dir() else place
    if not file.is_file():
        raise RunError("H406", f"there is no {default_name} at {app_path}", hint=f"it would be the file {file}")
    return file


def read_settings(file: Path) -> dict[str, str]:
    """Name and value of each property of a Hadoop configuration file. Raises: AppError for what is not one."""
    root = parse(file.read_bytes(), str(file))
    return {prop.text_of("name").strip(): prop.text_of("value") for prop in root.named("property")}
