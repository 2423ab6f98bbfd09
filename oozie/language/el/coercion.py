"""Java's idea of text and numbers: what EL makes of a value where another type is wanted.

Source: the EL 3.0 specification, 1.23, with apache-el 8.0.33's deviations (ELSupport, ELArithmetic).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from oozie.language.el.containers import JavaList, JavaSet, LambdaValue, Value
from oozie.language.el.double_text import double_to_text
from oozie.language.el.errors import EvaluationFault

JavaType: TypeAlias = Literal["Object", "String", "int", "long", "boolean", "Map"]

_INTEGER = re.compile(r"[+-]?\d+")  # in any script, as Character.digit has it; of those beyond U+FFFF it sees halves
_FLOAT = re.compile(
    r"[\x00-\x20]*([+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))[fFdD]?[\x00-\x20]*"
)
_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (Mapping, "a map"),
    (JavaList, "a list"),
    (JavaSet, "a set"),
    (LambdaValue, "a lambda"),
)
_LONGEST = 40


def describe(value: Value) -> str:
    """A value and its type in words, for messages."""
    if value is None:
        return "null"
    name = next(name for type_, name in _NAMES if isinstance(value, type_))
    text = to_text(value)
    return f"'{text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}' ({name})"


def wrap_long(number: int) -> int:
    """``number`` in 64 bits, as Java's overflow leaves it."""
    return (number + 2**63) % 2**64 - 2**63


def wrap_int(number: int) -> int:
    """``number`` in 32 bits, as Java's narrowing leaves it."""
    return (number + 2**31) % 2**32 - 2**31


def to_text(value: Value) -> str:
    """What stands in the result: null is empty, numbers and maps as Java's toString gives them."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return double_to_text(value)
    if isinstance(value, LambdaValue):
        return "javax.el.LambdaExpression"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_held(key)}={_held(held)}" for key, held in value.items()) + "}"
    return "[" + ", ".join(map(_held, value.items)) + "]"


def _held(value: Value) -> str:
    """A value as the text of the collection that holds it has it."""
    return "null" if value is None else to_text(value)


def to_boolean(value: Value) -> bool:
    """null and any text but "true" are false. Raises: EvaluationFault for a number or a map."""
    if isinstance(value, bool):
        return value
    if value is None or value == "":
        return False
    if isinstance(value, str):
        return value.lower() == "true"
    raise EvaluationFault(f"{describe(value)} is neither true nor false", "compare it, as in 'x gt 0'")


def parse_long(text: str) -> int:
    """Long.parseLong. Raises: EvaluationFault."""
    if len(text) <= 100 and _INTEGER.fullmatch(text) and max(text) <= "\uffff":
        number = int(text)
        if wrap_long(number) == number:
            return number
    raise EvaluationFault(f"{describe(text)} is no whole number", "" if text.strip() == text else "it has blanks")


def parse_double(text: str) -> float:
    """Double.parseDouble. Raises: EvaluationFault."""
    match = _FLOAT.fullmatch(text)
    if match is None:
        raise EvaluationFault(f"{describe(text)} is no number")
    return float(match[1])


def looks_like_double(value: Value) -> bool:
    """A Double, or text with a point or an exponent: one of these makes the arithmetic floating."""
    return isinstance(value, float) or (isinstance(value, str) and any(sign in value for sign in ".eE"))


def to_long(value: Value) -> int:
    """A whole number: null and "" are 0, a Double loses its fraction. Raises: EvaluationFault."""
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        return parse_long(value)
    if isinstance(value, float):
        return 0 if math.isnan(value) else int(max(-(2.0**63), min(value, 2.0**63 - 1024)))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise EvaluationFault(f"{describe(value)} is no number")


def to_double(value: Value) -> float:
    """A floating number: null and "" are 0. Raises: EvaluationFault."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, str):
        return parse_double(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise EvaluationFault(f"{describe(value)} is no number")


def to_int(value: Value) -> int:
    """Java's int: a whole number narrowed to 32 bits; text has to fit. Raises: EvaluationFault."""
    number = to_long(value)
    if isinstance(value, float):
        return max(-(2**31), min(number, 2**31 - 1))
    if isinstance(value, str) and wrap_int(number) != number:
        raise EvaluationFault(f"{describe(value)} is too large for a whole number")
    return wrap_int(number)


def to_map(value: Value) -> Mapping[Any, Value] | None:
    """A map, as wf:actionData gives it: null and "" are null. Raises: EvaluationFault."""
    if value is None or value == "":
        return None
    if isinstance(value, Mapping):
        return value
    if isinstance(value, JavaSet) and not value.items:  # {} is a set, unless a map is wanted
        return {}
    raise EvaluationFault(f"{describe(value)} is no map", "wf:actionData('action') gives one")


def _as_is(value: Value) -> Value:
    return value


# What a function's parameter of each Java type takes.
TO_TYPE = {
    "Object": _as_is,
    "String": to_text,
    "int": to_int,
    "long": to_long,
    "boolean": to_boolean,
    "Map": to_map,
}
