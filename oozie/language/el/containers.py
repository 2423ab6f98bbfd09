"""Values that hold values, in the order and with the equality that Java's collections give them.

Source: java.util.HashMap, java.util.Properties, the hashCode and equals of Java's Boolean, Long, Double, String, List,
Set and Map.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from oozie.language.el.syntax import Expression

# Java's Boolean, Long, Double, String, List, Set, Map, a lambda and null. A test for int has to rule out bool, which is
# one in Python.
Value: TypeAlias = "bool | int | float | str | JavaList | JavaSet | Mapping[str, Value] | JavaMap | LambdaValue | None"

_MASK = 0xFFFFFFFF


@dataclass(frozen=True)
class JavaList:
    """A list literal's value."""

    items: tuple[Value, ...]

    @cached_property
    def weight(self) -> int:
        """As :func:`weight` counts."""
        return _held_by(self.items)


class JavaSet:
    """A set literal's value: distinct items in the order in which a HashSet is walked."""

    def __init__(self, items: Iterable[Value]) -> None:
        distinct: dict[Hashable, Value] = {}
        for item in items:
            distinct.setdefault(identity(item), item)
        self.items = tuple(_hash_order([*distinct.values()]))
        self.weight = _held_by(self.items)


class JavaMap(Mapping["Value", "Value"]):
    """A map literal's value; of a key that stands twice the last value counts, at the place of the first."""

    def __init__(self, entries: Iterable[tuple[Value, Value]]) -> None:
        keys: dict[Hashable, Value] = {}
        self._values: dict[Hashable, Value] = {}
        for key, value in entries:
            keys.setdefault(identity(key), key)
            self._values[identity(key)] = value
        self._keys = _hash_order([*keys.values()])
        self.weight = _held_by([*self._keys, *self._values.values()])

    def __getitem__(self, key: Value) -> Value:
        return self._values[identity(key)]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


@dataclass(frozen=True, eq=False)
class LambdaValue:
    """A lambda that has not got its arguments yet; ``outer`` are those of the lambdas around it."""

    parameters: tuple[str, ...]
    body: Expression
    outer: dict[str, Value] = field(default_factory=dict)


def weight(value: Value) -> int:
    """How much a value holds: the characters of a text, the items of a collection with all that they hold."""
    match value:
        case str():
            return len(value)
        case JavaList() | JavaSet():
            return value.weight
        case JavaMap():
            return value.weight
    return 1


def _held_by(values: Iterable[Value]) -> int:
    return 1 + sum(map(weight, values))


def identity(value: Value) -> Hashable:
    """What two values have in common when Java's equals finds them equal."""
    match value:
        case bool() | None:
            return value, "object"
        case int():
            return value, "Long"
        case float():
            return _bits(value), "Double"
        case str():
            return value, "String"
        case JavaList():
            return tuple(map(identity, value.items)), "List"
        case JavaSet():
            return frozenset(map(identity, value.items)), "Set"
        case LambdaValue():
            return id(value), "Lambda"
    return frozenset((identity(key), identity(held)) for key, held in value.items()), "Map"


def _hash_order(values: list[Value]) -> list[Value]:
    """Distinct ``values`` in the order in which a HashMap of them is walked."""
    capacity = 16
    while len(values) > capacity * 3 // 4:
        capacity *= 2
    return sorted(values, key=lambda value: _bucket(value, capacity))


def properties_order(entries: Mapping[str, str]) -> dict[str, str]:
    """``entries`` in the order in which Java 9 and later walk a Properties of them."""
    capacity = 16
    while len(entries) >= capacity * 3 // 4:
        capacity *= 2
    return {key: entries[key] for key in sorted(entries, key=lambda key: _bucket(key, capacity))}


def _bucket(value: Value, capacity: int) -> int:
    code = _hash_code(value)
    return (code ^ code >> 16) & (capacity - 1)


def _hash_code(value: Value) -> int:
    """Java's hashCode, as a number without a sign. A lambda's is its address in Java; here it is 0."""
    match value:
        case None | LambdaValue():
            return 0
        case bool():
            return 1231 if value else 1237
        case int():
            return _halves(value & 0xFFFFFFFFFFFFFFFF)
        case float():
            return _halves(_bits(value))
        case str():
            return _text_hash_code(value)
        case JavaList():
            code = 1
            for item in value.items:
                code = (31 * code + _hash_code(item)) & _MASK
            return code
        case JavaSet():
            return sum(map(_hash_code, value.items)) & _MASK
    return sum(_hash_code(key) ^ _hash_code(held) for key, held in value.items()) & _MASK


def _bits(number: float) -> int:
    """Double.doubleToLongBits: all that is no number is the same."""
    return 0x7FF8000000000000 if math.isnan(number) else int.from_bytes(struct.pack(">d", number), "big")


def _halves(bits: int) -> int:
    return (bits ^ bits >> 32) & _MASK


def _text_hash_code(text: str) -> int:
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & _MASK
    return code
