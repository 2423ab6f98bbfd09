"""Names in a text replaced by what is known of them; what is not known stays as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_NAMED = re.compile(r"\$\{\s*(?:(?P<name>[A-Za-z_][\w.-]*)|wf:conf\(\s*['\"](?P<conf>[^'\"]+)['\"]\s*\))\s*\}")
_UNKNOWN = re.compile(r"\$\{\s*(?P<name>[A-Za-z_][\w.]*)\s*\}")
_COMPUTED = re.compile(r"[$#]\{(?!\s*[\w.-]+\s*\})")
_DEEPEST = 20
_LONGEST = 64 * 1024
_EXPRESSION = r"\$\{[^{}]*\}"
_WORD = re.compile(rf"(?:{_EXPRESSION}|\S)+")
_ENTRY = re.compile(rf"(?:{_EXPRESSION}|[^,])+")


def fill(text: str, properties: Mapping[str, str]) -> str:
    """``text`` with ``${name}`` and ``${wf:conf('name')}`` replaced, in the values of properties too.

    Properties that name each other in a circle, or that grow beyond all measure, stay as they are written.
    """
    filled = text.strip()
    for _ in range(_DEEPEST):
        after = replaced(
            _NAMED, lambda match: properties.get(match["name"] or match["conf"], match[0]), filled, _LONGEST
        )
        if after is None:
            return text.strip()
        if after == filled:
            return after
        filled = after
    return text.strip()


def replaced(pattern: re.Pattern[str], value_of: Callable[[re.Match[str]], str], text: str, most: int) -> str | None:
    """``text`` with another text for each match; None, before it is made, where it would grow beyond ``most``."""
    length = len(text)
    for match in pattern.finditer(text):
        length += len(value_of(match)) - len(match[0])
        if length > max(most, len(text)):
            return None
    return pattern.sub(value_of, text)


def without_expressions(properties: Mapping[str, str]) -> dict[str, str]:
    """``properties`` without those whose value only Oozie can tell: ``${day}`` says more than how a day is computed."""
    return {name: value for name, value in properties.items() if not _COMPUTED.search(value)}


def unknown_names(text: str) -> list[str]:
    """The properties that a filled text still names, in order."""
    return [match["name"] for match in _UNKNOWN.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a command line as Oozie splits them, quoted or not; an expression is not taken apart."""
    return _WORD.findall(text)


def entries(text: str) -> list[str]:
    """What stands between the commas of a list, without blanks around it; an expression is not taken apart."""
    return [entry for piece in _ENTRY.findall(text) if (entry := piece.strip())]
