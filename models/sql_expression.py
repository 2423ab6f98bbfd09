"""What an expression of SQL is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


class StatementError(ValueError):
    """A statement that is not of this kind; its text says where it parts."""


@dataclass(frozen=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True)
class Operation:
    """Two expressions and ``+``, ``-``, ``*`` or ``/`` between them."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Text:
    """A text between quotes."""

    value: str


@dataclass(frozen=True)
class Null:
    """NULL."""


@dataclass(frozen=True)
class Call:
    """A function, or an operator that is no arithmetic, with what it is applied to.

    ``case`` has conditions and values by turns, and the value of ELSE at the end.
    """

    function: str
    arguments: tuple[Expression, ...]


class Fixed(float):
    """A number such as ``1.5``, which is a decimal to Spark."""


Expression: TypeAlias = Name | Operation | Text | Null | Call | float


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions right below one."""
    if isinstance(expression, Operation):
        return expression.left, expression.right
    return expression.arguments if isinstance(expression, Call) else ()


def count_parts(expression: Expression) -> int:
    """How many expressions it is made of, itself included; one that stands in it twice counts twice."""
    return 1 + sum(map(count_parts, parts_of(expression)))


def names_in(expression: Expression) -> Iterator[str]:
    """The columns that an expression reads."""
    if isinstance(expression, Name):
        yield expression.name
    for part in parts_of(expression):
        yield from names_in(part)


def has_fixed(expression: Expression) -> bool:
    """Whether a decimal stands in it: where columns are of whole numbers, Spark then reckons in decimals."""
    return isinstance(expression, Fixed) or any(map(has_fixed, parts_of(expression)))
