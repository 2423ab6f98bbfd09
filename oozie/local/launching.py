"""From an action of a job to a prepared launch, and from the end of a launch to what the job hears of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from oozie.language.el import ElError, Scope, evaluate
from oozie.language.inheritance import with_defaults
from oozie.language.model import Action, Element
from oozie.language.properties import read_properties
from oozie.local.actions import executor_of
from oozie.local.actions.executor import ActionRun
from oozie.local.defaults import config_default, effective_global, read_settings
from oozie.local.errors import ActionError, failure
from oozie.local.evaluation import check_openings, resolve
from oozie.local.events import Finished
from oozie.local.globs import match_paths
from oozie.local.mounts import HDFS_ROOT_VARIABLE, to_local
from oozie.local.settings import integer
from oozie.local.states import WorkflowJob
from oozie.local.submission import submission_scope
from oozie.local.supervisor import Command, Exit, write_command
from storage.errors import HowdahError, StorageError

_RETRY = "oozie.service.LiteWorkflowStoreService.user.retry."
_MAX_OUTPUT = "oozie.action.max.output.data"
_MAX_MESSAGE = 500
_SYNCHRONOUS = frozenset({"fs", "email"})  # Oozie runs these in its server; their external status is OK or ERROR
_MAIN = "org.apache.oozie.action.hadoop"
_MAIN_CLASSES = {
    "shell": "ShellMain",
    "sqoop": "SqoopMain",
    "hive": "HiveMain",
    "hive2": "Hive2Main",
    "spark": "SparkMain",
}
_NOISE = re.compile(r"^(\s+at |\s*\.\.\. \d+ more|\s*\^+\s*$|Traceback |\s+File \"|\s*~+|\[howdah\])")
_TELLING = re.compile(r"(error|exception|fail|denied|refused|not found|no such|cannot)", re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?\d+")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# How our own programs end: a line with a code, below it perhaps one with a hint.
_DIAGNOSTIC = re.compile(r"^([A-Z]{1,3}\d{3,4} \S.*)(?:\n {6}(\S.*))?", re.MULTILINE)


@dataclass(frozen=True)
class RetrySettings:
    """An action's user-retry; ``interval`` in minutes."""

    maximum: int
    interval: int
    policy: str


NO_RETRY = RetrySettings(0, 10, "periodic")


def retry_settings(job: WorkflowJob, node: Action) -> RetrySettings:
    """What the action's attributes say, within the server's limits. Raises: ActionError for what is no number."""
    conf, scope = job.configuration, submission_scope(job.configuration)
    limit = integer(conf, _RETRY + "max", 3)
    asked = _number(node.retry_max, scope, integer(conf, _RETRY + "default", 0))
    interval = _number(node.retry_interval, scope, integer(conf, _RETRY + "inteval", 10))
    policy = evaluate(node.retry_policy, scope) or conf.get(_RETRY + "policy", "periodic")
    return RetrySettings(min(asked, limit), interval, policy.strip().lower())


def _number(text: str, scope: Scope, default: int) -> int:
    value = evaluate(text, scope).strip() if text else ""
    if value and not _INTEGER.fullmatch(value):
        raise ActionError("E0700", f"'{value}' is no number of retries or minutes", "FAILED")
    return int(value) if value else default


def resolved_body(job: WorkflowJob, node: Action, scope: Scope, root: Path) -> Element:
    """The action's body with all defaults and expressions put in.

    Raises: ActionError EL_ERROR, which fails the job; AppError for a config-default.xml that has become wrong.
    """
    section = effective_global(job.workflow.global_section, job.configuration)
    body = with_defaults(node.body, section, config_default(_app(job, root), job.configuration))
    try:
        check_openings((text for each in body.walk() for text in each.written), scope)
        return resolve(body, scope)
    except (ElError, StorageError) as error:
        raise ActionError("EL_ERROR", error.diagnostics[0].message, "FAILED") from error


def _app(job: WorkflowJob, root: Path) -> Path:
    """The app's folder on this machine."""
    place = to_local(job.app_path, root)
    return place if place.is_dir() else place.parent


def prepare_launch(
    job: WorkflowJob, node: Action, body: Element, *, folder: Path, root: Path, state: Path, is_recovery: bool
) -> None:
    """Fill a launch's fresh ``folder``: files, command, log. Raises: ActionError for what cannot even start."""
    app = _app(job, root)
    run = ActionRun(job, node.name, body, {}, app, root, state, folder, is_recovery)
    try:
        run = ActionRun(job, node.name, body, _configuration(run), app, root, state, folder, is_recovery)
        _make_ready(run)
        command = executor_of(node.type).prepare(run)
        environment = {HDFS_ROOT_VARIABLE: str(root), **command.environment}
        write_command(folder, Command(command.argv, environment, command.capture, command.exclusive))
    except OSError as error:
        raise ActionError("JA009", f"{node.name} cannot be prepared: {error}") from error
    except HowdahError as error:
        first = error.diagnostics[0]
        raise ActionError(error.code, f"{first.message} ({first.hint})" if first.hint else first.message) from error


def _configuration(run: ActionRun) -> Mapping[str, str]:
    """job-xml files in order, then the configuration itself: the last word counts."""
    settings: dict[str, str] = {}
    for name in run.texts("job-xml"):
        if run.body.tag == "fs" and not run.local(name).exists():  # read by the server, not by a launcher
            raise failure("FileNotFoundException", f"File does not exist: {urlsplit(run.job.app_path).path}/{name}")
        settings.update(read_settings(run.existing(name)))
    return {**settings, **run.body.configuration()}


def _make_ready(run: ActionRun) -> None:
    """What <prepare> asks for: delete, then make directories. A relaunch repeats it, as Oozie's launcher does."""
    holder = run.body.first("prepare")
    for step in holder.children if holder else ():
        path = run.local(step.attribute("path").strip())
        if step.tag == "mkdir":
            path.mkdir(parents=True, exist_ok=True)
        elif step.tag == "delete":
            for found in match_paths(path):
                if found.is_dir() and not found.is_symlink():
                    shutil.rmtree(found)
                else:
                    found.unlink()


def finished(job: WorkflowJob, node: Action, end: Exit, at: datetime) -> Finished:
    """What the job hears of a launch that ended with an exit status."""
    status = 1 if end.status is None else end.status
    is_synchronous = node.type in _SYNCHRONOUS
    try:
        if status:
            raise _failure(node, end.folder, status)
        data = _captured(job, end.folder) if node.body.first("capture-output") is not None else {}
    except ActionError as error:
        external = "ERROR" if is_synchronous else "FAILED/KILLED"
        return Finished(at, node.name, error.status, external, error.code, error.message)
    return Finished(at, node.name, "OK", "OK" if is_synchronous else "SUCCEEDED", data=data)


def _failure(node: Action, folder: Path, status: int) -> ActionError:
    told = folder / "error.json"
    if told.is_file():
        values = json.loads(told.read_text("utf-8"))
        return ActionError(values["code"], values["message"])
    line = last_telling_line(folder / "log")
    message = f"Main Class [{_MAIN}.{_MAIN_CLASSES.get(node.type, 'JavaMain')}], exit code [{status}]"
    message += f": {line}" if line else ""
    return ActionError(executor_of(node.type).error_code(status), message)


def _captured(job: WorkflowJob, folder: Path) -> dict[str, str]:
    output = (folder / "output").read_bytes()
    limit = integer(job.configuration, _MAX_OUTPUT, 2048)
    if len(output) > limit:
        raise ActionError("JA018", f"output.properties data exceeds its limit [{limit}]")
    try:
        return read_properties(output.decode("utf-8", "replace"))
    except HowdahError as error:
        raise ActionError(
            "JA018", f"the captured output is no properties file: {error.diagnostics[0].message}"
        ) from error


def last_telling_line(log: Path) -> str:
    """What a log says of its failure in one line.

    That is the last error of one of our own programs with its hint, else the last line that speaks of an error, else
    the last that says anything; stack frames do not.
    """
    if not log.is_file():
        return ""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 65536))
        text = _ANSI.sub("", stream.read().decode("utf-8", "replace"))
    for error, hint in _DIAGNOSTIC.findall(text)[-1:]:
        return f"{error} ({hint})"[:_MAX_MESSAGE] if hint else error[:_MAX_MESSAGE]
    lines = [line for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    telling = [line for line in lines[-40:] if _TELLING.search(line)]
    chosen = (telling or lines or [""])[-1]
    return " ".join(chosen.split())[:_MAX_MESSAGE]
