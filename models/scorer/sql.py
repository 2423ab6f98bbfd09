"""Spark's SQLTransformer, for the statements that can be said exactly.

Source: org.apache.spark.ml.feature.SQLTransformer. A division by 0 is null in Spark 3 and fails in Spark 4, whose ANSI
mode is the default. NaN equals NaN, and is more than any other number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Flags, Transform
from models.scorer.saved import SavedStage
from models.sql_expression import Call, Expression, Name, Null, Operation, StatementError, Text
from models.sql_kinds import COMPARISONS, EXTREMES, Kind, kind_of, uses
from models.sql_statement import read_statement

Values = npt.NDArray[Any]


def sql_transformer(stage: SavedStage) -> Transform:
    """Each new column, computed from those before it."""
    plan = columns_of(stage)
    fails_at_zero = not stage.spark_version.startswith("3.")

    def transform(columns: Columns) -> None:
        for target, expression in plan:
            if target in columns:
                raise ScoringError("H232", f"'{target}' is there already, and the model makes it")
            if isinstance(expression, Name):
                columns.rename(expression.name, target)
                continue
            kind = kind_of(expression)
            made = _Evaluation(columns, dict(_sharper(uses(expression, kind))), fails_at_zero).value(expression)
            if kind == "text":
                texts = zip(made.values.tolist(), made.nulls.tolist(), strict=True)
                columns.set_texts(target, [None if null else text for text, null in texts])
            else:
                columns.set_with_nulls(target, made.values.astype(np.float64), made.nulls)

    return transform


def columns_of(stage: SavedStage) -> list[tuple[str, Expression]]:
    """The stage's new columns. Raises: ScorerError H230 for a statement that cannot be said exactly."""
    try:
        return read_statement(str(stage.parameters.get("statement", "")))
    except StatementError as error:
        hint = "what can: SELECT *, a AS b, (a + b) / 2 AS c, CASE WHEN d = 'x' THEN 1 ELSE 0 END AS e FROM __THIS__"
        raise ScorerError("H230", f"stage {stage.uid}: its statement cannot be scored: {error}", hint=hint) from error


def check_written_numbers(stages: Sequence[SavedStage]) -> None:
    """Raises: ScorerError H230 where a stage takes the number of a statement for a text: is it 1 or 1.0 to Spark?"""
    made: set[str] = set()
    for stage in stages:
        if stage.short_name == "SQLTransformer":
            made |= {name for name, each in columns_of(stage) if not isinstance(each, Name) and kind_of(each) != "text"}
        elif stage.short_name in ("FeatureHasher", "StringIndexerModel"):
            name = next((name for name in stage.input_columns if name in made), "")
            if name:
                message = f"stage {stage.uid} takes '{name}' for a text, and a statement makes it a number"
                raise ScorerError("H230", message, hint="only Spark knows how it writes that number")


def _sharper(used: Any) -> Any:
    """The columns with what they hold; what only asks whether there is a value says nothing of that."""
    return sorted(used, key=lambda each: each[1] is not None)


@dataclass(frozen=True)
class _Column:
    """Values, and which of them are null. Shape: (rows,) each."""

    values: Values
    nulls: Flags


class _Evaluation:
    def __init__(self, columns: Columns, kinds: Mapping[str, Kind | None], fails_at_zero: bool) -> None:
        self._columns, self._kinds, self._fails_at_zero = columns, kinds, fails_at_zero

    def value(self, expression: Expression) -> _Column:
        """Raises: ScoringError H232."""
        count = len(self._columns)
        if isinstance(expression, Null):
            return _Column(np.full(count, np.nan), np.ones(count, dtype=bool))
        if isinstance(expression, Text):
            return _Column(np.full(count, expression.value, dtype=object), np.zeros(count, dtype=bool))
        if isinstance(expression, float):
            return _Column(np.full(count, float(expression)), np.zeros(count, dtype=bool))
        if isinstance(expression, Name):
            return self._input(expression.name)
        with np.errstate(all="ignore"):
            return self._operation(expression) if isinstance(expression, Operation) else self._call(expression)

    def _input(self, name: str) -> _Column:
        nulls = self._columns.nulls(name)
        kind = self._kinds.get(name)
        if kind == "text":
            texts = self._columns.values(name)
            wrong = next((text for text in texts if text is not None and not isinstance(text, str)), None)
            if wrong is not None:
                raise ScoringError("H232", f"'{name}' must be a text, not {wrong!r:.80}")
            return _Column(np.asarray(texts, dtype=object), nulls)
        if kind is None:
            return _Column(np.zeros(len(nulls)), nulls)
        values = self._columns.numbers(name)
        if values.ndim != 1:
            raise ScoringError("H232", f"'{name}' is a vector, and this model reckons with it")
        return _Column(values, nulls)

    def _operation(self, expression: Operation) -> _Column:
        left, right = self.value(expression.left), self.value(expression.right)
        nulls = left.nulls | right.nulls
        if expression.sign == "/":
            by_zero = (right.values == 0) & ~nulls
            if self._fails_at_zero and by_zero.any():
                raise ScoringError("H232", "the model divides by 0")
            return _Column(np.where(by_zero, np.nan, left.values / right.values), nulls | by_zero)
        operation = {"+": np.add, "-": np.subtract, "*": np.multiply}[expression.sign]
        return _Column(np.asarray(operation(left.values, right.values)), nulls)

    def _call(self, call: Call) -> _Column:
        name, given = call.function, [self.value(each) for each in call.arguments]
        if name in ("case", "if"):
            return _first_that_holds(given)
        if name in ("coalesce", "nvl", "ifnull"):
            return _first_that_is(given)
        if name in ("true", "false"):
            return self.value(float(name == "true"))
        if name == "is null":
            return _Column(given[0].nulls.astype(np.float64), np.zeros(len(self._columns), dtype=bool))
        if name == "in":
            return reduce(_either, [_compared("=", given[0], each) for each in given[1:]])
        if name in EXTREMES:
            return _extreme(given, np.maximum if name == "greatest" else np.fmin)
        if name in COMPARISONS:
            return _compared(name, *given)
        return _LOGIC[name](*given) if name in _LOGIC else _function(name, given)


def _negated(column: _Column) -> _Column:
    return _Column((column.values == 0).astype(np.float64), column.nulls)


def _either(left: _Column, right: _Column) -> _Column:
    """True beside null is true."""
    yes = (~left.nulls & (left.values == 1)) | (~right.nulls & (right.values == 1))
    return _Column(yes.astype(np.float64), ~yes & (left.nulls | right.nulls))


def _compared(sign: str, left: _Column, right: _Column) -> _Column:
    nulls = left.nulls | right.nulls
    if left.values.dtype == object or right.values.dtype == object:
        pairs = zip(left.values.tolist(), right.values.tolist(), nulls.tolist(), strict=True)
        # In the order of their UTF-8, as Spark has it.
        order = [0 if null else _order(str(one), str(other)) for one, other, null in pairs]
        less, equal = np.asarray([each < 0 for each in order]), np.asarray([each == 0 for each in order])
    else:
        one, other = left.values, right.values
        equal = (one == other) | (np.isnan(one) & np.isnan(other))
        less = (one < other) | (np.isnan(other) & ~np.isnan(one))
    found = {
        "=": equal, "<>": ~equal, "<": less, "<=": less | equal, ">": ~less & ~equal, ">=": ~less,
    }[sign]  # fmt: skip
    return _Column(found.astype(np.float64), nulls)


def _order(one: str, other: str) -> int:
    left, right = one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    return (left > right) - (left < right)


def _first_that_holds(given: list[_Column]) -> _Column:
    """Conditions and values by turns, and what is left at the end."""
    values, nulls = _typed(given[-1], given)
    for condition, value in reversed(list(zip(given[:-1:2], given[1:-1:2], strict=True))):
        holds = ~condition.nulls & (condition.values == 1)
        values, nulls = np.where(holds, value.values, values), np.where(holds, value.nulls, nulls)
    return _Column(values, nulls)


def _first_that_is(given: list[_Column]) -> _Column:
    values, nulls = _typed(given[-1], given)
    for column in reversed(given[:-1]):
        values, nulls = np.where(column.nulls, values, column.values), column.nulls & nulls
    return _Column(values, nulls)


def _extreme(given: list[_Column], choose: Callable[[Values, Values], Values]) -> _Column:
    """Of the values that are not null; NaN is the greatest."""
    values, nulls = given[0].values, given[0].nulls
    for column in given[1:]:
        chosen = np.where(nulls, column.values, np.where(column.nulls, values, choose(values, column.values)))
        values, nulls = chosen, nulls & column.nulls
    return _Column(values, nulls)


def _typed(column: _Column, beside: list[_Column]) -> tuple[Values, Flags]:
    is_text = any(each.values.dtype == object for each in beside)
    return (column.values.astype(object) if is_text else column.values), column.nulls


def _function(name: str, given: list[_Column]) -> _Column:
    column = given[0]
    if name.startswith("cast as "):
        return column
    texts = _TEXT_FUNCTIONS.get(name)
    if texts is not None:
        kind = np.float64 if name == "length" else object
        pairs = zip(column.values.tolist(), column.nulls.tolist(), strict=True)
        made = [("" if kind is object else 0) if null else texts(text) for text, null in pairs]
        return _Column(np.asarray(made, dtype=kind), column.nulls)
    if name in ("pow", "power"):
        exponent = given[1].values
        return _Column(
            np.where(np.isnan(exponent), np.nan, np.power(column.values, exponent)), column.nulls | given[1].nulls
        )
    lowest = {"ln": 0.0, "log": 0.0, "log10": 0.0, "log1p": -1.0}.get(name)
    # Spark has no logarithm of what is too small: it is null.
    nulls = column.nulls if lowest is None else column.nulls | (column.values <= lowest)
    return _Column(np.asarray(_NUMBER_FUNCTIONS[name](column.values)), nulls)


_LOGIC: Mapping[str, Callable[..., _Column]] = {
    "and": lambda left, right: _negated(_either(_negated(left), _negated(right))),
    "not": _negated,
    "or": _either,
}
_NUMBER_FUNCTIONS: Mapping[str, Callable[[Values], Values]] = {
    "abs": np.abs,
    "exp": np.exp,
    "ln": np.log,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
}
_TEXT_FUNCTIONS: Mapping[str, Callable[[str], Any]] = {
    "length": len,
    "lower": str.lower,
    "trim": lambda text: text.strip(" "),
    "upper": str.upper,
}
