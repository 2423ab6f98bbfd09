"""Schemas that Oozie still takes and that a later one has replaced, where the app would gain by that.

Source: WorkflowFunctionalSpec (changes of schema 0.2, 0.4), DG_SLAMonitoring, oozie-default.xml.
"""

from __future__ import annotations

from collections.abc import Iterator

from oozie.language.lints.expressions import uses
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import App, Coordinator, Element, Workflow
from storage.errors import Diagnostic

_OLD_SLA = "uri:oozie:sla:0.1"
_OLD_WORKFLOWS = ("0.1", "0.2", "0.2.5", "0.3")
_SEVERAL = 3


def old_schemas(subject: Subject[App]) -> Iterator[Diagnostic]:
    """H018 for SLA 0.1, for an email that no executor reads, and for workflows that a later schema makes shorter."""
    app = subject.app
    if isinstance(app, Workflow):
        version = app.namespace.rpartition(":")[2]
        if version in _OLD_WORKFLOWS:
            yield from _workflow(app, version)
        for action in app.actions:
            if action.type == "email" and action.body.namespace == "uri:oozie:workflow:0.1":
                message = f"action '{action.name}' is an email of workflow schema 0.1, which Oozie cannot send any more"
                hint = 'write <email xmlns="uri:oozie:email-action:0.2"> with <to>, <subject> and <body>'
                yield lint("H018", message, hint, action.body.line, action.name)
        for sla, node in ((app.sla, ""), *((action.sla, action.name) for action in app.actions)):
            yield from _sla(sla, node)
    elif isinstance(app, Coordinator):
        yield from _sla(app.sla, "")


def _workflow(app: Workflow, version: str) -> Iterator[Diagnostic]:
    """What this very workflow would gain; one that would gain nothing may stay as it is."""
    repeating = sum(action.body.first("job-tracker") is not None for action in app.actions)
    gains = []
    if len({use.name for use in uses(app)}) >= _SEVERAL and len(app.actions) > 1:
        gains.append("<parameters>, with which a missing property is refused at once")
    if repeating >= _SEVERAL:
        gains.append(f"<global>, which says once what {repeating} actions here repeat")
    if gains:
        message = f"workflow schema {version} has no {' and no '.join(gains)}"
        hint = 'write xmlns="uri:oozie:workflow:0.5": what stands here means the same there'
        if any(action.type == "ssh" for action in app.actions):
            hint = 'write xmlns="uri:oozie:workflow:0.5", and xmlns="uri:oozie:ssh-action:0.2" at <ssh>'
        yield lint("H018", message, hint)


def _sla(sla: Element | None, node: str) -> Iterator[Diagnostic]:
    if sla is not None and sla.namespace == _OLD_SLA:
        message = "SLA schema 0.1 is deprecated: it has no max-duration, and most of what it demands is not used"
        hint = 'write xmlns:sla="uri:oozie:sla:0.2"; that needs workflow 0.5 or coordinator 0.4'
        yield lint("H018", message, hint, sla.line, node)
