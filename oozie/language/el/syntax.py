"""What a template says, as frozen nodes. Offsets count characters of the whole template from 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

# Java's Boolean, Long, Double, String, Map and null. A test for int has to rule out bool, which is one in Python.
Value: TypeAlias = bool | int | float | str | Mapping[str, "Value"] | None


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
class Call:
    """A function with its prefix, such as ``wf:conf``, and its arguments."""

    name: str
    arguments: tuple[Expression, ...]
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


Expression: TypeAlias = Literal | Variable | Property | Call | Unary | Binary | Conditional


@dataclass(frozen=True)
class Template:
    """Text and expressions in order; ``calls`` lists every prefixed call, since Oozie checks them before evaluating."""

    text: str
    parts: tuple[Expression, ...]
    calls: tuple[Call, ...]
