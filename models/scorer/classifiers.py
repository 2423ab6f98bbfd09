"""Spark's classification models in numpy: raw scores, probabilities and the prediction, ties and thresholds included.

Source: org.apache.spark.ml.classification.ProbabilisticClassificationModel and the class that each loader is named for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Flags, Form, Transform
from models.scorer.predictors import Factorisation, boosted, linear_function
from models.scorer.saved import Floats, SavedStage, dense_matrix, dense_vector, is_sparse, read_stage
from models.scorer.trees import read_forest, with_leaves
from models.scorer.vectors import SparseRows, Vectors, dot, dot_of_present


def logistic_regression(stage: SavedStage) -> Transform:
    """Binary through the sigmoid, multinomial through softmax."""
    row = stage.row()
    intercepts, coefficients = dense_vector(row["interceptVector"]), dense_matrix(row["coefficientMatrix"])
    is_dense = not is_sparse(row["coefficientMatrix"])

    def margins(features: Vectors) -> Floats:
        return (dot(features, coefficients) if is_dense else dot_of_present(features, coefficients)) + intercepts

    if row["isMultinomial"]:
        return _classifier(stage, margins, softmax)
    # Spark asks the margin, not the probability: next to 0.5 they differ in the last place.
    limit = logit(threshold(stage.parameters))
    return _classifier(stage, lambda x: _two_sided(margins(x)[:, 0]), _sigmoid, margin_limit=limit)


def linear_svc(stage: SavedStage) -> Transform:
    """The side of the plane on which a row lies, by more than the threshold; no probability."""
    margin = linear_function(stage.row())
    limit = float(stage.parameters["threshold"])
    return _classifier(stage, lambda x: _two_sided(margin(x)), None, margin_limit=limit)


def decision_tree(stage: SavedStage) -> Transform:
    """The class counts of the leaf."""
    forest = read_forest(stage)
    transform = _classifier(stage, lambda x: forest.leaf_stats(x)[:, 0, :], normalise)
    return with_leaves(stage, forest, transform)


def random_forest(stage: SavedStage) -> Transform:
    """The sum over the trees of each leaf's class shares."""
    forest = read_forest(stage)
    return with_leaves(
        stage, forest, _classifier(stage, lambda x: normalise(forest.leaf_stats(x)).sum(axis=1), normalise)
    )


def gradient_boosted_trees(stage: SavedStage) -> Transform:
    """The weighted sum of the trees; the logistic loss doubles the margin."""
    forest = read_forest(stage)
    return with_leaves(
        stage, forest, _classifier(stage, lambda x: _two_sided(boosted(forest, x)), lambda raw: _sigmoid(2 * raw))
    )


def factorisation_machine(stage: SavedStage) -> Transform:
    """The factorisation machine's value through the sigmoid."""
    machine = Factorisation(stage.row())
    return _classifier(stage, lambda x: _two_sided(machine(x)), _sigmoid)


def multilayer_perceptron(stage: SavedStage) -> Transform:
    """Affine layers with the sigmoid between them and softmax at the end."""
    layers = layers_of(stage)

    def last_layer(features: Vectors) -> Floats:
        (matrix, bias), *others = layers
        values = dot(features, matrix) + bias
        for matrix, bias in others:
            with np.errstate(over="ignore"):
                values = dot(1.0 / (1.0 + np.exp(-values)), matrix) + bias
        return values

    return _classifier(stage, last_layer, softmax)


def layers_of(stage: SavedStage) -> list[tuple[Floats, Floats]]:
    """The layers of a perceptron. Shape: each a matrix (outputs, inputs) and biases (outputs,)."""
    sizes = [int(size) for size in stage.parameters["layers"]]
    weights, layers, start = dense_vector(stage.row()["weights"]), [], 0
    for inputs, outputs in pairwise(sizes):
        end = start + inputs * outputs
        # Spark keeps the columns of a layer's matrix together, and its biases after it.
        layers.append((weights[start:end].reshape(inputs, outputs).T, weights[end : end + outputs]))
        start = end + outputs
    return layers


def naive_bayes(stage: SavedStage) -> Transform:
    """The logarithm of each class's likelihood, as the model's type has it."""
    row, kind = stage.row(), stage.parameters["modelType"]
    pi, theta = dense_vector(row["pi"]), dense_matrix(row["theta"])
    if kind == "gaussian":
        return _classifier(stage, _gaussian(pi, theta, dense_matrix(row["sigma"])), softmax)
    if kind == "bernoulli":
        absent = np.log1p(-np.exp(theta))
        ones, base = theta - absent, pi + absent.sum(axis=1)
        return _classifier(stage, lambda x: dot(_checked(x, lambda v: (v == 0) | (v == 1)), ones) + base, softmax)
    if kind == "complement":
        return _classifier(stage, lambda x: _log_shares(dot(_checked(x, lambda v: v >= 0), theta)), softmax)
    return _classifier(stage, lambda x: dot(_checked(x, lambda v: v >= 0), theta) + pi, softmax)


def one_vs_rest(stage: SavedStage, load: Callable[[SavedStage], Transform]) -> Transform:
    """Of several binary models, each for one class, the one with the highest score."""
    models = models_of(stage)
    raw_columns = [str(model.parameters["rawPredictionCol"]) for model in models]
    source = stage.parameters["featuresCol"]
    transforms = [
        (load(model.with_parameters(featuresCol=source)), raw) for model, raw in zip(models, raw_columns, strict=True)
    ]

    def raw_scores(columns: Columns) -> Floats:
        scores = []
        for transform, raw in transforms:
            # On columns of their own: the models' columns are none of the pipeline's.
            own = Columns([{}] * len(columns))
            own[source] = columns.vectors(source)
            transform(own)
            scores.append(own.numbers(raw)[:, 1])
        return np.stack(scores, axis=1)

    def transform(columns: Columns) -> None:
        raw = raw_scores(columns)
        if stage.parameters.get("rawPredictionCol"):
            columns[stage.parameters["rawPredictionCol"]] = raw
        columns[stage.parameters["predictionCol"]] = highest(raw)
        columns.set_form(stage.parameters["predictionCol"], Form((len(models),)))

    return transform


def models_of(stage: SavedStage) -> list[SavedStage]:
    """The models of a OneVsRestModel, one a class. Raises: ScorerError H230 for models without raw scores, H231."""
    folders = sorted(stage.folder.glob("model_*"), key=_model_number)
    if not folders or [_model_number(folder) for folder in folders] != list(range(len(folders))):
        raise ScorerError("H231", f"stage {stage.uid} does not hold its models, numbered through")
    models = [read_stage(folder) for folder in folders]
    if not all(model.parameters.get("rawPredictionCol") for model in models):
        raise ScorerError("H230", f"stage {stage.uid}: its models give no raw prediction")
    return models


def _model_number(folder: Path) -> int:
    number = folder.name.rpartition("_")[2]
    return int(number) if number.isdecimal() else -1


def _classifier(
    stage: SavedStage,
    raw_scores: Callable[[Vectors], Floats],
    probabilities: Callable[[Floats], Floats] | None,
    margin_limit: float | None = None,
) -> Transform:
    """The output columns from the features; ``margin_limit`` is what the raw score of class 1 has to exceed."""
    parameters = stage.parameters
    # A threshold of 0 would divide by zero: Spark lets such a class win as soon as its probability is above 0.
    limits = np.asarray(parameters["thresholds"], dtype=np.float64) if parameters.get("thresholds") else None

    def transform(columns: Columns) -> None:
        raw = raw_scores(columns.vectors(parameters["featuresCol"]))
        probability = None if probabilities is None else probabilities(raw)
        if margin_limit is not None:
            prediction = (raw[:, 1] > margin_limit).astype(np.float64)
        elif limits is not None and probability is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                scaled = probability / limits
            # A class of no probability and no threshold is never the answer.
            prediction = np.where(np.isnan(scaled), -np.inf, scaled).argmax(axis=1).astype(np.float64)
        else:
            prediction = highest(raw)
        columns[parameters["rawPredictionCol"]] = raw
        if probability is not None:
            columns[parameters["probabilityCol"]] = probability
        columns[parameters["predictionCol"]] = prediction
        columns.set_form(parameters["predictionCol"], Form((raw.shape[1],)))

    return transform


def highest(scores: Floats) -> Floats:
    """The place of the highest score in each line, the first of equals.

    As Spark looks for it: nothing is higher than a NaN in the first place, and a NaN elsewhere is not higher.
    """
    place = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
    found: Floats = np.where(np.isnan(scores[:, 0]), 0, place).astype(np.float64)
    return found


def threshold(parameters: Mapping[str, Any]) -> float:
    """The probability that the second of two classes has to exceed."""
    limits = parameters.get("thresholds")
    if limits:
        return float(1 / (1 + limits[0] / limits[1])) if limits[1] else 0.0
    return float(parameters.get("threshold", 0.5))


def logit(chance: float) -> float:
    """The margin whose sigmoid is ``chance``."""
    if chance in (0.0, 1.0):
        return math.inf if chance else -math.inf
    return math.log(chance / (1 - chance))


def _two_sided(margin: Floats) -> Floats:
    return np.stack([-margin, margin], axis=1)


def _sigmoid(raw: Floats) -> Floats:
    with np.errstate(over="ignore"):  # exp(large) is inf, and 1 / (1 + inf) the right 0
        positive = 1.0 / (1.0 + np.exp(-raw[:, 1]))
    return np.stack([1.0 - positive, positive], axis=1)


def softmax(raw: Floats) -> Floats:
    """The shares of the exponentials. The first infinite score takes all: the others are then times 0, as in Spark."""
    with np.errstate(invalid="ignore"):
        shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
        result: Floats = shifted / shifted.sum(axis=1, keepdims=True)
        endless = raw == np.inf
        if endless.any():
            first = endless & (endless.cumsum(axis=1) == 1)
            result = np.where(endless.any(axis=1, keepdims=True), np.where(first, 1.0, raw * 0.0), result)
    return result


def normalise(raw: Floats) -> Floats:
    """Each number's share of its line's sum; 0 where that is 0."""
    total = raw.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(raw, total, out=np.zeros_like(raw), where=total != 0)
    return shares


def _gaussian(pi: Floats, theta: Floats, sigma: Floats) -> Callable[[Vectors], Floats]:
    spread = np.log(sigma).sum(axis=1)

    def raw(vectors: Vectors) -> Floats:
        features = vectors.dense() if isinstance(vectors, SparseRows) else vectors
        distance = [
            ((features - mean) ** 2 / variance).sum(axis=1) for mean, variance in zip(theta, sigma, strict=True)
        ]
        likelihood: Floats = pi - (np.stack(distance, axis=1) + spread) / 2
        return likelihood

    return raw


def _log_shares(raw: Floats) -> Floats:
    highest = raw.max(axis=1, keepdims=True)
    shares: Floats = raw - (np.log(np.exp(raw - highest).sum(axis=1, keepdims=True)) + highest)
    return shares


def _checked(vectors: Vectors, accepts: Callable[[Floats], Flags]) -> Vectors:
    values = vectors.values if isinstance(vectors, SparseRows) else vectors
    accepted = accepts(values)
    if not accepted.all():
        raise ScoringError("H232", f"a feature is {values[~accepted][0]}, which this kind of naive Bayes cannot count")
    return vectors
