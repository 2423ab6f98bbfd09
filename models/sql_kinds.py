"""What kind of value each part of an expression of SQL is, so that Spark's casts never come into it.

A statement in which a kind cannot be told, or Spark would cast or round, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from models.sql_expression import Call, Expression, Fixed, Name, Null, Operation, StatementError, Text, has_fixed

Kind = Literal["number", "boolean", "text"]

COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
NUMERIC = {"abs": 1, "exp": 1, "ln": 1, "log": 1, "log10": 1, "log1p": 1, "pow": 2, "power": 2, "sqrt": 1}
TEXTUAL = {"lower": 1, "upper": 1, "trim": 1}
EXTREMES = frozenset({"greatest", "least"})
_FIRST_OF = frozenset({"coalesce", "nvl", "ifnull"})


def check_column(expression: Expression) -> None:
    """Raises: StatementError for an expression, other than a plain name, of which the values cannot be told."""
    if not isinstance(expression, Name):
        for _ in uses(expression, kind_of(expression)):
            pass


def kind_of(expression: Expression) -> Kind:
    """Raises: StatementError where it cannot be told."""
    found = _known(expression)
    if found is None:
        raise StatementError("the type of a column in it cannot be told")
    return found


def uses(expression: Expression, kind: Kind) -> Iterator[tuple[str, Kind | None]]:
    """The columns that an expression of ``kind`` reads, and what each holds; None where any value will do.

    Raises: StatementError.
    """
    if isinstance(expression, Name):
        yield expression.name, kind
        return
    if isinstance(expression, Null):
        return
    if _known(expression) != kind:
        raise StatementError(f"a {kind} is expected where something else stands")
    if isinstance(expression, Operation):
        if expression.sign == "/" and has_fixed(expression):
            raise StatementError("it divides decimals: write 1.5D for a double")
        yield from uses(expression.left, "number")
        yield from uses(expression.right, "number")
    elif isinstance(expression, Call):
        for argument, its_kind in _arguments(expression):
            if its_kind is None:
                yield from _used_at_all(argument)
            else:
                yield from uses(argument, its_kind)


def results(call: Call) -> Sequence[Expression]:
    """What a ``case``, ``if`` or ``coalesce`` may give."""
    if call.function == "case":
        return (*call.arguments[1::2], call.arguments[-1])
    return call.arguments[1:] if call.function == "if" else call.arguments


def _known(expression: Expression) -> Kind | None:
    if isinstance(expression, Operation | float):
        return "number"
    if isinstance(expression, Text):
        return "text"
    if not isinstance(expression, Call):
        return None
    name = expression.function
    if name in COMPARISONS or name in ("and", "or", "not", "is null", "in", "true", "false"):
        return "boolean"
    if name in ("case", "if") or name in _FIRST_OF:
        return _common(results(expression))
    if name in NUMERIC or name in EXTREMES or name in ("length", "cast as double", "cast as int", "cast as integer"):
        return "number"
    if name in TEXTUAL:
        return "text"
    raise StatementError(f"{name.upper()} is not known")


def _common(expressions: Sequence[Expression]) -> Kind | None:
    kinds = {kind for each in expressions if (kind := _known(each))}
    if len(kinds) > 1:
        raise StatementError("values of several types meet in it")
    return next(iter(kinds), None)


def _arguments(call: Call) -> list[tuple[Expression, Kind | None]]:
    """What a call is applied to, and the kind that each has to be. Raises: StatementError."""
    name, given = call.function, call.arguments
    expected = NUMERIC.get(name) or TEXTUAL.get(name)
    if expected is not None:
        _count(call, expected)
        its_kind: Kind = "number" if name in NUMERIC else "text"
        return [(each, its_kind) for each in given]
    if name in EXTREMES:
        return [(each, "number") for each in given]
    if name in COMPARISONS or name == "in":
        return _compared(given)
    if name in ("and", "or", "not", "true", "false"):
        return [(each, "boolean") for each in given]
    if name == "is null":
        return [(given[0], _known(given[0]))]
    if name == "length":
        _count(call, 1)
        return [(given[0], "text")]
    if name == "if":
        _count(call, 3)
    if name in ("case", "if"):
        conditions = given[:-1:2] if name == "case" else given[:1]
        kind = kind_of(call)
        found: list[tuple[Expression, Kind | None]] = [(each, "boolean") for each in conditions]
        return [*found, *((each, kind) for each in results(call))]
    if name in _FIRST_OF:
        if name != "coalesce":
            _count(call, 2)
        return [(each, kind_of(call)) for each in given]
    return [_cast(call)]


def _compared(given: Sequence[Expression]) -> list[tuple[Expression, Kind | None]]:
    kind = _common(given)
    if kind not in ("number", "text"):
        raise StatementError("the types that are compared cannot be told")
    if any(has_fixed(each) and not isinstance(each, Fixed) for each in given):
        raise StatementError("it compares decimals that it reckons with: write 1.5D for a double")
    return [(each, kind) for each in given]


def _cast(call: Call) -> tuple[Expression, Kind | None]:
    _count(call, 1)
    (inner,) = call.arguments
    is_boolean = _known(inner) == "boolean"
    if call.function == "cast as double":
        return inner, "boolean" if is_boolean else "number"
    if call.function in ("cast as int", "cast as integer") and is_boolean:
        return inner, "boolean"
    raise StatementError(f"{call.function.upper()} is not known")


def _used_at_all(expression: Expression) -> Iterator[tuple[str, Kind | None]]:
    if isinstance(expression, Name):
        yield expression.name, None


def _count(call: Call, expected: int) -> None:
    if len(call.arguments) != expected:
        raise StatementError(f"{call.function.upper()} takes {expected} values here")
