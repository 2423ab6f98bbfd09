"""Which models can be explained exactly, and how: a row for each class of Spark's.

``scale`` says what the contributions are of: the probability of a class (single trees and forests), Spark's raw
prediction for it (logistic, boosted and support vector models), or the predicted value, before its link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias

import numpy as np

from models.errors import ExplanationError, ScorerError
from models.explaining.shapley import TreeGame, read_covers
from models.scorer.saved import Floats, SavedStage, dense_matrix, dense_vector
from models.scorer.trees import read_forest
from models.scorer.vectors import Ints

Scale: TypeAlias = Literal["probability", "margin", "value"]
MeanFeatures: TypeAlias = Callable[[], Floats]


class Game(Protocol):
    """A predictor whose features belong to players, the model's inputs."""

    @property
    def scale(self) -> Scale:
        """What the contributions are of."""

    @property
    def base(self) -> Floats:
        """What each output is of a row of which nothing is known. Shape: (outputs,)."""

    def contributions(self, features: Floats) -> Floats:
        """What each player adds to each output. Shape: (features,) in, (players, outputs) out."""


class LinearGame:
    """One linear function an output: a feature adds its coefficient times its distance from the mean."""

    def __init__(
        self, scale: Scale, coefficients: Floats, intercepts: Floats, means: Floats, players: Ints, count: int
    ) -> None:
        """Shape: ``coefficients`` (outputs, features)."""
        self.scale = scale
        self.base: Floats = coefficients @ means + intercepts
        self._coefficients, self._means, self._players, self._count = coefficients, means, players, count

    def contributions(self, features: Floats) -> Floats:
        """What each player adds to each output. Shape: (features,) in, (players, outputs) out."""
        distance = features - self._means
        amounts = [np.bincount(self._players, line * distance, self._count) for line in self._coefficients]
        return np.stack(amounts, axis=1)


Builder: TypeAlias = Callable[[SavedStage, Ints, int, MeanFeatures], Game]


def build_game(stage: SavedStage, players: Ints, count: int, means: MeanFeatures) -> Game:
    """The predictor as a game of ``count`` players. Raises: ExplanationError H262, ScorerError H231."""
    try:
        return builder_of(stage)(stage, players, count, means)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ScorerError("H231", f"stage {stage.uid} is damaged: {error!r}") from error


def builder_of(stage: SavedStage) -> Builder:
    """How the predictor is explained. Raises: ExplanationError H262 for one that cannot be, exactly."""
    builder = _BUILDERS.get(stage.short_name)
    if builder is None or stage.parameters.get("offsetCol"):
        name = stage.short_name + (" with an offset" if builder else "")
        raise ExplanationError(
            "H262", f"a {name} cannot be explained exactly", hint=f"these can: {', '.join(sorted(_BUILDERS))}"
        )
    return builder


def _logistic(stage: SavedStage, players: Ints, count: int, means: MeanFeatures) -> Game:
    row = stage.row()
    coefficients, intercepts = dense_matrix(row["coefficientMatrix"]), dense_vector(row["interceptVector"])
    if not row["isMultinomial"]:
        coefficients, intercepts = (
            np.stack([-coefficients[0], coefficients[0]]),
            np.stack([-intercepts[0], intercepts[0]]),
        )
    return LinearGame("margin", coefficients, intercepts, means(), players, count)


def _support_vectors(stage: SavedStage, players: Ints, count: int, means: MeanFeatures) -> Game:
    coefficients, intercept = dense_vector(stage.row()["coefficients"]), float(stage.row()["intercept"])
    both = np.stack([-coefficients, coefficients])
    return LinearGame("margin", both, np.array([-intercept, intercept]), means(), players, count)


def _linear(stage: SavedStage, players: Ints, count: int, means: MeanFeatures) -> Game:
    row = stage.row()
    coefficients, intercept = dense_vector(row["coefficients"])[None, :], np.array([float(row["intercept"])])
    return LinearGame("value", coefficients, intercept, means(), players, count)


def _trees(scale: Scale, *, is_mean: bool = False, leaf_values: Callable[[Floats, Floats], Floats]) -> Builder:
    """``leaf_values`` gives a node's outputs from its prediction and statistics; a mean has trees of equal weight."""

    def build(stage: SavedStage, players: Ints, count: int, _means: MeanFeatures) -> Game:
        forest = read_forest(stage)
        weights = np.full(len(forest.roots), 1.0 / len(forest.roots)) if is_mean else forest.weights
        tree = np.searchsorted(forest.roots, np.arange(len(forest.prediction)), side="right") - 1
        values = leaf_values(forest.prediction, forest.statistics) * weights[tree][:, None]
        return TreeGame(scale, forest, read_covers(stage), values, players, count)

    return build


def _shares(_prediction: Floats, statistics: Floats) -> Floats:
    total = statistics.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(statistics, total, out=np.zeros_like(statistics), where=total != 0)
    return shares


def _two_sided(prediction: Floats, _statistics: Floats) -> Floats:
    return np.stack([-prediction, prediction], axis=1)


def _single(prediction: Floats, _statistics: Floats) -> Floats:
    return prediction[:, None]


_BUILDERS: Mapping[str, Builder] = MappingProxyType(
    {
        "DecisionTreeClassificationModel": _trees("probability", leaf_values=_shares),
        "DecisionTreeRegressionModel": _trees("value", leaf_values=_single),
        "GBTClassificationModel": _trees("margin", leaf_values=_two_sided),
        "GBTRegressionModel": _trees("value", leaf_values=_single),
        "GeneralizedLinearRegressionModel": _linear,
        "LinearRegressionModel": _linear,
        "LinearSVCModel": _support_vectors,
        "LogisticRegressionModel": _logistic,
        "RandomForestClassificationModel": _trees("probability", is_mean=True, leaf_values=_shares),
        "RandomForestRegressionModel": _trees("value", is_mean=True, leaf_values=_single),
    }
)


def players_of(origins: Sequence[str] | str, inputs: Sequence[str], features: int) -> Ints:
    """The place among ``inputs`` of the input that each feature is of. Shape: (features,)."""
    number = {name: place for place, name in enumerate(inputs)}
    names = [origins] * features if isinstance(origins, str) else origins
    return np.asarray([number[name] for name in names], dtype=np.int64)
