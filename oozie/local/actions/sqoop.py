"""The sqoop action: Sqoop's own arguments, given to our importer.

Source: org.apache.oozie.action.hadoop.SqoopActionExecutor, SqoopMain.
"""

from __future__ import annotations

import shlex
import sys

from oozie.local.actions.executor import ActionRun, Executor
from oozie.local.actions.localise import localise
from oozie.local.errors import ActionError
from oozie.local.supervisor import Command

_SHELL_SPLITTER = "oozie.action.sqoop.shellsplitter"


def _prepare(run: ActionRun) -> Command:
    localise(run)
    arguments = _arguments(run)
    if len(arguments) > 1 and arguments[0].lower() == "sqoop" and not arguments[1].startswith("-"):
        arguments = arguments[1:]  # as Oozie: a redundant 'sqoop' is taken off
    if run.configuration:
        run.log(f"the import runs here without a cluster; not used: {', '.join(sorted(run.configuration))}")
    return Command((sys.executable, "-m", "oozie.local.sqoop", *arguments), {"PYTHONSAFEPATH": "1"})


def _arguments(run: ActionRun) -> list[str]:
    if run.body.first("command") is None:
        return list(run.texts("arg"))
    command = run.text("command")
    if run.setting(_SHELL_SPLITTER, "false").lower() != "true":
        return [word for word in command.split(" ") if word]
    try:
        return shlex.split(command)
    except ValueError as error:
        raise ActionError("SQOOP002", f"Cannot parse sqoop command: [{command}]: {error}") from error


EXECUTOR = Executor(_prepare, str)
