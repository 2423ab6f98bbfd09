"""Decision trees as one node of the graph, in float64, splits by category included.

Source: ai.onnx.ml's TreeEnsemble (version 5); which way a row goes is models.scorer.trees' business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onnx import numpy_helper

from models.scorer.compiler.graph import ML, Graph
from models.scorer.saved import Floats, SavedStage
from models.scorer.trees import Forest, is_ensemble, leaf_columns
from models.scorer.vectors import Ints

_AT_MOST, _MEMBER = 0, 6  # TreeEnsemble's modes of a node: BRANCH_LEQ and BRANCH_MEMBER
_SUM = 1  # of TreeEnsemble's aggregate functions


@dataclass(frozen=True)
class Tables:
    """The forest as TreeEnsemble takes it: inner nodes and leaves numbered apart.

    Shape: ``leaves`` (leaves,), the node of each; ``tree_of_leaf`` (leaves,); ``members`` (numbers,), for each split by
    category the ones that go to the true side, and a NaN behind them.
    """

    roots: Ints
    modes: npt.NDArray[np.uint8]
    features: Ints
    splits: Floats
    true: Ints
    true_is_leaf: npt.NDArray[np.bool_]
    false: Ints
    false_is_leaf: npt.NDArray[np.bool_]
    leaves: Ints
    tree_of_leaf: Ints
    members: Floats


def margin(graph: Graph, forest: Forest, features: str) -> str:
    """The weighted sum over the trees of their leaves' values. Shape: (rows, 1)."""
    tables = tabulate(forest)
    return _ensemble(graph, tables, features, forest.prediction[tables.leaves] * forest.weights[tables.tree_of_leaf])


def leaf_table(graph: Graph, forest: Forest, features: str, table: Floats) -> str:
    """The line of ``table`` (nodes, columns) that each tree's leaf has. Shape: (rows, trees, columns)."""
    tables = tabulate(forest)
    # Each tree says the number of its leaf, in a target of its own: the sums over trees are then ours to order.
    numbers = np.arange(len(tables.leaves), dtype=np.float64)
    found = _ensemble(graph, tables, features, numbers, apart=len(tables.roots))
    return graph.add("Gather", table[tables.leaves], graph.whole_number_of(found))


def put_leaves(stage: SavedStage, graph: Graph, forest: Forest, features: str) -> None:
    """The columns that tell of the leaves, where stages to come read them."""
    for target, table in leaf_columns(stage, forest).items():
        if target in graph.read_later:
            values = graph.add("Squeeze", leaf_table(graph, forest, features, table[:, None]), np.array([2]))
            graph.set(target, values, len(forest.roots), is_vector=is_ensemble(stage))


def tabulate(forest: Forest) -> Tables:
    """The forest's arrays as TreeEnsemble takes them."""
    here = np.arange(len(forest.left))
    is_leaf = forest.left == here
    tree = np.searchsorted(forest.roots, here, side="right") - 1
    # A tree that is but a leaf gets a split of which both sides are this leaf.
    is_inner = ~is_leaf
    is_inner[forest.roots] = True
    number = np.where(is_inner, np.cumsum(is_inner) - 1, 0)
    leaf_number = np.where(is_leaf, np.cumsum(is_leaf) - 1, 0)
    inner, leaves = np.flatnonzero(is_inner), np.flatnonzero(is_leaf)
    rows = forest.category_row[inner]
    swapped = (rows >= 0) & forest.goes_left[rows, -1] if len(forest.goes_left) else np.zeros(len(inner), dtype=bool)
    # What no list of members names, such as a category that training never saw, goes to the false side.
    true = np.where(swapped, forest.right[inner], forest.left[inner])
    false = np.where(swapped, forest.left[inner], forest.right[inner])
    members = [
        [*np.flatnonzero(forest.goes_left[row, :-1] != swap), np.nan]
        for row, swap in zip(rows, swapped, strict=True)
        if row >= 0
    ]
    return Tables(
        roots=number[forest.roots],
        modes=np.where(rows >= 0, _MEMBER, _AT_MOST).astype(np.uint8),
        features=forest.feature[inner],
        splits=np.where(rows >= 0, 0.0, np.where(np.isinf(forest.threshold[inner]), 0.0, forest.threshold[inner])),
        true=np.where(is_leaf[true], leaf_number[true], number[true]),
        true_is_leaf=is_leaf[true],
        false=np.where(is_leaf[false], leaf_number[false], number[false]),
        false_is_leaf=is_leaf[false],
        leaves=leaves,
        tree_of_leaf=tree[leaves],
        members=np.asarray([number for line in members for number in line], dtype=np.float64),
    )


def _ensemble(graph: Graph, tables: Tables, features: str, weights: Floats, apart: int = 0) -> str:
    """The sum of the leaves' ``weights``: of all trees in one, or of each in a target of its own."""
    members = {"membership_values": numpy_helper.from_array(tables.members, "")} if len(tables.members) else {}
    return graph.add(
        "TreeEnsemble",
        features,
        domain=ML,
        n_targets=apart or 1,
        aggregate_function=_SUM,
        tree_roots=tables.roots.tolist(),
        nodes_modes=numpy_helper.from_array(tables.modes, ""),
        nodes_featureids=tables.features.tolist(),
        nodes_splits=numpy_helper.from_array(tables.splits, ""),
        nodes_truenodeids=tables.true.tolist(),
        nodes_trueleafs=tables.true_is_leaf.astype(int).tolist(),
        nodes_falsenodeids=tables.false.tolist(),
        nodes_falseleafs=tables.false_is_leaf.astype(int).tolist(),
        leaf_targetids=(tables.tree_of_leaf if apart else np.zeros_like(tables.tree_of_leaf)).tolist(),
        leaf_weights=numpy_helper.from_array(weights, ""),
        **members,
    )
