"""The fs action: its operations are read here and done by :mod:`oozie.local.actions.fs_process`.

Source: org.apache.oozie.action.hadoop.FsActionExecutor.
"""

from __future__ import annotations

import json

from oozie.language.model import Element
from oozie.local.actions.executor import ActionRun, Executor, own_process
from oozie.local.supervisor import Command

_OPERATIONS = frozenset({"delete", "mkdir", "move", "chmod", "touchz", "chgrp", "setrep"})


def _prepare(run: ActionRun) -> Command:
    request = {
        "name_node": run.text("name-node"),
        "recovery": run.is_recovery,
        "user": run.job.user,
        "operations": [_operation(child) for child in run.body.children if child.tag in _OPERATIONS],
    }
    (run.folder / "request.json").write_text(json.dumps(request), "utf-8")
    return own_process("oozie.local.actions.fs_process", run)


def _operation(element: Element) -> dict[str, str]:
    values = {name: value.strip() for name, value in element.attributes}
    recursive = "true" if element.first("recursive") is not None else "false"
    return {"operation": element.tag, "recursive": recursive, **values}


# The process leaves Oozie's code beside its log; a number would mean that it was killed from outside.
EXECUTOR = Executor(_prepare, lambda _status: "JA018")
