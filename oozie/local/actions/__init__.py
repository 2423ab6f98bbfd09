"""One executor for each type of action; a new type is one module and one row here."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from oozie.local.errors import ActionError

if TYPE_CHECKING:  # an action's process imports this package too, and should start quickly
    from oozie.local.actions.executor import Executor

# type -> module; it holds an EXECUTOR and is imported only when an action of that type runs.
_EXECUTORS = {
    "email": "oozie.local.actions.email",
    "fs": "oozie.local.actions.fs",
    "hive": "oozie.local.actions.hive",
    "hive2": "oozie.local.actions.hive",
    "shell": "oozie.local.actions.shell",
    "spark": "oozie.local.actions.spark",
    "sqoop": "oozie.local.actions.sqoop",
}
_NOT_YET = frozenset({"java", "map-reduce", "pig", "distcp", "ssh", "git"})


def executor_of(action_type: str) -> Executor:
    """The executor of ``action_type``. Raises: ActionError H430 for a type that does not run locally."""
    if action_type not in _EXECUTORS:
        known = ", ".join(sorted([*_EXECUTORS, "sub-workflow"]))
        what = "not run locally yet" if action_type in _NOT_YET else "of no type that is known here"
        raise ActionError("H430", f"a {action_type} action is {what}; what runs: {known}")
    executor: Executor = importlib.import_module(_EXECUTORS[action_type]).EXECUTOR
    return executor
