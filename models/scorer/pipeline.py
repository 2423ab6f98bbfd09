"""A saved PipelineModel, ready to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.errors import ScorerError
from models.scorer import classifiers, features
from models.scorer.columns import Columns
from models.scorer.features import Transform
from models.scorer.interface import Answer
from models.scorer.saved import SavedStage, read_stages

# What can be scored, and so what may be loaded at all: a stage's class is never looked up anywhere else.
STAGES: Mapping[str, Callable[[SavedStage], Transform]] = MappingProxyType(
    {
        "org.apache.spark.ml.feature.Bucketizer": features.bucketizer,
        "org.apache.spark.ml.feature.ImputerModel": features.imputer,
        "org.apache.spark.ml.feature.MinMaxScalerModel": features.min_max_scaler,
        "org.apache.spark.ml.feature.OneHotEncoderModel": features.one_hot_encoder,
        "org.apache.spark.ml.feature.StandardScalerModel": features.standard_scaler,
        "org.apache.spark.ml.feature.StringIndexerModel": features.string_indexer,
        "org.apache.spark.ml.feature.VectorAssembler": features.vector_assembler,
        "org.apache.spark.ml.classification.DecisionTreeClassificationModel": classifiers.decision_tree,
        "org.apache.spark.ml.classification.GBTClassificationModel": classifiers.gradient_boosted_trees,
        "org.apache.spark.ml.classification.LogisticRegressionModel": classifiers.logistic_regression,
        "org.apache.spark.ml.classification.RandomForestClassificationModel": classifiers.random_forest,
    }
)


class NumpyScorer:
    """The stages of one model, run one after another over numpy columns."""

    engine = "numpy"

    def __init__(self, stages: Sequence[SavedStage]) -> None:
        self._transforms = [_load_stage(stage) for stage in stages]
        last: Mapping[str, Any] = stages[-1].parameters if stages else {}
        if "predictionCol" not in last:
            raise ScorerError(
                "H231", "the pipeline does not end with a predictor", hint="its last stage has to predict"
            )
        self._prediction = str(last["predictionCol"])
        self._probability = str(last.get("probabilityCol", ""))

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        if not rows:
            return []
        columns = Columns(rows)
        for transform in self._transforms:
            transform(columns)
        predictions: list[float] = columns.numbers(self._prediction).tolist()
        if not self._probability:
            return [Answer(prediction) for prediction in predictions]
        probabilities: list[list[float]] = columns.numbers(self._probability).tolist()
        return [Answer(value, tuple(chances)) for value, chances in zip(predictions, probabilities, strict=True)]


def load(folder: Path) -> NumpyScorer:
    """The model saved in ``folder`` (``metadata/`` and ``stages/``).

    Raises: ScorerError H230 for a stage that is not in the table, H231 for a folder that is no readable PipelineModel.
    """
    return NumpyScorer(read_stages(folder))


def _load_stage(stage: SavedStage) -> Transform:
    loader = STAGES.get(stage.class_name)
    if loader is None:
        names = ", ".join(sorted(name.rpartition(".")[2] for name in STAGES))
        raise ScorerError("H230", f"stage {stage.short_name} ({stage.uid}) cannot be scored", hint=f"known: {names}")
    try:
        return loader(stage)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ScorerError("H231", f"stage {stage.uid} is damaged: {error!r}") from error
