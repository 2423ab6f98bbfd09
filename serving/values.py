"""Values of a field by its type, as the scorer takes them: one, or why not; or those of a whole column at once."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from models.manifest import FieldType
from models.number_cells import LONG_LIMIT
from serving.findings import describe_value, has_surrogates, hint_at_quotes

MAX_TEXT_CHARACTERS = 10_000

PYTHON_TYPES: Mapping[FieldType, type] = {"double": float, "long": int, "string": str, "boolean": bool}
# The lowest and the highest number that a field can hold
WIDEST: Mapping[FieldType, tuple[float, float]] = {
    "double": (-sys.float_info.max, sys.float_info.max),
    "long": (-LONG_LIMIT, LONG_LIMIT - 1),
}


class RefusedError(Exception):
    """A value that does not fit its field."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def _take_double(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RefusedError(f"is {describe_value(value)}, a number is needed", hint_at_quotes(value))
    try:
        number = float(value)
    except OverflowError:
        raise RefusedError("is larger than a double holds") from None
    if not math.isfinite(number):
        raise RefusedError("is not a finite number", "JSON has no NaN and no infinity; an unknown value is null")
    return number


def _take_long(value: object) -> int:
    if isinstance(value, float) and value.is_integer():  # false for NaN and infinity
        # A whole number of more than 64 bits has been read as a float, and just below them as their lowest one.
        value = int(value) if abs(value) < LONG_LIMIT else LONG_LIMIT
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedError(f"is {describe_value(value)}, a whole number is needed", hint_at_quotes(value))
    if not -LONG_LIMIT <= value < LONG_LIMIT:
        raise RefusedError("is outside of the 64-bit whole numbers")
    return value


def _take_string(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError(f"is {describe_value(value)}, text is needed", "put it in double quotes")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise RefusedError(f"has {len(value)} characters", f"at most {MAX_TEXT_CHARACTERS} are taken")
    if has_surrogates(value):
        raise RefusedError("is not valid Unicode: half of a surrogate pair stands alone")
    return value


def _take_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise RefusedError(f"is {describe_value(value)}, true or false is needed", "send true or false, without quotes")
    return value


TAKE_ONE: Mapping[FieldType, Callable[[object], object]] = {
    "double": _take_double,
    "long": _take_long,
    "string": _take_string,
    "boolean": _take_boolean,
}


# The same of all values of a column, none of which is null: the values to score, or None where one of them has to be
# looked at by itself. A request with many records is checked a column at a time, which takes a third of the time.


def _take_doubles(values: Sequence[Any], kinds: Set[type]) -> Sequence[Any] | None:
    if not kinds <= {float, int}:
        return None
    try:
        numbers = list(map(float, values)) if int in kinds else values
    except OverflowError:
        return None
    return numbers if math.isfinite(sum(numbers)) else None


def _take_longs(values: Sequence[Any], kinds: Set[type]) -> Sequence[Any] | None:
    fitting = kinds == {int} and min(values) >= -LONG_LIMIT and max(values) < LONG_LIMIT
    return values if fitting else None


def _take_strings(values: Sequence[Any], kinds: Set[type]) -> Sequence[Any] | None:
    if kinds != {str} or max(map(len, values)) > MAX_TEXT_CHARACTERS:
        return None
    return values if all(map(str.isascii, values)) or not any(map(has_surrogates, values)) else None


def _take_booleans(values: Sequence[Any], kinds: Set[type]) -> Sequence[Any] | None:
    return values if kinds == {bool} else None


TAKE_ALL: Mapping[FieldType, Callable[[Sequence[Any], Set[type]], Sequence[Any] | None]] = {
    "double": _take_doubles,
    "long": _take_longs,
    "string": _take_strings,
    "boolean": _take_booleans,
}
