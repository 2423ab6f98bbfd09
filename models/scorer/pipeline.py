"""A saved PipelineModel, ready to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.errors import ScorerError
from models.scorer.columns import Columns
from models.scorer.interface import Answer
from models.scorer.saved import SavedStage, read_stages
from models.scorer.stages import load_stage


class NumpyScorer:
    """The stages of one model, run one after another over numpy columns."""

    engine = "numpy"

    def __init__(self, stages: Sequence[SavedStage]) -> None:
        self._transforms = [load_stage(stage) for stage in stages]
        # What follows the predictor turns its answer into a label, and predicts nothing itself.
        predictors = [stage.parameters for stage in stages if stage.parameters.get("predictionCol")]
        if not predictors:
            raise ScorerError("H231", "no stage of the pipeline predicts", hint="its last stage has to predict")
        self._prediction = str(predictors[-1]["predictionCol"])
        self._probability = str(predictors[-1].get("probabilityCol", ""))

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        if not rows:
            return []
        columns = self.transform(rows)
        predictions: list[float] = columns.numbers(self._prediction).tolist()
        if not self._probability:
            return [Answer(prediction) for prediction in predictions]
        probabilities: list[list[float]] = columns.numbers(self._probability).tolist()
        return [Answer(value, tuple(chances)) for value, chances in zip(predictions, probabilities, strict=True)]

    def transform(self, rows: Sequence[Mapping[str, object]]) -> Columns:
        """All columns that the stages make of one row or more, under Spark's names.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        columns = Columns(rows)
        for transform in self._transforms:
            transform(columns)
        return columns


def load(folder: Path) -> NumpyScorer:
    """The model saved in ``folder`` (``metadata/`` and ``stages/``).

    Raises: ScorerError H230 for a stage that is not in the table, H231 for a folder that is no readable PipelineModel.
    """
    return NumpyScorer(read_stages(folder))
