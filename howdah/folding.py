"""Lines of a report that fit a terminal of 80 columns."""

from __future__ import annotations

import textwrap

from storage.errors import Diagnostic, one_line

WIDTH = 80
HINT_INDENT = " " * 6


def folded(text: str, indent: str = "    ") -> list[str]:
    """``text`` on as many lines as it needs, the later ones behind ``indent``; a path stays whole, to be copied."""
    return textwrap.wrap(
        one_line(text), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]  # fmt: skip


def beside(name: str, text: str) -> list[str]:
    """``name`` and what is said of it, on one line where both fit."""
    line = one_line(f"{name}  {text}")
    return [line] if len(line) <= WIDTH else [one_line(name), *(f"    {part}" for part in folded(text, ""))]


def diagnostic_lines(diagnostic: Diagnostic) -> list[str]:
    """Its line and its hint, each on as many lines as it needs."""
    return [part for line in diagnostic.lines for part in folded(line, HINT_INDENT)]
