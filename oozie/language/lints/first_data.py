"""Coordinators that begin before their data does: Oozie leaves out the instances before a dataset's initial-instance.

Source: CoordinatorFunctionalSpec 6.1 and 6.6.1, org.apache.oozie.coord.CoordELFunctions; measured with the real server
(tests/conformance/coordinators/values.txt, datasets 'late' and 'future').
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from oozie.language.calendar import TimeError, format_time
from oozie.language.el.coordinator import CoordinatorState
from oozie.language.el.errors import EvaluationFault
from oozie.language.event import resolve_event
from oozie.language.lints.subject import Subject, counted, lint
from oozie.language.model import Coordinator, DataEvent
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from storage.errors import Diagnostic, HowdahError

# How many actions are looked at, and how far back a dataset is thought to begin.
_MOST_ACTIONS = 400
_EARLIER_INSTANCES = 1500
_LONGEST = timedelta(days=20_000)


def early_starts(subject: Subject[Coordinator]) -> Iterator[Diagnostic]:
    """H015 for each event of which the first actions get less than it says, or nothing."""
    try:
        resolved = resolve_coordinator(subject.app, subject.known)
    except HowdahError:
        return  # it depends on what is not known, or it is refused: that is said elsewhere
    first = next(resolved.nominal_times(), None)
    if first is None:
        return
    for event in (*subject.app.inputs, *subject.app.outputs):
        dataset = resolved.datasets[event.dataset]
        if dataset.first > first or _reaches_back(event):
            yield from _of_event(resolved, event, is_input=event in subject.app.inputs)


def _reaches_back(event: DataEvent) -> bool:
    return any("-" in text for text in (*event.instances, event.start_instance))


@dataclass(frozen=True)
class _Lack:
    """What the first action gets, what it would get, and how many actions in a row get too little."""

    found: int
    wanted: int
    actions: int
    whole_from: datetime | None


def _of_event(resolved: ResolvedCoordinator, event: DataEvent, *, is_input: bool) -> Iterator[Diagnostic]:
    try:
        lack = _lack(resolved, event)
    except (HowdahError, TimeError, EvaluationFault):
        return
    if lack is None:
        return
    dataset = resolved.datasets[event.dataset]
    begins = format_time(dataset.first, resolved.processing)
    least = "at least " if lack.whole_from is None else ""
    who = "the first action" if lack.actions == 1 else f"the first {least}{counted(lack.actions, 'action')}"
    verb = "gets" if lack.actions == 1 else "get"
    what = f"coord:data{'In' if is_input else 'Out'}('{event.name}')"
    if lack.found == 0:
        message = f"for {who} {what} is empty: dataset '{dataset.name}' begins at {begins}"
    else:
        message = f"{who} {verb} too little of '{event.name}' ({lack.found} instances, not {lack.wanted}): "
        message += f"dataset '{dataset.name}' begins at {begins}"
    start = f"start at {format_time(lack.whole_from, resolved.processing)}" if lack.whole_from else "start later"
    hint = f"{start}, or move initial-instance back if there is older data: Oozie leaves out what is before it"
    yield lint("H015", message, hint, event.line)


def _lack(resolved: ResolvedCoordinator, event: DataEvent) -> _Lack | None:
    dataset = resolved.datasets[event.dataset]
    earlier = replace(dataset, initial_instance=dataset.step(dataset.initial_instance, -_EARLIER_INSTANCES))
    if dataset.initial_instance - earlier.initial_instance > _LONGEST:
        return None
    first: tuple[int, int] | None = None
    number = 0
    for number, nominal in enumerate(islice(resolved.nominal_times(), _MOST_ACTIONS)):
        state = CoordinatorState(
            resolved.properties, processing=resolved.processing, name=resolved.name, zone=resolved.zone,
            nominal_time=nominal, actual_time=nominal,
        )  # fmt: skip
        got = resolve_event(event, dataset, replace(state, dataset=dataset))
        would = resolve_event(event, earlier, replace(state, dataset=earlier))
        if got.unresolved or len(got.uris) >= len(would.uris):
            return _Lack(*first, number, nominal) if first else None
        first = first or (len(got.uris), len(would.uris))
    return _Lack(*first, number + 1, None) if first else None
