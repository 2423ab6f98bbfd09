"""When a coordinator is due, in UTC and on the clocks of its time zone, with what daylight saving does to it.

Source: CoordinatorFunctionalSpec 7, CoordMaterializeTransitionXCommand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from oozie.language.calendar import Cron, format_time, processing_zone
from oozie.language.model import Coordinator
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator

_OF_THE_CLOCK = frozenset({"DAY", "WEEK", "MONTH", "YEAR"})
_ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Occurrence:
    """One nominal time: in UTC, on the clocks of the coordinator's time zone, and what is odd about it ("" nothing)."""

    utc: datetime
    local: datetime
    note: str = ""


def schedule_of(
    coordinator: Coordinator, properties: Mapping[str, str], processing: str = "UTC"
) -> ResolvedCoordinator:
    """What ``coordinator`` says of its times, whatever its datasets and its workflow need.

    Raises: AppError E1003, ElError E1004.
    """
    with_values = tuple(parameter for parameter in coordinator.parameters if parameter.value is not None)
    times_alone = replace(
        coordinator, parameters=with_values, includes=(), datasets=(), inputs=(), outputs=(), input_logic=None,
        input_combination=None, configuration=(), app_path="", controls=None, sla=None, name="times",
    )  # fmt: skip
    return resolve_coordinator(times_alone, properties, processing=processing)


def occurrences(schedule: ResolvedCoordinator) -> Iterator[Occurrence]:
    """The nominal times from the start to the end, one by one."""
    before: datetime | None = None
    first: datetime | None = None
    for moment in schedule.nominal_times():
        local = moment.astimezone(schedule.zone)
        first = first or local
        notes = (
            _change(before, moment, schedule.zone),
            _missing(first, local, schedule),
            _doubled(local),
            _moved(moment, schedule),
        )
        yield Occurrence(moment, local, "; ".join(filter(None, notes)))
        before = moment


def _change(before: datetime | None, moment: datetime, zone: tzinfo) -> str:
    """Whether clocks were changed since the time before."""
    if before is None:
        return ""
    shift = _offset(moment, zone) - _offset(before, zone)
    if not shift:
        return ""
    return f"clocks have gone {'forward' if shift > timedelta() else 'back'} {_length(abs(shift))} since the last one"


def _missing(first: datetime, local: datetime, schedule: ResolvedCoordinator) -> str:
    """Whether a coordinator that keeps its clock time could not keep it that day."""
    frequency = schedule.frequency
    if isinstance(frequency, Cron) or frequency.unit not in _OF_THE_CLOCK or local.time() == first.time():
        return ""
    return f"{first:%H:%M} does not exist there that day"


def _doubled(local: datetime) -> str:
    """Whether clocks show this time twice."""
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() == local.utcoffset():
        return ""
    return f"clocks show {local:%H:%M} twice that day: this is the {'second' if local.fold else 'first'}"


def _moved(moment: datetime, schedule: ResolvedCoordinator) -> str:
    """Whether Oozie moved a time of cron, which it reads in its own zone."""
    cron = schedule.frequency
    if not isinstance(cron, Cron):
        return ""
    own = processing_zone(schedule.processing)
    if cron.next_after((moment - _ONE_MINUTE).astimezone(own)) == moment:
        return ""
    shown = format_time(moment, schedule.processing)[11:]
    return f"cron does not say {shown}: Oozie moves it, as daylight saving is other than at the start"


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _length(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
