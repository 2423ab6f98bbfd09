"""The operators that plain Python does as the runtime does: all that models.scorer.compiler writes for most models."""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import accumulate, chain
from types import MappingProxyType
from typing import Any

import numpy as np

from models.scorer.interpreter.plan import Flat, LeftError, Operator, Plan, Tensor
from models.scorer.interpreter.trees import tree_ensemble
from models.scorer.onnx_file import Array, Node

_INT64, _DOUBLE = 7, 11  # of TensorProto's types
_CASTS: Mapping[tuple[str, int], tuple[Callable[[Flat], Flat], str]] = MappingProxyType(
    {
        ("b", _DOUBLE): (lambda numbers: list(map(float, numbers)), "f"),
        ("i", _DOUBLE): (lambda numbers: list(map(float, numbers)), "f"),
        # NaN is a ValueError, and what is too large an OverflowError.
        ("f", _INT64): (lambda numbers: array("q", map(int, numbers)), "i"),
    }
)


def _elementwise(function: Callable[..., Any], takes: str, gives: str) -> Operator:
    """Of tensors of the kinds ``takes`` one of the kind ``gives``, number by number."""

    def plan(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
        _expect(node)
        kinds = {each.kind for each in tensors}
        if len(kinds) != 1 or not kinds <= set(takes):
            raise LeftError
        shape, slots = plan.spread(tensors)
        work = math.prod(shape)
        if len(slots) == 1:
            (only,) = slots
            return plan.make(shape, gives, lambda values: list(map(function, values[only])), work)
        if len(slots) == 2:
            one, other = slots
            return plan.make(shape, gives, lambda values: list(map(function, values[one], values[other])), work)
        return plan.make(shape, gives, lambda values: list(map(function, *(values[slot] for slot in slots))), work)

    return plan


def _quotient(number: float, by: float) -> float:
    if by:
        return number / by
    return math.nan if number == 0 or number != number else math.copysign(math.inf, number) * math.copysign(1.0, by)


def _smaller(number: float, other: float) -> float:
    if math.isnan(number) or math.isnan(other):
        raise ArithmeticError
    return min(number, other)


def _clip(number: float, low: float, high: float) -> float:
    return _smaller(max(number, low), high) if number == number else number


def _within(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    number, *bounds = tensors
    # ONNX's own bounds may be left out, and have to be single numbers.
    if not number.shape or len(bounds) != 2 or not {each.shape for each in bounds} <= {(), (1,)}:
        raise LeftError
    return _CLIP(plan, node, tensors)


def _smallest(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    if len(tensors) != 2:  # ONNX's own may be one, or many
        raise LeftError
    return _MIN(plan, node, tensors)


_CLIP, _MIN = _elementwise(_clip, "f", "f"), _elementwise(_smaller, "f", "f")


def _where(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    condition, chosen, otherwise = tensors
    if condition.kind != "b" or chosen.kind != otherwise.kind:
        raise LeftError
    shape, (flags, one, other) = plan.spread(tensors)
    return plan.make(
        shape,
        chosen.kind,
        lambda values: [
            yes if flag else no for flag, yes, no in zip(values[flags], values[one], values[other], strict=True)
        ],
        math.prod(shape),
    )


def _cast(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node, "to")
    (tensor,) = tensors
    function, kind = _CASTS[tensor.kind, _number(node, "to")]
    slot, work = tensor.slot, math.prod(tensor.shape)
    return plan.make(tensor.shape, kind, lambda values: function(values[slot]), work)


# -- shapes -----------------------------------------------------------------------------------------------------------


def _identity(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    (tensor,) = tensors
    return tensor


def _concat(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node, "axis")
    slots = [each.slot for each in tensors]
    (kind,) = {each.kind for each in tensors}
    *starts, total = accumulate((math.prod(each.shape) for each in tensors), initial=0)
    plan.allow(total)

    def join(values: list[Any]) -> Flat:
        joined: list[Any] = []
        for slot in slots:
            joined += values[slot]
        return joined

    places = [each.places + start for each, start in zip(tensors, starts, strict=True)]
    return plan.take(plan.make((total,), kind, join, total), np.concatenate(places, axis=_number(node, "axis")))


def _slice(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    tensor, *bounds = tensors
    starts, ends, axes = (_constant(each).tolist() for each in bounds)
    places = tensor.places
    if len(set(_axes(places.ndim, axes))) != len(axes):
        raise LeftError
    for start, end, axis in zip(starts, ends, axes, strict=True):
        places = np.moveaxis(np.moveaxis(places, axis, 0)[start:end], 0, axis)
    return plan.take(tensor, places)


def _squeeze(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    tensor, axes = tensors
    return plan.take(tensor, np.squeeze(tensor.places, tuple(_constant(axes).tolist())))


def _unsqueeze(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    tensor, axes = tensors
    return plan.take(tensor, np.expand_dims(tensor.places, tuple(_constant(axes).tolist())))


def _reshape(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    tensor, wanted = tensors
    shape = _constant(wanted).tolist()
    if 0 in shape:  # which is the size that is there, to ONNX
        raise LeftError
    return plan.take(tensor, tensor.places.reshape(shape))


def _gather(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node, "axis")
    tensor, indices = tensors
    axis = _number(node, "axis", 0)
    if indices.constant is not None:
        plan.allow(indices.constant.size * math.prod(tensor.shape) // max(1, tensor.shape[axis]))
        return plan.take(tensor, np.take(tensor.places, indices.constant, axis=axis))
    table = _constant(tensor)
    if axis or table.ndim not in (1, 2) or not table.size:
        raise LeftError
    slot, shape = indices.slot, (*indices.shape, *table.shape[1:])
    line = plan.lines(tensor, table).__getitem__
    if table.ndim == 1:
        return plan.make(shape, tensor.kind, lambda values: list(map(line, values[slot])), math.prod(shape))
    return plan.make(
        shape, tensor.kind, lambda values: list(chain.from_iterable(map(line, values[slot]))), math.prod(shape)
    )


# -- along an axis ----------------------------------------------------------------------------------------------------


def _axes(rank: int, axes: Sequence[int]) -> list[int]:
    """Axes counted from the first one on. Raises: LeftError for one that there is not."""
    if not all(-rank <= axis < rank for axis in axes):
        raise LeftError
    return [axis % rank for axis in axes]


def _along(tensor: Tensor, axes: Sequence[int], *, keep: bool) -> tuple[tuple[int, ...], list[Callable[[Flat], Flat]]]:
    """What is left of a shape without ``axes``, and for each of its numbers those that are along them."""
    rank = len(tensor.shape)
    gone = sorted(_axes(rank, axes))
    if not gone or tensor.kind != "f" or not math.prod(tensor.shape):
        raise LeftError
    shape = tuple(size for axis, size in enumerate(tensor.shape) if axis not in gone)
    lines = np.moveaxis(tensor.places, gone, range(rank - len(gone), rank)).reshape(math.prod(shape), -1)
    kept = tuple(1 if axis in gone else size for axis, size in enumerate(tensor.shape)) if keep else shape
    return kept, [_line(line) for line in lines.tolist()]


def _line(places: list[int]) -> Callable[[Flat], Flat]:
    return operator.itemgetter(*places) if len(places) > 1 else operator.itemgetter(slice(places[0], places[0] + 1))


def _total(numbers: Iterable[float]) -> float:
    # One after the other, as Spark does: sum() rounds once for all since Python 3.12.
    return reduce(operator.add, numbers, 0.0)


def _largest(numbers: Flat) -> float:
    _expect_no_nan(numbers)
    return max(numbers)  # type: ignore[no-any-return]


def _place_of_largest(numbers: Flat) -> int:
    _expect_no_nan(numbers)
    return numbers.index(max(numbers))


def _place_of_smallest(numbers: Flat) -> int:
    _expect_no_nan(numbers)
    return numbers.index(min(numbers))


def _expect_no_nan(numbers: Flat) -> None:
    if math.isnan(_total(numbers)):
        raise ArithmeticError


def _reduce(function: Callable[[Flat], float]) -> Operator:
    def plan(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
        _expect(node, "keepdims")
        tensor, axes = tensors
        shape, lines = _along(tensor, _constant(axes).tolist(), keep=bool(_number(node, "keepdims", 1)))
        return _reduced(plan, tensor, shape, lines, function, "f")

    return plan


def _find(function: Callable[[Flat], int]) -> Operator:
    def plan(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
        _expect(node, "axis", "keepdims")
        (tensor,) = tensors
        shape, lines = _along(tensor, [_number(node, "axis", 0)], keep=bool(_number(node, "keepdims", 1)))
        return _reduced(plan, tensor, shape, lines, function, "i")

    return plan


def _reduced(
    plan: Plan, tensor: Tensor, shape: tuple[int, ...], lines: list[Any], function: Callable[[Flat], float], kind: str
) -> Tensor:
    slot, work = tensor.slot, math.prod(tensor.shape)
    return plan.make(shape, kind, lambda values: [function(line(values[slot])) for line in lines], work)


def _cumulate(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node)
    tensor, axis = tensors
    rank = len(tensor.shape)
    if tensor.kind != "f" or _axes(rank, [_constant(axis).item()]) != [rank - 1] or math.prod(tensor.shape[:-1]) != 1:
        raise LeftError
    slot = tensor.slot
    return plan.make(tensor.shape, "f", lambda values: list(accumulate(values[slot])), tensor.shape[-1])


def _multiply(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    """A row times a matrix that is constant."""
    _expect(node)
    row, other = tensors
    matrix = _constant(other)
    if (row.kind, matrix.dtype.kind, matrix.ndim, row.shape) != ("f", "f", 2, (1, len(matrix))):
        raise LeftError
    slot, columns = row.slot, matrix.T.tolist()
    return plan.make(
        (1, len(columns)),
        "f",
        lambda values: [_total(map(operator.mul, values[slot], column)) for column in columns],
        matrix.size,
    )


def _look_up(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    _expect(node, "keys_tensor", "values_tensor", "default_tensor")
    (tensor,) = tensors
    keys, found, otherwise = (_array(node, name) for name in ("keys_tensor", "values_tensor", "default_tensor"))
    if keys.dtype.kind != "O" or tensor.kind != "O":
        raise LeftError
    (default,) = otherwise.tolist()
    # The first of keys that are the same.
    get = dict(zip(reversed(keys.tolist()), reversed(found.tolist()), strict=True)).get
    slot = tensor.slot
    return plan.make(
        tensor.shape,
        found.dtype.kind,
        lambda values: [get(key, default) for key in values[slot]],
        math.prod(tensor.shape),
    )


# -- what a node says -------------------------------------------------------------------------------------------------


def _expect(node: Node, *attributes: str) -> None:
    """Nothing, when the node has no other attributes than these. Raises: LeftError."""
    if not node.attributes.keys() <= set(attributes):
        raise LeftError


def _number(node: Node, name: str, otherwise: int | None = None) -> int:
    found = node.attributes.get(name, otherwise)
    if not isinstance(found, int):
        raise LeftError
    return found


def _array(node: Node, name: str) -> Array:
    found = node.attributes[name]
    if not isinstance(found, np.ndarray):
        raise LeftError
    return found


def _constant(tensor: Tensor) -> Array:
    if tensor.constant is None:
        raise LeftError
    return tensor.constant


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "Abs": _elementwise(abs, "f", "f"),
        "Add": _elementwise(operator.add, "f", "f"),
        "And": _elementwise(operator.and_, "b", "b"),
        "ArgMax": _find(_place_of_largest),
        "ArgMin": _find(_place_of_smallest),
        "Cast": _cast,
        "Clip": _within,
        "Concat": _concat,
        "CumSum": _cumulate,
        "Div": _elementwise(_quotient, "f", "f"),
        "Equal": _elementwise(operator.eq, "fib", "b"),
        "Exp": _elementwise(math.exp, "f", "f"),
        "Gather": _gather,
        "Greater": _elementwise(operator.gt, "f", "b"),
        "GreaterOrEqual": _elementwise(operator.ge, "f", "b"),
        "Identity": _identity,
        "IsInf": _elementwise(math.isinf, "f", "b"),
        "IsNaN": _elementwise(math.isnan, "f", "b"),
        "LabelEncoder": _look_up,
        "Less": _elementwise(operator.lt, "f", "b"),
        "LessOrEqual": _elementwise(operator.le, "f", "b"),
        "Log": _elementwise(math.log, "f", "f"),
        "MatMul": _multiply,
        "Min": _smallest,
        "Mul": _elementwise(operator.mul, "f", "f"),
        "Neg": _elementwise(operator.neg, "f", "f"),
        "Not": _elementwise(operator.not_, "b", "b"),
        "Or": _elementwise(operator.or_, "b", "b"),
        "Pow": _elementwise(math.pow, "f", "f"),
        "ReduceMax": _reduce(_largest),
        "ReduceSum": _reduce(_total),
        "Reshape": _reshape,
        "Slice": _slice,
        "Sqrt": _elementwise(math.sqrt, "f", "f"),
        "Squeeze": _squeeze,
        "Sub": _elementwise(operator.sub, "f", "f"),
        "TreeEnsemble": tree_ensemble,
        "Unsqueeze": _unsqueeze,
        "Where": _where,
    }
)
