"""What a template says, as frozen nodes. Offsets count characters of the whole template from 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Literal:
    """A number, a string, true, false, null, or the plain text between expressions."""

    value: bool | int | float | str | None
    offset: int


@dataclass(frozen=True)
class Variable:
    """A name that the scope resolves."""

    name: str
    offset: int


@dataclass(frozen=True)
class Property:
    """``base.key`` or ``base[key]``."""

    base: Expression
    key: Expression
    offset: int


@dataclass(frozen=True)
class MethodCall:
    """``base.key(arguments)``, which Oozie evaluates to nothing."""

    base: Expression
    key: Expression
    arguments: tuple[Expression, ...]
    offset: int


@dataclass(frozen=True)
class Call:
    """A function with its prefix, such as ``wf:conf``, and its arguments.

    ``more`` are the further arguments of ``f(1)(2)``, which only a lambda takes.
    """

    name: str
    arguments: tuple[Expression, ...]
    offset: int
    more: tuple[tuple[Expression, ...], ...] = ()


@dataclass(frozen=True)
class Lambda:
    """``(x, y) -> body``; ``calls`` are the arguments that follow it in ``(x -> y -> x + y)(1)(2)``."""

    parameters: tuple[str, ...]
    body: Expression
    offset: int
    calls: tuple[tuple[Expression, ...], ...] = ()


@dataclass(frozen=True)
class ListLiteral:
    """``[a, b]``."""

    items: tuple[Expression, ...]
    offset: int


@dataclass(frozen=True)
class SetLiteral:
    """``{a, b}``."""

    items: tuple[Expression, ...]
    offset: int


@dataclass(frozen=True)
class MapLiteral:
    """``{'a': b}``."""

    entries: tuple[tuple[Expression, Expression], ...]
    offset: int


@dataclass(frozen=True)
class Unary:
    """``-``, ``not`` or ``empty`` before an operand."""

    operator: str
    operand: Expression
    offset: int


@dataclass(frozen=True)
class Binary:
    """Two operands; the operator is spelled with its sign (``==`` for ``eq``), its offset is the operator's."""

    operator: str
    left: Expression
    right: Expression
    offset: int


@dataclass(frozen=True)
class Conditional:
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression
    offset: int


@dataclass(frozen=True)
class Sequence:
    """``first; second``: the value is the second one's."""

    first: Expression
    second: Expression
    offset: int


@dataclass(frozen=True)
class Assignment:
    """``target = value``, which Oozie reads and then refuses."""

    target: Expression
    value: Expression
    offset: int


Expression: TypeAlias = (
    Literal
    | Variable
    | Property
    | MethodCall
    | Call
    | Lambda
    | ListLiteral
    | SetLiteral
    | MapLiteral
    | Unary
    | Binary
    | Conditional
    | Sequence
    | Assignment
)


def walk(expression: Expression) -> Iterator[Expression]:
    """``expression`` and all that stands in it, each before its parts, from left to right."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(parts_of(node))


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """What stands right in an expression, from left to right."""
    match expression:
        case Property(base, key) | MethodCall(base, key):
            return base, key, *(expression.arguments if isinstance(expression, MethodCall) else ())
        case Call():
            return (*expression.arguments, *(each for more in expression.more for each in more))
        case Lambda():
            return expression.body, *(each for call in expression.calls for each in call)
        case ListLiteral(items) | SetLiteral(items):
            return items
        case MapLiteral(entries):
            return tuple(each for entry in entries for each in entry)
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return left, right
        case Conditional(condition, then, otherwise):
            return condition, then, otherwise
        case Sequence(first, second) | Assignment(first, second):
            return first, second
    return ()


@dataclass(frozen=True)
class Template:
    """Text and expressions in order; ``calls`` lists every call, since Oozie checks them before it evaluates.

    ``depth`` is how many expressions stand in one another.
    """

    text: str
    parts: tuple[Expression, ...]
    calls: tuple[Call, ...] = ()
    depth: int = 0
