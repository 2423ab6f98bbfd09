"""When a coordinator runs, what it waits for and what it starts; and which coordinators a bundle has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from oozie.language.dataflow import Stock, inputs_of, outputs_of
from oozie.language.el.errors import ElError
from oozie.language.errors import AppError
from oozie.language.explanation.times import frequency_in_words, instance_in_words, is_number, span
from oozie.language.explanation.workflow import sla_in_words
from oozie.language.family import Link
from oozie.language.filling import fill, unknown_names
from oozie.language.model import Bundle, Controls, Coordinator, Dataset, Element
from oozie.language.occurrences import occurrences, schedule_of
from oozie.language.secret_names import masked_value

_FIRST = 3
_DEFAULT_TIMEOUT = "120"
_JOINTS = {"and": " and ", "or": " or ", "combine": " together with "}
_ORDERS = {
    "FIFO": "the oldest first",
    "LIFO": "the newest first",
    "LAST_ONLY": "only the newest that is due: older ones are skipped",
    "NONE": "only on time: one that is late by more than a minute is skipped",
}


@dataclass(frozen=True)
class Due:
    """A nominal time in UTC and on the clocks of the zone, as ISO 8601; ``note`` is what is odd about it."""

    utc: str
    local: str
    note: str = ""


@dataclass(frozen=True)
class Schedule:
    """When a coordinator runs; ``trouble`` is why its first times cannot be told."""

    frequency: str
    start: str
    end: str
    timezone: str
    first: tuple[Due, ...] = ()
    trouble: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Data:
    """A dataset that is waited for, or made; the words are sentences."""

    name: str
    dataset: str
    uri: str
    instances: tuple[str, ...]
    complete: str
    note: str = ""


@dataclass(frozen=True)
class CoordinatorFacts:
    """A coordinator in words; passwords among what it ``hands`` to its workflow are hidden."""

    schedule: Schedule
    waits_for: tuple[Data, ...]
    waiting: str
    makes: tuple[Data, ...]
    timeout: str
    concurrency: str
    order: str
    throttle: str
    starts: Link
    hands: Mapping[str, str]
    sla: str = ""


@dataclass(frozen=True)
class MemberFacts:
    """A coordinator of a bundle; passwords among what it ``hands`` down are hidden."""

    name: str
    starts: Link
    is_enabled: str
    hands: Mapping[str, str]


@dataclass(frozen=True)
class BundleFacts:
    """A bundle in words."""

    kick_off: str
    coordinators: tuple[MemberFacts, ...]


def explain_coordinator(
    app: Coordinator, properties: Mapping[str, str], starts: Link, included: tuple[Dataset, ...] = ()
) -> CoordinatorFacts:
    """What ``app`` says; what depends on properties that are not there stays as it is written."""
    controls = app.controls or Controls()
    inputs = inputs_of(app, properties, included)
    return CoordinatorFacts(
        schedule=_schedule(app, properties),
        waits_for=tuple(_data(stock, is_input=True) for stock in inputs),
        waiting=_waiting(app, len(inputs)),
        makes=tuple(_data(stock, is_input=False) for stock in outputs_of(app, properties, included)),
        timeout=_timeout(fill(controls.timeout, properties) or _DEFAULT_TIMEOUT) if inputs else "",
        concurrency=_concurrency(fill(controls.concurrency, properties) or "1"),
        order=_order(fill(controls.execution, properties) or "FIFO"),
        throttle=fill(controls.throttle, properties),
        starts=starts,
        hands=_handed(app.configuration, properties),
        sla=sla_in_words(app.sla, properties),
    )


def explain_bundle(app: Bundle, properties: Mapping[str, str], links: Mapping[str, Link]) -> BundleFacts:
    """What ``app`` says; ``links`` are where its coordinators lie, by their names."""
    kick_off = fill(app.kick_off_time, properties)
    return BundleFacts(
        f"at {kick_off}" if kick_off else "as soon as it is submitted",
        tuple(
            MemberFacts(
                fill(member.name, properties),
                links.get(member.name, Link(member.app_path)),
                _enabled(fill(member.enabled, properties)),
                _handed(member.configuration, properties),
            )
            for member in app.members
        ),
    )


def _handed(pairs: Iterable[tuple[str, str]], properties: Mapping[str, str]) -> dict[str, str]:
    named = ((name.strip(), value) for name, value in pairs)
    return {name: masked_value(name, fill(value, properties)) for name, value in named}


def _enabled(text: str) -> str:
    if text.lower() == "false":
        return "it is switched off"
    return f"only if {text} is true" if text.startswith("${") else ""


def _schedule(app: Coordinator, properties: Mapping[str, str]) -> Schedule:
    start, end, zone = (fill(text, properties) for text in (app.start, app.end, app.timezone))
    unknown = tuple(dict.fromkeys(unknown_names(" ".join((fill(app.frequency, properties), start, end, zone)))))
    words = frequency_in_words(app.frequency, properties)
    if unknown:
        trouble = f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not known here"
        return Schedule(words, start, end, zone, (), trouble, unknown)
    try:
        schedule = schedule_of(app, properties)
        first = tuple(
            Due(f"{one.utc:%Y-%m-%dT%H:%MZ}", one.local.isoformat(timespec="minutes"), one.note)
            for one in islice(occurrences(schedule), _FIRST)
        )
    except (AppError, ElError) as error:
        return Schedule(words, start, end, zone, (), f"Oozie would refuse them: {error.diagnostics[0].message}")
    return Schedule(words, start, end, zone, first)


def _waiting(app: Coordinator, count: int) -> str:
    if not count:
        return "nothing but the time"
    if app.input_logic is not None:
        return f"these, combined: {_combined(app.input_logic, ' and ')}"
    if app.input_combination is not None and app.input_combination.tag == "or":
        return "any one of these"
    return "all of these" if count > 1 else "this"


def _combined(element: Element, joint: str) -> str:
    """``a and (b or c)``: what <input-logic> says of the events."""
    parts = [
        child.attribute("dataset") or child.attribute("name")
        if child.tag == "data-in"
        else f"({_combined(child, _JOINTS.get(child.tag, ', '))})"
        for child in element.children
    ]
    return joint.join(parts)


def _data(stock: Stock, *, is_input: bool) -> Data:
    if not stock.is_known:
        note = "no such dataset is defined here"
        return Data(stock.event, stock.dataset, "", tuple(map(instance_in_words, stock.instances)), "", note)
    if stock.uri.startswith("hcat:"):
        complete = "the partition is there"
    else:
        complete = f"{stock.done_flag} is in it" if stock.done_flag else "the directory is there"
    return Data(
        stock.event,
        stock.dataset,
        stock.uri,
        tuple(map(instance_in_words, stock.instances)),
        f"complete once {complete}" if is_input else "",
    )


def _timeout(text: str) -> str:
    if text == "-1":
        return "waits for its data as long as it takes (60 days at most)"
    if text == "0":
        return "gives up at once where its data is not there when it is made"
    if is_number(text):
        return f"gives up (TIMEDOUT) when its data has not come within {_length(int(text))}"
    return f"gives up (TIMEDOUT) when its data has not come within {text} minutes"


def _length(minutes: int) -> str:
    words = span(minutes)
    return words if words[0].isdecimal() else f"1 {words}"


def _concurrency(text: str) -> str:
    if text == "1":
        return "one at a time"
    return "any number at a time" if text == "-1" else f"up to {text} at a time"


def _order(text: str) -> str:
    return _ORDERS.get(text.upper(), f"in the order {text}")
