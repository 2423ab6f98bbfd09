"""Numbers as Java reads them from text."""

from __future__ import annotations

import re

from oozie.language.el.java_text import trim

_INTEGER = re.compile(r"[+-]?[0-9]+")
_INTEGERS = range(-(2**31), 2**31)
_FLOAT = re.compile(r"[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)")
_MOST_DIGITS = 10


def java_integer(text: str) -> int | None:
    """The number that Integer.parseInt sees, None where it sees none."""
    if not _INTEGER.fullmatch(text):
        return None
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:  # Python refuses to read thousands of digits
        return None
    number = -int(digits) if text.startswith("-") else int(digits)
    return number if number in _INTEGERS else None


def java_float(text: str) -> float | None:
    """The number that Float.parseFloat sees, None where it sees none; blanks around it do not matter."""
    text = trim(text)
    return float(text.rstrip("fFdD") if text[-1:] not in ("y", "N") else text) if _FLOAT.fullmatch(text) else None
