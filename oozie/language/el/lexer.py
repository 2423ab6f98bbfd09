"""Characters to tokens: plain text and ``${...}`` with what stands in it.

Source: the EL 3.0 grammar, as Tomcat's apache-el 8.0.33 (which Oozie 5 runs) reads it. ``\\${`` stands for ``${``; a
backslash anywhere else in plain text is itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from oozie.language.el.errors import ElError

Kind: TypeAlias = Literal["text", "open", "close", "name", "keyword", "integer", "float", "string", "sign", "end"]


@dataclass(frozen=True)
class Token:
    """``value`` is the token as written; of a text or a string, what it stands for."""

    kind: Kind
    value: str
    offset: int


KEYWORDS = frozenset(
    "true false null lt gt le ge eq ne and or not empty div mod instanceof".split()  # noqa: SIM905 - a table of words
)

_KINDS: dict[str, Kind] = {
    "float": "float",
    "integer": "integer",
    "name": "name",
    "string": "string",
    "close": "close",
    "sign": "sign",
}
# Java's letters and digits as the EL grammar counts them.
_LETTER = (
    r"$A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u1fff\u3040-\u318f\u3300-\u337f\u3400-\u3d2d"
    r"\u4e00-\u9fff\uf900-\ufaff"
)
_TOKEN = re.compile(
    rf"""
      (?P<float>   [0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)? | \.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+[eE][+-]?[0-9]+ )
    | (?P<integer> [0-9]+ )
    | (?P<name>    [{_LETTER}][{_LETTER}0-9]* )
    | (?P<string>  "[^"\\]*(?:\\["'\\][^"\\]*)*" | '[^'\\]*(?:\\["'\\][^'\\]*)*' )
    | (?P<close>   \}} )
    | (?P<sign>    == | != | <= | >= | && | \|\| | \+= | -> | [-+*/%<>!()\[\],.:?;={{] )
    """,
    re.VERBOSE,
)
_OPENING = re.compile(r"\\?[$#]\{")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str, code: str) -> Iterator[Token]:
    """The tokens of ``text``, ``end`` last. Raises: ElError with ``code``."""
    position = 0
    while position < len(text):
        plain, position = _plain_text(text, position)
        if plain.value:
            yield plain
        if position < len(text):
            yield Token("open", text[position : position + 2], position)
            position += 2
            for token in _expression(text, position, code):
                yield token
                position = token.offset + 1
    yield Token("end", "", len(text))


def _plain_text(text: str, start: int) -> tuple[Token, int]:
    """The text up to the next opening (or the end), and where that stands."""
    pieces: list[str] = []
    position = start
    for match in _OPENING.finditer(text, start):
        pieces.append(text[position : match.start()])
        if not match[0].startswith("\\"):
            return Token("text", "".join(pieces), start), match.start()
        pieces.append(match[0][1:])
        position = match.end()
    pieces.append(text[position:])
    return Token("text", "".join(pieces), start), len(text)


def _expression(text: str, position: int, code: str) -> Iterator[Token]:
    """The tokens inside one ``${...}``; the closing brace is the last one."""
    opening, braces = position - 2, 0
    while True:
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        if position == len(text):
            raise ElError(code, f"'{text[opening : opening + 2]}' is never closed", text=text, offset=opening)
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position, code)
        if match[0].endswith("$") and text.startswith("{", match.end()):  # "$" is a letter
            message = "an expression cannot stand inside another"
            hint = "inside ${...} a variable is named plainly"
            raise ElError(code, message, text=text, offset=match.end() - 1, hint=hint)
        if match[0] == "{":
            braces += 1
        if match[0] == "}" and braces:
            braces -= 1
            yield Token("sign", "}", position)
        else:
            yield _token(match)
            if match.lastgroup == "close":
                return
        position = match.end()


def _token(match: re.Match[str]) -> Token:
    """The token that ``match`` found."""
    value, kind = match[0], _KINDS[match.lastgroup or ""]
    if kind == "string":
        value = _ESCAPED.sub(r"\1", value[1:-1])
    elif kind == "name" and value in KEYWORDS:
        kind = "keyword"
    return Token(kind, value, match.start())


def _unreadable(text: str, position: int, code: str) -> ElError:
    """What to say of a character that begins no token."""
    character = text[position]
    if character in "\"'":
        message = "this string does not end, or a backslash in it stands before neither a quote nor a backslash"
        return ElError(code, message, text=text, offset=position, hint="write \\\\ for a backslash")
    if character == "&":
        hint = "write 'and'; in XML, Oozie reads the text of an action as it is escaped there"
        return ElError(code, "'&' is no operator", text=text, offset=position, hint=hint)
    return ElError(code, f"'{character}' has no meaning here", text=text, offset=position)
