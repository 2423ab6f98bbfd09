"""How EL goes wrong: always at a character."""

from __future__ import annotations

from storage.errors import HowdahError

_LONGEST_QUOTE = 60


class ElError(HowdahError):
    """An expression that cannot be read or evaluated; ``offset`` counts characters of ``text`` from 0.

    The code is the one that Oozie gives where the expression stands: EL_ERROR in a workflow, E1004 in a coordinator.
    """

    def __init__(self, code: str, message: str, *, text: str = "", offset: int = 0, hint: str = "") -> None:
        super().__init__(
            code, f"{without_breaks(message)}, at character {offset + 1} of {quote(text, offset)}", hint=hint
        )
        self.reason = message
        self.text = text
        self.offset = offset


class EvaluationFault(Exception):  # noqa: N818 - never leaves the package; the evaluator turns it into an ElError
    """What a coercion or a function objects to; the evaluator knows at which character."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def without_breaks(text: str) -> str:
    """``text`` with every run of blanks and line ends as one blank: a value that it quotes may hold any."""
    return " ".join(text.split())


def quote(text: str, offset: int) -> str:
    """``text`` on one line, cut around ``offset`` when it is long."""
    start = max(0, min(offset - _LONGEST_QUOTE // 2, len(text) - _LONGEST_QUOTE))
    end = start + _LONGEST_QUOTE
    return f"'{'...' if start else ''}{without_breaks(text[start:end])}{'...' if end < len(text) else ''}'"
