"""Times that are other than they look: cron, which Oozie reads in UTC, and what daylight saving moves.

Source: CoordinatorFunctionalSpec 4.3 and 7; measured with the real server (tests/conformance/coordinators).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from oozie.language.calendar import Cron, Frequency, TimeError
from oozie.language.el.instances import ResolvedDataset, current_instance
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import Coordinator
from oozie.language.occurrences import Occurrence, occurrences, schedule_of
from oozie.language.submission import ResolvedCoordinator, resolve_coordinator
from storage.errors import Diagnostic, HowdahError

_MINUTES_OF_A_DAY = 24 * 60
_HOURS_OF_A_DAY = 24
_A_YEAR = timedelta(days=400)
_MOST_TIMES = 2000
_IN_MINUTES = {"MINUTE": 1, "HOUR": 60}
_DATE = "%Y-%m-%d"
# The first and the last days of the calendar, where time zones lead out of it.
_BEYOND = (TimeError, OverflowError)


def moved_times(subject: Subject[Coordinator]) -> Iterator[Diagnostic]:
    """H016 for nominal times that daylight saving moves, H025 for cron that is not in the coordinator's time zone."""
    with suppress(HowdahError, *_BEYOND):  # what is not known here, or refused, is said elsewhere
        schedule = schedule_of(subject.app, subject.known)
        frequency = schedule.frequency
        if isinstance(frequency, Cron):
            found = _of_cron(schedule, frequency)
        elif frequency.unit in _IN_MINUTES:
            found = _of_minutes(schedule, frequency)
        else:
            found = _of_days(schedule)
        if found is not None:
            code, message, hint = found
            yield lint(code, message, hint, subject.app.line)
    yield from _of_datasets(subject)


def _of_cron(schedule: ResolvedCoordinator, cron: Cron) -> tuple[str, str, str] | None:
    first = next(schedule.nominal_times(), None)
    if first is None or (not _offset(first, schedule.zone) and not _has_change(schedule)):
        return None
    moved = next((one for one in _seen(schedule) if "Oozie moves it" in one.note), None)
    in_utc = (
        'write the hours in UTC and timezone="UTC", or a frequency such as ${coord:days(1)}, which keeps clock time'
    )
    if moved is not None:
        message = (
            f"cron is read in UTC, and {schedule.zone} moves it: from {moved.utc.strftime(_DATE)} on it is "
            f"{moved.utc:%H:%M}Z while it catches up, and as written once it has"
        )
        return "H016", message, in_utc
    if len(cron.hours) == _HOURS_OF_A_DAY:
        return None
    local = first.astimezone(schedule.zone)
    message = (
        f"cron is read in UTC, whatever the timezone: the first time of '{cron.text}' is {first:%H:%M}Z, "
        f"{local:%H:%M} in {schedule.zone}"
    )
    return "H025", message, in_utc


def _of_minutes(schedule: ResolvedCoordinator, frequency: Frequency) -> tuple[str, str, str] | None:
    """A day that is counted in minutes or hours is always 24 hours long."""
    if not _is_of_days(frequency):
        return None
    before: Occurrence | None = None
    for one in _seen(schedule):
        before = before or one
        if _offset(one.utc, schedule.zone) != _offset(before.utc, schedule.zone):
            message = (
                f"every {frequency.amount} {frequency.unit.lower()}s is not every day in {schedule.zone}: "
                f"{before.local:%H:%M} becomes {one.local:%H:%M} there on {one.local.strftime(_DATE)}"
            )
            days = frequency.amount * _IN_MINUTES[frequency.unit] // _MINUTES_OF_A_DAY
            return "H016", message, f"write ${{coord:days({days})}}, which keeps the time on the clocks"
    return None


def _of_days(schedule: ResolvedCoordinator) -> tuple[str, str, str] | None:
    """A time that clocks leave out or show twice."""
    if not _has_change(schedule):
        return None
    for one in _seen(schedule):
        note = next((note for note in one.note.split("; ") if "does not exist" in note or "twice" in note), "")
        if note:
            message = f"on {one.local.strftime(_DATE)} it is due at {one.local:%H:%M} in {schedule.zone}: {note}"
            return "H016", message, "choose a start whose time of day clocks never leave out, such as noon"
    return None


def _of_datasets(subject: Subject[Coordinator]) -> Iterator[Diagnostic]:
    """Daily datasets whose days are not the coordinator's: at a change of clocks one is read twice, or none."""
    used = {event.dataset for event in (*subject.app.inputs, *subject.app.outputs)}
    try:
        resolved = resolve_coordinator(subject.app, subject.known)
    except HowdahError:
        return
    if isinstance(resolved.frequency, Cron) or not _is_of_days(resolved.frequency):
        return
    lines = {dataset.name: dataset.line for dataset in subject.app.datasets}
    for name in sorted(used & resolved.datasets.keys()):
        dataset = resolved.datasets[name]
        if str(dataset.zone) != str(resolved.zone) and _is_of_days(dataset.frequency):
            parted = ""
            with suppress(*_BEYOND):
                parted = _parting(resolved, dataset)
            if parted:
                message = (
                    f"dataset '{name}' has its days in {dataset.zone}, the coordinator in {resolved.zone}: on {parted} "
                    "their clocks part, and coord:current(0) means the day before or after"
                )
                yield lint("H016", message, "give both the same timezone", lines.get(name, 0), name)


def _is_of_days(frequency: Frequency) -> bool:
    """Whether it is a number of days, however it is counted."""
    minutes = frequency.amount * _IN_MINUTES.get(frequency.unit, _MINUTES_OF_A_DAY)
    return frequency.unit not in ("MONTH", "YEAR") and minutes > 0 and minutes % _MINUTES_OF_A_DAY == 0


def _parting(resolved: ResolvedCoordinator, dataset: ResolvedDataset) -> str:
    """The date of the first action whose current instance is not as many on from the last one as it always is."""
    before: int | None = None
    usual: int | None = None
    for moment in islice(resolved.nominal_times(), _MOST_TIMES):
        current = current_instance(dataset, moment)
        if current is not None and before is not None:
            step = current[0] - before
            usual = step if usual is None else usual
            if step != usual:
                return moment.astimezone(resolved.zone).strftime(_DATE)
        before = None if current is None else current[0]
    return ""


def _seen(schedule: ResolvedCoordinator) -> Iterator[Occurrence]:
    """The nominal times of the first year, or the first few thousand."""
    first: datetime | None = None
    for one in islice(occurrences(schedule), _MOST_TIMES):
        first = first or one.utc
        if one.utc - first > _A_YEAR:
            return
        yield one


def _has_change(schedule: ResolvedCoordinator) -> bool:
    """Whether clocks are changed between start and end, in the first year."""
    days = min(schedule.end - schedule.start, _A_YEAR).days + 1
    offset = _offset(schedule.start, schedule.zone)
    return any(_offset(schedule.start + timedelta(days=day), schedule.zone) != offset for day in range(days))


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
