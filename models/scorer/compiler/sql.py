"""How the graph says the statement of an SQLTransformer, as models/scorer/sql has it."""

from __future__ import annotations

import numpy as np

from models.scorer.compiler.graph import Graph, not_compilable
from models.scorer.saved import SavedStage
from models.scorer.sql import columns_of
from models.sql_expression import Expression, Name, Operation

_OPERATORS = {"+": "Add", "-": "Sub", "*": "Mul"}


def sql_transformer(stage: SavedStage, graph: Graph) -> None:
    """Each new column, computed from those before it."""
    for target, expression in columns_of(stage):
        if isinstance(expression, Name):
            graph.rename(expression.name, target)
        elif isinstance(expression, float):
            raise not_compilable(stage, "a column of it is a constant")
        else:
            tensor, nulls = _evaluate(stage, graph, expression)
            graph.set(target, tensor, 1, is_vector=False, nulls=nulls)


def _evaluate(stage: SavedStage, graph: Graph, expression: Expression) -> tuple[str, str | None]:
    """A tensor and its mask of nulls. Shape: (rows, 1), or a constant's."""
    if isinstance(expression, float):
        return graph.constant(np.asarray([[expression]])), None
    if isinstance(expression, Name):
        value = graph.value(expression.name)
        if value.is_vector:
            raise not_compilable(stage, f"'{expression.name}' is a vector")
        return graph.join(value.pieces), graph.nulls(expression.name)
    if not isinstance(expression, Operation):
        raise not_compilable(stage, "its statement does more than reckon")
    left, left_nulls = _evaluate(stage, graph, expression.left)
    right, right_nulls = _evaluate(stage, graph, expression.right)
    nulls = graph.either(left_nulls, right_nulls)
    if expression.sign != "/":
        return graph.add(_OPERATORS[expression.sign], left, right), nulls
    by_zero = graph.add("Equal", right, 0.0)
    if nulls is not None:
        by_zero = graph.add("And", by_zero, graph.add("Not", nulls))
    if not stage.spark_version.startswith("3."):
        graph.refuse(by_zero)
        return graph.add("Div", left, right), nulls
    return graph.add("Div", left, right), graph.either(nulls, by_zero)
