"""job.properties: Java's .properties syntax, and the substitution that Oozie does among the properties.

Oozie's client reads the file as UTF-8. Source: java.util.Properties.load, org.apache.oozie.util.XConfiguration.get.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from oozie.language.errors import AppError

_BLANKS = " \t\f"
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
# Innermost first: a name holds no brace, no dollar and no blank.
_REFERENCE = re.compile(r"\$\{([^}$ ]+)\}")
_MAX_SUBSTITUTIONS = 20
_HEX_DIGITS = 4
# Characters: of a file, and of all values after their substitution, where each may double the one before.
_LONGEST_FILE = 1024 * 1024
_LONGEST_RESULT = 16 * 1024 * 1024


def read_properties(text: str, path: str = "") -> dict[str, str]:
    """Name and value of each property, in order; of a name that stands twice the last value counts.

    Raises: AppError H021 for a ``\\u`` that four hexadecimal digits do not follow, as Java does; H001 for a file of
    more than a million characters.
    """
    if len(text) > _LONGEST_FILE:
        message = f"the file has {len(text):,} characters; properties have at most {_LONGEST_FILE:,}"
        raise AppError("H001", message, hint="keep lists and data in files of their own", path=path)
    properties: dict[str, str] = {}
    for number, line in _logical_lines(text):
        name, value = _split(line)
        key = _unescape(name, path, number)
        properties.pop(key, None)
        properties[key] = _unescape(value, path, number)
    return properties


def property_lines(text: str) -> dict[str, int]:
    """The line at which each property begins; of a name that stands twice the last one. Raises: as read_properties."""
    return {_unescape(_split(line)[0], "", number): number for number, line in _logical_lines(text)}


def write_properties(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """The text of a .properties file, one ``name=value`` a line in the order given, which reads back equal."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return "".join(f"{_escape_name(name)}={_escape_value(value)}\n" for name, value in items)


def resolve_properties(properties: Mapping[str, str]) -> dict[str, str]:
    """Each value with ``${other}`` replaced by that property, as far as Oozie goes.

    It stops at the first name that is no property and leaves that and all that follows for EL, which comes later.

    Raises: AppError E0803 for properties that name each other in a circle (Oozie gives up after 20 substitutions).
    """
    resolved: dict[str, str] = {}
    left = _LONGEST_RESULT
    for name, value in properties.items():
        resolved[name] = _substitute(name, value, properties, left)
        left -= len(resolved[name])
    return resolved


def _substitute(name: str, value: str, properties: Mapping[str, str], longest: int) -> str:
    text = value
    for _ in range(_MAX_SUBSTITUTIONS):
        if len(text) > longest:
            hint = "let properties that name each other be short"
            raise AppError("E0803", f"property '{name}' grows beyond all measure by its substitutions", hint=hint)
        match = _REFERENCE.search(text)
        if match is None or match[1] not in properties:
            return text
        text = text[: match.start()] + properties[match[1]] + text[match.end() :]
    message = f"property '{name}' needs more than {_MAX_SUBSTITUTIONS} substitutions: {value!r:.100}"
    raise AppError("E0803", message, hint="it probably names itself, perhaps through another property")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number and text of each property: comments and empty lines dropped, continued lines joined."""
    joined, first, continued = "", 0, False
    lines = _LINE_ENDS.split(text)
    for number, natural in enumerate(lines, start=1):
        line = natural.lstrip(_BLANKS)
        if not joined and (not line or line[0] in "#!"):
            continued = False
            continue
        first = first if joined else number
        continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        joined += line[:-1] if continued else line
        if not continued or number == len(lines):
            yield first, joined
            joined = ""


def _split(line: str) -> tuple[str, str]:
    """Name and value, still escaped, at the first unescaped ``=``, ``:`` or blank."""
    end = 0
    while end < len(line) and line[end] not in "=:" + _BLANKS:
        end += 2 if line[end] == "\\" else 1
    rest = line[end:].lstrip(_BLANKS)
    if rest[:1] in ("=", ":"):
        rest = rest[1:].lstrip(_BLANKS)
    return line[:end], rest


def _unescape(text: str, path: str, line: int) -> str:
    if "\\" not in text:
        return text
    out, position = [], 0
    while position < len(text):
        char = text[position]
        position += 1
        if char != "\\":
            out.append(char)
            continue
        char = text[position : position + 1]
        position += 1
        if char == "u":
            digits = text[position : position + _HEX_DIGITS]
            if not re.fullmatch(r"[0-9A-Fa-f]{4}", digits):
                hint = "a backslash in a value is written twice: C:\\\\users"
                raise AppError("H021", f"malformed \\u{digits} in a property", hint=hint, path=path, line=line)
            out.append(chr(int(digits, 16)))
            position += _HEX_DIGITS
        else:
            out.append(_ESCAPES.get(char, char))
    # Java's characters are UTF-16: two escapes in a row may be one character beyond U+FFFF.
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape_name(name: str) -> str:
    escaped = "".join("\\" + char if char in "=: " else char for char in _escape(name))
    return "\\" + escaped if escaped[:1] in ("#", "!") else escaped


def _escape_value(value: str) -> str:
    """``=`` and ``:`` need no escape behind the separator, so that URLs stay readable."""
    escaped = _escape(value)
    return "\\" + escaped if escaped.startswith(" ") else escaped


def _escape(text: str) -> str:
    return "".join(_ESCAPED.get(char) or (char if char >= " " else f"\\u{ord(char):04x}") for char in text)
