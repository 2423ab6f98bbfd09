"""Spark's regression models, and k-means: each loader reads one and gives the transform that adds its prediction.

Source: the classes of org.apache.spark.ml.regression and ml.clustering with the same names.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Form, Transform
from models.scorer.links import fitted
from models.scorer.predictors import Factorisation, boosted, linear_function
from models.scorer.saved import Floats, SavedStage, dense_vector
from models.scorer.trees import read_forest, with_leaves
from models.scorer.vectors import SparseRows, Vectors


def linear_regression(stage: SavedStage) -> Transform:
    """The linear function."""
    return _regressor(stage, linear_function(stage.row()))


def generalized_linear_regression(stage: SavedStage) -> Transform:
    """The mean that the link makes of the linear function and the offset, kept inside what the family allows."""
    parameters, predictor = stage.parameters, linear_function(stage.row())
    mean = fitted(parameters)
    offset = parameters.get("offsetCol")

    def transform(columns: Columns) -> None:
        eta = predictor(columns.vectors(parameters["featuresCol"]))
        if offset:
            if columns.nulls(offset).any():
                raise ScoringError("H232", f"'{offset}' is missing, and this model cannot do without it")
            eta = eta + columns.numbers(offset)
        if parameters.get("linkPredictionCol"):
            columns[parameters["linkPredictionCol"]] = eta
        columns[parameters["predictionCol"]] = mean(eta)

    return transform


def decision_tree_regressor(stage: SavedStage) -> Transform:
    """The value of the leaf."""
    forest = read_forest(stage)
    return with_leaves(stage, forest, _regressor(stage, lambda x: forest.leaf_predictions(x)[:, 0]))


def random_forest_regressor(stage: SavedStage) -> Transform:
    """The mean over the trees."""
    forest = read_forest(stage)
    return with_leaves(stage, forest, _regressor(stage, lambda x: forest.leaf_predictions(x).mean(axis=1)))


def gradient_boosted_regressor(stage: SavedStage) -> Transform:
    """The weighted sum of the trees."""
    forest = read_forest(stage)
    return with_leaves(stage, forest, _regressor(stage, lambda x: boosted(forest, x)))


def factorisation_regressor(stage: SavedStage) -> Transform:
    """The factorisation machine's value."""
    return _regressor(stage, Factorisation(stage.row()))


def isotonic_regression(stage: SavedStage) -> Transform:
    """Between the points that training kept, in a straight line; outside of them, the value of the nearest."""
    parameters, (boundaries, predictions) = stage.parameters, read_points(stage)
    source, feature = parameters["featuresCol"], int(parameters["featureIndex"])
    at_boundaries = predictions_at(boundaries, predictions)

    def transform(columns: Columns) -> None:
        values = columns.matrix(source)[:, feature] if columns.is_vector(source) else columns.numbers(source)
        if columns.nulls(source).any():
            raise ScoringError("H232", f"'{source}' is missing, and this model cannot do without it")
        # Java's search takes NaN for more than every number, and puts -0.0 below 0.0, which no assembled vector holds.
        values = np.where(np.isnan(values), np.inf, values)
        if not columns.is_vector(source):
            values = np.where((values == 0) & np.signbit(values), -np.nextafter(0.0, 1.0), values)
        nearest = np.minimum(np.searchsorted(boundaries, values), len(boundaries) - 1)
        between = np.interp(values, boundaries, predictions)
        columns[parameters["predictionCol"]] = np.where(values == boundaries[nearest], at_boundaries[nearest], between)

    return transform


def read_points(stage: SavedStage) -> tuple[Floats, Floats]:
    """An isotonic regression's boundaries, and the prediction at each. Raises: ScorerError H231."""
    row = stage.row()
    boundaries, predictions = np.asarray(row["boundaries"], np.float64), np.asarray(row["predictions"], np.float64)
    if not len(boundaries) or np.isnan(boundaries).any() or (np.diff(boundaries) < 0).any():
        raise ScorerError("H231", f"stage {stage.uid}: its boundaries do not rise")
    return boundaries, predictions


def predictions_at(boundaries: Floats, predictions: Floats) -> Floats:
    """What is predicted for each boundary itself. Shape: that of ``boundaries``.

    Spark 3.3 keeps equal boundaries, and takes the one of them at which Java's binary search ends.
    """
    places = []
    for boundary in boundaries:
        low, high = 0, len(boundaries) - 1
        while boundaries[place := (low + high) // 2] != boundary:
            low, high = (place + 1, high) if boundaries[place] < boundary else (low, place - 1)
        places.append(place)
    found: Floats = predictions[places]
    return found


def k_means(stage: SavedStage) -> Transform:
    """The nearest centre, the first of equals."""
    rows = sorted(stage.data().to_pylist(), key=lambda row: int(row["clusterIdx"]))
    centres = np.stack([dense_vector(row["clusterCenter"]) for row in rows])
    by_angle = stage.parameters["distanceMeasure"] == "cosine"

    def nearest(vectors: Vectors) -> Floats:
        features = vectors.dense() if isinstance(vectors, SparseRows) else vectors
        if by_angle:
            distance = _cosine_distance(features, centres)
        else:
            distance = np.stack([((features - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
        return np.asarray(distance.argmin(axis=1), dtype=np.float64)

    predict = _regressor(stage, nearest)

    def transform(columns: Columns) -> None:
        predict(columns)
        columns.set_form(stage.parameters["predictionCol"], Form((len(centres),)))

    return transform


def _cosine_distance(features: Floats, centres: Floats) -> Floats:
    norms, others = np.linalg.norm(features, axis=1), np.linalg.norm(centres, axis=1)
    if (norms == 0).any():
        raise ScoringError("H232", "all features are 0, and such a row has no angle to the centres")
    distance: Floats = 1.0 - features @ centres.T / norms[:, None] / others
    return distance


def _regressor(stage: SavedStage, predict: Callable[[Vectors], Floats]) -> Transform:
    source, target = stage.parameters["featuresCol"], stage.parameters["predictionCol"]

    def transform(columns: Columns) -> None:
        columns[target] = predict(columns.vectors(source))

    return transform
