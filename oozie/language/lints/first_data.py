"""Coordinators that begin before their data does: Oozie leaves out the instances before a dataset's initial-instance.

Source: CoordinatorFunctionalSpec 6.1 and 6.6.1, org.apache.oozie.coord.CoordELFunctions; measured with the real server
(tests/conformance/coordinators/values.txt, datasets 'late' and 'future').
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from oozie.language.calendar import TimeError, format_time
from oozie.language.el.coordinator import CoordinatorState
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.instances import ResolvedDataset
from oozie.language.event import resolve_event
from oozie.language.filling import fill
from oozie.language.lints.subject import Subject, counted, lint
from oozie.language.model import Coordinator, DataEvent
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from storage.errors import Diagnostic, HowdahError

# How many actions and instances are looked at, and how far back from the current one an event may reach.
_MOST_ACTIONS = 2000
_MOST_INSTANCES = 2000
_COST_OF_ONE = 40  # of an action, in instances
_FARTHEST = 500
_NUMBER = re.compile(r"\d+")


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
        if (dataset.first > first or _reaches_back(event)) and not _is_far(resolved, event):
            yield from _of_event(resolved, event, is_input=event in subject.app.inputs)


def _reaches_back(event: DataEvent) -> bool:
    return any("-" in text for text in (*event.instances, event.start_instance))


def _is_far(resolved: ResolvedCoordinator, event: DataEvent) -> bool:
    """Whether an event may name more instances than can be looked at."""
    texts = " ".join((*event.instances, event.start_instance, event.end_instance))
    numbers = _NUMBER.findall(fill(texts, resolved.properties))
    return any(len(number) > 9 or int(number) > _FARTHEST for number in numbers)


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
    except (HowdahError, TimeError, EvaluationFault, OverflowError):
        return  # an instance that depends on what is not known, or at the end of the calendar
    if lack is None:
        return
    dataset = resolved.datasets[event.dataset]
    begins = format_time(dataset.first, resolved.processing)
    least = "at least " if lack.whole_from is None else ""
    who = "the first action" if lack.actions == 1 else f"{least}the first {counted(lack.actions, 'action')}"
    verb = "gets" if lack.actions == 1 else "get"
    what = f"coord:data{'In' if is_input else 'Out'}('{event.name}')"
    if lack.found == 0:
        message = f"for {who} {what} is empty: dataset '{dataset.name}' begins at {begins}"
    else:
        found = f"{lack.found} instance{'s' * (lack.found != 1)}"
        message = f"{who} {verb} too little of '{event.name}' ({found}, not {lack.wanted}): "
        message += f"dataset '{dataset.name}' begins at {begins}"
    start = f"start at {format_time(lack.whole_from, resolved.processing)}" if lack.whole_from else "start later"
    hint = f"{start}, or move initial-instance back if there is older data: Oozie leaves out what is before it"
    yield lint("H015", message, hint, event.line)


def _lack(resolved: ResolvedCoordinator, event: DataEvent) -> _Lack | None:
    dataset = resolved.datasets[event.dataset]
    first: tuple[int, int] | None = None
    earlier: ResolvedDataset | None = None
    number = seen = 0
    for number, nominal in enumerate(islice(resolved.nominal_times(), _MOST_ACTIONS)):
        if first and nominal < dataset.first:
            continue  # no better than the first one
        earlier = earlier or _begun_before(dataset, nominal)
        got, would = (_instances(resolved, event, each, nominal) for each in (dataset, earlier))
        if got is None or would is None or got >= would:
            return _Lack(*first, number, nominal) if first else None
        first = first or (got, would)
        seen += _COST_OF_ONE + got + would
        if seen > _MOST_INSTANCES:
            break
    return _Lack(*first, number + 1, None) if first else None


def _begun_before(dataset: ResolvedDataset, nominal: datetime) -> ResolvedDataset:
    """``dataset`` with the same instances, and so many before them that none is left out."""
    length = dataset.step(dataset.initial_instance, 1) - dataset.initial_instance
    missing = max(dataset.first - nominal, timedelta()) // length
    begins = dataset.step(dataset.initial_instance, -(missing + 2 * _FARTHEST))
    return replace(dataset, initial_instance=begins)


def _instances(
    resolved: ResolvedCoordinator, event: DataEvent, dataset: ResolvedDataset, nominal: datetime
) -> int | None:
    """How many instances the event means for that action; None where that depends on what is there."""
    state = CoordinatorState(
        resolved.properties, processing=resolved.processing, name=resolved.name, zone=resolved.zone,
        nominal_time=nominal, actual_time=nominal, dataset=dataset,
    )  # fmt: skip
    found = resolve_event(event, dataset, state)
    return None if found.unresolved else len(found.uris)
