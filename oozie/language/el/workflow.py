"""Expressions in a workflow: what they may ask of the running job.

Source: oozie-default.xml (oozie.service.ELService.*.workflow), DagELFunctions, HadoopELFunctions, FsELFunctions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Protocol

from lxml import etree

from oozie.language.el.containers import Value, properties_order
from oozie.language.el.errors import ElError, EvaluationFault
from oozie.language.el.evaluator import Function, Scope, evaluate
from oozie.language.el.functions import CONSTANTS, FUNCTIONS, Clock
from oozie.language.el.java_text import escape_xml, trim
from storage.filesystem import FileStatus


class NodeState(Protocol):
    """What is known of a node that has run; None where Oozie would have nothing to say.

    ``data`` is what an action with capture-output wrote; ``counters`` maps a group to its counters.
    """

    @property
    def transition(self) -> str | None: ...  # noqa: D102 - the class says it
    @property
    def error_code(self) -> str | None: ...  # noqa: D102
    @property
    def error_message(self) -> str | None: ...  # noqa: D102
    @property
    def data(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def external_id(self) -> str | None: ...  # noqa: D102
    @property
    def tracker_uri(self) -> str | None: ...  # noqa: D102
    @property
    def external_status(self) -> str | None: ...  # noqa: D102
    @property
    def counters(self) -> Mapping[str, Mapping[str, int]] | None: ...  # noqa: D102


class WorkflowState(Protocol):
    """The job that an expression stands in.

    ``callback_url`` holds ``$status`` where the status goes; "" when no server listens.
    """

    @property
    def id(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def app_path(self) -> str: ...  # noqa: D102
    @property
    def configuration(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def user(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str | None: ...  # noqa: D102
    @property
    def run(self) -> int: ...  # noqa: D102
    @property
    def last_error_node(self) -> str | None: ...  # noqa: D102
    @property
    def callback_url(self) -> str: ...  # noqa: D102

    def node(self, name: str) -> NodeState | None:
        """The node called ``name``, None when it has not run."""


class Files(Protocol):
    """The file systems that URIs name, read only. Raises: StorageError."""

    def exists(self, pattern: str) -> bool:
        """Whether a file or directory matches ``pattern``, a URI or path with Hadoop's globs."""

    def status(self, uri: str) -> FileStatus | None:
        """What stands at ``uri``, None when nothing does."""

    def children(self, uri: str) -> list[FileStatus]:
        """What a directory holds."""

    def block_size(self, uri: str) -> int:
        """The block size of a file, in bytes."""


@dataclass(frozen=True)
class NodeSnapshot:
    """A NodeState of plain values."""

    transition: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = None
    tracker_uri: str | None = None
    external_status: str | None = None
    counters: Mapping[str, Mapping[str, int]] | None = None


@dataclass(frozen=True)
class WorkflowSnapshot:
    """A WorkflowState of plain values."""

    id: str = ""
    name: str = ""
    app_path: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    group: str | None = None
    run: int = 0
    last_error_node: str | None = None
    callback_url: str = ""
    nodes: Mapping[str, NodeSnapshot] = field(default_factory=dict)

    def node(self, name: str) -> NodeSnapshot | None:
        """The node called ``name``."""
        return self.nodes.get(name)


@dataclass(frozen=True)
class _Job(Clock):
    """What workflow functions work on."""

    state: WorkflowState = field(default_factory=WorkflowSnapshot)
    files: Files | None = None
    hadoop: Mapping[str, str] = field(default_factory=dict)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def workflow_scope(
    state: WorkflowState,
    *,
    files: Files | None = None,
    hadoop: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> Scope:
    """Where the texts of a running workflow stand: kill messages, decisions and actions.

    ``hadoop`` is the cluster's configuration, which hadoop:conf reads. A scope may be kept as long as the job runs;
    ``state`` is asked each time.
    """
    job = _Job(now, state, files, hadoop or {})
    return Scope(_JobVariables(state), WORKFLOW_FUNCTIONS, job, "EL_ERROR", _ELSEWHERE)


def evaluate_in_xml(text: str, scope: Scope) -> str:
    """``text``, the content of an element or an attribute of an action, as Oozie evaluates it.

    Oozie evaluates an action's XML as it is escaped, then reads it again: ``<``, ``>`` and ``&`` cannot stand in an
    expression there, and a value may bring entities, which are read.

    Raises: ElError, also when the values make XML that cannot be read (Oozie's XML_ERROR).
    """
    if not any(sign in text for sign in "<>&"):
        return _read(evaluate(text, scope), text, scope)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    try:
        value = evaluate(escaped, scope)
    except ElError as error:
        before = escaped[: error.offset].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        hint = error.diagnostics[0].hint
        raise ElError(error.code, error.reason, text=text, offset=len(before), hint=hint) from None
    return _read(value, text, scope)


def _read(value: str, text: str, scope: Scope) -> str:
    """The text that ``value`` is when it is read as XML."""
    if "&" not in value and "<" not in value:
        return value
    element = _parse(value)
    if element is None or len(element):
        what = "cannot be read as XML" if element is None else "holds XML elements of its own"
        hint = "write &amp; for & and &lt; for < in the value"
        raise ElError("XML_ERROR", f"what '{text}' evaluates to {what}", text=text, hint=hint)
    return element.text or ""


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _parse(value: str) -> etree._Element | None:
    """``value`` as the content of an element, None when it cannot be."""
    try:
        return etree.fromstring(f"<value>{value}</value>", _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None


_IDENTIFIER = re.compile(r"[a-zA-Z_][0-9a-zA-Z_]*", re.ASCII)


class _JobVariables(Mapping[str, Value]):
    """The constants, and the job's properties whose names are identifiers; a property hides a constant.

    A property is trimmed, and escaped when it would break the XML that it is put into.
    """

    def __init__(self, state: WorkflowState) -> None:
        self.state = state

    def __getitem__(self, name: str) -> Value:
        value = self.state.configuration.get(name) if _IDENTIFIER.fullmatch(name) else None
        if value is None:
            return CONSTANTS[name]
        value = trim(value)
        if any(sign in value for sign in ("&", "<", "]]>")) and _parse(value) is None:
            return escape_xml(value)
        return value

    def __iter__(self) -> Iterator[str]:
        names = (name for name in self.state.configuration if _IDENTIFIER.fullmatch(name))
        return iter(dict.fromkeys([*names, *CONSTANTS]))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _of_node(read: Callable[[NodeState], Value]) -> Function:
    """A function of an action's name; null for one that has not run."""

    def body(job: _Job, name: str) -> Value:
        node = job.state.node(name)
        return None if node is None else read(node)

    return Function(body, ("String",))


def _action_data(job: _Job, name: str) -> Value:
    node = job.state.node(name)
    return properties_order(node.data) if node else {}


def _callback(job: _Job, status: str) -> Value:
    if not status:
        raise EvaluationFault("a callback needs a status", "wf:callback('$status')")
    if not job.state.callback_url:
        raise EvaluationFault("no server listens for callbacks here", "wf:callback needs a running Oozie server")
    return job.state.callback_url.replace("$status", status)


def _counters(job: _Job, name: str) -> Value:
    node = job.state.node(name)
    if node is None or node.counters is None:
        raise EvaluationFault(f"Hadoop counters not available for action [{name}]", "only map-reduce and pig have them")
    return node.counters


def _hadoop_conf(job: _Job, host: str, name: str) -> Value:
    return job.hadoop.get(name, "")


def _files(job: _Job) -> Files:
    if job.files is None:
        raise EvaluationFault("files cannot be looked at here", "fs: functions need a running workflow")
    return job.files


def _is_directory(job: _Job, uri: str) -> Value:
    status = _files(job).status(uri)
    return status is not None and status.is_directory


def _directory_size(job: _Job, uri: str) -> Value:
    """The files right in it, not those further down; -1 for what is no directory."""
    if not _is_directory(job, uri):
        return -1
    return sum(child.length for child in _files(job).children(uri) if not child.is_directory)


def _file_size(job: _Job, uri: str) -> Value:
    status = _files(job).status(uri)
    return -1 if status is None else status.length


def _block_size(job: _Job, uri: str) -> Value:
    return -1 if _files(job).status(uri) is None else _files(job).block_size(uri)


def _no_hcatalog(job: _Job, uri: str) -> Value:
    raise EvaluationFault(f"'{uri}' cannot be looked up without HCatalog", "run this app on a cluster that has it")


WORKFLOW_FUNCTIONS: Mapping[str, Function] = {
    **FUNCTIONS,
    "wf:id": Function(lambda job: job.state.id),
    "wf:name": Function(lambda job: job.state.name),
    "wf:appPath": Function(lambda job: job.state.app_path),
    "wf:conf": Function(lambda job, name: job.state.configuration.get(name), ("String",)),
    "wf:user": Function(lambda job: job.state.user),
    "wf:group": Function(lambda job: job.state.group),
    "wf:callback": Function(_callback, ("String",)),
    "wf:transition": _of_node(lambda node: node.transition),
    "wf:lastErrorNode": Function(lambda job: job.state.last_error_node),
    "wf:errorCode": _of_node(lambda node: node.error_code),
    "wf:errorMessage": _of_node(lambda node: node.error_message),
    "wf:run": Function(lambda job: job.state.run),
    "wf:actionData": Function(_action_data, ("String",)),
    "wf:actionExternalId": _of_node(lambda node: node.external_id),
    "wf:actionTrackerUri": _of_node(lambda node: node.tracker_uri),
    "wf:actionExternalStatus": _of_node(lambda node: node.external_status),
    "hadoop:counters": Function(_counters, ("String",)),
    "hadoop:conf": Function(_hadoop_conf, ("String", "String")),
    "fs:exists": Function(lambda job, pattern: _files(job).exists(pattern), ("String",)),
    "fs:isDir": Function(_is_directory, ("String",)),
    "fs:dirSize": Function(_directory_size, ("String",)),
    "fs:fileSize": Function(_file_size, ("String",)),
    "fs:blockSize": Function(_block_size, ("String",)),
    "hcat:exists": Function(_no_hcatalog, ("String",)),
}

_ELSEWHERE = {
    "coord:": "coord: functions belong in coordinator.xml; hand the value on as a property of the workflow",
    "bundle:": "bundle: functions belong in bundle.xml",
}
