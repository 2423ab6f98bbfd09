"""Expressions of a running job: what they see of it, and the actions and decisions with their values put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from oozie.language.el import NodeSnapshot, Scope, WorkflowSnapshot, evaluate_in_xml, workflow_scope
from oozie.language.model import Decision, Element
from oozie.local.globs import match_paths
from oozie.local.mounts import to_local
from oozie.local.states import ActionState, WorkflowJob
from storage.filesystem import FileStatus

_BLOCK_SIZE = 128 * 1024 * 1024  # Hadoop's default; a local disk has none of its own
# What <global> hands to an action that does not say it itself. Source: LiteWorkflowAppParser.handleGlobal.
_GLOBAL_TAGS = ("job-tracker", "resource-manager", "name-node")
_WITHOUT_GLOBAL = frozenset({"email", "ssh", "sub-workflow"})


class MountedFiles:
    """The HDFS root as the fs: functions see it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def exists(self, pattern: str) -> bool:
        """Whether anything matches."""
        return bool(match_paths(to_local(pattern, self._root)))

    def status(self, uri: str) -> FileStatus | None:
        """What stands at ``uri``."""
        path = to_local(uri, self._root)
        return _status(path, uri) if path.exists() else None

    def children(self, uri: str) -> list[FileStatus]:
        """What a directory holds, by name."""
        folder = to_local(uri, self._root)
        return [_status(path, f"{uri.rstrip('/')}/{path.name}") for path in sorted(folder.iterdir())]

    def block_size(self, uri: str) -> int:
        """Hadoop's default."""
        return _BLOCK_SIZE


def _status(path: Path, uri: str) -> FileStatus:
    found = path.stat()
    return FileStatus(uri, path.is_dir(), 0 if path.is_dir() else found.st_size, found.st_mtime_ns // 1_000_000)


def scope_of(job: WorkflowJob, root: Path, now: Callable[[], datetime]) -> Scope:
    """Where the texts of ``job`` stand at this moment."""
    snapshot = WorkflowSnapshot(
        id=job.id, name=job.name, app_path=job.app_path, configuration=job.configuration, user=job.user,
        group=job.configuration.get("group.name"), run=job.run, last_error_node=job.last_error_node or None,
        nodes={name: _snapshot(action) for name, action in job.actions.items()},
    )  # fmt: skip
    return workflow_scope(snapshot, files=MountedFiles(root), now=now)


def _snapshot(action: ActionState) -> NodeSnapshot:
    return NodeSnapshot(
        transition=action.transition or None, error_code=action.error_code or None,
        error_message=action.error_message or None, data=action.data, external_id=action.external_id or None,
        external_status=action.external_status or None,
    )  # fmt: skip


def resolve(element: Element, scope: Scope) -> Element:
    """``element`` with every expression in its texts and attributes evaluated. Raises: ElError."""
    return replace(
        element,
        attributes=tuple((name, evaluate_in_xml(value, scope)) for name, value in element.attributes),
        text=evaluate_in_xml(element.text, scope),
        children=tuple(resolve(child, scope) for child in element.children),
    )


def choose(decision: Decision, scope: Scope) -> str:
    """Where a decision goes: to the first case that says true, else to its default.

    Every predicate is evaluated, as Oozie does: a wrong one fails the decision even behind a true one. Raises: ElError.
    """
    values = [(case.to, evaluate_in_xml(case.predicate, scope).strip().lower()) for case in decision.cases]
    return next((to for to, value in values if value == "true"), decision.default)


def with_global(body: Element, global_section: Element | None) -> Element:
    """An action's body with what <global> adds to it: its own words come first, global settings before its own."""
    if global_section is None or body.tag in _WITHOUT_GLOBAL:
        return body
    missing = [child for tag in _GLOBAL_TAGS for child in global_section.named(tag) if body.first(tag) is None]
    files = tuple(global_section.named("job-xml"))
    shared, own = global_section.first("configuration"), body.first("configuration")
    if shared is None:
        merged = body.children
    elif own is None:
        merged = (*body.children, shared)
    else:
        both = replace(own, children=shared.children + own.children)
        merged = tuple(both if child is own else child for child in body.children)
    return replace(body, children=(*missing, *files, *merged))
