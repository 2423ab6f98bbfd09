"""The operators that a published graph may have: none with a loop, with a graph inside, or that makes a tensor of a
given size. (A graph of these can still ask for much memory: a publisher is trusted with that, as with a model's size.)

Every node of the file counts, also where protobuf would put two graphs together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.errors import ScorerError
from models.scorer.onnx_file import (
    DOMAIN,
    FUNCTIONS,
    GRAPH,
    NODE,
    OPERATOR,
    UnreadableError,
    as_bytes,
    as_text,
    fields,
    read_node,
)

_ALLOWED = frozenset(
    {
        "Abs", "Add", "And", "ArgMax", "ArgMin", "Cast", "Ceil", "Clip", "Concat", "Cos", "CumSum", "Div", "Equal",
        "Erf", "Exp", "Floor", "Gather", "GatherElements", "Gemm", "Greater", "GreaterOrEqual", "Identity", "IsInf",
        "IsNaN", "LabelEncoder", "Less", "LessOrEqual", "Log", "MatMul", "Max", "Min", "Mod", "Mul", "Neg",
        "Not", "Or", "Pow", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
        "Reshape", "Round", "Shape", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "Split", "Sqrt", "Squeeze",
        "Sub", "Sum", "Tanh", "Transpose", "TreeEnsemble", "Unsqueeze", "Where", "Xor",
    }
)  # fmt: skip
_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
_TREES = "TreeEnsemble"
_SIDES = (("nodes_truenodeids", "nodes_trueleafs"), ("nodes_falsenodeids", "nodes_falseleafs"))
_DEEPEST = 100  # levels; Spark's trees have 30 at most
_SPARSE_CONSTANT = 15  # GraphProto.sparse_initializer


def check_operators(model: bytes) -> None:
    """Nothing, when each operator of the ONNX file may be run. Raises: ScorerError H231."""
    try:
        strange = next(_strangers(memoryview(model)), None)
    except UnreadableError as error:
        raise _refused("it is no ONNX file") from error
    if strange is not None:
        raise _refused(f"it holds {strange!r:.80}, which is not to be run")


def _strangers(model: memoryview) -> Iterator[str]:
    for number, value in fields(model):
        if number == FUNCTIONS:
            yield "a function of its own"
        if number == GRAPH:
            for place, node in fields(as_bytes(value)):
                if place == _SPARSE_CONSTANT:
                    yield "a sparse constant"  # a hundred bytes of it are gigabytes when they are loaded
                if place == NODE:
                    yield from _strange_words(as_bytes(node))
                    if _is_too_deep(as_bytes(node)):
                        yield "a tree without an end"  # the runtime goes down each on its stack, which is not endless


def _strange_words(node: memoryview) -> Iterator[str]:
    for number, value in fields(node):
        known = {OPERATOR: _ALLOWED, DOMAIN: _DOMAINS}.get(number)
        word = "" if known is None else as_text(value)
        if known is not None and word not in known:
            yield word


def _is_too_deep(message: memoryview) -> bool:
    if not any(number == OPERATOR and as_text(value) == _TREES for number, value in fields(message)):
        return False
    told = read_node(message).attributes
    try:
        sides = [(np.asarray(told[ids]), np.asarray(told[leaves])) for ids, leaves in _SIDES]
        level = np.unique(np.asarray(told["tree_roots"]))
        for _ in range(_DEEPEST):
            level = np.unique(np.concatenate([ids[level][leaves[level] == 0] for ids, leaves in sides]))
            if not len(level):
                return False
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableError("its trees are none") from error
    return True


def _refused(why: str) -> ScorerError:
    return ScorerError("H231", f"the compiled model cannot be read: {why}", hint="publish it again")
