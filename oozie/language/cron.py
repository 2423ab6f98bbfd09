"""Cron frequencies as Quartz reads them: five fields, minutes to days of the week, with ``?``, ``L``, ``W`` and ``#``.

Source: org.quartz.CronExpression 2.3.2 with a leading seconds field of 0, and Oozie's CoordCommandUtils, which allows
a day of the month and a day of the week together (either of them counts). Weekdays count from 1 for Sunday.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

# Quartz looks no further.
_YEARS_AHEAD = 100

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class CronError(ValueError):
    """Why a text is no cron frequency."""


@dataclass(frozen=True)
class _FieldKind:
    """What one field may hold."""

    name: str
    lowest: int
    highest: int
    names: Mapping[str, int]


_KINDS = (
    _FieldKind("minute", 0, 59, {}),
    _FieldKind("hour", 0, 23, {}),
    _FieldKind("day of month", 1, 31, {}),
    _FieldKind("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _FieldKind("day of week", 1, 7, {name: number for number, name in enumerate(_WEEKDAYS, 1)}),
)
_RANGE = re.compile(r"(?P<from>\*|[0-9]+|[A-Z]{3})?(?:-(?P<to>[0-9]+|[A-Z]{3}))?(?:/(?P<step>[0-9]+))?")
_LAST_OF_MONTH = re.compile(r"L(?:-(?P<before>[0-9]+))?(?P<weekday>W)?")
_NEAREST_WEEKDAY = re.compile(r"(?P<day>[0-9]+)W")
_LAST_WEEKDAY = re.compile(r"(?P<day>[1-7]|[A-Z]{3})L")
_NTH_WEEKDAY = re.compile(r"(?P<day>[1-7]|[A-Z]{3})#(?P<nth>[1-5])")


@dataclass(frozen=True)
class _Days:
    """Which days of a month count: by date, or by weekday.

    ``from_last`` counts back from the month's last day; ``nearest_weekday`` moves a Saturday or Sunday to a working
    day; ``nth`` is 1 to 5, or 6 for the last.
    """

    dates: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    from_last: int | None = None
    nearest_weekday: bool = False
    nth: int = 0

    def of(self, year: int, month: int) -> list[int]:
        """The days of that month, in order."""
        first_weekday = (date(year, month, 1).weekday() + 1) % 7 + 1
        length = calendar.monthrange(year, month)[1]
        if self.weekdays:
            return self._by_weekday(first_weekday, length)
        dates = list(self.dates)
        if self.from_last is not None:
            dates = [length - self.from_last] if length > self.from_last else []
        if self.nearest_weekday:  # of a day past the month's end as well: 31W is April 30th when May 1st is a Saturday
            dates = [_working_day(day, first_weekday, length) for day in dates]
        return [day for day in dates if day <= length]

    def _by_weekday(self, first_weekday: int, length: int) -> list[int]:
        days = [day for day in range(1, length + 1) if (first_weekday + day - 2) % 7 + 1 in self.weekdays]
        if self.nth == _LAST:
            return days[-1:]
        return days[self.nth - 1 : self.nth] if self.nth else days


_LAST = 6


def _working_day(day: int, first_weekday: int, length: int) -> int:
    """``day``, or the nearest Monday to Friday of the same month."""
    weekday = (first_weekday + day - 2) % 7 + 1
    if weekday == 7:
        return day + 2 if day == 1 else day - 1
    if weekday == 1:
        return day - 2 if day == length else day + 1
    return day


@dataclass(frozen=True)
class Cron:
    """A cron frequency; ``day_rules`` has two entries when both kinds of day are given."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    day_rules: tuple[_Days, ...]

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, in its time zone (which has no daylight saving); None when there is none."""
        at = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        year, month, from_day, from_minute = at.year, at.month, at.day, at.hour * 60 + at.minute
        while year <= min(moment.year + _YEARS_AHEAD, 9999):
            if month in self.months:
                for day in sorted({day for rule in self.day_rules for day in rule.of(year, month)}):
                    minute = self._minute_from(from_minute if day == from_day else 0) if day >= from_day else None
                    if minute is not None:
                        return at.replace(year=year, month=month, day=day, hour=minute // 60, minute=minute % 60)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
            from_day, from_minute = 1, 0
        return None

    def _minute_from(self, minute: int) -> int | None:
        """The first minute of a day that counts, at or after ``minute``."""
        hour, rest = divmod(minute, 60)
        if hour in self.hours:
            index = bisect_left(self.minutes, rest)
            if index < len(self.minutes):
                return hour * 60 + self.minutes[index]
            hour += 1
        index = bisect_left(self.hours, hour)
        return None if index == len(self.hours) else self.hours[index] * 60 + self.minutes[0]


def parse_cron(text: str) -> Cron:
    """A cron frequency. Raises: CronError."""
    fields = text.upper().split(" ")
    if len(fields) != 5:
        raise CronError(f"'{text}' has {len(fields)} fields, not minute, hour, day of month, month and day of week")
    if fields[2] == fields[4] == "?":
        raise CronError(f"'{text}' leaves both kinds of day open; write '*' for every day")
    minutes, hours, months = (_numbers(fields[index], _KINDS[index]) for index in (0, 1, 3))
    rules = []
    by_date, by_weekday = fields[2] != "?", fields[4] != "?"
    if by_date and by_weekday and "*" in (fields[2], fields[4]):
        by_date, by_weekday = fields[2] != "*", fields[2] == "*"
    dates, weekdays = _dates(fields[2]), _weekdays(fields[4])
    rules = [rule for rule, counts in ((dates, by_date), (weekdays, by_weekday)) if counts]
    return Cron(text, minutes, hours, months, tuple(rules))


def _dates(field: str) -> _Days:
    """The day of month."""
    if field == "?":
        return _Days()
    if match := _LAST_OF_MONTH.fullmatch(field):
        before = int(match["before"] or 0)
        if before > 30:
            raise CronError(f"'{field}' goes back more than 30 days")
        return _Days(from_last=before, nearest_weekday=match["weekday"] is not None)
    if match := _NEAREST_WEEKDAY.fullmatch(field):
        return _Days(dates=_numbers(match["day"], _KINDS[2]), nearest_weekday=True)
    return _Days(dates=_numbers(field, _KINDS[2]))


def _weekdays(field: str) -> _Days:
    """The day of week."""
    kind = _KINDS[4]
    if field == "?":
        return _Days()
    if field == "L":
        return _Days(weekdays=(7,))
    if match := _LAST_WEEKDAY.fullmatch(field):
        return _Days(weekdays=(_number(match["day"], kind),), nth=_LAST)
    if match := _NTH_WEEKDAY.fullmatch(field):
        return replace(_Days(weekdays=(_number(match["day"], kind),)), nth=int(match["nth"]))
    return _Days(weekdays=_numbers(field, kind))


def _numbers(field: str, kind: _FieldKind) -> tuple[int, ...]:
    """What a list of numbers, ranges and steps stands for, in order."""
    numbers: set[int] = set()
    for item in [item for item in field.split(",") if item] or [field]:
        match = _RANGE.fullmatch(item)
        if match is None or (match["from"] is None and (match["step"] is None or match["to"])):
            raise CronError(f"'{item}' cannot be read as a {kind.name}")
        numbers.update(_range(match, kind))
    return tuple(sorted(numbers))


def _range(match: re.Match[str], kind: _FieldKind) -> set[int]:
    """One item of a list; a range may run over the end (22-2)."""
    item = match[0]
    step = int(match["step"]) if match["step"] else 1
    if step < 1 or step > kind.highest:
        raise CronError(f"the step of '{item}' is not from 1 to {kind.highest}")
    if match["from"] in (None, "*"):
        if match["to"]:
            raise CronError(f"'{item}' cannot be read as a {kind.name}")
        return set(range(kind.lowest, kind.highest + 1, step))
    if match["step"] and not match["from"].isdecimal():
        raise CronError(f"the step of '{item}' would be ignored by Oozie; count from a number")
    first = _number(match["from"], kind)
    if match["to"] is None:
        return set(range(first, kind.highest + 1, step)) if match["step"] else {first}
    last = _number(match["to"], kind)
    span = kind.highest - kind.lowest + 1
    length = (last - first) % span
    return {(first - kind.lowest + offset) % span + kind.lowest for offset in range(0, length + 1, step)}


def _number(text: str, kind: _FieldKind) -> int:
    """A number or a name in its bounds."""
    number = kind.names.get(text, int(text) if text.isdecimal() and len(text) < 5 else -1)
    if not kind.lowest <= number <= kind.highest:
        raise CronError(f"'{text}' is no {kind.name} from {kind.lowest} to {kind.highest}")
    return number
