"""Trees walked one after another, by one row.

Source: ai.onnx.ml's TreeEnsemble (version 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from models.scorer.interpreter.plan import Flat, LeftError, Plan, Tensor
from models.scorer.onnx_file import Array, Attribute, Node

_Tree: TypeAlias = "tuple[Any, ...]"

_AT_MOST, _MEMBER = 0, 6  # the modes BRANCH_LEQ and BRANCH_MEMBER
_SUM = 1
_ARRAYS = frozenset(
    {
        "leaf_targetids", "leaf_weights", "nodes_falseleafs", "nodes_falsenodeids", "nodes_featureids", "nodes_modes",
        "nodes_splits", "nodes_trueleafs", "nodes_truenodeids", "tree_roots",
    }
)  # fmt: skip


def tree_ensemble(plan: Plan, node: Node, tensors: Sequence[Tensor]) -> Tensor:
    """The sums of the leaves' weights, by target. Shape: (1, targets)."""
    told = {name: _array(node.attributes[name]) for name in _ARRAYS}
    others = {name: value for name, value in node.attributes.items() if name not in _ARRAYS}
    modes, weights, targets = told["nodes_modes"], told["leaf_weights"], told["leaf_targetids"]
    members = _members(modes, _array(others.pop("membership_values", np.empty(0))))
    count = others.pop("n_targets")
    (features,) = tensors
    if others != {"aggregate_function": _SUM} or features.kind != "f" or not isinstance(count, int):
        raise LeftError
    yes = _next(told["nodes_truenodeids"], told["nodes_trueleafs"], len(weights))
    no = _next(told["nodes_falsenodeids"], told["nodes_falseleafs"], len(weights))
    one, width = features.shape
    _expect_within(told["nodes_featureids"], width)
    _expect_within(targets, count)
    _expect_within(told["tree_roots"], len(modes))
    if one != 1 or len({len(each) for each in (modes, yes, no, told["nodes_splits"], told["nodes_featureids"])}) != 1:
        raise LeftError
    plan.allow(count)
    slot, roots = features.slot, told["tree_roots"].tolist()
    nodes, depths = _nested(told, members, yes.tolist(), no.tolist())
    trees = [nodes[root] for root in roots]

    def walk(values: list[Any]) -> Flat:
        row, sums = values[slot], [0.0] * count
        for feature, split, left, right in trees:
            while feature is not None:
                if split.__class__ is float:
                    feature, split, left, right = left if row[feature] <= split else right
                else:
                    feature, split, left, right = left if row[feature] in split else right
            sums[split] += left
        return sums

    return plan.make((1, count), "f", walk, count + 2 * sum(depths[root] for root in roots))


def _nested(
    told: Mapping[str, Array], members: Mapping[int, frozenset[float]], yes: Sequence[int], no: Sequence[int]
) -> tuple[list[_Tree], list[int]]:
    """Each node with all that is below it, and how deep that is: (feature, split, yes, no), a leaf (None, target,
    weight, None). One tuple a node is taken apart in half the time in which four arrays are read.
    """
    leaves: list[_Tree] = [
        (None, target, weight, None)
        for target, weight in zip(told["leaf_targetids"].tolist(), told["leaf_weights"].tolist(), strict=True)
    ]
    features, splits = told["nodes_featureids"].tolist(), told["nodes_splits"].tolist()
    nodes: list[_Tree] = [()] * len(yes)
    depths = [0] * len(yes)
    for node in reversed(range(len(yes))):  # what is below a node stands behind it
        sides = [nodes[child] if child >= 0 else leaves[~child] for child in (yes[node], no[node])]
        nodes[node] = (features[node], members.get(node, splits[node]), *sides)
        depths[node] = 1 + max(depths[child] if child >= 0 else 0 for child in (yes[node], no[node]))
    return nodes, depths


def _members(modes: Array, values: Array) -> dict[int, frozenset[float]]:
    """By node, the categories that go to the true side: a NaN ends those of each. Raises: LeftError."""
    if not np.isin(modes, (_AT_MOST, _MEMBER)).all():
        raise LeftError
    nodes = np.flatnonzero(modes == _MEMBER).tolist()
    ends = np.flatnonzero(np.isnan(values)).tolist()
    starts = [0, *(end + 1 for end in ends)]
    return {
        node: frozenset(values[start:end].tolist()) for node, start, end in zip(nodes, starts[:-1], ends, strict=True)
    }


def _next(ids: Array, are_leaves: Array, leaves: int) -> Array:
    """Where a node's side leads: to a node behind it, or to a leaf, of which the complement is here."""
    inner = are_leaves == 0
    if (ids[inner] <= np.flatnonzero(inner)).any():
        raise LeftError
    _expect_within(ids[inner], len(ids))
    _expect_within(ids[~inner], leaves)
    return np.where(inner, ids, ~ids)


def _expect_within(ids: Array, size: int) -> None:
    if len(ids) and not (ids.min() >= 0 and ids.max() < size):
        raise LeftError


def _array(found: Attribute) -> Array:
    if not isinstance(found, np.ndarray) or found.ndim != 1:
        raise LeftError
    return found
