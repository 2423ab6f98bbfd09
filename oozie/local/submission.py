"""From an app in the HDFS root and its properties to what a job is made of.

Source: org.apache.oozie.command.wf.SubmitXCommand, org.apache.oozie.util.ParameterVerifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.check import MAX_WORKFLOW_BYTES
from oozie.language.el import Scope, evaluate
from oozie.language.el.java_text import trim
from oozie.language.el.submission import WORKFLOW_CONSTANTS
from oozie.language.errors import AppError
from oozie.language.model import Parameter, Workflow
from oozie.language.properties import resolve_properties
from oozie.language.reader import read_workflow
from oozie.language.validate import refused_at_start, validate
from oozie.local.app_files import content
from oozie.local.defaults import CONFIG_DEFAULT, read_settings
from oozie.local.errors import RunError
from oozie.local.mounts import to_local
from storage.login import login_name

WORKFLOW_PATH = APPLICATION_PATHS["workflow"]
COORDINATOR_PATH = APPLICATION_PATHS["coordinator"]
# What no property may be called, and what config-default.xml may not say. Source: PropertiesUtils.
_OF_THE_SYSTEM = frozenset({"user.name", "mapreduce.job.user.name"})
NOT_FOR_CHILDREN = WORKFLOW_CONSTANTS | _OF_THE_SYSTEM


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

    Raises: RunError E0307 when there is none, AppError for a definition or properties that Oozie would refuse.
    """
    file = definition_file(app_path, root, "workflow.xml", "E0307")
    definition = _definition(file)
    given = with_config_default({**properties, WORKFLOW_PATH: app_path}, file.parent)
    workflow = read_workflow(definition, str(file))
    problems = [found for found in validate(workflow, given, str(file)) if found.severity == "error"]
    problems = problems or refused_at_start(workflow, given, str(file))  # here a job is started as soon as it is made
    if problems:
        raise AppError.of(problems)
    configuration = with_parameters(given, workflow.verified_parameters)
    name = evaluate(workflow.name, submission_scope(configuration))
    if not name.strip():
        raise AppError("E0803", "name cannot be empty", hint="name the workflow-app", path=str(file))
    return Submission(workflow, definition, name, configuration["user.name"], app_path, configuration)


def with_config_default(properties: Mapping[str, str], app: Path) -> dict[str, str]:
    """``properties`` :func:`as_submitted`, and beneath them what config-default.xml in the folder ``app`` says.

    Raises: AppError E0803 for a config-default.xml that Oozie would refuse.
    """
    given = as_submitted(properties)
    file = app / CONFIG_DEFAULT
    if not file.is_file():
        return given
    try:
        defaults = read_settings(file)
    except AppError as error:
        first = error.diagnostics[0]
        raise AppError("E0803", first.message, hint=first.hint, path=str(file), line=first.line) from error
    _refuse_constants(defaults, WORKFLOW_CONSTANTS | _OF_THE_SYSTEM)
    return {**defaults, **given}


def as_submitted(properties: Mapping[str, str]) -> dict[str, str]:
    """``properties`` as Oozie reads them, and who submits: a value is trimmed, and one that is empty is none."""
    return {"user.name": login_name(), **{name: trim(value) for name, value in properties.items() if trim(value)}}


def with_parameters(properties: Mapping[str, str], parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """``properties`` with the defaults of formal parameters, references resolved. Raises: AppError E0803."""
    configuration = dict(properties)
    for parameter in parameters:
        value = (parameter.value or "").strip()
        if value:  # as with the job's properties, an empty value is none
            configuration.setdefault(parameter.name.strip(), value)
    return resolve_properties(configuration)


def complete(properties: Mapping[str, str], app: Path, parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """``properties`` with what config-default.xml, formal parameters and the system add. Raises: AppError E0803."""
    return with_parameters(with_config_default(properties, app), parameters)


def submission_scope(configuration: Mapping[str, str]) -> Scope:
    """Where names and retries stand: the job's properties, and no function or constant."""
    return Scope(configuration, {}, code="E0803")


def definition_file(app_path: str, root: Path, default_name: str, code: str = "H406") -> Path:
    """The definition at ``app_path``: itself, or ``default_name`` in it. Raises: RunError ``code`` without one."""
    place = to_local(app_path, root)
    file = place / default_name if place.is_dir() else place
    if not file.is_file():
        raise RunError(code, f"there is no {default_name} at {app_path}", hint=f"it would be the file {file}")
    return file


def _definition(file: Path) -> bytes:
    definition = content(file)
    if not definition:
        raise AppError("E0803", "IO error, appXml cannot be empty", hint="write the workflow into it", path=str(file))
    if len(definition) > MAX_WORKFLOW_BYTES:
        length = f"[{len(definition):,}] exceeded maximum allowed length [{MAX_WORKFLOW_BYTES:,}]"
        message = f"Workflow definition length {length}"
        raise AppError("E0736", message, hint="move parts of it into sub-workflows", path=str(file))
    return definition


def _refuse_constants(properties: Mapping[str, str], names: frozenset[str]) -> None:
    found = next((name for name in properties if name in names), None)
    if found is not None:
        hint = "give it another name" if found in WORKFLOW_CONSTANTS else "say it in job.properties"
        raise AppError("E0803", f"E0808: Disallowed user property [{found}]", hint=hint)
