"""Oozie's time: how it writes it, what its frequencies mean, and what daylight saving does to them.

Times are aware datetimes in UTC. A coordinator's own time zone counts for days, weeks and months only: they keep the
clock time there. Source: DateUtils, CoordMaterializeTransitionXCommand, CoordinatorFunctionalSpec 4 and 7, and Java's
GregorianCalendar, whose behaviour in the missing and the doubled hour is kept.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from oozie.language.cron import Cron, CronError, parse_cron

__all__ = [
    "Cron",
    "CronError",
    "Frequency",
    "TimeError",
    "Unit",
    "add",
    "daylight_saving",
    "format_time",
    "from_clock",
    "move_to_end",
    "nominal_times",
    "parse_cron",
    "parse_time",
    "processing_zone",
    "time_zone",
]

Unit: TypeAlias = Literal["MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"]

_ONE_DAY = timedelta(days=1)
_ABSOLUTE: dict[Unit, timedelta] = {"MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1)}
_DAYS: dict[Unit, int] = {"DAY": 1, "WEEK": 7}
_MONTHS: dict[Unit, int] = {"MONTH": 1, "YEAR": 12}


class TimeError(ValueError):
    """Why a text is no time, no time zone, or leads out of the years 1 to 9999."""


@dataclass(frozen=True)
class Frequency:
    """Every ``amount`` ``unit``; ``at_end`` moves to the end of the day, week or month first."""

    amount: int
    unit: Unit = "MINUTE"
    at_end: bool = False


# Java's short names; EST, MST and HST are in the database itself.
_SHORT_NAMES = {
    "ACT": "Australia/Darwin",
    "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo",
    "AST": "America/Anchorage",
    "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare",
    "CNT": "America/St_Johns",
    "CST": "America/Chicago",
    "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris",
    "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "MIT": "Pacific/Apia",
    "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland",
    "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix",
    "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles",
    "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh",
}
_GMT_OFFSET = re.compile(r"GMT([+-])([01][0-9]|2[0-3]):?([0-5][0-9])")
_PROCESSING_ZONE = re.compile(r"UTC|GMT[+-][0-9]{4}")
_NOT_IN_JAVA = ("posix/", "right/", "Factory", "localtime", "posixrules", "ROC", "GMT+0", "GMT-0")


@lru_cache(maxsize=256)
def time_zone(name: str) -> tzinfo:
    """A time zone by a name that Java knows: Region/City, UTC, GMT+05:30, GMT+0530, PST. Raises: TimeError."""
    if match := _GMT_OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    if name == "UTC":
        return timezone.utc
    if not name.startswith(_NOT_IN_JAVA):
        try:
            return ZoneInfo(_SHORT_NAMES.get(name, name))
        except (ValueError, OSError, KeyError):  # whatever it is that zoneinfo finds under such a name, it is no zone
            pass
    raise TimeError(f"'{name}' is no time zone that Java knows")


@lru_cache(maxsize=16)
def processing_zone(name: str = "UTC") -> tzinfo:
    """oozie.processing.timezone: UTC or a fixed offset such as GMT+0700. Raises: TimeError."""
    if not _PROCESSING_ZONE.fullmatch(name):
        raise TimeError(f"'{name}' is neither UTC nor a fixed offset such as GMT+0700")
    return time_zone(name)


_TIME = re.compile(r"([0-9]{3,4})-([0-9]{1,2})-([0-9]{1,2})T([0-9]{1,2}):([0-9]{1,2})(Z|[+-][0-9]{4})", re.ASCII)


def parse_time(text: str, processing: str = "UTC") -> datetime:
    """A time as Oozie writes it: ``2026-01-01T00:00Z``, or ``...+0700`` where Oozie runs in GMT+0700.

    Raises: TimeError, also for the right form in another zone.
    """
    suffix = _suffix(processing)
    match = _TIME.fullmatch(text.strip())
    if match is None or match[6] != suffix:
        raise TimeError(f"'{text}' is no time of the form yyyy-MM-ddTHH:mm{suffix}")
    try:
        year, month, day, hour, minute = map(int, match.groups()[:5])
        return datetime(year, month, day, hour, minute, tzinfo=processing_zone(processing)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise TimeError(f"'{text}' is no time that there is") from None


def format_time(moment: datetime, processing: str = "UTC") -> str:
    """``moment`` as Oozie writes it. Raises: TimeError at the end of year 9999."""
    try:
        local = moment.astimezone(processing_zone(processing))
    except OverflowError:
        raise TimeError(f"{moment:%Y-%m-%d} is at the end of the calendar") from None
    return f"{local.year:04}-{local.month:02}-{local.day:02}T{local.hour:02}:{local.minute:02}{_suffix(processing)}"


def _suffix(processing: str) -> str:
    processing_zone(processing)
    return "Z" if processing == "UTC" else processing[3:]


def add(moment: datetime, amount: int, unit: Unit, zone: tzinfo) -> datetime:
    """``moment`` and ``amount`` units, as Java's calendar of that zone adds them. Raises: TimeError."""
    try:
        if unit in _ABSOLUTE:
            return moment + amount * _ABSOLUTE[unit]
        if unit in _DAYS:
            return _add_days(moment, amount * _DAYS[unit], zone)
        return _add_months(moment, amount * _MONTHS[unit], zone)
    except (OverflowError, ValueError):
        raise TimeError(f"{amount} {unit}s from {moment:%Y-%m-%d} lead out of the calendar") from None


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _add_days(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The same clock time; one that does not exist that day is an hour early, on the same date if possible."""
    before = _offset(moment, zone)
    target = moment + timedelta(days=days)
    shift = before - _offset(target, zone)
    if not shift:
        return target
    shifted = target + shift
    wanted = (target + before).date()
    return shifted if (shifted + _offset(shifted, zone)).date() == wanted else target


def _add_months(moment: datetime, months: int, zone: tzinfo) -> datetime:
    """The same day and clock time; a day that the month does not have is its last."""
    local = moment.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return from_clock(local.replace(tzinfo=None, year=year, month=month + 1, day=day), zone)


def from_clock(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which clocks show ``local``: an hour late where it is missing, the second of two."""
    late = local.replace(tzinfo=zone, fold=1, microsecond=0)
    early = local.replace(tzinfo=zone, fold=0, microsecond=0)
    is_missing = (late.utcoffset() or timedelta()) > (early.utcoffset() or timedelta())
    return (early if is_missing else late).astimezone(timezone.utc)


def move_to_end(moment: datetime, unit: Unit, zone: tzinfo) -> datetime:
    """The first midnight of the next day, week (from Sunday) or month after ``moment``. Raises: TimeError."""
    following = add(moment, 1, unit, zone).astimezone(zone)
    local = following.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    if unit == "WEEK":
        local -= timedelta(days=(local.weekday() + 1) % 7)
    elif unit == "MONTH":
        local = local.replace(day=1)
    return from_clock(local, zone)


# Java counts what these call summer time as such, the database as standard time with a negative winter.
_NEGATIVE_WINTERS = {"Europe/Dublin", "Eire", "Africa/Casablanca", "Africa/El_Aaiun"}


def daylight_saving(moment: datetime, zone: tzinfo) -> timedelta:
    """How far clocks are ahead of standard time, 0 in winter."""
    if isinstance(zone, ZoneInfo) and zone.key in _NEGATIVE_WINTERS:
        return max(_offset(moment, zone), timedelta())
    return moment.astimezone(zone).dst() or timedelta()


def nominal_times(
    frequency: Frequency | Cron, start: datetime, end: datetime, zone: tzinfo, processing: str = "UTC"
) -> Iterator[datetime]:
    """The nominal times of a coordinator from ``start`` up to, not including, ``end``; in UTC, one by one."""
    if isinstance(frequency, Cron):
        times = _cron_times(frequency, start, end, zone, processing_zone(processing))
    else:
        times = _regular_times(frequency, start, end, zone)
    try:
        yield from times
    except (TimeError, OverflowError):  # the end of the calendar is past any end
        return


def _regular_times(frequency: Frequency, start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Each counted from the start, so that a day that one month lacks does not shorten the next."""
    first = move_to_end(start, frequency.unit, zone) if frequency.at_end else start
    moment, number = first, 0
    while moment < end:
        yield moment
        number += 1
        moment = add(first, number * frequency.amount, frequency.unit, zone)


def _cron_times(cron: Cron, start: datetime, end: datetime, zone: tzinfo, clock: tzinfo) -> Iterator[datetime]:
    """Oozie reads cron in its own time zone, whatever the coordinator's.

    Yet a time a day or more after the last one is moved when daylight saving differs from that at the start, and the
    moved time is not held against ``end`` again. So it is when a coordinator catches up; one that runs as its times
    come materialises them one by one, and then they are not moved.
    """
    saving_at_start = daylight_saving(start, zone)
    before, moment = start - timedelta(minutes=1), cron.next_after((start - timedelta(minutes=1)).astimezone(clock))
    while moment is not None and moment < end:
        moved = timedelta()
        if moment - before >= _ONE_DAY:
            saving = daylight_saving(moment, zone)
            if bool(saving) != bool(saving_at_start):
                moved = saving_at_start - saving
        yield (moment + moved).astimezone(timezone.utc)
        before, moment = moment, cron.next_after(moment)
