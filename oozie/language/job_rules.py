"""Rules about the job that a workflow becomes: its name and its SLA, tried when the structure is known to be right.

At submission all of it is E0803 for Oozie, whatever lies behind. The values of its actions' SLA Oozie reads only when
the job starts, those of all actions at once, and then it refuses to start it (E1007). Source: SubmitXCommand,
SignalXCommand (org.apache.oozie.command.wf), ELUtils, SLADbOperations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from oozie.language.calendar import TimeError, parse_time
from oozie.language.coordinator_rules import too_long
from oozie.language.el.errors import ElError
from oozie.language.el.submission import Submission
from oozie.language.evaluated_xml import in_xml, is_xml
from oozie.language.java_numbers import java_integer
from oozie.language.lints.subject import lint
from oozie.language.model import Element, Workflow
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_AT_START = "E1007"
# The lint about it: the submission itself Oozie takes.
SLA_AT_START = "H030"
_MINUTES_HINT = "write a number of minutes, such as 30 or ${30 * MINUTES}"
_TIME_HINT = "write it as 2026-01-31T08:00Z, in UTC"


def job_rules(app: Workflow, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """What Oozie refuses when it makes a job of ``app``."""
    try:
        problem = too_long("the workflow's name", Submission.of(properties).tried("name", app.name))
    except ElError as error:
        problem = None
        yield _about(error, "the workflow's name", properties)
    yield from (finding for finding in _slas(app, properties) if finding.code != _AT_START)
    if problem:
        yield Diagnostic("E0803", *problem)


def start_rules(app: Workflow, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """What Oozie refuses when the job of ``app`` is started, which it took in."""
    yield from (finding for finding in _slas(app, properties) if finding.code == _AT_START)


def sla_lints(app: Workflow, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """H030 for each of :func:`start_rules`."""
    for refusal in start_rules(app, properties):
        message = f"{refusal.message}: Oozie takes the app and then refuses to start its job ({_AT_START})"
        yield lint(SLA_AT_START, message, refusal.hint, refusal.line, refusal.node)


def _slas(app: Workflow, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    job = Submission.of(properties)
    for sla, node in ((app.sla, ""), *((action.sla, action.name) for action in app.actions)):
        if sla is not None:
            yield from _sla(job, sla, node, properties)


def _about(
    error: ElError, where: str, properties: Mapping[str, str] | None, line: int = 0, node: str = ""
) -> Diagnostic:
    hint = error.diagnostics[0].hint or did_you_mean(error.text, properties or {})
    return Diagnostic("E0803", f"{where}: {str(error).partition(' ')[2]}", hint, line=line, node=node)


def _sla(job: Submission, sla: Element, node: str, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    of_action = f" of action '{node}'" if node else ""
    is_right = True
    for child in sla.children:
        where = f"sla:{child.tag}{of_action}"
        try:
            value = job.tried("sla", in_xml(child.text))
        except ElError as error:
            is_right = False
            yield _about(error, where, properties, child.line, node)
            continue
        if value is not None and not is_xml(value):
            message = f"{where} becomes '{value:.100}', which breaks the XML"
            yield Diagnostic("E0803", message, "write &amp; and &lt; in the property", line=child.line, node=node)
            continue
        check = _SLA_VALUES.get(child.tag)
        if value is not None and check is not None and (found := check(value.strip())):
            code = _AT_START if node else "E0803"
            yield Diagnostic(code, f"{where}: {found[0]}", found[1], line=child.line, node=node)
        if value is not None and child.tag in _STORED and not node and (found := too_long(where, _read(value.strip()))):
            yield Diagnostic("E0803", *found, line=child.line)
    if is_right:
        try:
            job.tried("sla", "".join(in_xml(child.text) for child in sla.children))
        except ElError as error:
            yield _about(error, f"sla:info{of_action}", properties, sla.line, node)


def _nominal_time(value: str) -> tuple[str, str] | None:
    try:
        parse_time(value)
    except TimeError as error:
        return str(error), _TIME_HINT
    return None


def _minutes(value: str) -> tuple[str, str] | None:
    return None if java_integer(value) is not None else (f"'{value}' is no whole number of minutes", _MINUTES_HINT)


# What becomes a column of SLA_EVENTS when the workflow itself has the SLA.
_STORED = frozenset(
    {"app-name", "parent-sla-id", "notification-msg", "alert-contact", "dev-contact", "qa-contact", "se-contact"}
    | {"alert-frequency", "alert-percentage", "upstream-apps"}
)
# Of the rest nothing is looked at unless the server has the SLA service.
_SLA_VALUES: Mapping[str, Callable[[str], tuple[str, str] | None]] = {
    "nominal-time": _nominal_time,
    "should-start": lambda value: _minutes(value) if value else None,
    "should-end": _minutes,
}


def _read(text: str) -> str:
    """``text`` as it is when its XML has been read; xml.sax would bring all of urllib into every start."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
