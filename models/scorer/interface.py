"""The seam between serving and whatever computes a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Answer:
    """What a model says of one row: Spark's ``prediction`` as a number, and ``probability`` where the model has one."""

    prediction: float
    probability: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Answers:
    """What a model says of many rows. Shape: ``predictions`` (rows,), ``probabilities`` (rows, classes)."""

    predictions: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64] | None = None

    @staticmethod
    def of(rows: Sequence[Answer]) -> Answers:
        """The answers of one model to rows."""
        chances = [row.probability for row in rows]
        return Answers(
            np.asarray([row.prediction for row in rows], dtype=np.float64),
            None if not rows or chances[0] is None else np.asarray(chances, dtype=np.float64),
        )

    def rows(self) -> list[Answer]:
        """One answer a row."""
        predictions: list[float] = self.predictions.tolist()
        if self.probabilities is None:
            return [Answer(prediction) for prediction in predictions]
        chances: list[list[float]] = self.probabilities.tolist()
        return [Answer(value, tuple(row)) for value, row in zip(predictions, chances, strict=True)]


class Scorer(Protocol):
    """One loaded model."""

    @property
    def engine(self) -> str:
        """What computes the answers: ``compiled``, ``numpy`` or ``spark``."""

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order, the ones that Spark's transform gives; a missing key is a null.

        Raises: models.errors.ScoringError (H232) where Spark would fail on the row.
        """

    def score_table(self, table: pa.Table) -> Answers:
        """The same for the rows of a table; a missing column is nulls all along. Raises: ScoringError."""
