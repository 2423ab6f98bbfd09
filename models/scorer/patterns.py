"""Regular expressions of Java that RE2 reads in the same way; of all others nothing is said.

RE2 (in pyarrow) never goes back in a text: Java's way, and Python's, can take for ever over a short one.

Source: java.util.regex.Pattern and RE2's syntax. The two differ in the dot, the end of a line, ``\\s``, words beyond
ASCII, classes inside classes, possessive quantifiers and names of properties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

_PART = re.compile(
    r"""
      \\[sSwWdDtnrf]                 # the classes, ASCII in both
    | \\[^\w\s]                      # a sign, quoted
    | \[ \^? (?: \\[sSwWdDtnrf] | \\[^\w\s] | [^\\\[\]&~|^"\s-] | [ ] | (?<=[\w]) - (?=[\w]) )+ - ? \]
    | \(\?: | \( (?!\?) | \) | \|
    | [*+?] \?? (?![*+?{]) | \{ \d{1,4} (?: ,\d{0,4} )? \} \?? (?![*+?{])
    | \.
    | [^\\\[\](){}*+?|.^$]
    """,
    re.VERBOSE,
)
_DOT = "[^\n\r\u0085\u2028\u2029]"  # Java's dot stops at more ends of a line than RE2's
_QUOTED = re.compile(r"\\.", re.DOTALL)
# Java's white space has \v, RE2's has not.
_SPACES = {"\\s": r"\t\n\x0b\f\r ", "\\S": r"\x00-\x08\x0e-\x1f\x21-\x{10ffff}"}
_MARKS = range(0x10FFFF, 0xFFFF, -1)  # the first are no characters at all: nearly every text has none of them


class Pattern:
    """An expression that both read alike, and that matches no empty text."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """Each text in pieces: what is between two matches, and a match, by turns.

        No text costs more time than the square of its length, whatever the expression.

        Raises: ValueError for what is not Unicode, or holds a million different characters.
        """
        present = set(chain.from_iterable(texts))
        mark = next((chr(number) for number in _MARKS if chr(number) not in present), "")
        if not mark:
            raise ValueError("it holds every character that there is")
        marked = pc.replace_substring_regex(
            pa.array(texts, pa.large_string()), pattern=self._expression, replacement=f"{mark}\\0{mark}"
        )
        return [text.split(mark) for text in marked.to_pylist()]


def read_pattern(java: str) -> Pattern | None:
    """The pattern; None where the two might not agree."""
    parts, at = [], 0
    while at < len(java):
        part = _PART.match(java, at)
        if part is None:
            return None
        parts.append(_as_re2(part.group()))
        at = part.end()
    expression = "".join(parts)
    try:
        finds_nothing = pc.match_substring_regex(pa.array([""]), pattern=expression)[0].as_py()
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None
    # Java finds nothing also between the two halves of a character beyond the first 65,536.
    return None if finds_nothing else Pattern(expression)


def _as_re2(part: str) -> str:
    if part == ".":
        return _DOT
    if part in _SPACES:
        return f"[{_SPACES[part]}]"
    return _QUOTED.sub(lambda found: _SPACES.get(found.group(), found.group()), part) if part[0] == "[" else part
