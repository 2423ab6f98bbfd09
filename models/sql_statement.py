"""The statement of an SQLTransformer that can be said exactly: ``SELECT *, a AS b, (a + b) / 2 AS c FROM __THIS__``.

Each new column has a name. Expressions are arithmetic, comparisons, AND, OR, NOT, CASE, IN, BETWEEN, IS NULL and the
functions of :mod:`models.sql_kinds`, which also says what each column that is read has to hold.

Source: the SQL reference of Spark 3.5 and 4: literals, operators, built-in functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from models.sql_expression import (
    Call,
    Expression,
    Fixed,
    Name,
    Null,
    Operation,
    StatementError,
    Text,
    count_parts,
    names_in,
)
from models.sql_kinds import check_column

__all__ = ["Expression", "Name", "Operation", "StatementError", "names_in", "read_statement"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?![\w.])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+[dD]?|[dD])(?!\w))
    | (?P<fixed>(?:\d+\.\d*|\.\d+)(?![\w.]))
    | '(?P<text>[^'\\]*)'(?!') | "(?P<literal>[^"\\]*)"(?!")
    | (?P<name>[A-Za-z_]\w*) | `(?P<quoted>[^`.]+)` | (?P<sign><=>|<=|>=|<>|!=|==|[-+*/(),;<>=])
    )""",
    re.VERBOSE | re.ASCII,
)
_LONGEST = 10_000
_DEEPEST = 50
_MOST_OPERATORS = 200  # of one column: each is a step deeper for who evaluates it
_MOST_REPEATED = 10_000  # parts of a statement: of a CASE in the subject of a CASE in ..., each doubles what is in it
_SAME_SIGN = {"==": "=", "!=": "<>"}
_WORDS: Mapping[str, Expression] = {"null": Null(), "true": Call("true", ()), "false": Call("false", ())}
_RESERVED = frozenset(
    {
        *("select", "from", "where", "when", "then", "else", "end", "case", "as", "and", "or", "not", "is", "in"),
        *("between", "over", "distinct", "like", "rlike"),
    }
)
_LARGEST_WHOLE = 2**31  # what Spark takes for an int; beyond, types change


def read_statement(text: str) -> list[tuple[str, Expression]]:
    """The new columns with their expressions, in order. Raises: StatementError."""
    if len(text) > _LONGEST:
        raise StatementError("it is too long")
    return _Reader(list(_tokens(text))).statement()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise StatementError(f"{text[at:].strip()[:40]!r} is not known")
        kind = str(found.lastgroup)
        yield {"literal": "text"}.get(kind, kind), found[kind]
        at = found.end()


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0
        self._operators = 0
        self._repeated = 0

    def statement(self) -> list[tuple[str, Expression]]:
        self._word("select")
        keeps_all = bool(self._take("sign", "*"))
        found: list[tuple[str, Expression]] = []
        while self._take("sign", ",") or (not keeps_all and not found):
            found.append(self._column(keeps_all=keeps_all))
        self._word("from")
        self._word("__this__")
        self._take("sign", ";")
        if self._tokens[self._at][0] != "end":
            raise StatementError(f"{self._tokens[self._at][1]!r} is not known there")
        names = [name.lower() for name, _ in found]
        if len(set(names)) < len(names):
            raise StatementError("two new columns have one name")
        new = [each for each in found if keeps_all or each[1] != Name(each[0])]
        if not keeps_all:
            read = {name.lower() for _, expression in new for name in names_in(expression)}
            again = next((name for name, _ in new if name.lower() in read), "")
            if again:
                raise StatementError(f"'{again}' is made anew of itself, or read under two meanings")
        for _, expression in new:
            check_column(expression)
        return new

    def _column(self, *, keeps_all: bool) -> tuple[str, Expression]:
        self._operators = 0
        expression = self._any()
        if isinstance(expression, Name) and not keeps_all and not self._is_word("as"):
            return expression.name, expression
        self._word("as")
        return self._name(), expression

    def _any(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise StatementError("it is nested too deep")
        left = self._all()
        while self._take_word("or"):
            self._count_operator()
            left = Call("or", (left, self._all()))
        self._depth -= 1
        return left

    def _all(self) -> Expression:
        left = self._not()
        while self._take_word("and"):
            self._count_operator()
            left = Call("and", (left, self._not()))
        return left

    def _not(self) -> Expression:
        if not self._take_word("not"):
            return self._comparison()
        self._count_operator()
        return Call("not", (self._not(),))

    def _comparison(self) -> Expression:
        left = self._sum()
        if sign := self._take("sign", "=", "==", "<>", "!=", "<", "<=", ">", ">="):
            return Call(_SAME_SIGN.get(sign, sign), (left, self._sum()))
        if self._take_word("is"):
            negated = self._take_word("not")
            self._word("null")
            return _negated(Call("is null", (left,)), negated)
        negated = self._take_word("not")
        if self._take_word("in"):
            self._sign("(")
            return _negated(Call("in", (left, *self._list())), negated)
        if self._take_word("between"):
            low = self._sum()
            self._word("and")
            self._count_repeated(left)
            return _negated(Call("and", (Call(">=", (left, low)), Call("<=", (left, self._sum())))), negated)
        if negated:
            raise StatementError("NOT is not known there")
        return left

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self._take("sign", "+", "-"):
            self._count_operator()
            left = Operation(sign, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._factor()
        while sign := self._take("sign", "*", "/"):
            self._count_operator()
            left = Operation(sign, left, self._factor())
        return left

    def _count_operator(self) -> None:
        self._operators += 1
        if self._operators > _MOST_OPERATORS:
            raise StatementError("a column has too many operators")

    def _count_repeated(self, expression: Expression) -> None:
        self._repeated += count_parts(expression)
        if self._repeated > _MOST_REPEATED:
            raise StatementError("it asks the same too often")

    def _factor(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise StatementError("it is nested too deep")
        try:
            if self._take("sign", "("):
                inner = self._any()
                self._sign(")")
                return inner
            if self._take("sign", "-"):
                factor = self._factor()
                return Fixed(-factor) if isinstance(factor, Fixed) else Operation("*", -1.0, factor)
            literal = self._literal()
            if literal is not None:
                return literal
            return self._call() or Name(self._name())
        finally:
            self._depth -= 1

    def _literal(self) -> Expression | None:
        kind, text = self._tokens[self._at]
        if kind == "name" and text.lower() in _WORDS:
            self._at += 1
            return _WORDS[text.lower()]
        if kind not in ("number", "fixed", "text"):
            return None
        self._at += 1
        return Text(text) if kind == "text" else Fixed(text) if kind == "fixed" else _number(text)

    def _call(self) -> Expression | None:
        if self._take_word("case"):
            return self._case()
        kind, text = self._tokens[self._at]
        if kind != "name" or self._tokens[self._at + 1] != ("sign", "("):
            return None
        self._at += 2
        name = text.lower()
        if name == "cast":
            inner = self._any()
            self._word("as")
            to = self._name().lower()
            self._sign(")")
            return Call(f"cast as {to}", (inner,))
        return Call(name, tuple(self._list()))

    def _case(self) -> Expression:
        subject = None if self._is_word("when") else self._sum()
        parts: list[Expression] = []
        while self._take_word("when"):
            condition = self._any()
            self._word("then")
            if subject is not None:
                self._count_repeated(subject)
            parts += [condition if subject is None else Call("=", (subject, condition)), self._any()]
        parts.append(self._any() if self._take_word("else") else Null())
        self._word("end")
        return Call("case", tuple(parts))

    def _list(self) -> list[Expression]:
        found = [self._any()]
        while self._take("sign", ","):
            found.append(self._any())
        self._sign(")")
        return found

    def _name(self) -> str:
        kind, text = self._tokens[self._at]
        if kind not in ("name", "quoted"):
            raise StatementError(f"a column is missing before {text!r}")
        if kind == "name" and text.lower() in _RESERVED:
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

    def _is_word(self, word: str) -> bool:
        kind, text = self._tokens[self._at]
        return kind == "name" and text.lower() == word

    def _take_word(self, word: str) -> bool:
        found = self._is_word(word)
        self._at += found
        return found

    def _word(self, word: str) -> None:
        if not self._take_word(word):
            raise StatementError(f"{word.upper()} is missing before {self._tokens[self._at][1]!r}")


def _negated(expression: Expression, negated: bool) -> Expression:
    return Call("not", (expression,)) if negated else expression


def _number(text: str) -> float:
    if text.isdecimal() and int(text) >= _LARGEST_WHOLE:
        raise StatementError(f"{text} is more than an int holds")
    return float(text.rstrip("dD"))
