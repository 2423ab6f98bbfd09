"""Expressions of a running job: what they see of it, and the actions and decisions with their values put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from oozie.language.el import (
    ElError,
    NodeSnapshot,
    Scope,
    WorkflowSnapshot,
    evaluate,
    evaluate_in_xml,
    workflow_scope,
)
from oozie.language.el.matching import bounded_search
from oozie.language.model import Decision, Element
from oozie.local.globs import is_there, match_paths
from oozie.local.mounts import to_local
from oozie.local.states import ActionState, WorkflowJob
from storage.errors import StorageError
from storage.filesystem import FileStatus

_BLOCK_SIZE = 128 * 1024 * 1024  # Hadoop's default; a local disk has none of its own
_IN_THE_SERVER = frozenset({"fs", "email"})  # Oozie starts nothing outside of itself for these
# A colon ends a scheme and stands nowhere else in a path; two slashes without a scheme before them name no host.
_URI = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://[^/]+|(?://)?(?=/))|(?!//))[^:]*", re.DOTALL)
_OPENING = re.compile(r"(?<!\\)([$#])\{")


class MountedFiles:
    """The HDFS root as the fs: functions see it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def exists(self, pattern: str) -> bool:
        """Whether anything matches."""
        if any(pattern.count(opening) > pattern.count(closing) for opening, closing in ("{}", "[]")):
            raise StorageError("H108", f"a bracket of the pattern '{pattern}' is never closed", hint="write \\{ or \\[")
        with bounded_search(pattern):
            return bool(match_paths(self._local(pattern)))

    def status(self, uri: str) -> FileStatus | None:
        """What stands at ``uri``."""
        path = self._local(uri)
        return _status(path, uri) if is_there(path) else None

    def children(self, uri: str) -> list[FileStatus]:
        """What a directory holds, by name."""
        folder = self._local(uri)
        return [_status(path, f"{uri.rstrip('/')}/{path.name}") for path in sorted(folder.iterdir())]

    def block_size(self, uri: str) -> int:
        """Hadoop's default, of a directory 0."""
        return 0 if self._local(uri).is_dir() else _BLOCK_SIZE

    def _local(self, uri: str) -> Path:
        if not uri:
            raise StorageError("H108", "Can not create a Path from an empty string", hint="name a file or a folder")
        parts = _URI.fullmatch(uri)
        if parts is None or (parts["scheme"] or "hdfs").lower() == "file":
            # Oozie's server knows none of its own disk's files either.
            raise StorageError("H108", f"'{uri}' is no path in HDFS", hint="write /path or hdfs://host:port/path")
        return to_local(uri, self._root)


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
    external_id, tracker = action.external_id or None, "local" if action.type == "sub-workflow" else None
    if action.is_control or action.type in _IN_THE_SERVER:
        external_id = tracker = "-" if action.started is not None else None
    return NodeSnapshot(
        transition=action.transition or None, error_code=action.error_code or None,
        error_message=action.error_message or None, data=action.data, external_id=external_id,
        external_status=action.external_status or None, tracker_uri=tracker,
    )  # fmt: skip


def resolve(element: Element, scope: Scope) -> Element:
    """``element`` with every expression in its texts and attributes evaluated. Raises: ElError."""
    return replace(
        element,
        attributes=tuple((name, evaluate_in_xml(value, scope)) for name, value in element.attributes),
        text=_text(element.text, scope, is_cdata=element.is_cdata),
        children=tuple(resolve(child, scope) for child in element.children),
    )


def _text(text: str, scope: Scope, *, is_cdata: bool) -> str:
    return evaluate(text, scope) if is_cdata else evaluate_in_xml(text, scope)


def check_openings(texts: Iterable[str], scope: Scope) -> None:
    """Refuse ``${`` beside ``#{``: Oozie reads all of an action as one text. Raises: ElError."""
    seen = ""
    for text in texts:
        for match in _OPENING.finditer(text):
            if seen and match[1] != seen:
                reason = "'${' and '#{' cannot stand in one action"
                raise ElError(scope.code, reason, text=text, offset=match.start(), hint="use '${' throughout")
            seen = match[1]


def choose(decision: Decision, scope: Scope) -> str:
    """Where a decision goes: to the first case that says ``true``, in just these letters, else to its default.

    Every predicate is evaluated, as Oozie does: a wrong one fails the decision even behind a true one. Raises: ElError.
    """
    check_openings((case.predicate for case in decision.cases), scope)
    values = [(case.to, _text(case.predicate, scope, is_cdata=case.is_cdata).strip()) for case in decision.cases]
    return next((to for to, value in values if value == "true"), decision.default)
