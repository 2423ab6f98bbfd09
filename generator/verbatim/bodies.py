"""The element of an action that is said to the letter: its namespace, and what it says of where it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.profiles import OOZIE_5
from generator.values import ActionStep, Places
from generator.verbatim.sections import qualified
from oozie.language.model import Element
from oozie.language.schema_tables import TABLES

# The actions that stand in the workflow's own schema.
BUILT_IN = frozenset({"fs", "java", "map-reduce", "pig", "sub-workflow"})
# The actions that may say where they run.
PLACED = frozenset({"distcp", "hive", "hive2", "java", "map-reduce", "pig", "shell", "spark", "sqoop"})
_SSH_0_1 = "uri:oozie:ssh-action:0.1"
_BEFORE_LAUNCHER = frozenset({"job-tracker", "resource-manager", "name-node", "prepare", "streaming", "pipes"})


def action_schema(kind: str, workflow_schema: str) -> str:
    """The version of an action's schema where nothing is said: 1.0 in a workflow of 1.0, if there is one."""
    if workflow_schema == "1.0" and f"uri:oozie:{kind}-action:1.0" in TABLES:
        return "1.0"
    return dict(OOZIE_5).get(kind, "1.0")


def namespace_of_step(step: ActionStep, workflow_schema: str, schemas: Mapping[str, str]) -> str:
    """The namespace of an action's element, where it is not XML that has its own."""
    kind = step.body.tag
    own = step.verbatim.schema
    if ":" in own:
        return own
    if kind in BUILT_IN:
        return f"uri:oozie:workflow:{own or workflow_schema}"
    return f"uri:oozie:{kind}-action:{own or schemas.get(kind) or action_schema(kind, workflow_schema)}"


def body_of_step(step: ActionStep, each_action: Places, namespace: str) -> Element:
    """An action's element with what it says of where it runs, in its namespace."""
    said = step.verbatim
    if said.is_xml:
        return step.body
    children = [_as_in_0_1(child, namespace) for child in step.body.children]
    if said.launcher is not None:
        at = max((i + 1 for i, child in enumerate(children) if child.tag in _BEFORE_LAUNCHER), default=0)
        children.insert(at, said.launcher)
    usual = each_action if step.body.tag in PLACED else Places()
    where = usual if said.places is None else said.places
    places = (
        ("job-tracker", where.job_tracker),
        ("resource-manager", where.resource_manager),
        ("name-node", where.name_node),
    )
    head = tuple(Element(tag, text=str(text)) for tag, text in places if text)
    return qualified(replace(step.body, children=(*head, *children)), namespace)


def _as_in_0_1(child: Element, namespace: str) -> Element:
    """``args``, as the first schema of ssh calls its arguments."""
    return replace(child, tag="args") if namespace == _SSH_0_1 and child.tag == "arg" else child
