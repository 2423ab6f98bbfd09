"""When a workflow runs, and which data it waits for: what becomes the coordinator."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from generator.errors import place_of_caller, refuse

Execution: TypeAlias = Literal["FIFO", "LIFO", "LAST_ONLY", "NONE"]

_NAME = re.compile(r"[A-Za-z][\w-]{0,127}", re.ASCII)
_CRON_FIELD = re.compile(r"[\w*/,?#-]+", re.ASCII)
_INSTANT = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True)
class Frequency:
    """How often, as a coordinator's ``frequency`` writes it: minutes, EL for calendar units, or cron."""

    text: str
    kind: Literal["minutes", "calendar", "cron"] = "minutes"


def every(
    *, minutes: int | None = None, hours: int | None = None, days: int | None = None, months: int | None = None
) -> Frequency:
    """A fixed distance between two runs, in exactly one unit; days and months follow the calendar of the time zone.

    Raises: DeclarationError unless exactly one whole, positive number is given.
    """
    given = [(u, n) for u, n in (("minutes", minutes), ("hours", hours), ("days", days), ("months", months)) if n]
    if len(given) != 1:
        raise refuse("H306", "every() wants one of minutes, hours, days, months", "write every(minutes=150)")
    unit, number = given[0]
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise refuse("H306", f"every({unit}={number!r}): a whole number from 1 is wanted")
    if unit in ("minutes", "hours"):  # Oozie's unit is the minute; an hour is never anything but 60 of them
        return Frequency(str(number * (60 if unit == "hours" else 1)))
    return Frequency(f"${{coord:{unit}({number})}}", "calendar")


def cron(expression: str) -> Frequency:
    """Times by a cron expression of five fields: minute, hour, day of month, month, day of week (1 is Sunday).

    Raises: DeclarationError for anything but five fields.
    """
    fields = expression.split() if isinstance(expression, str) else []
    if len(fields) != 5 or not all(map(_CRON_FIELD.fullmatch, fields)):
        raise refuse(
            "H306", f"cron({expression!r}) has not five fields", 'as in cron("0 2 * * *"): each day at 2:00 UTC'
        )
    return Frequency(" ".join(fields), "cron")


@dataclass(frozen=True)
class Dataset:
    """A directory that appears again and again, one instance each ``frequency``.

    ``uri`` holds ${YEAR}, ${MONTH}, ${DAY}, ${HOUR}, ${MINUTE} where instances differ. ``done_flag`` is the file that
    says an instance is whole; "" means that the directory's presence is enough.
    """

    name: str
    uri: str
    frequency: Frequency
    initial_instance: str
    timezone: str = "UTC"
    done_flag: str = "_SUCCESS"

    def __post_init__(self) -> None:
        """Check what Oozie would only say at submission."""
        _check_name("Dataset", self.name)
        if not isinstance(self.frequency, Frequency) or self.frequency.kind == "cron":
            raise refuse("H306", f"Dataset '{self.name}': its frequency is a fixed distance", "write every(days=1)")
        _check_instant("Dataset", "initial_instance", self.initial_instance)
        _check_zone("Dataset", self.timezone)


@dataclass(frozen=True)
class DataInput:
    """Instances that a run waits for; the workflow finds their URIs, joined by commas, in the property ``name``."""

    name: str
    dataset: Dataset
    start: str = "${coord:current(0)}"
    end: str = ""


@dataclass(frozen=True)
class DataOutput:
    """The instance that a run makes; the workflow finds its URI in the property ``name``."""

    name: str
    dataset: Dataset
    instance: str = "${coord:current(0)}"


@dataclass(frozen=True)
class Schedule:
    """When a workflow runs: each ``frequency`` from ``start`` to ``end``, once the ``inputs`` are there.

    ``start`` and ``end`` are in UTC, as Oozie wants them (2026-01-01T00:00Z); ``timezone`` only says how long days and
    months are. A run finds its nominal time in the property ``nominalTime``.

    Units: ``timeout_minutes`` is how long a run waits for its data (-1: for ever; Oozie's own default is 120).
    """

    frequency: Frequency
    start: str
    end: str
    timezone: str = "UTC"
    concurrency: int = 1
    execution: Execution = "FIFO"
    timeout_minutes: int | None = None
    throttle: int | None = None
    inputs: tuple[DataInput, ...] = ()
    outputs: tuple[DataOutput, ...] = ()
    place: tuple[str, int] = field(default_factory=place_of_caller, compare=False)

    def __post_init__(self) -> None:
        """Check what Oozie would only say at submission."""
        if not isinstance(self.frequency, Frequency):
            raise refuse(
                "H301", f"Schedule: {self.frequency!r} is no frequency", "write every(minutes=150) or cron(...)"
            )
        start = _check_instant("Schedule", "start", self.start)
        if start >= _check_instant("Schedule", "end", self.end):
            raise refuse("H306", f"Schedule: end {self.end} is not after start {self.start}")
        _check_zone("Schedule", self.timezone)
        if self.execution not in ("FIFO", "LIFO", "LAST_ONLY", "NONE"):
            raise refuse("H301", f"Schedule: execution is {self.execution!r}", "one of FIFO, LIFO, LAST_ONLY, NONE")
        for argument, least in (("concurrency", 1), ("throttle", 1), ("timeout_minutes", -1)):
            number = getattr(self, argument)
            if number is not None and (not isinstance(number, int) or number < least):
                raise refuse("H301", f"Schedule: {argument} is {number!r}: a whole number from {least} is wanted")
        _check_events(self.inputs, self.outputs)


def _check_events(inputs: tuple[DataInput, ...], outputs: tuple[DataOutput, ...]) -> None:
    names: set[str] = set()
    datasets: dict[str, Dataset] = {}
    events: tuple[DataInput | DataOutput, ...] = (*inputs, *outputs)
    for event in events:
        _check_name(type(event).__name__, event.name)
        if event.name in names or event.name == "nominalTime":
            raise refuse("H304", f"Schedule: two inputs or outputs are called '{event.name}'", "each is a property")
        names.add(event.name)
        if datasets.setdefault(event.dataset.name, event.dataset) != event.dataset:
            raise refuse("H304", f"Schedule: two datasets are called '{event.dataset.name}'")


def _check_name(owner: str, name: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise refuse("H304", f"{owner}: {name!r} is no name", "a letter, then letters, digits, - and _")


def _check_instant(owner: str, argument: str, value: str) -> datetime:
    try:
        return datetime.strptime(value, _INSTANT)  # noqa: DTZ007 - compared with its like only; all are UTC
    except (TypeError, ValueError):
        hint = "in UTC, to the minute, as in 2026-01-01T00:00Z"
        raise refuse("H306", f"{owner}: {argument} is {value!r}, which Oozie does not read", hint) from None


def _check_zone(owner: str, zone: str) -> None:
    if re.fullmatch(r"(UTC|GMT([+-]\d{2}:?\d{2})?)", str(zone)):
        return
    try:
        ZoneInfo(zone)
    except (TypeError, ValueError, OSError, KeyError):
        if not available_timezones():  # a machine without a time zone database can say nothing of the name
            return
        hint = "a zone's full name, as in Asia/Bangkok"
        raise refuse("H306", f"{owner}: timezone {zone!r} is not known", hint) from None
