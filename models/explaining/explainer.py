"""What each input of a model adds to its answer: exact, and summing up to it.

For linear models that is coefficient times (value - mean); for trees the Shapley value, an input that is left out
taking training's shares. Features are summed back to the inputs that they were made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from models.errors import ExplanationError, ScorerError
from models.explaining.games import Game, Scale, build_game, builder_of, players_of
from models.explaining.origins import find_origins
from models.scorer.columns import Columns
from models.scorer.saved import Floats, SavedStage, read_stages
from models.scorer.stages import load_stage
from models.scorer.vectors import take, width

Row: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class Explanation:
    """``base`` and the contributions of all inputs sum up to ``score``; ``scale`` as in :mod:`models.explaining.games`.

    ``output`` is the index of the class whose score it is, 0 where there are no classes.
    """

    scale: Scale
    output: int
    base: float
    score: float
    contributions: Mapping[str, float]

    def strongest(self, count: int = 3) -> list[tuple[str, float]]:
        """The inputs that moved the score most, in either direction; those that did not move it are left out."""
        moved = sorted(self.contributions.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [(name, amount) for name, amount in moved[:count] if amount != 0]


class Explainer:
    """One loaded model, and what moves its answers.

    A linear model's contributions are measured from the features' ``means``, else from the features of a ``typical``
    row; trees know the shares of training's rows by themselves.
    """

    def __init__(self, stages: Sequence[SavedStage], means: Sequence[float] = (), typical: Row | None = None) -> None:
        """Raises: ExplanationError H262 for a model that cannot be explained exactly; ScorerError."""
        predicting = [place for place, stage in enumerate(stages) if stage.parameters.get("predictionCol")]
        if not predicting:
            raise ScorerError("H231", "no stage of the pipeline predicts", hint="its last stage has to predict")
        # What follows the predictor turns its answer into a label.
        self._stages, self._predictor = stages[: predicting[-1]], stages[predicting[-1]]
        builder_of(self._predictor)
        self._transforms = [load_stage(stage) for stage in self._stages]
        self._predict = load_stage(self._predictor)
        self._means, self._typical = means, typical
        # Made with the first row: how wide its vectors are is written nowhere.
        self._game: tuple[tuple[str, ...], Game] | None = None

    def explain(self, row: Row, output: int | None = None) -> Explanation:
        """What moved the score of class ``output``, else of the class that is predicted.

        Raises: ScoringError H232 where there is no answer either; ExplanationError H262.
        """
        columns = self._prepared(row)
        features = self._features(columns)
        if self._game is None:
            self._game = self._make_game(columns, len(features))
        inputs, game = self._game
        output = self._chosen(output, columns, len(game.base))
        amounts, base = game.contributions(features)[:, output], float(game.base[output])
        return Explanation(
            game.scale, output, base, base + float(amounts.sum()), dict(zip(inputs, amounts.tolist(), strict=True))
        )

    def _prepared(self, row: Row) -> Columns:
        columns = Columns([row])
        for transform in self._transforms:
            transform(columns)
        return columns

    def _features(self, columns: Columns) -> Floats:
        vectors = columns.vectors(self._predictor.parameters["featuresCol"])
        features: Floats = take(vectors, np.arange(width(vectors)))[0]
        return features

    def _make_game(self, columns: Columns, count: int) -> tuple[tuple[str, ...], Game]:
        origins = find_origins(self._stages, columns, self._predictor.parameters["featuresCol"])
        inputs = tuple(dict.fromkeys([origins] if isinstance(origins, str) else origins))
        players = players_of(origins, inputs, count)
        return inputs, build_game(self._predictor, players, len(inputs), lambda: self._mean_features(count))

    def _mean_features(self, count: int) -> Floats:
        if len(self._means) == count:
            return np.asarray(self._means, dtype=np.float64)
        if self._typical is None:
            raise ExplanationError(
                "H262", "nothing says what a usual row is", hint="publish the model again: training writes its profile"
            )
        return self._features(self._prepared(self._typical))

    def _chosen(self, output: int | None, columns: Columns, count: int) -> int:
        if output is None and count > 1:
            self._predict(columns)
            output = int(columns.numbers(self._predictor.parameters["predictionCol"])[0])
        chosen = output or 0
        if not 0 <= chosen < count:
            raise ExplanationError("H262", f"there is no class {chosen}", hint=f"there are 0 to {count - 1}")
        return chosen


def load(folder: Path, *, means: Sequence[float] = (), typical: Row | None = None) -> Explainer:
    """The model saved in ``folder``; ``means`` are its profile's, ``typical`` a row of examples from its manifest.

    Raises: ScorerError, ExplanationError H262.
    """
    return Explainer(read_stages(folder), means, typical)
