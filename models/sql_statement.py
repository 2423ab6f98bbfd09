"""The statement of an SQLTransformer that can be said exactly: ``SELECT *, a AS b, (a + b) / 2 AS c FROM __THIS__``.

All columns stay, and each new one has a name; arithmetic is over columns, whole numbers and doubles (``1.5D``,
``1e3``). A number such as ``1.5`` is a decimal to Spark, which rounds in its own way: it is refused, as is all else.

Source: the SQL reference of Spark 3.5 and 4, literals and arithmetic operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?![\w.])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+[dD]?|[dD])(?!\w))
    | (?P<name>[A-Za-z_]\w*) | `(?P<quoted>[^`.]+)` | (?P<sign>[-+*/(),;])
    )""",
    re.VERBOSE | re.ASCII,
)
_LONGEST = 10_000
_DEEPEST = 50
_LARGEST_WHOLE = 2**31  # what Spark takes for an int; beyond, types change


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


Expression: TypeAlias = Name | Operation | float


def read_statement(text: str) -> list[tuple[str, Expression]]:
    """The new columns with their expressions, in order. Raises: StatementError."""
    if len(text) > _LONGEST:
        raise StatementError("it is too long")
    return _Reader(list(_tokens(text))).statement()


def names_in(expression: Expression) -> Iterator[str]:
    """The columns that an expression reads."""
    if isinstance(expression, Name):
        yield expression.name
    elif isinstance(expression, Operation):
        yield from names_in(expression.left)
        yield from names_in(expression.right)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise StatementError(f"{text[at:].strip()[:40]!r} is not known")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        at = found.end()


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0

    def statement(self) -> list[tuple[str, Expression]]:
        self._word("select")
        self._sign("*")
        found: list[tuple[str, Expression]] = []
        while self._take("sign", ","):
            expression = self._sum()
            self._word("as")
            found.append((self._name(), expression))
        self._word("from")
        self._word("__this__")
        self._take("sign", ";")
        if self._tokens[self._at][0] != "end":
            raise StatementError(f"{self._tokens[self._at][1]!r} is not known there")
        names = [name.lower() for name, _ in found]
        if len(set(names)) < len(names):
            raise StatementError("two new columns have one name")
        return found

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self._take("sign", "+", "-"):
            left = Operation(sign, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._factor()
        while sign := self._take("sign", "*", "/"):
            left = Operation(sign, left, self._factor())
        return left

    def _factor(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise StatementError("it is nested too deep")
        try:
            if self._take("sign", "("):
                inner = self._sum()
                self._sign(")")
                return inner
            if self._take("sign", "-"):
                return Operation("*", -1.0, self._factor())
            kind, text = self._tokens[self._at]
            if kind == "number":
                self._at += 1
                return _number(text)
            return Name(self._name())
        finally:
            self._depth -= 1

    def _name(self) -> str:
        kind, text = self._tokens[self._at]
        if kind not in ("name", "quoted"):
            raise StatementError(f"a column is missing before {text!r}")
        self._at += 1
        return text

    def _take(self, kind: str, *texts: str) -> str:
        found, text = self._tokens[self._at]
        if found != kind or text not in texts:
            return ""
        self._at += 1
        return text

    def _sign(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise StatementError(f"{sign!r} is missing before {self._tokens[self._at][1]!r}")

    def _word(self, word: str) -> None:
        kind, text = self._tokens[self._at]
        if kind != "name" or text.lower() != word:
            raise StatementError(f"{word.upper()} is missing before {text!r}")
        self._at += 1


def _number(text: str) -> float:
    if text.isdecimal() and int(text) >= _LARGEST_WHOLE:
        raise StatementError(f"{text} is more than an int holds")
    return float(text.rstrip("dD"))
