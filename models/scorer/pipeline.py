"""A saved PipelineModel, ready to answer with numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns
from models.scorer.interface import Answer, Answers
from models.scorer.saved import SavedStage, read_stages
from models.scorer.sql import check_written_numbers
from models.scorer.stages import load_stage
from models.scorer.tables import table_rows


@dataclass(frozen=True)
class Predictor:
    """The columns of a pipeline's answer."""

    prediction: str
    probability: str | None


def predicting_stage(stages: Sequence[SavedStage]) -> Predictor:
    """The last stage that predicts: what follows it turns its answer into a label. Raises: ScorerError H231."""
    predictors = [stage.parameters for stage in stages if stage.parameters.get("predictionCol")]
    if not predictors:
        raise ScorerError("H231", "no stage of the pipeline predicts", hint="its last stage has to predict")
    return Predictor(str(predictors[-1]["predictionCol"]), predictors[-1].get("probabilityCol") or None)


class NumpyScorer:
    """The stages of one model, run one after another over numpy columns."""

    engine = "numpy"

    def __init__(self, stages: Sequence[SavedStage], whole: frozenset[str] = frozenset()) -> None:
        """``whole`` are the inputs that Spark has as whole numbers, as far as that is known."""
        self._whole = whole
        check_written_numbers(stages)
        self._transforms = [load_stage(stage) for stage in stages]
        self._predictor = predicting_stage(stages)

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        return self._answers(Columns(rows, self._whole)).rows() if rows else []

    def score_table(self, table: pa.Table) -> Answers:
        """The answers to the rows of a table.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        return self._answers(Columns(table_rows(table), self._whole))

    def _answers(self, columns: Columns) -> Answers:
        try:
            with np.errstate(all="ignore"):  # infinite numbers are reckoned with as the JVM does, without a word
                for transform in self._transforms:
                    transform(columns)
        except (ValueError, IndexError) as error:
            if not columns.has_given_vectors:
                raise
            # Not every stage knows how long a vector should be.
            raise ScoringError("H232", f"a vector is missing, or not as long as those of training: {error}") from error
        chances = self._predictor.probability
        return Answers(
            columns.numbers(self._predictor.prediction), None if chances is None else columns.numbers(chances)
        )


def load_numpy(folder: Path, whole: frozenset[str] = frozenset()) -> NumpyScorer:
    """The model saved in ``folder`` (``metadata/`` and ``stages/``); ``whole`` are inputs of whole numbers.

    Raises: ScorerError H230 for a stage that is not in the table, H231 for a folder that is no readable PipelineModel.
    """
    return NumpyScorer(read_stages(folder), whole)
