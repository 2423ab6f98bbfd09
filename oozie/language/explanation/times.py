"""Frequencies, spans and instances in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from oozie.language.calendar import Cron, CronError, parse_cron
from oozie.language.filling import fill

_FUNCTION = re.compile(r"\$\{\s*coord:(?P<name>\w+)\(\s*(?P<amount>-?[0-9]{1,9})\s*\)\s*\}\Z")
_UNITS = {"minutes": "minute", "hours": "hour", "days": "day", "weeks": "week", "months": "month", "years": "year"}
_ENDS = {"endOfDays": "day", "endOfWeeks": "week", "endOfMonths": "month", "endOfDay": "day", "endOfMonth": "month"}
_INSTANCE = re.compile(r"\$\{\s*coord:(?P<name>current|latest)\(\s*(?P<offset>[+-]?[0-9]{1,9})\s*\)\s*\}\Z")
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_MOST_LISTED = 4
_MOST_DIGITS = 9
_HOUR = 60


def frequency_in_words(text: str, properties: Mapping[str, str]) -> str:
    """``every 150 minutes``, ``at 02:00 every day``; as it is written where it is not known."""
    filled = fill(text, properties)
    if is_number(filled):
        return f"every {span(int(filled))}"
    if match := _FUNCTION.match(filled):
        amount = int(match["amount"])
        if match["name"] in _UNITS:
            return f"every {_counted(amount, _UNITS[match['name']])}"
        if match["name"] in _ENDS:
            return f"at the end of every {_counted(amount, _ENDS[match['name']])}"
    try:
        return f"{_cron_in_words(parse_cron(filled))} (cron {filled}, in UTC)"
    except CronError:
        return f"every {filled}" if filled.startswith("${") else filled


def is_number(text: str) -> bool:
    """Whether ``text`` is a number of minutes that a calendar has room for."""
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def span(minutes: int) -> str:
    """A number of minutes in the largest unit that fits; one of one unit is that unit alone."""
    if minutes and minutes % _HOUR == 0:
        return _counted(minutes // _HOUR, "hour")
    return _counted(minutes, "minute")


def instance_in_words(text: str) -> str:
    """Which instance of a dataset an event means, or which range."""
    first, _, last = text.partition(" to ")
    one, other = _INSTANCE.match(first), _INSTANCE.match(last)
    if last and one and other and one["name"] == other["name"] == "current":
        count = int(other["offset"]) - int(one["offset"]) + 1
        upto = "up to the current one" if int(other["offset"]) == 0 else f"from {one['offset']} to {other['offset']}"
        return f"{count} instances {upto}"
    if one is None or last:
        return text
    offset = int(one["offset"])
    if one["name"] == "latest":
        return "the latest that exists" if offset == 0 else f"the latest but {-offset}"
    if offset == 0:
        return "the current instance"
    return f"the {_ordinal(abs(offset))}instance {'before' if offset < 0 else 'after'} the current one"


def _ordinal(number: int) -> str:
    return "" if number == 1 else f"{number}th " if number > 3 else f"{('second', 'third')[number - 2]} "


def _counted(amount: int, unit: str) -> str:
    return unit if amount == 1 else f"{amount} {unit}s"


def _cron_in_words(cron: Cron) -> str:
    days = [_days_in_words(rule) for rule in cron.day_rules]
    on = " or ".join(day for day in days if day) if all(days) else ""
    months = "" if len(cron.months) == len(_MONTHS) else f" in {_listed([_MONTHS[month - 1] for month in cron.months])}"
    clock = _clock(cron.minutes, cron.hours)
    if not on and (months or clock.startswith("every")):
        return f"{clock}{months}"
    return f"{clock} {on or 'every day'}{months}"


def _clock(minutes: Sequence[int], hours: Sequence[int]) -> str:
    if len(minutes) * len(hours) <= _MOST_LISTED:
        return f"at {_listed([f'{hour:02}:{minute:02}' for hour in hours for minute in minutes])}"
    within = "" if len(hours) == 24 else f" from {hours[0]:02}:00 to {hours[-1]:02}:59"
    if len(hours) != 24 and list(hours) != list(range(hours[0], hours[-1] + 1)):
        within = f" of the hours {_listed([str(hour) for hour in hours])}"
    step = _step(minutes, _HOUR)
    if step:
        return f"every {_counted(step, 'minute')}{within}" if step < _HOUR else f"every hour{within}"
    if len(minutes) == 1:
        hour_step = _step(hours, 24)
        if hour_step > 1:
            return f"every {hour_step} hours, {minutes[0]} minutes past" if minutes[0] else f"every {hour_step} hours"
        past = f", {minutes[0]} minutes past" if minutes[0] else ""
        return f"every hour{past}{within}"
    return f"at the minutes {_listed([str(minute) for minute in minutes])} of every hour{within}"


def _step(numbers: Sequence[int], size: int) -> int:
    """The step of a regular series from 0 over the whole size; 0 where it is none."""
    if len(numbers) < 2 or numbers[0] != 0 or size % len(numbers):
        return 0
    step = size // len(numbers)
    return step if list(numbers) == list(range(0, size, step)) else 0


def _days_in_words(rule: object) -> str:
    """On which days, "" for every day."""
    weekdays: tuple[int, ...] = getattr(rule, "weekdays", ())
    dates: tuple[int, ...] = getattr(rule, "dates", ())
    nth: int = getattr(rule, "nth", 0)
    from_last: int | None = getattr(rule, "from_last", None)
    near = " (or the working day next to it)" if getattr(rule, "nearest_weekday", False) else ""
    if weekdays:
        if len(weekdays) == len(_WEEKDAYS):
            return ""
        names = _weekdays(weekdays)
        which = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "last"}.get(nth, "")
        return f"on the {which} {names} of the month" if which else f"on {names}"
    if from_last is not None:
        day = "the last day" if from_last == 0 else f"the day {from_last} before the last"
        return f"on {day} of the month{near}"
    if len(dates) == 31:
        return ""
    return f"on day {_listed([str(day) for day in dates])} of the month{near}"


def _weekdays(numbers: Sequence[int]) -> str:
    names = [_WEEKDAYS[number - 1] for number in numbers]
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return _listed(names)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
