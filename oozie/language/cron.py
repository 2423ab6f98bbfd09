"""Cron frequencies as Quartz reads them: five fields, minutes to days of the week, with ``?``, ``L``, ``W`` and ``#``.

Source: org.quartz.CronExpression 2.3.2 with a leading seconds field of 0, and Oozie's CoordCommandUtils, which allows
a day of the month and a day of the week together (either of them counts). Weekdays count from 1 for Sunday.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

# Quartz looks no further.
_YEARS_AHEAD = 100
_SHORTEST_MONTH = 28  # days

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class CronError(ValueError):
    """Why a text is no cron frequency, with the code that Oozie has for that."""

    def __init__(self, message: str, code: str = "E1003") -> None:
        super().__init__(message)
        self.code = code


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
_EVERY_ONE = "99"  # what Quartz itself makes of *; nothing stops anybody from writing it
# What begins an item of a list; Quartz leaves unread what stands behind it.
_NAMED = re.compile(r"(?P<name>[A-Z]{3})(?:-(?P<to>.{0,3})|#(?P<nth>.*)|(?P<last>L))?")
_EVERY = re.compile(r"(?:\*|(?=/))(?:/(?P<step>.*))?")
_LAST_OF_MONTH = re.compile(r"L(?:-(?P<before>[0-9]+|(?=W)))?(?P<weekday>W)?\Z")
_NUMBERED = re.compile(
    r"(?P<from>[0-9]+)"
    r"(?:(?P<last>L)|(?P<weekday>W)|#(?P<nth>.*)|-(?P<to>[0-9]*)(?:/(?P<step>[0-9]*))?|/(?P<every>[0-9]*)(?P<rest>.*))?"
)


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
        count = f"{len(fields)} field{'s' * (len(fields) != 1)}" if text else "nothing in it"
        raise CronError(f"'{text}' has {count}, not minute, hour, day of month, month and day of week")
    if fields[2] == fields[4] == "?":
        raise CronError(f"'{text}' leaves both kinds of day open; write '*' for every day")
    minutes, hours, months = (_read(fields[index], _KINDS[index]).dates for index in (0, 1, 3))
    by_date, by_weekday = fields[2] != "?", fields[4] != "?"
    if by_date and by_weekday and "*" in (fields[2], fields[4]):
        by_date, by_weekday = fields[2] != "*", fields[2] == "*"
    dates = _read(fields[2], _KINDS[2]) if fields[2] != "?" else _Days()
    weekdays = _read(fields[4], _KINDS[4]) if fields[4] != "?" else _Days()
    weekdays = replace(weekdays, dates=(), weekdays=weekdays.dates)
    rules = [rule for rule, counts in ((dates, by_date), (weekdays, by_weekday)) if counts]
    return Cron(text, minutes, hours, months, tuple(rules))


def _read(field: str, kind: _FieldKind) -> _Days:
    """The numbers of one field, and what its letters say. Source: CronExpression.buildExpression."""
    if "," in field and "L" in field and kind in (_KINDS[2], _KINDS[4]):
        raise CronError(f"'{field}': L cannot stand in a list")
    if field.count("#") > 1:
        raise CronError(f"'{field}': only one # can stand in a list")
    found = _Days()
    for item in [item for item in field.split(",") if item or not field]:
        read = _read_item(item, kind, found)
        found = replace(read, dates=tuple(set(read.dates)))  # each once, however long the list is
    numbers = tuple(sorted(found.dates))
    if not numbers and found.from_last is None:  # Oozie's parser takes it; only its search for the next time stumbles
        code = "E1003" if kind is _KINDS[2] else "E0803"
        raise CronError(f"'{field}' says no {kind.name}", code)
    # A letter makes Quartz look at the first number only.
    return replace(found, dates=numbers[:1] if found.nth or found.nearest_weekday else numbers)


def _read_item(item: str, kind: _FieldKind, found: _Days) -> _Days:
    """``found`` and what one item of a list adds to it. Source: CronExpression.storeExpressionVals."""
    for pattern, reader in _READERS:
        if match := pattern.match(item):
            return reader(match, kind, found)
    raise CronError(f"'{item}' cannot be read as a {kind.name}")


def _read_last(match: re.Match[str], kind: _FieldKind, found: _Days) -> _Days:
    """L, L-3, LW: of a month; in the days of the week L is Saturday, elsewhere it adds nothing."""
    if kind is _KINDS[4]:
        return replace(found, dates=(*found.dates, 7))
    if kind is not _KINDS[2]:
        return found
    before = int(match["before"] or 0)
    if before > 30:
        raise CronError(f"'{match[0]}' goes back more than 30 days")
    if match["weekday"] and before >= _SHORTEST_MONTH:  # and takes a thread of the server with it
        raise CronError(f"'{match[0]}' goes back beyond the first day of a short month, and Oozie's search never ends")
    return replace(found, from_last=before, nearest_weekday=match["weekday"] is not None)


def _read_every(match: re.Match[str], kind: _FieldKind, found: _Days) -> _Days:
    """``*``, ``*/5`` and ``/5``; 0 is every one."""
    step = 1 if match["step"] is None else _whole(match["step"], match.string)
    _check_step(step, kind, match.string)
    return replace(found, dates=(*found.dates, *range(kind.lowest, kind.highest + 1, step or 1)))


def _read_named(match: re.Match[str], kind: _FieldKind, found: _Days) -> _Days:
    """MON, MON-FRI, and of the days MON#1 and MONL."""
    first = _named(match["name"], kind)
    if match["to"] is not None:
        return replace(found, dates=(*found.dates, *_span(first, _named(match["to"], kind), 1, kind)))
    nth = found.nth
    if kind is _KINDS[4] and (match["nth"] is not None or match["last"]):
        nth = _LAST if match["last"] else _nth(match["nth"], match.string)
    return replace(found, dates=(*found.dates, first), nth=nth)


def _read_numbered(match: re.Match[str], kind: _FieldKind, found: _Days) -> _Days:
    """5, 5-10, 5-10/2, 5/10, and of days 15W, 6L, 6#3."""
    item = match.string
    if match["from"] == _EVERY_ONE and not (match["weekday"] or match["last"] or match["nth"] is not None):
        item = f"*{item[len(_EVERY_ONE) :]}" if match["to"] is None else f"{kind.lowest}{item[len(_EVERY_ONE) :]}"
        return _read_item(item, kind, found)
    first = _number(match["from"], kind)
    if match["weekday"]:
        if kind is not _KINDS[2]:
            raise CronError(f"'{item}': W is for days of a month")
        return replace(found, dates=(*found.dates, first), nearest_weekday=True)
    if match["last"] or match["nth"] is not None:
        if kind is not _KINDS[4]:
            raise CronError(f"'{item}': L and # are for days of the week")
        nth = _LAST if match["last"] else _nth(match["nth"], item)
        return replace(found, dates=(*found.dates, first), nth=nth)
    if match["every"] is not None:
        step = _whole(match["every"], item)
        _check_step(step, kind, item)
        if match["rest"] and len(match["every"]) == 1:
            raise CronError(f"'{item}' cannot be read as a {kind.name}")
        numbers = list(range(first, kind.highest + 1, step)) if step else [first]
    elif match["to"] is not None:
        step = 1 if match["step"] is None else _whole(match["step"], item)
        last = _number(match["to"], kind)
        numbers = _span(first, last, step, kind) if step else [first]
    else:
        numbers = [first]
    return replace(found, dates=(*found.dates, *numbers))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _FieldKind, _Days], _Days]], ...] = (
    (_LAST_OF_MONTH, _read_last),
    (_NAMED, _read_named),
    (_EVERY, _read_every),
    (_NUMBERED, _read_numbered),
)


def _span(first: int, last: int, step: int, kind: _FieldKind) -> list[int]:
    """From ``first`` to ``last``, over the end when that is smaller (22-2)."""
    size = kind.highest - kind.lowest + 1
    length = (last - first) % size
    return [(first - kind.lowest + offset) % size + kind.lowest for offset in range(0, length + 1, step)]


def _check_step(step: int, kind: _FieldKind, item: str) -> None:
    if step > kind.highest:
        raise CronError(f"the step of '{item}' is more than {kind.highest}")


def _nth(text: str, item: str) -> int:
    """Which of a month, 1 to 5."""
    number = _whole(text, item)
    if not 1 <= number <= 5:
        raise CronError(f"'{item}': # is followed by a number from 1 to 5")
    return number


def _whole(text: str, item: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise CronError(f"'{item}': '{text}' is no number")
    return int(text)


def _named(name: str, kind: _FieldKind) -> int:
    """A month or a day of the week by the three letters of its name."""
    if name not in kind.names:
        raise CronError(f"'{name}' is no {kind.name}")
    return kind.names[name]


def _number(text: str, kind: _FieldKind) -> int:
    """A number in its bounds."""
    number = int(text) if text and len(text) < 5 else -1
    if not kind.lowest <= number <= kind.highest:
        raise CronError(f"'{text}' is no {kind.name} from {kind.lowest} to {kind.highest}")
    return number
