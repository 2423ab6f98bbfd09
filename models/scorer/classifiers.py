"""Spark's classification models in numpy: raw scores, probabilities and the prediction, ties and thresholds included.

Source: org.apache.spark.ml.classification.ProbabilisticClassificationModel and the class that each loader is named for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.scorer.columns import Columns
from models.scorer.features import Transform
from models.scorer.saved import Floats, SavedStage, dense_matrix, dense_vector
from models.scorer.trees import Forest, read_forest


def logistic_regression(stage: SavedStage) -> Transform:
    """Binary through the sigmoid, multinomial through softmax."""
    row = stage.row()
    intercepts, coefficients = dense_vector(row["interceptVector"]), dense_matrix(row["coefficientMatrix"])

    def margins(features: Floats) -> Floats:
        linear: Floats = features @ coefficients.T + intercepts
        return linear

    if row["isMultinomial"]:
        return _classifier(stage, margins, _softmax)
    return _classifier(stage, lambda x: _two_sided(margins(x)[:, 0]), _sigmoid, threshold=_threshold(stage.parameters))


def decision_tree(stage: SavedStage) -> Transform:
    """The class counts of the leaf."""
    forest = read_forest(stage)
    return _classifier(stage, lambda x: forest.leaf_stats(x)[:, 0, :], _normalise)


def random_forest(stage: SavedStage) -> Transform:
    """The sum over the trees of each leaf's class shares."""
    forest = read_forest(stage)
    return _classifier(stage, lambda x: _normalise(forest.leaf_stats(x)).sum(axis=1), _normalise)


def gradient_boosted_trees(stage: SavedStage) -> Transform:
    """The weighted sum of the trees; the logistic loss doubles the margin."""
    forest = read_forest(stage)
    return _classifier(stage, lambda x: _two_sided(_boosted(forest, x)), lambda raw: _sigmoid(2 * raw))


def _boosted(forest: Forest, features: Floats) -> Floats:
    margin: Floats = forest.leaf_predictions(features) @ forest.weights
    return margin


def _classifier(
    stage: SavedStage,
    raw_scores: Callable[[Floats], Floats],
    probabilities: Callable[[Floats], Floats],
    threshold: float | None = None,
) -> Transform:
    """The three output columns from the features; ``threshold`` is for the probability of class 1 (binary logistic)."""
    parameters = stage.parameters
    # A threshold of 0 would divide by zero: Spark lets such a class win as soon as its probability is above 0.
    limits = np.asarray(parameters["thresholds"], dtype=np.float64) if parameters.get("thresholds") else None

    def transform(columns: Columns) -> None:
        raw = raw_scores(columns.numbers(parameters["featuresCol"]))
        probability = probabilities(raw)
        if threshold is not None:
            prediction = (probability[:, 1] > threshold).astype(np.float64)
        elif limits is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                scaled = np.where(probability == 0, 0.0, probability / limits)
            prediction = scaled.argmax(axis=1).astype(np.float64)
        else:
            prediction = raw.argmax(axis=1).astype(np.float64)
        columns[parameters["rawPredictionCol"]] = raw
        columns[parameters["probabilityCol"]] = probability
        columns[parameters["predictionCol"]] = prediction

    return transform


def _threshold(parameters: Any) -> float:
    limits = parameters.get("thresholds")
    if limits:
        return float(1 / (1 + limits[0] / limits[1]))
    return float(parameters.get("threshold", 0.5))


def _two_sided(margin: Floats) -> Floats:
    return np.stack([-margin, margin], axis=1)


def _sigmoid(raw: Floats) -> Floats:
    with np.errstate(over="ignore"):  # exp(large) is inf, and 1 / (1 + inf) the right 0
        positive = 1.0 / (1.0 + np.exp(-raw[:, 1]))
    return np.stack([1.0 - positive, positive], axis=1)


def _softmax(raw: Floats) -> Floats:
    shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
    result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def _normalise(raw: Floats) -> Floats:
    total = raw.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(raw, total, out=np.zeros_like(raw), where=total != 0)
    return shares
