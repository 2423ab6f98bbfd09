"""The seam between serving and whatever computes a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """What a model says of one row: Spark's ``prediction`` as a number, and ``probability`` where the model has one."""

    prediction: float
    probability: tuple[float, ...] | None = None


class Scorer(Protocol):
    """One loaded model."""

    @property
    def engine(self) -> str:
        """What computes the answers: ``numpy`` here."""

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order, the ones that Spark's transform gives; a missing key is a null.

        Raises: models.errors.ScoringError (H232) where Spark would fail on the row.
        """
