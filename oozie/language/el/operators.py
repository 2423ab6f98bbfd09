"""What each operator makes of its operands.

Source: the EL 3.0 specification, 1.7 to 1.16, with apache-el 8.0.33's deviations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from oozie.language.el.coercion import (
    describe,
    looks_like_double,
    parse_double,
    parse_long,
    to_boolean,
    to_double,
    to_int,
    to_long,
    to_text,
    wrap_long,
)
from oozie.language.el.containers import JavaList, JavaMap, JavaSet, Value, identity
from oozie.language.el.errors import EvaluationFault


def _add(left: Value, right: Value) -> Value:
    if looks_like_double(left) or looks_like_double(right):
        return to_double(left) + to_double(right)
    return wrap_long(to_long(left) + to_long(right))


def _subtract(left: Value, right: Value) -> Value:
    if looks_like_double(left) or looks_like_double(right):
        return to_double(left) - to_double(right)
    return wrap_long(to_long(left) - to_long(right))


def _multiply(left: Value, right: Value) -> Value:
    if looks_like_double(left) or looks_like_double(right):
        return to_double(left) * to_double(right)
    return wrap_long(to_long(left) * to_long(right))


def _divide(left: Value, right: Value) -> Value:
    if left is None and right is None:
        return 0
    dividend, divisor = to_double(left), to_double(right)
    if divisor:
        return dividend / divisor
    if dividend == 0 or math.isnan(dividend) or math.isnan(divisor):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def _remainder(left: Value, right: Value) -> Value:
    if left is None and right is None:
        return 0
    if looks_like_double(left) or looks_like_double(right):
        dividend, divisor = to_double(left), to_double(right)
        return math.nan if divisor == 0 or math.isinf(dividend) else math.fmod(dividend, divisor)
    whole, by = to_long(left), to_long(right)
    if by == 0:
        raise EvaluationFault("a whole number is divided by zero")
    return abs(whole) % abs(by) * (-1 if whole < 0 else 1)


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _same_double(left: float, right: float) -> bool:
    """Double.equals: NaN equals itself, 0.0 is not -0.0."""
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right and math.copysign(1, left) == math.copysign(1, right)


def are_equal(left: Value, right: Value) -> bool:
    """``==``: the type of one operand decides, a number before a boolean before text."""
    if left is None or right is None:
        return left is right
    if isinstance(left, float) or isinstance(right, float):
        return _same_double(to_double(left), to_double(right))
    if _is_number(left) or _is_number(right):
        return to_long(left) == to_long(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) or isinstance(right, str):
        return to_text(left) == to_text(right)
    return identity(left) == identity(right)


def _order(left: Value, right: Value) -> int:
    """Below, at or above zero as ``left`` comes before, with or after ``right``."""
    if are_equal(left, right):
        return 0
    if isinstance(left, float) or isinstance(right, float):
        return _order_of_doubles(to_double(left), to_double(right))
    if _is_number(left) or _is_number(right):
        return to_long(left) - to_long(right)
    if isinstance(left, str) or isinstance(right, str):
        # Java compares UTF-16 units.
        first, second = (to_text(value).encode("utf-16-be", "surrogatepass") for value in (left, right))
        return -1 if first < second else 1
    if isinstance(left, bool) and isinstance(right, bool):
        return left - right
    raise EvaluationFault(f"{describe(left)} and {describe(right)} cannot be compared")


def _order_of_doubles(left: float, right: float) -> int:
    """Double.compare of two that are not the same: NaN is above all, -0.0 below 0.0."""
    if math.isnan(left) or math.isnan(right):
        return 1 if math.isnan(left) else -1
    if left == right:
        return -1 if math.copysign(1, left) < 0 else 1
    return -1 if left < right else 1


def _less(left: Value, right: Value) -> Value:
    return left is not None and right is not None and _order(left, right) < 0


def _greater(left: Value, right: Value) -> Value:
    return left is not None and right is not None and _order(left, right) > 0


def _at_most(left: Value, right: Value) -> Value:
    return left is right if left is None or right is None else _order(left, right) <= 0


def _at_least(left: Value, right: Value) -> Value:
    return left is right if left is None or right is None else _order(left, right) >= 0


def _negative(value: Value) -> Value:
    if isinstance(value, str):
        return -parse_double(value) if looks_like_double(value) else wrap_long(-parse_long(value))
    if isinstance(value, float):
        return -value
    return wrap_long(-to_long(value))


def _is_empty(value: Value) -> Value:
    if isinstance(value, JavaList | JavaSet):
        return not value.items
    return value is None or (isinstance(value, str | Mapping) and not value)


# || and && are the evaluator's: they may leave their right operand alone.
BINARY: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
    "+=": lambda left, right: to_text(left) + to_text(right),
    "==": are_equal,
    "!=": lambda left, right: not are_equal(left, right),
    "<": _less,
    ">": _greater,
    "<=": _at_most,
    ">=": _at_least,
}
UNARY: Mapping[str, Callable[[Value], Value]] = {
    "-": _negative,
    "!": lambda value: not to_boolean(value),
    "empty": _is_empty,
}


def property_of(base: Value, key: Value) -> Value:
    """``base[key]``, the key not null. Raises: EvaluationFault for what has no such property."""
    if isinstance(base, JavaMap):
        return base.get(key)
    if isinstance(base, Mapping):
        return base.get(key) if isinstance(key, str) else None
    if isinstance(base, JavaList):
        index = _index(key)
        return base.items[index] if 0 <= index < len(base.items) else None
    name = to_text(key)
    if isinstance(base, str) and name in _OF_TEXT:
        return _OF_TEXT[name](base)
    if isinstance(base, JavaSet) and name == "empty":
        return not base.items
    raise EvaluationFault(f"{describe(base)} has no property '{name}'")


def _index(key: Value) -> int:
    """The place in a list that a key means. Raises: EvaluationFault."""
    if isinstance(key, int | float) or (isinstance(key, str) and key):
        return int(key) if isinstance(key, bool) else to_int(key)
    raise EvaluationFault(f"{describe(key)} is no place in a list")


# Of the properties of Java's String, those that say something of the text.
_OF_TEXT: Mapping[str, Callable[[str], bool]] = {
    "empty": lambda text: not text,
    "blank": lambda text: not text or text.isspace(),
}
