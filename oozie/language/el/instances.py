"""The instances of a dataset: which of them a coordinator's action means by current(0), offset, latest ...

Source: org.apache.oozie.coord.CoordELFunctions. Instances are written as Oozie writes times, several joined by ``#``,
the newest first.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from oozie.language.calendar import (
    Frequency,
    Unit,
    add,
    format_time,
    from_clock,
    move_to_end,
    parse_time,
    processing_zone,
)
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.evaluator import Scope, evaluate

SEPARATOR = "#"
_LENGTHS: dict[Unit, timedelta] = {
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
}
# No sensible range or search is longer; Oozie would go on until its memory is full.
MOST_INSTANCES = 1_000_000
# How far future may look ahead: each look is one at a file system.
FARTHEST_FUTURE = 100_000


@dataclass(frozen=True)
class ResolvedDataset:
    """A dataset with everything in it evaluated but the instance's own YEAR, MONTH, DAY, HOUR and MINUTE."""

    name: str
    frequency: Frequency
    initial_instance: datetime
    zone: tzinfo
    uri_template: str
    done_flag: str
    processing: str = "UTC"

    @property
    def first(self) -> datetime:
        """The initial instance, moved to the end of its day, week or month where the frequency says so."""
        if self.frequency.at_end:
            return move_to_end(self.initial_instance, self.frequency.unit, self.zone)
        return self.initial_instance

    def step(self, moment: datetime, count: int) -> datetime:
        """``count`` instances on from ``moment``."""
        return add(moment, count * self.frequency.amount, self.frequency.unit, self.zone)

    def uri(self, instance: str) -> str:
        """Where that instance lies. Raises: ElError E1004."""
        local = parse_time(instance, self.processing).astimezone(processing_zone(self.processing))
        parts = {"MONTH": local.month, "DAY": local.day, "HOUR": local.hour, "MINUTE": local.minute}
        variables = {name: f"{number:02}" for name, number in parts.items()}
        return evaluate(self.uri_template, Scope({"YEAR": local.year, **variables}, {}, code="E1004"))

    def flag_path(self, uri: str) -> str:
        """The file whose existence says that ``uri`` is complete, or ``uri`` itself."""
        return f"{uri}/{self.done_flag}" if self.done_flag else uri


def current_instance(dataset: ResolvedDataset, effective: datetime) -> tuple[int, datetime] | None:
    """Number (from 0) and time of the last instance at or before ``effective``; None before the first."""
    first, frequency = dataset.first, dataset.frequency
    if first > effective:
        return None
    count = _units_between(first, effective, frequency.unit, dataset.zone)
    # Oozie goes there by leaps when it is far and then by steps, which tells at the end of a month.
    count = count // frequency.amount if count > 2 else 0
    current = dataset.step(first, count) if count else first
    while current <= effective:
        current = dataset.step(current, 1)
        count += 1
    return count - 1, dataset.step(current, -1)


def _units_between(first: datetime, later: datetime, unit: Unit, zone: tzinfo) -> int:
    if unit in _LENGTHS:
        return (later - first) // _LENGTHS[unit]
    start, end = first.astimezone(zone), later.astimezone(zone)
    years = end.year - start.year
    return years if unit == "YEAR" else years * 12 + end.month - start.month


def current_range(dataset: ResolvedDataset, nominal: datetime, start: int, end: int) -> str:
    """The instances from ``start`` to ``end``, counted from the current one; those before the first are left out."""
    current = current_instance(dataset, nominal)
    if current is None:
        return ""
    if end - start > MOST_INSTANCES:
        raise EvaluationFault(f"a range of {end - start} instances is too long")
    moment, instances = dataset.step(dataset.first, current[0] + start), []
    for _ in range(start, end + 1):
        if moment >= dataset.first:
            instances.append(format_time(moment, dataset.processing))
        moment = dataset.step(moment, 1)
    return SEPARATOR.join(reversed(instances))


def absolute_range(dataset: ResolvedDataset, nominal: datetime, start_instance: str, end: int) -> str:
    """The instances from a fixed one to ``end``, counted from the current one."""
    wanted = parse_time(start_instance, dataset.processing)
    start, current = current_instance(dataset, wanted), current_instance(dataset, nominal)
    shown = format_time(dataset.first, dataset.processing)
    if start is None or current is None:
        what = f"the start instance {start_instance}" if start is None else "the nominal time"
        raise EvaluationFault(f"the dataset's initial instance {shown} is later than {what}")
    if start[1] != wanted:
        raise EvaluationFault(f"{start_instance} is no instance of the dataset, which begins at {shown}")
    offset = start[0] - current[0]
    if offset > end:
        raise EvaluationFault(f"the start instance {start_instance} is current({offset}), later than current({end})")
    return current_range(dataset, nominal, offset, end)


def offset_moment(dataset: ResolvedDataset, nominal: datetime, amount: int, unit: Unit) -> datetime | None:
    """So much from the current instance, on an instance or between two; None before the first instance."""
    current = current_instance(dataset, nominal)
    return None if current is None else add(current[1], amount, unit, dataset.zone)


def offset_instance(dataset: ResolvedDataset, nominal: datetime, amount: int, unit: Unit) -> str:
    """The last instance at or before so much from the current one."""
    wanted = offset_moment(dataset, nominal, amount, unit)
    if wanted is None:
        return ""
    found = current_instance(dataset, wanted)
    if found is None:
        return ""
    instance = dataset.step(dataset.first, found[0])
    if _last_by_steps(dataset, wanted, instance) != instance:
        raise EvaluationFault("Oozie loses its way in months of different lengths here", "write it with coord:current")
    return format_time(instance, dataset.processing)


def _last_by_steps(dataset: ResolvedDataset, wanted: datetime, instance: datetime) -> datetime:
    """Oozie goes one instance after the other: the 31st becomes the 28th in February, and stays it."""
    if dataset.frequency.unit in _LENGTHS:
        return instance
    moment = dataset.first
    while (following := dataset.step(moment, 1)) <= wanted:
        moment = following
    return dataset.step(following, -1) if following > wanted and moment != wanted else moment


def offsets_between(dataset: ResolvedDataset, nominal: datetime, start: datetime, end: datetime) -> list[int]:
    """How far the instances from ``start`` to ``end`` lie from the current one, in the dataset's units."""
    current = current_instance(dataset, nominal)
    if current is None:
        return []
    moment, total, amount = current[1], 0, dataset.frequency.amount
    steps, totals = 0, []
    while moment > start and steps < MOST_INSTANCES:
        moment, total, steps = dataset.step(moment, -1), total - amount, steps + 1
    while moment <= end and steps < MOST_INSTANCES:
        if moment >= start:
            totals.append(total)
        moment, total, steps = dataset.step(moment, 1), total + amount, steps + 1
    if steps >= MOST_INSTANCES:
        raise EvaluationFault(f"the range is longer than {MOST_INSTANCES} instances")
    return totals


def hours_in_day(dataset: ResolvedDataset, nominal: datetime, offset: int) -> int:
    """23, 24 or 25 hours: the day on which the ``offset``-th instance from the nominal time falls; -1 before data."""
    if dataset.first > nominal:
        return -1
    local = dataset.step(nominal, offset).astimezone(dataset.zone)
    half_past_midnight = from_clock(local.replace(tzinfo=None, hour=0, minute=30, second=0), dataset.zone)
    return {1: 23, 23: 25}.get((half_past_midnight + timedelta(hours=24)).astimezone(dataset.zone).hour, 24)


def days_in_month(dataset: ResolvedDataset, nominal: datetime, offset: int) -> int:
    """The length of the month in which the ``offset``-th instance from the nominal time falls; -1 before data."""
    if dataset.first > nominal:
        return -1
    local = dataset.step(nominal, offset).astimezone(dataset.zone)
    return gregorian.monthrange(local.year, local.month)[1]


def latest(
    dataset: ResolvedDataset, actual: datetime, start: int, end: int, exists: Callable[[str], bool]
) -> list[str] | None:
    """The ``start``-th to ``end``-th instance that exist, 0 the newest at ``actual``; None when there are fewer."""
    current = current_instance(dataset, actual)
    if current is None:
        return None
    moments = (dataset.step(dataset.first, count) for count in range(current[0], -1, -1))
    existing = _existing(dataset, moments, exists)
    return _take(existing, -end, -start)


def future(
    dataset: ResolvedDataset, nominal: datetime, start: int, end: int, limit: int, exists: Callable[[str], bool]
) -> list[str] | None:
    """The ``start``-th to ``end``-th instance that exist from ``nominal`` on, among ``limit`` + 1 looked at."""
    current = current_instance(dataset, nominal)
    if current is None:
        return None
    moments = (dataset.step(dataset.first, current[0] + count) for count in range(limit + 1))
    return _take(_existing(dataset, moments, exists), start, end)


def _existing(dataset: ResolvedDataset, moments: Iterator[datetime], exists: Callable[[str], bool]) -> Iterator[str]:
    for moment in moments:
        instance = format_time(moment, dataset.processing)
        if exists(dataset.flag_path(dataset.uri(instance))):
            yield instance


def _take(existing: Iterator[str], first: int, last: int) -> list[str] | None:
    """The ``first``-th to ``last``-th of them, looking no further."""
    taken: list[str] = []
    for number, instance in enumerate(existing):
        if number >= first or number == last:
            taken.append(instance)
        if number == last:
            return taken
    return None
