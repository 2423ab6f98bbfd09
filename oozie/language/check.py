"""A folder of app files checked as a whole: what Oozie would refuse, and what the apps name and the folder lacks.

Folders come as mappings from path (relative, slash-separated) to bytes, so that files on a disk, on HDFS and in memory
are checked alike; whoever reads a disk may hand in a mapping that opens a file only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from oozie.language import document, reader
from oozie.language.errors import AppError
from oozie.language.lints import property_lints
from oozie.language.missing_files import missing_files
from oozie.language.model import App, Bundle, Coordinator, Workflow
from oozie.language.properties import read_properties, resolve_properties
from oozie.language.schema_tables import KINDS
from oozie.language.validate import rules
from storage.errors import Diagnostic, HowdahError

JOB_PROPERTIES = "job.properties"
# oozie.service.WorkflowAppService.WorkflowDefinitionMaxLength
MAX_WORKFLOW_BYTES = 100_000

_DEFAULTS = {
    "workflow": "config-default.xml",
    "coordinator": "coord-config-default.xml",
    "bundle": "bundle-config-default.xml",
}
_APP_NAMES = frozenset(f"{kind}.xml" for kind in _DEFAULTS)
# Who hands its configuration down to an app of this kind.
_CALLERS = {"workflow": ("coordinator.xml",), "coordinator": ("bundle.xml",), "bundle": ()}


class Checked(NamedTuple):
    """One app file and all that was found; ``kind`` is workflow, coordinator, bundle, or unknown."""

    path: str
    kind: str
    findings: list[Diagnostic]

    @property
    def ok(self) -> bool:
        """Whether Oozie would take it; lints do not count."""
        return all(finding.severity == "lint" for finding in self.findings)


def check_folder(files: Mapping[str, bytes]) -> list[Checked]:
    """Every app file of a folder, known by its root element or its name, in the order of the paths."""
    checked = [check_file(files, name) for name in sorted(files) if _is_app(files, name)]
    said: set[Diagnostic] = set()
    for result in checked:  # what is wrong with job.properties is said once, not for every app beside it
        result.findings[:] = [f for f in result.findings if f.path == result.path or f not in said]
        said.update(result.findings)
    return checked


def check_file(files: Mapping[str, bytes], name: str) -> Checked:
    """One app file of a folder, together with job.properties and what else Oozie reads beside it."""
    try:
        data = files[name]
    except HowdahError as error:
        return Checked(name, "unknown", list(error.diagnostics))
    kind = KINDS.get(document.root_tag(data), "unknown")
    findings = []
    if kind == "workflow" and len(data) > MAX_WORKFLOW_BYTES:
        hint = "move a part into a sub-workflow, or raise WorkflowDefinitionMaxLength on the server"
        message = f"the definition has {len(data):,} bytes; Oozie takes {MAX_WORKFLOW_BYTES:,}"
        findings.append(Diagnostic("E0736", message, hint, name))
    try:
        app, violations = reader.examine(data, name)
    except AppError as error:
        return Checked(name, kind, [*findings, *error.diagnostics])
    properties, problems = _properties(files, name, kind)
    findings += [*problems, *violations]
    if app is not None:
        findings += rules(app, properties, name)
        findings += missing_files(app, name, files, properties or {})
    findings.sort(key=lambda finding: finding.severity == "lint")
    return Checked(name, kind, findings)


def _is_app(files: Mapping[str, bytes], name: str) -> bool:
    """By its content; what is called like an app is one too, however broken, and so is what cannot be looked into."""
    if not name.endswith(".xml"):
        return False
    if PurePosixPath(name).name in _APP_NAMES:
        return True
    try:
        return document.root_tag(files[name]) in KINDS
    except (KeyError, HowdahError):
        return False


def _properties(files: Mapping[str, bytes], name: str, kind: str) -> tuple[dict[str, str] | None, list[Diagnostic]]:
    """What the job is started with, resolved, and what is wrong with it; None where no job.properties is there."""
    path = _beside(name, JOB_PROPERTIES)
    if path not in files:
        return None, []
    try:
        own = read_properties(files[path].decode("utf-8", "replace"), path)
        given = {**_defaults(files, name, kind), **_handed_down(files, name, kind), **own}
        resolved = resolve_properties({key: value.strip() for key, value in given.items()})
    except HowdahError as error:
        return None, [replace(finding, path=path) for finding in error.diagnostics]
    return resolved, [replace(lint, path=path) for lint in property_lints(own)]


def _beside(name: str, other: str) -> str:
    return str(PurePosixPath(name).with_name(other))


def _defaults(files: Mapping[str, bytes], name: str, kind: str) -> dict[str, str]:
    """The properties of the config-default.xml that belongs to this kind of app."""
    path = _beside(name, _DEFAULTS.get(kind, "")) if kind in _DEFAULTS else ""
    if path not in files:
        return {}
    root = document.parse(files[path], path)
    return {entry.text_of("name").strip(): entry.text_of("value") for entry in root.named("property")}


def _handed_down(files: Mapping[str, bytes], name: str, kind: str) -> dict[str, str]:
    """What the coordinator beside a workflow, or the bundle beside a coordinator, passes on to it."""
    handed: dict[str, str] = {}
    for caller in _CALLERS.get(kind, ()):
        path = _beside(name, caller)
        if path in files and path != name:
            handed |= dict(_configurations(files[path]))
    return handed


def _configurations(data: bytes) -> Iterator[tuple[str, str]]:
    try:
        app: App | None = reader.examine(data)[0]
    except AppError:
        return  # it is reported where it is checked itself
    match app:
        case Coordinator():
            yield from app.configuration
        case Bundle():
            for member in app.members:
                yield from member.configuration
        case Workflow() | None:
            return
