"""What training saw, counted by Spark: histograms of inputs and of the model's answers, to measure drift by later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pyspark.ml import PipelineModel
from pyspark.ml.stat import Summarizer
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from jobs.evaluation import PREDICTION, PROBABILITY, elements
from jobs.features import Feature
from models.profile.document import Profile
from models.profile.histograms import (
    LONGEST_LABEL,
    QUANTILES,
    CategoryHistogram,
    Histogram,
    NumberHistogram,
    quantile_edges,
)
from models.profile.outliers import outlier_scores

_ACCURACY = 10_000  # of Spark's quantiles: the rank is right to a ten-thousandth
_NULL, _NAN_OR_OTHER = -1, -2
_ROWS_TO_SCORE = 10_000
# Outliers are the far end: there, the places are fine.
_OUTLIER_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0)


@dataclass(frozen=True)
class Columns:
    """The columns to count: numbers, and categories with the labels that count each for itself."""

    numbers: Mapping[str, Column] = field(default_factory=dict)
    categories: Mapping[str, tuple[Column, Sequence[str]]] = field(default_factory=dict)


def make_profile(
    learn: DataFrame, holdout: DataFrame, pipeline: PipelineModel, features: Sequence[Feature], classes: Sequence[str]
) -> Profile:
    """The inputs as ``learn`` has them, the answers that ``pipeline`` gives to ``holdout``; six passes of Spark."""
    inputs = count(learn, _inputs(features))
    answers = pipeline.transform(holdout)
    return Profile(
        inputs=inputs,
        outputs=count(answers, _outputs(answers, classes)),
        outliers=_outliers(learn, inputs),
        means=_means(pipeline, learn),
    )


def count(frame: DataFrame, columns: Columns) -> dict[str, Histogram]:
    """A histogram for each column, in two passes whose results do not grow with the rows."""
    histograms: dict[str, Histogram] = {
        **_empty_numbers(frame, columns.numbers),
        **{name: CategoryHistogram.empty(labels) for name, (_, labels) in columns.categories.items()},
    }
    names = list(histograms)
    places = {
        **{name: _number_place(column, histograms[name]) for name, column in columns.numbers.items()},
        **{name: _category_place(column, labels) for name, (column, labels) in columns.categories.items()},
    }
    pairs = F.array(
        *[F.struct(F.lit(index).alias("index"), places[name].alias("place")) for index, name in enumerate(names)]
    )
    rows = frame.select(F.explode(pairs).alias("pair")).groupBy("pair.index", "pair.place").count().collect()
    counted: dict[str, dict[int, int]] = {name: {} for name in names}
    for row in rows:
        counted[names[row["index"]]][row["place"]] = row["count"]
    return {name: _filled(histogram, counted[name]) for name, histogram in histograms.items()}


def _inputs(features: Sequence[Feature]) -> Columns:
    by_kind = {kind: [f for f in features if f.kind == kind] for kind in ("number", "category", "flag")}
    return Columns(
        numbers={f.name: F.col(f"`{f.name}`").cast("double") for f in by_kind["number"]},
        categories={
            **{
                f.name: (F.col(f"`{f.name}`"), [label for label in f.labels if len(label) <= LONGEST_LABEL])
                for f in by_kind["category"]
            },
            **{f.name: (F.col(f"`{f.name}`").cast("string"), ["false", "true"]) for f in by_kind["flag"]},
        },
    )


def _outputs(answers: DataFrame, classes: Sequence[str]) -> Columns:
    names = F.array(*map(F.lit, classes))
    probabilities = elements(answers, PROBABILITY)
    return Columns(
        numbers={f"probability.{name}": probabilities[index] for index, name in enumerate(classes)},
        categories={"prediction": (names[F.col(PREDICTION).cast("int")], classes)},
    )


def _empty_numbers(frame: DataFrame, numbers: Mapping[str, Column]) -> dict[str, NumberHistogram]:
    """Without counts: the edges are the quantiles, the extremes are known."""
    if not numbers:
        return {}
    finite = {name: F.when(_is_finite(column), column) for name, column in numbers.items()}
    parts = [
        F.struct(F.percentile_approx(column, list(QUANTILES), _ACCURACY), F.min(column), F.max(column)).alias(
            f"{index}"
        )
        for index, column in enumerate(finite.values())
    ]
    row = frame.agg(*parts).first()
    found = {}
    for index, name in enumerate(numbers):
        quantiles, low, high = row[f"{index}"]
        extremes = [] if low is None else [low, high]
        edges = quantile_edges([*(quantiles or []), *extremes])
        found[name] = NumberHistogram(edges, (0,) * (len(edges) + 1), minimum=low, maximum=high)
    return found


def _number_place(column: Column, histogram: Histogram) -> Column:
    """As :meth:`NumberHistogram.place` has it."""
    place = F.when(column.isNull(), _NULL).when(F.isnan(column), _NAN_OR_OTHER)
    edges = histogram.edges if isinstance(histogram, NumberHistogram) else ()
    for index, edge in enumerate(edges):
        is_below = column <= F.lit(edge) if index == len(edges) - 1 else column < F.lit(edge)
        place = place.when(is_below, index)
    return place.otherwise(len(edges))


def _category_place(column: Column, labels: Sequence[str]) -> Column:
    place = F.when(column.isNull(), _NULL)
    for index, label in enumerate(labels):
        place = place.when(column == F.lit(label), index)
    return place.otherwise(_NAN_OR_OTHER)


def _filled(histogram: Histogram, counted: Mapping[int, int]) -> Histogram:
    counts = tuple(counted.get(place, 0) for place in range(len(histogram.counts)))
    nulls, others = counted.get(_NULL, 0), counted.get(_NAN_OR_OTHER, 0)
    if isinstance(histogram, CategoryHistogram):
        return CategoryHistogram(histogram.labels, counts, others, nulls)
    return NumberHistogram(histogram.edges, counts, nulls, others, histogram.minimum, histogram.maximum)


def _outliers(learn: DataFrame, inputs: Mapping[str, Histogram]) -> NumberHistogram:
    """The outlier scores of some rows, the same for the same data: those with the lowest hashes."""
    columns = [F.col(f"`{name}`") for name in inputs]
    chosen = learn.select(*columns).orderBy(F.xxhash64(*columns)).limit(_ROWS_TO_SCORE).collect()
    scores = outlier_scores(inputs, [row.asDict() for row in chosen])
    return NumberHistogram.empty(quantile_edges(np.quantile(scores, _OUTLIER_QUANTILES).tolist())).of(scores.tolist())


def _means(pipeline: PipelineModel, learn: DataFrame) -> tuple[float, ...]:
    """The mean of each feature that the predictor takes."""
    vector = pipeline.stages[-1].getFeaturesCol()
    prepared = PipelineModel(pipeline.stages[:-1]).transform(learn)
    row = prepared.select(Summarizer.mean(F.col(vector)).alias("mean")).first()
    return tuple(map(float, row["mean"].toArray()))


def _is_finite(column: Column) -> Column:
    return ~F.isnan(column) & (F.abs(column) < F.lit(float("inf")))
