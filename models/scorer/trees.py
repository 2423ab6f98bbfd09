"""Decision trees as flat arrays, walked for all rows and all trees at once.

Source: org.apache.spark.ml.tree.DecisionTreeModelReadWrite (layout), ml.tree.Split (which way a row goes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.errors import ScorerError
from models.scorer.columns import Columns, Transform
from models.scorer.saved import Floats, SavedStage
from models.scorer.vectors import Ints, SparseRows, Vectors

_CONTINUOUS = -1  # Spark's numCategories of a split by threshold


@dataclass(frozen=True)
class Forest:
    """The nodes of all trees, one after another; a leaf is its own child.

    Shape: ``roots``, ``weights`` (trees,); ``statistics`` (nodes, classes); ``goes_left`` (category splits,
    categories + 1), its last column for a category that training never saw; every other array (nodes,).
    ``category_row`` is -1 for a split by threshold.
    """

    roots: Ints
    weights: Floats
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    category_row: Ints
    goes_left: npt.NDArray[np.bool_]
    prediction: Floats
    impurity: Floats
    statistics: Floats
    depth: int

    def leaf_stats(self, features: Vectors) -> Floats:
        """Class counts of each row's leaf in each tree. Shape: (rows, trees, classes)."""
        stats: Floats = self.statistics[self._leaves(features)]
        return stats

    def leaf_predictions(self, features: Vectors) -> Floats:
        """The value of each row's leaf in each tree. Shape: (rows, trees)."""
        return self.leaf_values(features, self.prediction)

    def leaf_values(self, features: Vectors, table: Floats) -> Floats:
        """What ``table`` (nodes,) has for each row's leaf in each tree. Shape: (rows, trees)."""
        values: Floats = table[self._leaves(features)]
        return values

    def leaf_numbers(self) -> Floats:
        """Which leaf of its tree a leaf is, from the left. Shape: (nodes,)."""
        is_leaf = (self.left == np.arange(len(self.left))).astype(np.int64)
        counts = np.add.reduceat(is_leaf, self.roots)
        trees = np.diff(np.append(self.roots, len(is_leaf)))
        number: Floats = (np.cumsum(is_leaf) - 1 - np.repeat(np.cumsum(counts) - counts, trees)).astype(np.float64)
        return number

    def _leaves(self, vectors: Vectors) -> Ints:
        feature = self.feature
        if isinstance(vectors, SparseRows):  # few of very many features are asked for
            used, feature = np.unique(feature, return_inverse=True)
            features = vectors.take(used)
        else:
            features = vectors
        rows = np.arange(len(features))[:, None]
        nodes = np.repeat(self.roots[None, :], len(features), axis=0)
        for _ in range(self.depth):
            left = self.goes_left_at(nodes, features[rows, feature[nodes]])
            nodes = np.where(left, self.left[nodes], self.right[nodes])
        return nodes

    def goes_left_at(self, nodes: Ints, values: Floats) -> npt.NDArray[np.bool_]:
        """Which way each node sends its value. Shape: any, the same for all."""
        left = values <= self.threshold[nodes]
        if len(self.goes_left):
            by_category = self.category_row[nodes]
            last = self.goes_left.shape[1] - 1
            with np.errstate(invalid="ignore"):
                known = (values >= 0) & (values < last) & (values == np.floor(values))
            category = np.where(known, values, last).astype(np.int64)
            left = np.where(by_category >= 0, self.goes_left[by_category, category], left)
        return left


def with_leaves(stage: SavedStage, forest: Forest, transform: Transform) -> Transform:
    """The transform of a tree model, and the columns that tell of the leaves, where they are asked for."""
    source = stage.parameters["featuresCol"]
    wanted = [(target, table) for target, table in leaf_columns(stage, forest).items() if target]

    def tell(columns: Columns) -> None:
        transform(columns)
        for target, table in wanted:
            values = forest.leaf_values(columns.vectors(source), table)
            columns[target] = values if is_ensemble(stage) else values[:, 0]

    return tell if wanted else transform


def leaf_columns(stage: SavedStage, forest: Forest) -> dict[str, Floats]:
    """By column, what each leaf puts there: its number, and the variance of its labels. Shape: each (nodes,)."""
    return {
        stage.parameters.get("leafCol", ""): forest.leaf_numbers(),
        stage.parameters.get("varianceCol", ""): forest.impurity,
    }


def is_ensemble(stage: SavedStage) -> bool:
    """Whether the model is of many trees, so that its column of leaves holds vectors."""
    return not stage.short_name.startswith("DecisionTree")


def read_forest(stage: SavedStage) -> Forest:
    """The trees of a saved tree model or ensemble. Raises: ScorerError H231 when the nodes do not form trees."""
    table = stage.data()
    is_ensemble = "treeID" in table.column_names
    nodes = table["nodeData"].combine_chunks() if is_ensemble else table.to_struct_array().combine_chunks()
    tree_of_node = _ints(table["treeID"]) if is_ensemble else np.zeros(len(nodes), dtype=np.int64)
    order = np.lexsort((_ints(nodes.field("id")), tree_of_node))
    nodes, tree_of_node = nodes.take(pa.array(order)), tree_of_node[order]
    roots = np.searchsorted(tree_of_node, np.arange(tree_of_node[-1] + 1)).astype(np.int64)
    offset = roots[tree_of_node]
    here = np.arange(len(nodes), dtype=np.int64)
    if not np.array_equal(_ints(nodes.field("id")), here - offset):
        raise ScorerError("H231", f"stage {stage.uid}: the nodes of its trees are not numbered through")
    left, right = _ints(nodes.field("leftChild")), _ints(nodes.field("rightChild"))
    is_leaf = left < 0
    left, right = np.where(is_leaf, here, left + offset), np.where(is_leaf, here, right + offset)
    split = nodes.field("split")
    threshold, category_row, goes_left = _splits(split, is_leaf)
    return Forest(
        roots=roots,
        weights=_weights(stage, len(roots)) if is_ensemble else np.ones(1),
        feature=np.maximum(_ints(split.field("featureIndex")), 0),
        threshold=threshold,
        left=left,
        right=right,
        category_row=category_row,
        goes_left=goes_left,
        prediction=nodes.field("prediction").to_numpy(zero_copy_only=False).astype(np.float64),
        impurity=nodes.field("impurity").to_numpy(zero_copy_only=False).astype(np.float64),
        statistics=_statistics(nodes.field("impurityStats")),
        depth=_depth(roots, left, right, is_leaf),
    )


def _splits(split: pa.StructArray, is_leaf: npt.NDArray[np.bool_]) -> tuple[Floats, Ints, npt.NDArray[np.bool_]]:
    categories = _ints(split.field("numCategories"))
    values = split.field("leftCategoriesOrThreshold").to_pylist()
    threshold = np.full(len(is_leaf), np.inf)
    category_row = np.full(len(is_leaf), -1, dtype=np.int64)
    by_category = np.flatnonzero(~is_leaf & (categories != _CONTINUOUS))
    by_threshold = np.flatnonzero(~is_leaf & (categories == _CONTINUOUS))
    threshold[by_threshold] = [values[node][0] for node in by_threshold]
    category_row[by_category] = np.arange(len(by_category))
    widest = int(categories[by_category].max()) if len(by_category) else 0
    goes_left = np.zeros((len(by_category), widest + 1), dtype=bool)
    for row, node in enumerate(by_category):
        count, chosen = int(categories[node]), np.asarray(values[node], dtype=np.int64)
        # Spark keeps the smaller side as a set, so an unknown category goes to the other one.
        goes_left[row, count:] = len(chosen) > count // 2
        goes_left[row, chosen] = True
    return threshold, category_row, goes_left


def _statistics(stats: pa.Array) -> Floats:
    lengths = np.diff(stats.offsets.to_numpy())
    if len(set(lengths.tolist())) != 1:
        raise ScorerError("H231", "the leaves of a tree count different numbers of classes")
    flat = np.asarray(stats.flatten(), dtype=np.float64)
    return flat.reshape(len(stats), int(lengths[0]))


def _weights(stage: SavedStage, count: int) -> Floats:
    # By position: the columns are treeID, metadata, weights in Spark 3 and _1, _2, _3 in Spark 4.
    table = stage.data("treesMetadata")
    trees, weights = _ints(table.column(0)), np.asarray(table.column(2).to_pylist(), dtype=np.float64)
    if sorted(trees.tolist()) != list(range(count)):
        raise ScorerError("H231", f"stage {stage.uid}: treesMetadata does not name its {count} trees")
    ordered: Floats = weights[np.argsort(trees)]
    return ordered


def _depth(roots: Ints, left: Ints, right: Ints, is_leaf: npt.NDArray[np.bool_]) -> int:
    level, depth = roots, 0
    while len(level := level[~is_leaf[level]]):
        level = np.concatenate([left[level], right[level]])
        depth += 1
        if depth > len(left):
            raise ScorerError("H231", "the nodes of a tree form a circle")
    return depth


def _ints(column: pa.Array | pa.ChunkedArray) -> Ints:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(array.fill_null(-1), dtype=np.int64)
