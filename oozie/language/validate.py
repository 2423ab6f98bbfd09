"""Whether Oozie would take an app: everything that it would refuse, in the order in which it would find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from oozie.language import schema
from oozie.language.coordinator_rules import bundle_rules, coordinator_rules
from oozie.language.fork_rules import fork_rules
from oozie.language.lints import workflow_lints
from oozie.language.model import App, Bundle, Coordinator, Start, Workflow
from oozie.language.node_rules import definition_rules, walk_rules
from oozie.language.writer import to_element
from storage.errors import Diagnostic

VALIDATE_FORK_JOIN = "oozie.wf.validate.ForkJoin"

_NEEDS_PARAMETERS = "define it in job.properties, or give it a <value> in <parameters>"
# Oozie's own constants, which a job must not define.
_CONSTANTS = frozenset(
    {"DAYS", "HOURS", "MINUTES", "KB", "MB", "GB", "TB", "PB", "RECORDS", "GROUPS"}
    | {"MAP_IN", "MAP_OUT", "REDUCE_IN", "REDUCE_OUT"}
)
_TIME_CONSTANTS = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE"})
# Without these the ways through a workflow cannot be followed.
_BROKEN_GRAPH = frozenset({"E0705", "E0706", "E0707", "E0708"})


def validate(app: App, properties: Mapping[str, str] | None = None, path: str = "") -> list[Diagnostic]:
    """All that Oozie would refuse in ``app``, the reason that it would give first; then lints.

    ``properties`` are the job's, resolved; without them nothing that depends on them is an error.
    """
    violations = schema.check(to_element(app), path)
    findings = [violation.diagnostic for violation in violations]
    if all(violation.inner for violation in violations):
        findings += rules(app, properties, path)
    return findings


def rules(app: App, properties: Mapping[str, str] | None = None, path: str = "") -> list[Diagnostic]:
    """As :func:`validate`, for an app whose XML has been checked against the schema."""
    return [replace(finding, path=path) for finding in _rules(app, properties)]


def _rules(app: App, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    match app:
        case Workflow():
            yield from _parameter_rules(app, properties)
            structure = _workflow_rules(app, properties)
            yield from structure
            yield from _constant_rules(properties, _CONSTANTS)
            for lint in workflow_lints(app):
                # Behind a broken transition everything is out of reach; that is not another slip.
                if lint.code != "H012" or not any(finding.code in _BROKEN_GRAPH for finding in structure):
                    yield lint
        case Coordinator():
            yield from _constant_rules(properties, _CONSTANTS | _TIME_CONSTANTS)
            yield from _parameter_rules(app, properties)
            yield from coordinator_rules(app, _with_defaults(app, properties))
        case Bundle():
            wrapped = [*_constant_rules(properties, _CONSTANTS | _TIME_CONSTANTS), *_parameter_rules(app, properties)]
            for finding in wrapped:
                yield replace(finding, code="E1310", message=f"{finding.code}: {finding.message}")
            yield from bundle_rules(app)


def _workflow_rules(app: Workflow, properties: Mapping[str, str] | None) -> list[Diagnostic]:
    walked, forks, joins = walk_rules(app)
    findings = [*definition_rules(app, properties), *walked]
    has_start = any(isinstance(node, Start) for node in app.nodes)
    is_walkable = has_start and not any(finding.code in _BROKEN_GRAPH for finding in findings)
    if is_walkable and (properties or {}).get(VALIDATE_FORK_JOIN, "").strip().lower() != "false":
        findings += fork_rules(app, forks, joins)
    return findings


def _parameter_rules(app: App, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """Formal parameters: each has a name, and a value from the job or of its own."""
    for parameter in app.parameters:
        if not parameter.name.strip():
            yield Diagnostic("E0739", "a parameter has no name", "give it one, or remove it", line=parameter.line)
    if properties is None:
        return
    missing = [p for p in app.parameters if p.value is None and p.name.strip() not in {"", *properties}]
    if missing:
        names = ", ".join(f"'{parameter.name.strip()}'" for parameter in missing)
        yield Diagnostic("E0738", f"the job has no value for {names}", _NEEDS_PARAMETERS, line=missing[0].line)


def _constant_rules(properties: Mapping[str, str] | None, constants: frozenset[str]) -> Iterator[Diagnostic]:
    for name in properties or {}:
        if name in constants:
            yield Diagnostic("E0808", f"the job defines '{name}', which is a constant of Oozie", "give it another name")


def _with_defaults(app: Coordinator, properties: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """The job's properties, and the values of formal parameters that it does not define."""
    if properties is None:
        return None
    defaults = {p.name.strip(): p.value.strip() for p in app.parameters if p.value is not None}
    return {**defaults, **properties}
