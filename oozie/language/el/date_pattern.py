"""Times by Java's date patterns, as coord:formatTime takes them. Source: java.text.SimpleDateFormat, English (US)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from oozie.language.el.errors import EvaluationFault
from oozie.language.el.java_text import DAYS, MONTHS

_PIECE = re.compile(r"'((?:[^']|'')*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>[^A-Za-z']+)|(?P<open>')")


def format_date(local: datetime, pattern: str) -> str:
    """``local``, an aware time in the zone to show, by ``pattern``. Raises: EvaluationFault."""
    pieces: list[str] = []
    for match in _PIECE.finditer(pattern):
        if match["open"]:
            raise EvaluationFault(f"the quote in the pattern '{pattern}' is never closed", "write '' for a quote")
        if match["letters"]:
            pieces.append(_field(local, match["letters"], pattern))
        elif match["other"]:
            pieces.append(match["other"])
        else:
            pieces.append(_quoted(match[1], opens_again=match.end() < len(pattern) and pattern[match.end()] == "'"))
    return "".join(pieces)


def _quoted(text: str, *, opens_again: bool) -> str:
    """The text between quotes; two quotes are one, also where there is nothing between them."""
    return text.replace("''", "'") if text or opens_again else "'"


def _field(local: datetime, letters: str, pattern: str) -> str:
    """One field: a letter, so many times."""
    show = _FIELDS.get(letters[0])
    if show is None:
        raise EvaluationFault(f"'{letters[0]}' in the pattern '{pattern}' means nothing", "put text in single quotes")
    return show(local, len(letters))


def _number(read: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    """A number, padded with zeros to the count of letters."""
    return lambda local, width: str(read(local)).zfill(width)


def _year(year: int, width: int) -> str:
    return f"{year % 100:02}" if width == 2 else str(year).zfill(width)


def _month(local: datetime, width: int) -> str:
    if width < 3:
        return str(local.month).zfill(width)
    return MONTHS[local.month - 1][: 3 if width == 3 else None]


def _sunday_weekday(local: datetime) -> int:
    """0 for Sunday."""
    return local.isoweekday() % 7


def _week_year(local: datetime) -> int:
    """Week 1 is the one with January 1st in it, and weeks begin on Sunday."""
    return (local + timedelta(days=6 - _sunday_weekday(local))).year


def _week_of_year(local: datetime) -> int:
    saturday = local + timedelta(days=6 - _sunday_weekday(local))
    return (saturday.timetuple().tm_yday - 1) // 7 + 1


def _week_of_month(local: datetime) -> int:
    return (local.day + 6 - _sunday_weekday(local) - 1) // 7 + 1


def _zone_offset(local: datetime, colon: str) -> str:
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


def _iso_offset(local: datetime, width: int) -> str:
    if width > 3:
        raise EvaluationFault("a pattern has no more than three X")
    if not local.utcoffset():
        return "Z"
    return _zone_offset(local, ":")[:3] if width == 1 else _zone_offset(local, ":" if width == 3 else "")


def _zone_name(local: datetime, width: int) -> str:
    if not local.utcoffset():
        return "UTC" if width < 4 else "Coordinated Universal Time"
    return f"GMT{_zone_offset(local, ':')}"


_FIELDS: Mapping[str, Callable[[datetime, int], str]] = {
    "G": lambda local, width: "AD",
    "y": lambda local, width: _year(local.year, width),
    "Y": lambda local, width: _year(_week_year(local), width),
    "M": _month,
    "L": _month,
    "w": _number(_week_of_year),
    "W": _number(_week_of_month),
    "D": _number(lambda local: local.timetuple().tm_yday),
    "d": _number(lambda local: local.day),
    "F": _number(lambda local: (local.day - 1) // 7 + 1),
    "E": lambda local, width: DAYS[local.weekday()][: 3 if width < 4 else None],
    "u": _number(lambda local: local.isoweekday()),
    "a": lambda local, width: "AM" if local.hour < 12 else "PM",
    "H": _number(lambda local: local.hour),
    "k": _number(lambda local: local.hour or 24),
    "K": _number(lambda local: local.hour % 12),
    "h": _number(lambda local: local.hour % 12 or 12),
    "m": _number(lambda local: local.minute),
    "s": _number(lambda local: local.second),
    "S": _number(lambda local: local.microsecond // 1000),
    "z": _zone_name,
    "Z": lambda local, width: _zone_offset(local, ""),
    "X": _iso_offset,
}
