"""A compiled graph, run in plain Python for a single row.

ONNX Runtime takes longer to be called than one row's arithmetic takes, and between other work several times as long as
in a loop. All shapes of a single row are known beforehand: a tensor is a flat sequence here, where each of its numbers
comes from is worked out once, and a change of shape is nothing at all.

A graph that has other operators, or more to do than plain Python does quickly, is left to the runtime; so is a row of
which Python would make something else than ONNX does (a root of what is negative, the largest of numbers of which one
is NaN).

Source: the operators of ONNX opset 18 and of ai.onnx.ml 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.scorer.interpreter.operators import OPERATORS
from models.scorer.interpreter.plan import Interpreter, LeftError, Plan
from models.scorer.onnx_file import UnreadableError, read_graph

__all__ = ["Interpreter", "interpret"]

_LARGEST_FILE = 2 << 20  # bytes: of larger forests a row has more to pass than plain Python does quickly


def interpret(model: bytes, inputs: Mapping[str, str], outputs: Sequence[str]) -> Interpreter | None:
    """The interpreter of an ONNX file; None for one that is left to the runtime, being large or having other operators.

    ``inputs`` are the names and numpy's kinds (``f``, ``b``, ``O`` for texts) of inputs of the shape (rows, 1), in the
    order in which a row brings them.
    """
    if len(model) > _LARGEST_FILE:
        return None
    try:
        graph = read_graph(model)
        plan = Plan(inputs, graph.constants)
        for node in graph.nodes:
            operator = OPERATORS.get(node.operator)
            if operator is None:
                return None
            plan.add(node, operator)
        return plan.finish(outputs)
    except (UnreadableError, LeftError):
        return None
