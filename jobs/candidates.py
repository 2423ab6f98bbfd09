"""The classifiers that a training compares, and the stages that turn a model's inputs into what they learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.ml import PipelineModel
from pyspark.ml.classification import (
    DecisionTreeClassifier,
    GBTClassifier,
    LogisticRegression,
    RandomForestClassifier,
)
from pyspark.ml.feature import Imputer, OneHotEncoder, StringIndexer, VectorAssembler
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812

from jobs.errors import JobError
from jobs.evaluation import LABEL
from jobs.features import MOST_CATEGORIES, Feature

ENCODED = "encoded__features"  # a place for each category
INDEXED = "indexed__features"  # a category is one feature, which trees split by


@dataclass(frozen=True)
class Candidate:
    """One classifier with the settings that it is tried with; ``takes`` is the vector that it learns from."""

    build: Callable[[int], Any]
    takes: str
    binary_only: bool = False


def _logistic(_seed: int) -> Any:
    return LogisticRegression(maxIter=20, regParam=0.003)


def _tree(seed: int) -> Any:
    return DecisionTreeClassifier(maxDepth=6, minInstancesPerNode=20, maxBins=_BINS, seed=seed)


def _forest(seed: int) -> Any:
    return RandomForestClassifier(numTrees=40, maxDepth=8, minInstancesPerNode=5, maxBins=_BINS, seed=seed)


def _boosted(seed: int) -> Any:
    return GBTClassifier(maxIter=25, maxDepth=3, stepSize=0.2, minInstancesPerNode=20, maxBins=_BINS, seed=seed)


_BINS = MOST_CATEGORIES + 2  # a tree needs a bin for each category, and one for the unknown

CANDIDATES: dict[str, Candidate] = {
    "logistic": Candidate(_logistic, ENCODED),
    "tree": Candidate(_tree, INDEXED),
    "forest": Candidate(_forest, INDEXED),
    "boosted": Candidate(_boosted, INDEXED, binary_only=True),
}


def choose_candidates(names: Sequence[str], classes: int) -> dict[str, Candidate]:
    """The candidates by these names that can tell so many classes apart. Raises: JobError H600, H609."""
    for name in names:
        if name not in CANDIDATES:
            raise JobError("H600", f"there is no candidate '{name}'", hint=f"there are: {', '.join(CANDIDATES)}")
    chosen = {name: CANDIDATES[name] for name in names if classes == 2 or not CANDIDATES[name].binary_only}
    if not chosen:
        raise JobError(
            "H609", f"{', '.join(names)} cannot tell {classes} classes apart", hint="add logistic, tree or forest"
        )
    return chosen


@dataclass(frozen=True)
class Preparation:
    """The fitted stages before the classifier: common ones, then those of each vector."""

    common: tuple[Any, ...]
    of_vector: dict[str, tuple[Any, ...]]

    def transform(self, frame: DataFrame) -> DataFrame:
        """``frame`` with both vectors."""
        stages = [*self.common, *(stage for stages in self.of_vector.values() for stage in stages)]
        return PipelineModel(stages).transform(frame)

    def pipeline(self, takes: str, model: Any) -> PipelineModel:
        """What is saved: only the stages that ``model`` needs, from the inputs to the prediction."""
        return PipelineModel([*self.common, *self.of_vector[takes], model])


def fit_preparation(features: Sequence[Feature], frame: DataFrame) -> Preparation:
    """Medians for missing numbers, indices for known texts (all others share one), and the vectors of both kinds."""
    numbers = [f.name for f in features if f.kind == "number"]
    flags = [f.name for f in features if f.kind == "flag"]
    categories = [f for f in features if f.kind == "category"]
    indices = [f"{f.name}__index" for f in categories]
    vectors = [f"{f.name}__vector" for f in categories]
    filled = [f"{name}__filled" for name in numbers]
    common: list[Any] = []
    if numbers:
        # A median is a value that occurs: a whole number stays whole. A mean would not.
        common.append(Imputer(strategy="median", inputCols=numbers, outputCols=filled).fit(frame))
    encoders: list[Any] = []
    if categories:
        names = [f.name for f in categories]
        # Fitting passes nulls over; with "keep" they get the index of the unknown.
        known = frame.select(*[F.when(F.col(f.name).isin(*f.labels), F.col(f.name)).alias(f.name) for f in categories])
        common.append(StringIndexer(inputCols=names, outputCols=indices, handleInvalid="keep").fit(known))
        indexed = common[-1].transform(frame)
        encoders.append(OneHotEncoder(inputCols=indices, outputCols=vectors).fit(indexed))
    encoded = VectorAssembler(inputCols=[*filled, *flags, *vectors], outputCol=ENCODED)
    trees = VectorAssembler(inputCols=[*filled, *flags, *indices], outputCol=INDEXED)
    return Preparation(tuple(common), {ENCODED: (*encoders, encoded), INDEXED: (trees,)})


def fit(candidate: Candidate, frame: DataFrame, seed: int) -> Any:
    """The candidate's model, learnt from ``frame``."""
    return candidate.build(seed).setFeaturesCol(candidate.takes).setLabelCol(LABEL).fit(frame)
