"""What Spark counts is what the histograms count themselves, of the same values."""

import math

import numpy as np
import pytest

from jobs.features import Feature
from jobs.profile import Columns, count, make_profile
from models.profile.histograms import CategoryHistogram, NumberHistogram
from models.profile.outliers import outlier_scores

pytestmark = [pytest.mark.spark, pytest.mark.slow]

VALUES = [None, math.nan, math.inf, -math.inf, 0.0, -0.0, *[float(value % 17) for value in range(300)], 2.5]
TEXTS = [None, "", "a", *["b"] * 5, "never listed"]


def test_numbers_are_counted_as_the_histogram_counts_them(spark):
    frame = spark.createDataFrame([(value, 7, None) for value in VALUES], "x DOUBLE, c BIGINT, n DOUBLE")
    found = count(frame, Columns({name: frame[name].cast("double") for name in "xcn"}))
    assert found["x"] == NumberHistogram.empty(found["x"].edges).of(VALUES)
    assert found["x"].edges == (*map(float, range(17)),)
    assert found["c"] == NumberHistogram((7.0, 7.0), (0, len(VALUES), 0), 0, 0, 7.0, 7.0)
    assert found["n"] == NumberHistogram((), (0,), nulls=len(VALUES))


def test_quantiles_make_places_of_like_weight(spark):
    frame = spark.range(10_000).selectExpr("cast(id as double) * id as x")
    (histogram,) = count(frame, Columns({"x": frame["x"]})).values()
    assert len(histogram.edges) == 23
    assert histogram.counts[0] == histogram.counts[-1] == 0
    assert all(490 <= places <= 510 for places in histogram.counts[3:-3])


def test_categories_are_counted_as_the_histogram_counts_them(spark):
    frame = spark.createDataFrame([(text,) for text in TEXTS], "t STRING")
    found = count(frame, Columns(categories={"t": (frame["t"], ["b", "a", "unused"]), "none": (frame["t"], [])}))
    assert found == {
        "t": CategoryHistogram.empty(["b", "a", "unused"]).of(TEXTS),
        "none": CategoryHistogram.empty([]).of(TEXTS),
    }


def test_a_profile_tells_inputs_answers_means_and_how_usual_rows_are(spark):
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import Imputer, StringIndexer, VectorAssembler

    rows = [(None if i % 10 == 0 else float(i % 7), "ab"[i % 3 == 0], i % 2 == 0, float(i % 7 > 3)) for i in range(400)]
    frame = spark.createDataFrame(rows, "x DOUBLE, `m n` STRING, flag BOOLEAN, label__index DOUBLE").cache()
    stages = [
        Imputer(inputCols=["x"], outputCols=["filled"]),
        StringIndexer(inputCol="m n", outputCol="index", handleInvalid="keep"),
        VectorAssembler(inputCols=["filled", "index", "flag"], outputCol="features"),
        LogisticRegression(labelCol="label__index"),
    ]
    pipeline = Pipeline(stages=stages).fit(frame)
    features = [Feature("x", "number"), Feature("m n", "category", labels=("a", "b" * 300)), Feature("flag", "flag")]
    profile = make_profile(frame, frame.limit(200), pipeline, features, ["low", "high"])
    assert profile.inputs["x"] == NumberHistogram.empty(profile.inputs["x"].edges).of([row[0] for row in rows])
    assert profile.inputs["m n"] == CategoryHistogram.empty(["a"]).of([row[1] for row in rows])
    assert profile.inputs["flag"] == CategoryHistogram(("false", "true"), (200, 200))
    assert profile.outputs["prediction"].labels == ("low", "high")
    assert {name: histogram.rows for name, histogram in profile.outputs.items()} == {
        "prediction": 200, "probability.low": 200, "probability.high": 200,
    }  # fmt: skip
    mean = np.mean([row[0] for row in rows if row[0] is not None])
    assert profile.means == pytest.approx([mean, 134 / 400, 0.5])
    scores = outlier_scores(profile.inputs, [dict(zip(("x", "m n", "flag"), row[:3], strict=True)) for row in rows])
    assert profile.outliers == NumberHistogram.empty(profile.outliers.edges).of(scores.tolist())
