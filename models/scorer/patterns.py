"""Regular expressions of Java that Python reads in the same way; of all others nothing is said.

Source: java.util.regex.Pattern and the re module. The two differ in the dot, the end of a line, words beyond ASCII,
classes inside classes, possessive quantifiers and names of properties.
"""

from __future__ import annotations

import re

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
_DOT = "[^\n\r\u0085\u2028\u2029]"  # Java's dot stops at more ends of a line than Python's


def python_pattern(java: str) -> re.Pattern[str] | None:
    """The pattern for Python's re; None where the two might not agree."""
    parts, at = [], 0
    while at < len(java):
        part = _PART.match(java, at)
        if part is None:
            return None
        parts.append(_DOT if part.group() == "." else part.group())
        at = part.end()
    try:
        return re.compile("".join(parts), re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return None
