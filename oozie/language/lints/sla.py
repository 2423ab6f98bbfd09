"""What an SLA says and what does not come of it.

Source: org.apache.oozie.sla.SLAOperations, org.apache.oozie.util.db.SLADbOperations, DG_SLAMonitoring.
"""

from __future__ import annotations

from collections.abc import Iterator

from oozie.language.calendar import TimeError, parse_time
from oozie.language.java_numbers import java_float, java_integer
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import App, Coordinator, Element, Workflow
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_EVENTS = ("START_MISS", "START_MET", "END_MISS", "END_MET", "DURATION_MISS", "DURATION_MET")
_MINUTES = ("should-start", "should-end", "max-duration")


def idle_slas(subject: Subject[App]) -> Iterator[Diagnostic]:
    """H027 for what Oozie takes in an SLA and then does not do, or stumbles over later."""
    app = subject.app
    if isinstance(app, Coordinator):
        yield from _values(app.sla, "")
        yield from _of_coordinator(app.sla)
    elif isinstance(app, Workflow):
        for sla, node in ((app.sla, ""), *((action.sla, action.name) for action in app.actions)):
            yield from _values(sla, node)


def _values(sla: Element | None, node: str) -> Iterator[Diagnostic]:
    for child in sla.children if sla is not None else ():
        text = child.text.strip()
        if "${" in text or not text:
            continue
        if child.tag in _MINUTES:
            yield from _number(child, text, node)
        elif child.tag == "alert-events":
            yield from _events(child, text, node)
    if sla is not None and sla.text_of("alert-events").strip() and not sla.text_of("alert-contact").strip():
        message = "sla:alert-events says when to mail, but no sla:alert-contact says whom: nobody gets a mail"
        yield lint("H027", message, "add <sla:alert-contact>", sla.line, node)


def _number(child: Element, text: str, node: str) -> Iterator[Diagnostic]:
    number = java_float(text)
    if number is not None and number < 0:
        message = f"sla:{child.tag} is negative: a server without the SLA service forgets it, one with it says E0302"
        yield lint("H027", message, "write the minutes from the nominal time, 0 or more", child.line, node)
    elif number is None and child.tag == "max-duration":
        message = f"sla:max-duration '{text}' is no number: a server with the SLA service stumbles over it"
        yield lint("H027", message, "write a number of minutes, such as 30 or ${30 * MINUTES}", child.line, node)


def _events(child: Element, text: str, node: str) -> Iterator[Diagnostic]:
    for event in text.split(","):
        if event.strip().upper() not in _EVENTS:
            message = f"'{event.strip()}' is no event of an SLA: Oozie takes end_miss in its place"
            known = ", ".join(name.lower() for name in _EVENTS)
            hint = did_you_mean(event.strip().upper(), _EVENTS, f"there are {known}", shown=str.lower)
            yield lint("H027", message, hint, child.line, node)


def _of_coordinator(sla: Element | None) -> Iterator[Diagnostic]:
    """Of a coordinator Oozie looks at the values only when it makes the first action, and then the job FAILS."""
    for child in sla.children if sla is not None else ():
        text = child.text.strip()
        if "${" in text:
            continue
        hint = "write a whole number of minutes"
        if child.tag == "nominal-time":
            try:
                parse_time(text)
                continue
            except TimeError:
                hint = "write ${coord:nominalTime()}"
        elif (
            java_integer(text) is not None or child.tag not in _MINUTES[:2] or (child.tag, text) == ("should-start", "")
        ):
            continue
        message = f"sla:{child.tag} '{text}' stops the coordinator: it FAILS when its first action is made"
        yield lint("H027", message, hint, child.line)
