"""How the graph says regression models and k-means, as models/scorer/regressors has them.

Source: the classes of org.apache.spark.ml.regression and ml.clustering with the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.scorer.compiler import trees
from models.scorer.compiler.graph import Graph, not_compilable
from models.scorer.compiler.links import fitted
from models.scorer.regressors import predictions_at, read_points
from models.scorer.saved import Floats, SavedStage, dense_matrix, dense_vector, is_sparse
from models.scorer.trees import read_forest


def linear_regression(stage: SavedStage, graph: Graph) -> None:
    """The linear function."""
    row = stage.row()
    _predict(stage, graph, linear(stage, graph, row["coefficients"], float(row["intercept"])))


def generalized_linear_regression(stage: SavedStage, graph: Graph) -> None:
    """The mean that the link makes of the linear function and the offset."""
    row, parameters = stage.row(), stage.parameters
    eta = linear(stage, graph, row["coefficients"], float(row["intercept"]))
    offset = parameters.get("offsetCol")
    if offset:
        value = graph.value(offset)
        if value.width != 1:
            raise not_compilable(stage, f"'{offset}' is no number")
        # A NaN that is no null is added as it is.
        graph.refuse(graph.nulls(offset))
        eta = graph.add("Add", eta, graph.join(value.pieces))
    if parameters.get("linkPredictionCol"):
        graph.set(parameters["linkPredictionCol"], eta, 1, is_vector=False)
    _predict(stage, graph, fitted(stage, graph, eta))


def decision_tree_regressor(stage: SavedStage, graph: Graph) -> None:
    """The value of the leaf."""
    _boosted(stage, graph)


def random_forest_regressor(stage: SavedStage, graph: Graph) -> None:
    """The mean over the trees."""
    forest = read_forest(stage)
    features = _features(stage, graph)
    values = trees.leaf_table(graph, forest, features, forest.prediction[:, None])
    trees.put_leaves(stage, graph, forest, features)
    _predict(stage, graph, graph.add("Div", graph.sum(values, 1, keep=False), float(len(forest.roots))))


def gradient_boosted_regressor(stage: SavedStage, graph: Graph) -> None:
    """The weighted sum of the trees."""
    _boosted(stage, graph)


def _boosted(stage: SavedStage, graph: Graph) -> None:
    forest, features = read_forest(stage), _features(stage, graph)
    trees.put_leaves(stage, graph, forest, features)
    _predict(stage, graph, trees.margin(graph, forest, features))


def factorisation_regressor(stage: SavedStage, graph: Graph) -> None:
    """The factorisation machine's value."""
    _predict(stage, graph, factorisation(stage, graph))


def isotonic_regression(stage: SavedStage, graph: Graph) -> None:
    """Between the points that training kept, in a straight line; outside of them, the value of the nearest."""
    source, (boundaries, predictions) = stage.parameters["featuresCol"], read_points(stage)
    value = graph.value(source)
    values = graph.join(value.pieces)
    if value.is_vector:
        values = graph.add("Gather", values, np.array([int(stage.parameters["featureIndex"])]), axis=1)
    graph.refuse(graph.nulls(source))
    values = graph.add("Where", graph.add("IsNaN", values), np.inf, values)
    if 0.0 in boundaries and not value.is_vector:
        values = graph.negative_zeros_below(values)
    reached = graph.sum(graph.number_of(graph.add("GreaterOrEqual", values, boundaries[None, :])), 1, keep=False)
    step = graph.whole_number_of(reached)
    # Of step 0 is the value under the first boundary, of the last step the value above the last one.
    width = np.diff(boundaries)
    slope = np.divide(np.diff(predictions), width, out=np.zeros_like(width), where=width > 0)
    slopes = np.concatenate([[0.0], slope, [0.0]])
    starts, bases = np.append(boundaries[:1], boundaries), np.append(predictions[:1], predictions)
    along = graph.add("Sub", values, _column(graph, starts, step))
    rise = graph.add("Mul", along, _column(graph, slopes, step))
    flat = graph.add("Equal", _column(graph, slopes, step), 0.0)
    base = _column(graph, bases, step)
    between = graph.add("Where", flat, base, graph.add("Add", base, rise))
    at_boundaries = predictions_at(boundaries, predictions)
    exact = _column(graph, np.append(at_boundaries[:1], at_boundaries), step)
    _predict(stage, graph, graph.add("Where", graph.add("Equal", values, _column(graph, starts, step)), exact, between))


def k_means(stage: SavedStage, graph: Graph) -> None:
    """The nearest centre, the first of equals."""
    rows = sorted(stage.data().to_pylist(), key=lambda row: int(row["clusterIdx"]))
    centres = np.stack([dense_vector(row["clusterCenter"]) for row in rows])
    features = _features(stage, graph, centres.shape[1])
    if stage.parameters["distanceMeasure"] == "cosine":
        norm = graph.add("Sqrt", graph.sum(graph.add("Mul", features, features), 1))
        graph.refuse(graph.add("Equal", norm, 0.0))
        products = graph.add("Div", graph.add("MatMul", features, np.ascontiguousarray(centres.T)), norm)
        distance = graph.add("Sub", 1.0, graph.add("Div", products, np.linalg.norm(centres, axis=1)))
    else:
        apart = graph.add("Sub", graph.add("Unsqueeze", features, np.array([1])), centres[None])
        distance = graph.sum(graph.add("Mul", apart, apart), 2, keep=False)
    nearest = graph.number_of(graph.add("ArgMin", distance, axis=1, keepdims=1))
    count = len(centres)
    graph.set(stage.parameters["predictionCol"], nearest, 1, is_vector=False, below=count, categories=(count,))


def linear(stage: SavedStage, graph: Graph, saved: Mapping[str, Any], intercept: float) -> str:
    """One linear function. Shape: (rows, 1)."""
    coefficients = dense_vector(saved)
    features = _features(stage, graph, len(coefficients))
    products = (product_of_present if is_sparse(saved) else _product)(graph, features, coefficients[None, :])
    return graph.add("Add", products, intercept)


def product_of_present(graph: Graph, features: str, matrix: Floats) -> str:
    """The product with lines that are kept as sparse ones: what a line has not is 0 times anything, also infinity."""
    products = []
    for line in matrix:
        present = np.flatnonzero(line)
        if len(present):
            products.append(_product(graph, graph.add("Gather", features, present, axis=1), line[None, present]))
        else:
            first = graph.add("Slice", features, np.array([0]), np.array([1]), np.array([1]))
            products.append(graph.add("Where", graph.add("Equal", first, first), 0.0, 0.0))
    return products[0] if len(products) == 1 else graph.add("Concat", *products, axis=1)


def _product(graph: Graph, features: str, matrix: Floats) -> str:
    return graph.add("MatMul", features, np.ascontiguousarray(matrix.T))


def factorisation(stage: SavedStage, graph: Graph) -> str:
    """A linear function, and the products of all pairs of features. Shape: (rows, 1)."""
    row = stage.row()
    factors = np.ascontiguousarray(dense_matrix(row["factors"]))
    straight = linear(stage, graph, row["linear"], float(row["intercept"]))
    features = _features(stage, graph, len(factors))
    sums = graph.add("MatMul", features, factors)
    squares = graph.add("MatMul", graph.add("Mul", features, features), factors**2)
    pairs = graph.add("Div", graph.sum(graph.add("Sub", graph.add("Mul", sums, sums), squares), 1), 2.0)
    return graph.add("Add", straight, pairs)


def _features(stage: SavedStage, graph: Graph, width: int | None = None) -> str:
    return graph.vectors(stage, stage.parameters["featuresCol"], width)


def _column(graph: Graph, table: Floats, step: str) -> str:
    return graph.add("Unsqueeze", graph.add("Gather", table, step), np.array([1]))


def _predict(stage: SavedStage, graph: Graph, tensor: str) -> None:
    graph.set(stage.parameters["predictionCol"], tensor, 1, is_vector=False)
