"""Oozie's expression language: ``${...}`` in every text of an app."""

from oozie.language.el.errors import ElError
from oozie.language.el.evaluator import Function, Scope, evaluate, evaluate_value
from oozie.language.el.workflow import (
    Files,
    NodeSnapshot,
    NodeState,
    WorkflowSnapshot,
    WorkflowState,
    evaluate_in_xml,
    workflow_scope,
)

__all__ = [
    "ElError",
    "Files",
    "Function",
    "NodeSnapshot",
    "NodeState",
    "Scope",
    "WorkflowSnapshot",
    "WorkflowState",
    "evaluate",
    "evaluate_in_xml",
    "evaluate_value",
    "workflow_scope",
]
