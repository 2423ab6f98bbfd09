"""Spark's SQLTransformer, for the statements that can be said exactly.

Source: org.apache.spark.ml.feature.SQLTransformer. A division by 0 is null in Spark 3 and fails in Spark 4, whose ANSI
mode is the default.
"""

from __future__ import annotations

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Flags, Transform
from models.scorer.saved import Floats, SavedStage
from models.sql_statement import Expression, Name, StatementError, read_statement


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
            else:
                values, nulls = _evaluate(columns, expression, fails_at_zero)
                columns.set_with_nulls(target, values, nulls)

    return transform


def columns_of(stage: SavedStage) -> list[tuple[str, Expression]]:
    """The stage's new columns. Raises: ScorerError H230 for a statement that cannot be said exactly."""
    try:
        return read_statement(str(stage.parameters["statement"]))
    except StatementError as error:
        hint = "what can: SELECT *, a AS b, (a + b) / 2 AS c FROM __THIS__"
        raise ScorerError("H230", f"stage {stage.uid}: its statement cannot be scored: {error}", hint=hint) from error


def _evaluate(columns: Columns, expression: Expression, fails_at_zero: bool) -> tuple[Floats, Flags]:
    """Values and which of them are null. Shape: (rows,) each."""
    if isinstance(expression, float):
        return np.full(len(columns), expression), np.zeros(len(columns), dtype=bool)
    if isinstance(expression, Name):
        values = columns.numbers(expression.name)
        if values.ndim != 1:
            raise ScoringError("H232", f"'{expression.name}' is a vector, and this model reckons with it")
        return values, columns.nulls(expression.name)
    left, left_nulls = _evaluate(columns, expression.left, fails_at_zero)
    right, right_nulls = _evaluate(columns, expression.right, fails_at_zero)
    nulls = left_nulls | right_nulls
    with np.errstate(all="ignore"):
        if expression.sign == "/":
            by_zero = (right == 0) & ~nulls
            if fails_at_zero and by_zero.any():
                raise ScoringError("H232", "the model divides by 0")
            return np.where(by_zero, np.nan, left / right), nulls | by_zero
        operation = {"+": np.add, "-": np.subtract, "*": np.multiply}[expression.sign]
        return np.asarray(operation(left, right)), nulls
