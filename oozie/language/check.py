"""A folder of app files checked as a whole: what Oozie would refuse, and what the apps name and the folder lacks.

Folders come as mappings from path (relative, slash-separated) to bytes, so that files on a disk, on HDFS and in memory
are checked alike; whoever reads a disk may hand in a mapping that opens a file only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import NamedTuple, TypeGuard

from oozie.language import document, reader, schema
from oozie.language.el.submission import PerRun
from oozie.language.errors import AppError
from oozie.language.handing_down import configuration_for
from oozie.language.included_files import included_files
from oozie.language.lints import app_lints, property_lints
from oozie.language.lints.done_flags import unwritten_flags
from oozie.language.lints.subject import Subject
from oozie.language.lints.switches import (
    Ignored,
    Switches,
    nothing_off,
    sifted,
    switches_of_properties,
    switches_of_xml,
)
from oozie.language.missing_files import missing_files
from oozie.language.model import App, Bundle, Coordinator, Element
from oozie.language.properties import property_lines, read_properties, resolve_properties
from oozie.language.schema_tables import KINDS
from oozie.language.validate import constants, rules
from storage.errors import Diagnostic, HowdahError

JOB_PROPERTIES = "job.properties"
# oozie.service.WorkflowAppService.WorkflowDefinitionMaxLength
MAX_WORKFLOW_BYTES = 100_000

_DEFAULTS = {
    "workflow": "config-default.xml",
    "coordinator": "coord-config-default.xml",
    "bundle": "bundle-config-default.xml",
}
# What an app's file is called unless somebody says otherwise.
APP_NAMES = frozenset(f"{kind}.xml" for kind in _DEFAULTS)
_NO_DEFAULTS = frozenset({"user.name", "mapreduce.job.user.name"})
# Who hands its configuration down to an app of this kind.
_CALLERS = {"workflow": ("coordinator.xml",), "coordinator": ("bundle.xml",), "bundle": ()}


@dataclass(frozen=True)
class Checked:
    """One app file and all that was found; ``kind`` is workflow, coordinator, bundle, or unknown.

    ``ignored`` are the lints that the app itself switches off.
    """

    path: str
    kind: str
    findings: tuple[Diagnostic, ...] = ()
    ignored: tuple[Ignored, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether Oozie would take it; lints do not count."""
        return all(finding.severity == "lint" for finding in self.findings)


def check_folder(files: Mapping[str, bytes], *, heeds_switches: bool = True) -> list[Checked]:
    """Every app file of a folder, known by its root element or its name, in the order of the paths.

    Without ``heeds_switches`` every lint is told, whatever the comments in the files say.
    """
    names = [name for name in sorted(files) if is_app(files, name)]
    return _together([_look(files, name, heeds_switches=heeds_switches) for name in names])


def check_file(files: Mapping[str, bytes], name: str, *, heeds_switches: bool = True) -> Checked:
    """One app file of a folder, together with job.properties and what else Oozie reads beside it."""
    [checked] = _together([_look(files, name, heeds_switches=heeds_switches)])
    return checked


class _Looked(NamedTuple):
    """One app file, what was found, and what the lints of several apps together need of it."""

    checked: Checked
    subject: Subject[App] | None = None
    switches: Switches | None = None


def _look(files: Mapping[str, bytes], name: str, *, heeds_switches: bool) -> _Looked:
    try:
        data = files[name]
    except HowdahError as error:
        return _Looked(Checked(name, "unknown", error.diagnostics))
    kind = KINDS.get(document.root_tag(data), "unknown")
    meant = kind if kind in _DEFAULTS else PurePosixPath(name).stem  # what it is submitted as
    job = job_of(files, name, meant, heeds_switches=heeds_switches)
    findings = [*job.refused]
    if meant == "workflow" and len(data) > MAX_WORKFLOW_BYTES:
        hint = "move a part into a sub-workflow, or raise WorkflowDefinitionMaxLength on the server"
        message = f"the definition has {len(data):,} bytes; Oozie takes {MAX_WORKFLOW_BYTES:,}"
        findings.append(Diagnostic("E0736", message, hint, name))
    app, violations = _examined(data, name, meant)
    findings += violations
    subject = None
    if app is not None:
        subject = Subject(app, name, files, job.properties)
        included = included_files(app, name, subject.folder, files) if isinstance(app, Coordinator) else None
        findings += rules(app, job.properties, name, included)
        findings += missing_files(app, name, files, job.properties or {})
        findings += app_lints(subject)
    findings += document.encoding_lints(data, name)
    switches = switches_of_xml(data.decode("utf-8", "replace"), name)
    told, ignored = sifted(findings, switches.of if heeds_switches else nothing_off)
    told += [*(replace(finding, path=name) for finding in switches.findings), *job.lints]
    told.sort(key=lambda finding: finding.severity == "lint")
    checked = Checked(name, kind, tuple(told), (*ignored, *job.ignored))
    return _Looked(checked, subject, switches if heeds_switches else None)


def _together(looked: Sequence[_Looked]) -> list[Checked]:
    """What was found in each, with H014, for which the coordinators of a folder are looked at together."""
    flags: dict[str, list[Diagnostic]] = {}
    coordinators = [each.subject for each in looked if each.subject is not None and _is_coordinator(each.subject)]
    for path, finding in unwritten_flags(coordinators):
        flags.setdefault(path, []).append(replace(finding, path=path))
    said: set[Diagnostic] = set()  # what is wrong with job.properties is said once, not for every app beside it
    results = []
    for checked, _, switches in looked:
        path = checked.path
        told, ignored = sifted(flags.get(path, ()), switches.of if switches is not None else nothing_off)
        findings = [f for f in (*checked.findings, *told) if f.path == path or f not in said]
        quiet = [i for i in (*checked.ignored, *ignored) if i.finding.path == path or i.finding not in said]
        said.update(findings, (each.finding for each in quiet))
        results.append(replace(checked, findings=tuple(findings), ignored=tuple(quiet)))
    return results


def _is_coordinator(subject: Subject[App]) -> TypeGuard[Subject[Coordinator]]:
    return isinstance(subject.app, Coordinator)


def _examined(data: bytes, name: str, kind: str) -> tuple[App | None, list[Diagnostic]]:
    """The app, where its structure can be told, and what its XML and the schema have against it."""
    if not data:  # Oozie asks for that before anything else
        empty = Diagnostic("E0803", "the file is empty", "write the app into it", name)
        return None, [empty if kind == "workflow" else replace(empty, code="E0701")]
    try:
        return reader.examine(data, name)
    except AppError as error:
        if error.code != document.DOCTYPE:
            return None, list(error.diagnostics)
        # Oozie holds the app against the schema first, and refuses the DOCTYPE when it reads the app.
        code = "E1310" if kind == "bundle" else document.DOCTYPE
        found = [replace(finding, code=code) for finding in error.diagnostics]
        return None, [*_behind_doctype(data, name), *found]


def _behind_doctype(data: bytes, name: str) -> list[Diagnostic]:
    """What the schema has against an app with a DOCTYPE; one of an unknown root is then held against none."""
    plain = document.without_doctype(data)
    if plain is None:
        return []
    try:
        root = document.parse(plain, name)
    except AppError as error:
        return list(error.diagnostics)
    return [finding.diagnostic for finding in schema.check(root, name)] if schema.is_app(root) else []


def is_app(files: Mapping[str, bytes], name: str) -> bool:
    """Whether the file is an app: by its content, or by its name, however broken it is."""
    if not name.endswith(".xml"):
        return False
    if PurePosixPath(name).name in APP_NAMES:
        return True
    try:
        return document.root_tag(files[name]) in KINDS
    except (KeyError, HowdahError):
        return False


class Job(NamedTuple):
    """What an app is started with, resolved (None where no job.properties is there), and what is wrong with it."""

    properties: dict[str, str] | None = None
    refused: Sequence[Diagnostic] = ()
    lints: Sequence[Diagnostic] = ()
    ignored: Sequence[Ignored] = ()


def job_of(files: Mapping[str, bytes], name: str, kind: str, *, heeds_switches: bool = True) -> Job:
    """What the app at ``name``, which is of ``kind``, is started with, by what lies beside it."""
    try:
        defaults, refused = _defaults(files, name, kind), []
    except AppError as error:
        code = "E1310" if kind == "bundle" else "E0803"
        defaults, refused = {}, [replace(d, code=code, message=f"{d.code}: {d.message}") for d in error.diagnostics]
    path = _beside(name, JOB_PROPERTIES)
    if path not in files:
        return Job(None, refused)
    try:
        own = read_properties(files[path].decode("utf-8", "replace"), path)
        resolved = resolve_properties({**defaults, **_with_values(own)})
        handed = _with_values(_handed_down(files, name, kind, resolved))
        resolved |= {key: PerRun(value) if "${" in value else value for key, value in handed.items() if key not in own}
    except HowdahError as error:
        return Job(None, [*refused, *(replace(finding, path=path) for finding in error.diagnostics)])
    if kind != "workflow":
        refused += [replace(finding, path=path) for finding in constants(kind, resolved)]
    text = files[path].decode("utf-8", "replace")
    switches = switches_of_properties(text, path)
    lints = [replace(lint, path=path) for lint in property_lints(own, property_lines(text))]
    told, ignored = sifted(lints, switches.of if heeds_switches else nothing_off)
    told += [replace(finding, path=path) for finding in switches.findings]
    return Job(resolved, refused, told, ignored)


def _with_values(properties: Mapping[str, str]) -> dict[str, str]:
    """Without those that are blank: such a one is none for Oozie's client, an empty one is none for its server."""
    return {name: value.strip() for name, value in properties.items() if value.strip()}


def _beside(name: str, other: str) -> str:
    return str(PurePosixPath(name).with_name(other))


def _defaults(files: Mapping[str, bytes], name: str, kind: str) -> dict[str, str]:
    """The properties of the config-default.xml that belongs to this kind of app.

    Raises: AppError for a file that Oozie cannot load.
    """
    path = _beside(name, _DEFAULTS.get(kind, "")) if kind in _DEFAULTS else ""
    if path not in files:
        return {}
    defaults = dict(_default_properties(document.parse(files[path], path), path))
    for reserved in (*constants(kind, defaults), *_users_own(defaults)):
        raise AppError("E0808", reserved.message.removeprefix("E0808: "), hint=reserved.hint, path=path)
    return {key: value for key, value in defaults.items() if value}


def _default_properties(root: Element, path: str) -> Iterator[tuple[str, str]]:
    """Name and value of each property of a Hadoop configuration, which may hold others. Raises: AppError E0702."""
    if root.tag != "configuration":
        message = f"the root is '{root.tag}', not 'configuration'"
        raise AppError("E0702", message, hint="write <configuration>", path=path, line=root.line)
    for child in root.children:
        if child.tag == "configuration":
            yield from _default_properties(child, path)
        elif child.tag != "property":
            message = f"'{child.tag}' stands among the properties"
            raise AppError("E0702", message, hint="a <configuration> holds <property>", path=path, line=child.line)
        elif name := child.text_of("name").strip():
            yield name, child.text_of("value")


def _users_own(defaults: Mapping[str, str]) -> Iterator[Diagnostic]:
    for name in _NO_DEFAULTS & defaults.keys():
        yield Diagnostic("E0808", f"'{name}' may have no default", "remove it: Oozie sets it itself")


def _handed_down(files: Mapping[str, bytes], name: str, kind: str, known: Mapping[str, str]) -> dict[str, str]:
    """What the coordinator beside a workflow, or the bundle beside a coordinator, passes on to it."""
    handed: dict[str, str] = {}
    for caller in _CALLERS.get(kind, ()):
        path = _beside(name, caller)
        if path not in files or path == name:
            continue
        try:
            app = reader.examine(files[path])[0]
        except AppError:
            continue  # it is reported where it is checked itself
        if isinstance(app, Coordinator | Bundle):
            handed |= configuration_for(app, None, known)
    return handed
