"""How good predictions are on rows that training has not seen, counted by Spark and worked out from the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

LABEL = "label__index"
PREDICTION = "prediction"
PROBABILITY = "probability"

_SCORE_DIGITS = 4
# Between two scores of so many digits, so that rounding never moves a row over the threshold.
_HALF_STEP = 0.5 * 10**-_SCORE_DIGITS


@dataclass(frozen=True)
class Outcomes:
    """How often each (label, prediction, score) occurred; the score is the probability of the second of two classes."""

    counts: Mapping[tuple[int, int, float], int]
    classes: int

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def is_binary(self) -> bool:
        """Whether there are scores."""
        return self.classes == 2

    def decided(self, threshold: float) -> Outcomes:
        """The same rows, with the second class predicted where its probability exceeds ``threshold``."""
        counts: Counter[tuple[int, int, float]] = Counter()
        for (label, _, score), count in self.counts.items():
            counts[label, int(score > threshold), score] += count
        return Outcomes(counts, self.classes)

    def confusion(self) -> Counter[tuple[int, int]]:
        """Rows by (label, prediction)."""
        confusion: Counter[tuple[int, int]] = Counter()
        for (label, prediction, _), count in self.counts.items():
            confusion[label, prediction] += count
        return confusion

    def by_score(self) -> list[tuple[float, int, int]]:
        """(score, rows of the first class, rows of the second), the highest score first."""
        rows: dict[float, list[int]] = {}
        for (label, _, score), count in self.counts.items():
            rows.setdefault(score, [0, 0])[label] += count
        return [(score, *rows[score]) for score in sorted(rows, reverse=True)]  # type: ignore[misc]


def collect_outcomes(predictions: DataFrame, classes: int) -> Outcomes:
    """Count what a model said; in one Spark job, whose result does not grow with the rows."""
    score = F.round(elements(predictions, PROBABILITY)[1], _SCORE_DIGITS) if classes == 2 else F.lit(0.0)
    rows = predictions.groupBy(F.col(LABEL).cast("int"), F.col(PREDICTION).cast("int"), score).count().collect()
    return Outcomes({(label, prediction, value): count for label, prediction, value, count in rows}, classes)


def accuracy(outcomes: Outcomes) -> float:
    """The share of right predictions."""
    right = sum(count for (label, prediction), count in outcomes.confusion().items() if label == prediction)
    return _share(right, outcomes.rows)


def class_scores(outcomes: Outcomes, index: int) -> tuple[float, float, float, int]:
    """Precision, recall, F1 and support of one class; what is not defined is 0."""
    confusion = outcomes.confusion()
    hits = confusion[index, index]
    predicted = sum(confusion[label, index] for label in range(outcomes.classes))
    support = sum(confusion[index, prediction] for prediction in range(outcomes.classes))
    return _share(hits, predicted), _share(hits, support), _share(2 * hits, predicted + support), support


def f1(outcomes: Outcomes) -> float:
    """The mean of the classes' F1, each class counting the same."""
    return sum(class_scores(outcomes, index)[2] for index in range(outcomes.classes)) / outcomes.classes


def area_under_roc(outcomes: Outcomes) -> float:
    """The chance that a row of the second class scores higher than one of the first, ties counting half."""
    wins, above = 0.0, 0
    for _, first, second in outcomes.by_score():
        wins += first * (above + second / 2)
        above += second
    return _share(wins, above * (outcomes.rows - above))


def area_under_pr(outcomes: Outcomes) -> float:
    """Average precision of the second class; a model that knows nothing has that class's share of the rows."""
    area, taken, found = 0.0, 0, 0
    for _, first, second in outcomes.by_score():
        taken += first + second
        found += second
        area += second * _share(found, taken)
    return _share(area, found)


def best_threshold(outcomes: Outcomes) -> float:
    """The probability above which predicting the second class gives it the best F1."""
    total = sum(second for _, _, second in outcomes.by_score())
    best, threshold, taken, found = -1.0, 0.5, 0, 0
    for score, first, second in outcomes.by_score():
        taken += first + second
        found += second
        reached = _share(2 * found, taken + total)
        if reached > best:
            best, threshold = reached, max(score - _HALF_STEP, 0.0)
    return round(threshold, _SCORE_DIGITS + 1)


# What a training may be told to choose by; the areas need two classes.
METRICS = {
    "accuracy": accuracy,
    "area_under_pr": area_under_pr,
    "area_under_roc": area_under_roc,
    "f1": f1,
}
BINARY_METRICS = frozenset({"area_under_pr", "area_under_roc"})


def majority(outcomes: Outcomes) -> Outcomes:
    """The same rows for a model that always says the first class, with the same score for all."""
    counts: Counter[tuple[int, int, float]] = Counter()
    for (label, _, _), count in outcomes.counts.items():
        counts[label, 0, 0.0] += count
    return Outcomes(counts, outcomes.classes)


def report(outcomes: Outcomes, classes: Sequence[str]) -> dict[str, float]:
    """Everything that a manifest says of a model's quality, with the majority baseline beside it."""
    metrics: dict[str, float] = {}
    for prefix, counted in (("", outcomes), ("baseline.", majority(outcomes))):
        for name, function in METRICS.items():
            if outcomes.is_binary or name not in BINARY_METRICS:
                metrics[prefix + name] = round(function(counted), 6)
    for index, name in enumerate(classes):
        precision, recall, score, support = class_scores(outcomes, index)
        metrics[f"precision.{name}"] = round(precision, 6)
        metrics[f"recall.{name}"] = round(recall, 6)
        metrics[f"f1.{name}"] = round(score, 6)
        metrics[f"support.{name}"] = float(support)
    return metrics


def elements(frame: DataFrame, vector: str) -> Column:
    """The vector as an array."""
    # Python's wrapper of this function stands in a module that imports pandas, which nodes need not have.
    functions = frame.sparkSession.sparkContext._jvm.org.apache.spark.ml.functions
    return Column(functions.vector_to_array(F.col(vector)._jc, "float64"))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
