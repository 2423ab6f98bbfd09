"""What is said of a record that does not fit, in the same words for JSON, CSV and Arrow.

Values are shown short, names and categories with those that are written much like them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from models.manifest import Field

MAX_FINDINGS = 100
STRANGER = "is not an input of this model"
# What spreadsheets write for commas
SEPARATORS = {";": "semicolons", "\t": "tabs"}

_SHOWN_CHARACTERS = 100
_MOST_COMPARED = 1_000
_JSON_TYPES: Mapping[type, str] = {list: "a list", dict: "an object"}


class Nearest:
    """Finds the names that are written much like another one, for a request that may be wrong all over.

    A comparison takes up to half a millisecond: after 1,000 of them nothing more is found.
    """

    def __init__(self) -> None:
        self._left = _MOST_COMPARED

    def find(self, value: str, known: Sequence[str]) -> list[str]:
        """Up to three of ``known``; upper and lower case count as one."""
        if len(value) > _SHOWN_CHARACTERS:
            return []
        spelled = {item.casefold(): item for item in known[: self._left]}
        self._left -= len(spelled)
        return [spelled[match] for match in get_close_matches(value.casefold(), spelled, n=3, cutoff=0.6)]


def describe_range(value: float, item: Field) -> tuple[str, str]:
    """What is odd about a number that training never saw, and what that means."""
    seen = f"{_plain(item.minimum)} to {_plain(item.maximum)}"
    return f"is {_shown(value)}, outside of what training saw ({seen})", "the answer is an extrapolation"


def describe_unknown(value: object, item: Field, nearest: Nearest) -> tuple[str, str]:
    """A category that training never saw as it is shown, and those that are near it."""
    return _shown(value), _known(str(value), item.categories, nearest)


def describe_value(value: object) -> str:
    """A value by its JSON type, and itself where it is short."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return str(value).lower() if isinstance(value, bool) else _JSON_TYPES.get(type(value), "of another type")
    return f"the text {_shown(value)}" if isinstance(value, str) else f"the number {_shown(value)}"


def hint_at_name(name: str, known: Sequence[str], nearest: Nearest) -> str:
    """What to do about a name that is no input."""
    near = nearest.find(name, known)[:1]
    return f"did you mean '{near[0]}'?" if near else "leave it out"


def hint_at_quotes(value: object) -> str:
    """What to do about a number in quotes; nothing for other values."""
    if isinstance(value, str) and len(value) < _SHOWN_CHARACTERS:
        try:
            return f"send {float(value):g} without quotes" if math.isfinite(float(value)) else ""
        except ValueError:
            return ""
    return ""


def clip(text: str) -> str:
    """``text``, or how a long one begins."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def has_surrogates(value: str) -> bool:
    """Whether half of a character stands alone in ``value``, which UTF-8 cannot say."""
    if value.isascii():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def _known(value: str, categories: Sequence[str], nearest: Nearest) -> str:
    """The nearest of the known categories, or the first few."""
    near = nearest.find(value, categories)
    if near:
        return f"did you mean {' or '.join(map(_shown, near))}?"
    some = ", ".join(_shown(item) for item in categories[:5])
    return f"known are {some}" + (f" and {len(categories) - 5} more" if len(categories) > 5 else "")


def _shown(value: object) -> str:
    return clip(json.dumps(value, ensure_ascii=isinstance(value, str) and has_surrogates(value)))


def _plain(number: float | None) -> str:
    return "…" if number is None else f"{number:g}"
