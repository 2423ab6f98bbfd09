"""The shell action: any command, in a folder with its files.

Source: org.apache.oozie.action.hadoop.ShellActionExecutor, ShellMain.
"""

from __future__ import annotations

import os
import shutil
from html import escape

from oozie.local.actions.executor import ActionRun, Executor
from oozie.local.actions.localise import localise
from oozie.local.errors import ActionError
from oozie.local.supervisor import Command


def _prepare(run: ActionRun) -> Command:
    localise(run)
    command = run.text("exec")
    path = "." + os.pathsep + os.environ.get("PATH", os.defpath)
    found = (run.work / command).is_file() if "/" in command else shutil.which(command, path=_absolute(run, path))
    if not found:
        raise ActionError("JA018", f"Cannot run program '{command}': no such file among the action's files or on PATH")
    environment = {"PATH": path, "OOZIE_ACTION_CONF_XML": _write_configuration(run)}
    for text in run.texts("env-var"):
        name, equals, value = text.partition("=")
        if not equals:
            raise ActionError("JA018", f"env-var '{text}' is not NAME=VALUE")
        environment[name] = value
    capture = run.body.first("capture-output") is not None
    return Command((command, *run.texts("argument")), environment, capture=capture)


def _absolute(run: ActionRun, path: str) -> str:
    return str(run.work) + path[1:]


def _write_configuration(run: ActionRun) -> str:
    """The action's configuration as Hadoop XML, where Oozie's scripts look for it."""
    file = run.folder / "action.xml"
    properties = "".join(
        f"  <property><name>{escape(name, quote=False)}</name><value>{escape(value, quote=False)}</value></property>\n"
        for name, value in run.configuration.items()
    )
    file.write_text(f"<configuration>\n{properties}</configuration>\n", "utf-8")
    return str(file)


# ShellMain ends with 1 whatever the command ended with.
EXECUTOR = Executor(_prepare, lambda _status: "1")
