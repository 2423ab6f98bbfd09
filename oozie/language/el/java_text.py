"""Texts that Java's library makes: regular expressions, the order of hash maps, properties files, JSON.

Source: java.util.regex.Pattern, java.util.Properties.store, java.util.concurrent.ConcurrentHashMap, json-simple.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache

from oozie.language.el.coercion import to_text
from oozie.language.el.containers import JavaList, Value
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.matching import bounded_search

_BLANKS = "".join(map(chr, range(33)))

# Java's classes of characters that Python spells otherwise; all are ASCII there as well.
_POSIX = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r" \t\n\x0b\f\r",
    "Blank": r" \t",
    "XDigit": "0-9a-fA-F",
}
_REGEX_PIECE = re.compile(
    r"""
      \\Q(?P<quoted>.*?)(?:\\E|\Z)
    | \\p\{(?P<posix>\w+)\}
    | (?P<blank>\\h)
    | (?P<name>\(\?<(?=[a-zA-Z][a-zA-Z0-9]*>))
    | (?P<scoped>\(\?[ims]*(?:-[ims]+)?:)
    | (?P<times>\{[0-9]+(?:,[0-9]*)?\})
    | (?P<same>\\[dDwWsSbBAnrtf0-9] | \\x[0-9a-fA-F]{2} | \\u[0-9a-fA-F]{4} | \\[^a-zA-Z0-9])
    | (?P<end>\\[zZ])
    | (?P<flags>\A\(\?[ims]+\))
    | (?P<odd>\\. | \\$ | \{ | \(\?<(?![=!]) | \[\^?\[ | && | \(\?[a-zA-Z-]+[:)])
    | (?P<set>\[\^?\]?)
    | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REPLACEMENT_PIECE = re.compile(
    r"\\(?P<escaped>.)|\$(?P<group>[0-9]+)|\$\{(?P<name>[a-zA-Z][a-zA-Z0-9]*)\}|(?P<odd>[\\$])|(?P<plain>[^\\$]+)",
    re.DOTALL,
)
_HORIZONTAL = " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
_LONGEST = 16 * 1024 * 1024  # characters of a text after a replacement: one in another may grow without end


def trim(text: str) -> str:
    """As String.trim leaves it: without the control characters and blanks around it."""
    return text.strip(_BLANKS)


@lru_cache(maxsize=256)
def pattern(regex: str) -> re.Pattern[str]:
    """A Java regular expression in Python's. Raises: EvaluationFault for what only one of them has."""
    translated: list[str] = []
    in_set = False
    for match in _REGEX_PIECE.finditer(regex):
        piece, kind = match[0], match.lastgroup
        if kind == "odd" and _is_refused(piece, in_set):
            raise EvaluationFault(f"'{piece}' in a regular expression is not supported", "write it in a simpler way")
        in_set = (in_set or kind == "set") and piece != "]"
        if kind == "quoted":
            piece = re.escape(match["quoted"])
        elif kind == "posix":
            piece = _posix(match["posix"], in_set)
        elif kind == "blank":
            piece = _HORIZONTAL if in_set else f"[{_HORIZONTAL}]"
        elif kind == "name" and not in_set:
            piece = "(?P<"
        elif kind == "end":
            piece = r"\Z" if piece == r"\z" else r"(?=\n?\Z)"
        elif in_set and kind in ("set", "plain") and piece == "[" and translated[-1:] != []:
            piece = r"\["
        translated.append(piece)
    try:
        return re.compile("".join(translated), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise EvaluationFault(f"'{regex}' is no regular expression that can be used: {error}") from None


def _is_refused(piece: str, in_set: bool) -> bool:
    """Whether an odd piece has a meaning that Python has not, or none for Java."""
    if in_set:
        return not piece.startswith(("(", "{"))
    return piece != "&&"


def _posix(name: str, in_set: bool) -> str:
    """``\\p{Alpha}`` and its like, alone or inside a set."""
    characters = _POSIX.get(name)
    if characters is None:
        raise EvaluationFault(f"\\p{{{name}}} in a regular expression is not supported")
    return characters if in_set else f"[{characters}]"


def replace_all(text: str, regex: str, replacement: str) -> str:
    """String.replaceAll: ``$1`` or ``${name}`` in the replacement is a group, looked for once there is a match.

    Raises: EvaluationFault.
    """
    compiled = pattern(regex)
    parts: list[str | int] = []
    length = len(text)

    def expand(match: re.Match[str]) -> str:
        nonlocal length
        parts.extend(() if parts else _replacement(replacement, compiled))
        made = "".join(part if isinstance(part, str) else match[part] or "" for part in parts)
        length += len(made)
        if length > _LONGEST:
            raise EvaluationFault("the text grows beyond all measure by its replacements")
        return made

    with bounded_search(text):
        return compiled.sub(expand, text)


def _replacement(replacement: str, compiled: re.Pattern[str]) -> Iterator[str | int]:
    """Literal pieces and group numbers. Raises: EvaluationFault."""
    for match in _REPLACEMENT_PIECE.finditer(replacement):
        if match["odd"]:
            raise EvaluationFault(f"'{match['odd']}' in a replacement stands alone", "write \\$ for a dollar sign")
        if match["name"] is not None:
            if match["name"] not in compiled.groupindex:
                raise EvaluationFault(f"the regular expression has no group '{match['name']}'")
            yield compiled.groupindex[match["name"]]
        elif match["group"] is not None:
            yield from _group(match["group"], compiled.groups)
        else:
            yield match["escaped"] or match["plain"]


def _group(digits: str, groups: int) -> Iterator[str | int]:
    """The group of as many ``digits`` as there are groups for, and the rest of them as a text."""
    if int(digits[0]) > groups:
        hint = "write \\$ for a dollar sign"
        raise EvaluationFault(f"the regular expression has no group {digits[0]}", hint)
    count = 1
    while count < len(digits) and int(digits[: count + 1]) <= groups:
        count += 1
    yield int(digits[:count])
    yield digits[count:]


def split(text: str, regex: str) -> list[str]:
    """String.split: empty pieces at the end are dropped, and one before a match of nothing at the start."""
    compiled = pattern(regex)
    pieces: list[str] = []
    start = 0
    with bounded_search(text):
        matches = list(compiled.finditer(text))
    for match in matches:
        if match.end() == 0 or (match.start() == match.end() == len(text)):
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    if not pieces:
        return [text]
    pieces.append(text[start:])
    while pieces and not pieces[-1]:
        pieces.pop()
    return pieces


_XML = {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;", "&": "&amp;"}
_JSON = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "/": "\\/"}
_JSON_SPECIAL = re.compile('["\\\\/\x00-\x1f\x7f-\x9f\u2000-\u20ff]')
_PROPERTIES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\\": "\\\\"} | {c: "\\" + c for c in "=:#!"}
_PROPERTIES_SPECIAL = re.compile(r"[\t\n\r\f\\=:#!]|[^\x20-\x7e]")


def escape_xml(text: str) -> str:
    """The five characters of XML, as Oozie's XmlUtils writes them."""
    return "".join(_XML.get(character, character) for character in text)


def to_json(value: Value) -> str:
    """JSON as json-simple writes it."""
    match value:
        case None:
            return "null"
        case str():
            return _json_text(value)
        case float() if not math.isfinite(value):
            return "null"
        case Mapping():
            return "{" + ",".join(f"{_json_key(key)}:{to_json(held)}" for key, held in value.items()) + "}"
        case JavaList():
            return "[" + ",".join(map(to_json, value.items)) + "]"
    return to_text(value)


def _json_key(key: Value) -> str:
    return _json_text("null" if key is None else to_text(key))


def _json_text(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        return _JSON.get(match[0]) or f"\\u{ord(match[0]):04X}"

    return f'"{_JSON_SPECIAL.sub(escape, text)}"'


def to_properties(entries: Mapping[str, str], now: datetime) -> str:
    """A properties file as Properties.store writes it, its comment and date included."""

    def escaped(text: str) -> str:
        def escape(match: re.Match[str]) -> str:
            return _PROPERTIES.get(match[0]) or _utf16_escapes(match[0])

        return _PROPERTIES_SPECIAL.sub(escape, text)

    date = english(now.astimezone(timezone.utc), "%a %b %d %H:%M:%S UTC %Y")
    lines = ["#", f"#{date}"]
    for key, value in entries.items():
        shown = escaped(value)
        lines.append(f"{escaped(key).replace(' ', chr(92) + ' ')}={chr(92) if shown.startswith(' ') else ''}{shown}")
    return "\n".join(lines) + "\n"


def _utf16_escapes(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high << 8 | low:04X}" for high, low in zip(units[::2], units[1::2], strict=True))


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def english(moment: datetime, form: str) -> str:
    """strftime with English names, whatever this machine's locale."""
    names = {"%a": DAYS[moment.weekday()][:3], "%b": MONTHS[moment.month - 1][:3]}
    render: Callable[[str], str] = moment.strftime
    return render("".join(names.get(piece, piece) for piece in re.split(r"(%.)", form)))
