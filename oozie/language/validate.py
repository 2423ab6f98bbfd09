"""Whether Oozie would take an app: everything that it would refuse, in the order in which it would find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from oozie.language import schema
from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.bundle_rules import bundle_rules
from oozie.language.coordinator_rules import coordinator_rules
from oozie.language.el.submission import COORDINATOR_CONSTANTS, WORKFLOW_CONSTANTS
from oozie.language.fork_rules import fork_rules
from oozie.language.included_files import Included
from oozie.language.job_rules import job_rules, sla_lints, start_rules
from oozie.language.lints import workflow_lints
from oozie.language.model import App, Bundle, Coordinator, Parameter, Start, Workflow
from oozie.language.node_rules import definition_rules, walk_rules
from oozie.language.writer import to_element
from storage.errors import Diagnostic

VALIDATE_FORK_JOIN = "oozie.wf.validate.ForkJoin"

_NEEDS_PARAMETERS = "define it in job.properties, or give it a <value> in <parameters>"
# The code of what is wrong with the job itself, and what it wraps.
_WRAPPING = {"workflow": "E0803", "coordinator": "E0803", "bundle": "E1310"}
# What a job has by being submitted.
_OF_EVERY_JOB = ("user.name", "mapreduce.job.user.name")
_APP_PATH: Mapping[type[App], str] = {
    Workflow: APPLICATION_PATHS["workflow"],
    Coordinator: APPLICATION_PATHS["coordinator"],
    Bundle: APPLICATION_PATHS["bundle"],
}
# With these a transition leads nowhere, and nobody knows which node it was meant to lead to.
_LOST_TRANSITION = frozenset({"E0706", "E0707", "E0708"})


def validate(app: App, properties: Mapping[str, str] | None = None, path: str = "") -> list[Diagnostic]:
    """All that Oozie would refuse in ``app``, the reason that it would give first; then lints.

    ``properties`` are the job's, resolved; without them nothing that depends on them is an error.
    """
    violations = schema.check(to_element(app), path)
    findings = [*constants(type(app).__name__.lower(), properties)] if not isinstance(app, Workflow) else []
    findings += [violation.diagnostic for violation in violations]
    if all(violation.inner for violation in violations):
        findings += rules(app, properties, path)
    return findings


def rules(
    app: App, properties: Mapping[str, str] | None = None, path: str = "", included: Included | None = None
) -> list[Diagnostic]:
    """As :func:`validate`, for an app whose XML has been checked against the schema and its job for constants.

    ``included`` is what a coordinator includes, where that is known.
    """
    return [replace(found, path=found.path or path) for found in _rules(app, properties, included)]


def refused_at_start(app: Workflow, properties: Mapping[str, str], path: str = "") -> list[Diagnostic]:
    """What Oozie refuses when the job of ``app`` is started, which it took in; :func:`validate` has it as a lint."""
    return [replace(finding, path=path) for finding in start_rules(app, _with_defaults(app, properties))]


def constants(kind: str, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """What the job of an app of ``kind`` may not define. Of a coordinator or a bundle Oozie looks at it first."""
    reserved = WORKFLOW_CONSTANTS if kind == "workflow" else COORDINATOR_CONSTANTS
    for name in properties or {}:
        if name in reserved:
            message = f"E0808: the job defines '{name}', which is a constant of Oozie"
            yield Diagnostic(_WRAPPING.get(kind, "E0803"), message, "give it another name")


def _rules(app: App, properties: Mapping[str, str] | None, included: Included | None) -> Iterator[Diagnostic]:
    given = _with_defaults(app, properties)
    match app:
        case Workflow():
            yield from _parameter_rules(app, properties)
            structure = _workflow_rules(app, given)
            yield from structure
            yield from constants("workflow", _with_defaults(app, properties or {}))
            yield from job_rules(app, given)
            yield from sla_lints(app, given)
            for lint in workflow_lints(app):
                # Behind a lost transition everything is out of reach; that is not another slip.
                if lint.code != "H012" or not any(finding.code in _LOST_TRANSITION for finding in structure):
                    yield lint
        case Coordinator():
            yield from _parameter_rules(app, properties)
            yield from coordinator_rules(app, given, included)
        case Bundle():
            for finding in _parameter_rules(app, properties):
                yield replace(finding, code="E1310", message=f"{finding.code}: {finding.message}")
            yield from bundle_rules(app, given)


def _workflow_rules(app: Workflow, properties: Mapping[str, str] | None) -> list[Diagnostic]:
    walked = walk_rules(app)
    findings = [*definition_rules(app, properties), *walked.findings]
    has_start = any(isinstance(node, Start) for node in app.nodes)
    if has_start and (properties or {}).get(VALIDATE_FORK_JOIN, "").strip().lower() != "false":
        findings += fork_rules(app, walked)
    return findings


def _parameter_rules(app: App, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """Formal parameters: each has a name, and a value from the job or of its own."""
    parameters = _verified(app)
    for parameter in parameters:
        if not parameter.name.strip():
            yield Diagnostic("E0739", "a parameter has no name", "give it one, or remove it", line=parameter.line)
    if properties is None:
        return
    known = {"", *_OF_EVERY_JOB, _APP_PATH[type(app)], *properties}
    missing = [p for p in parameters if p.value is None and p.name.strip() not in known]
    if missing:
        names = ", ".join(f"'{parameter.name.strip()}'" for parameter in missing)
        yield Diagnostic("E0738", f"the job has no value for {names}", _NEEDS_PARAMETERS, line=missing[0].line)


def _with_defaults(app: App, properties: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """The job's properties, and the values of formal parameters that it does not define."""
    if properties is None:
        return None
    defaults = {p.name.strip(): p.value.strip() for p in _verified(app) if p.value is not None}
    return {**defaults, **properties}


def _verified(app: App) -> tuple[Parameter, ...]:
    return app.verified_parameters if isinstance(app, Workflow) else app.parameters
