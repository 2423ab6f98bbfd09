"""A coordinator's instances as a calendar: a month of days, or rows of small fields where there are many a day."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oozie.client import CoordinatorAction

_PERIOD = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_FIRST_YEAR, _LAST_YEAR = 1900, 9000

MOST_IN_A_DAY_OF_A_MONTH = 6  # more do not fit into a day's field
MOST_IN_A_MONTH_OF_ROWS = 1600  # more make a page that is too long: a day at a time


@dataclass(frozen=True)
class Period:
    """What one page of the calendar shows: a month, or a single day; both ends in UTC, the end not part of it."""

    first: date
    is_month: bool
    zone: tzinfo

    @property
    def start(self) -> datetime:
        """The first moment."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self._midnight(self.next.first)

    @property
    def next(self) -> Period:
        """The period after this one."""
        days = calendar.monthrange(self.first.year, self.first.month)[1] if self.is_month else 1
        return Period(self.first + timedelta(days=days), self.is_month, self.zone)

    @property
    def previous(self) -> Period:
        """The period before this one."""
        before = self.first - timedelta(days=1)
        return Period(before.replace(day=1) if self.is_month else before, self.is_month, self.zone)

    @property
    def name(self) -> str:
        """As an address has it: ``2026-11`` or ``2026-11-21``."""
        return self.first.strftime("%Y-%m" if self.is_month else "%Y-%m-%d")

    @property
    def title(self) -> str:
        """As a person reads it."""
        return f"{calendar.month_name[self.first.month]} {self.first.year}" if self.is_month else self.name

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(timezone.utc)


@dataclass(frozen=True)
class Entry:
    """One instance and its nominal time where the coordinator is at home."""

    action: CoordinatorAction
    local: datetime


@dataclass(frozen=True)
class Row:
    """A label (a day or an hour) and its instances."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Day:
    """A day's field in a month; ``is_inside`` is false for those of the months around it."""

    date: date
    is_inside: bool
    is_today: bool
    entries: tuple[Entry, ...]


def zone_of(name: str) -> tzinfo:
    """The time zone that a coordinator names; UTC for one that this machine does not know (Oozie takes GMT+7 too)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.utc


def period_of(name: str, latest: datetime | None, zone: tzinfo, now: datetime) -> Period:
    """The period that an address names; without one the month of the latest instance."""
    if wanted := _PERIOD.fullmatch(name):
        year, month, day = int(wanted[1]), int(wanted[2]), int(wanted[3] or 1)
        if _FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            return Period(date(year, month, day), not wanted[3], zone)
    local = (latest or now).astimezone(zone).date()
    return Period(local.replace(day=1), True, zone)


def a_day(minutes_between: float) -> float:
    """How many instances a day has."""
    return 1440 / minutes_between if minutes_between > 0 else 1.0


def minutes_between(actions: Sequence[CoordinatorAction], frequency: str, unit: str) -> float:
    """How far instances are apart: what the coordinator says, else (cron) what its instances show."""
    sizes = {"MINUTE": 1.0, "HOUR": 60.0, "DAY": 1440.0, "WEEK": 10080.0, "MONTH": 43200.0, "YEAR": 525600.0}
    size = next((size for name, size in sizes.items() if unit.upper().startswith(name)), 0.0)
    if size and frequency.isdigit() and int(frequency):
        return int(frequency) * size
    nominal = sorted(action.nominal for action in actions if action.nominal)
    if len(nominal) < 2:
        return 1440.0
    return max((nominal[-1] - nominal[0]).total_seconds() / 60 / (len(nominal) - 1), 1.0)


def weeks(period: Period, actions: Iterable[CoordinatorAction], now: datetime) -> list[list[Day]]:
    """The month's weeks from Monday on, with the instances of each day."""
    by_day = defaultdict(list)
    for entry in _entries(period, actions):
        by_day[entry.local.date()].append(entry)
    today = now.astimezone(period.zone).date()
    month = calendar.Calendar().monthdatescalendar(period.first.year, period.first.month)
    return [
        [Day(day, day.month == period.first.month, day == today, tuple(by_day[day])) for day in week] for week in month
    ]


def rows(period: Period, actions: Iterable[CoordinatorAction]) -> list[Row]:
    """Days of a month or hours of a day that have instances."""
    by_label: dict[str, list[Entry]] = defaultdict(list)
    form = "%a %d" if period.is_month else "%H h"
    for entry in _entries(period, actions):
        by_label[entry.local.strftime(form)].append(entry)
    return [Row(label, tuple(entries)) for label, entries in by_label.items()]


def _entries(period: Period, actions: Iterable[CoordinatorAction]) -> list[Entry]:
    found = [
        Entry(action, action.nominal.astimezone(period.zone))
        for action in actions
        if action.nominal and period.start <= action.nominal < period.end
    ]
    return sorted(found, key=lambda entry: (entry.action.nominal, entry.action.number))
