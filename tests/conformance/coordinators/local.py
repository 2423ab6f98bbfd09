"""The coordinators of these cases by our own reading of the language."""

from __future__ import annotations

from datetime import datetime, timezone

from oozie.language.calendar import Frequency, format_time
from oozie.language.coordinator import materialise_one
from oozie.language.el import evaluate
from oozie.language.el.coordinator import CoordinatorState, coordinator_scope
from oozie.language.el.submission import Submission
from oozie.language.reader import read_coordinator
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from storage.errors import HowdahError
from tests.conformance.coordinators.cases import EXISTING, NAME_NODE, PROPERTIES, Line, calendar_app, value_app

# Oozie makes the action of a time that has passed now; any moment after the datasets begin gives the same.
_MADE = datetime(2024, 5, 1, tzinfo=timezone.utc)


def nominal_times(line: Line) -> str:
    """The nominal times of a line of calendar.txt, or the code."""
    try:
        return " ".join(format_time(moment) for moment in _resolved(calendar_app(line.text)).nominal_times())
    except HowdahError as error:
        return error.code


def value(line: Line) -> str:
    """What the text of a line of values.txt becomes, or the code."""
    kind = line.place.split()[0]
    try:
        resolved = _resolved(value_app(line))
        controls = resolved.controls
        if kind == "timeout":
            return str(controls.timeout_minutes)
        if kind == "sla":
            return _in_sla(resolved, line.text)
        if kind == "frequency":
            frequency = resolved.frequency
            return f"{frequency.amount} {frequency.unit}" if isinstance(frequency, Frequency) else frequency.text
        if kind in ("concurrency", "throttle", "execution"):
            return str(getattr(controls, kind))
        nominal = next(resolved.nominal_times())
        action = materialise_one(resolved, 1, nominal, exists=_exists, actual=_MADE)
    except HowdahError as error:
        return error.code
    if kind == "property":
        return action.configuration["value"]
    if kind == "app-path":
        return action.app_path
    found = [need.uri for need in (action.outputs if kind == "output" else action.inputs)]
    still_open = action.unresolved.get("e", ())
    return " ".join([*found, *(f"open: {text}" for text in still_open)])


def _in_sla(resolved: ResolvedCoordinator, text: str) -> str:
    """A text of the action's SLA: tried at submission, evaluated when the action is made."""
    nominal = next(resolved.nominal_times())
    made = materialise_one(resolved, 1, nominal, exists=_exists, actual=_MADE)
    outputs = {need.event: need.uri for need in made.outputs}
    Submission(resolved.properties, (), outputs).tried("coord-sla", text)
    state = CoordinatorState(
        resolved.properties, name=resolved.name, zone=resolved.zone, nominal_time=nominal, actual_time=_MADE,
        outputs=outputs,
    )  # fmt: skip
    return evaluate(text, coordinator_scope("sla", state))


def _resolved(xml: str) -> ResolvedCoordinator:
    return resolve_coordinator(read_coordinator(xml.encode()), {"user.name": "root", **PROPERTIES})


def _exists(uri: str) -> bool:
    return uri.removeprefix(NAME_NODE) in EXISTING
