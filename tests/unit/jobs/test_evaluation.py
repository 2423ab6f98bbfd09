import math

import pytest

from jobs.evaluation import (
    LABEL,
    Outcomes,
    accuracy,
    area_under_pr,
    area_under_roc,
    best_threshold,
    class_scores,
    collect_outcomes,
    f1,
    majority,
    report,
)

# Label, prediction, rows: 10 of class 0 (8 right), 5 of class 1 (3 right), 5 of class 2 (none right).
THREE = Outcomes({(0, 0, 0.0): 8, (0, 1, 0.0): 2, (1, 1, 0.0): 3, (1, 0, 0.0): 2, (2, 0, 0.0): 5}, 3)
# The scores of two classes; 0.4 is shared by one row of each.
TWO = Outcomes({(1, 1, 0.9): 1, (0, 1, 0.8): 1, (1, 0, 0.4): 1, (0, 0, 0.4): 1, (0, 0, 0.1): 6}, 2)


def test_scores_of_three_classes():
    assert accuracy(THREE) == 11 / 20
    assert class_scores(THREE, 0) == (8 / 15, 8 / 10, 16 / 25, 10)
    assert class_scores(THREE, 1) == (3 / 5, 3 / 5, 6 / 10, 5)
    assert class_scores(THREE, 2) == (0.0, 0.0, 0.0, 5)
    assert f1(THREE) == (16 / 25 + 6 / 10 + 0) / 3


def test_areas_of_two_classes():
    # Of the 16 pairs 0.9 wins 8; 0.4 wins 6 and ties 1.
    assert area_under_roc(TWO) == (8 + 6 + 0.5) / 16
    # The first positive is found at precision 1, the second among four.
    assert area_under_pr(TWO) == (1 + 2 / 4) / 2


def test_the_threshold_lies_below_the_last_score_that_helps():
    # Only 0.9: precision 1, recall 1/2, F1 2/3; down to 0.4: 2/4 and 1, F1 2/3 too, and the first of equals is kept.
    assert best_threshold(TWO) == pytest.approx(0.89995)
    decided = TWO.decided(best_threshold(TWO))
    assert decided.confusion() == {(1, 1): 1, (0, 0): 8, (1, 0): 1}


def test_a_model_that_gives_one_score_to_all_is_worth_nothing():
    flat = majority(TWO)
    assert area_under_roc(flat) == 0.5
    assert area_under_pr(flat) == 2 / 10
    assert accuracy(flat) == 8 / 10


def test_the_report_has_every_class_and_the_baseline_and_only_finite_numbers():
    metrics = report(THREE, ("leave", "cart", "purchase"))
    assert metrics["accuracy"] == 0.55
    assert metrics["baseline.accuracy"] == 0.5
    assert metrics["recall.leave"] == 0.8
    assert metrics["support.purchase"] == 5.0
    assert "area_under_pr" not in metrics
    assert all(math.isfinite(value) for value in metrics.values())
    assert report(TWO, ("no", "yes"))["baseline.area_under_pr"] == 0.2


def test_nothing_to_count_is_zero_everywhere():
    assert set(report(Outcomes({}, 2), ("no", "yes")).values()) == {0.0}


@pytest.mark.spark
def test_counts_and_areas_are_those_of_spark(spark):
    from pyspark.ml.evaluation import BinaryClassificationEvaluator
    from pyspark.ml.linalg import Vectors

    scores = [(0.0, 0.05), (0.0, 0.2), (1.0, 0.3), (0.0, 0.35), (1.0, 0.7), (0.0, 0.71), (1.0, 0.9), (1.0, 0.95)]
    rows = [(label, float(p > 0.5), Vectors.dense(1 - p, p)) for label, p in scores]
    frame = spark.createDataFrame(rows, [LABEL, "prediction", "probability"])
    outcomes = collect_outcomes(frame, 2)
    assert outcomes.confusion() == {(0, 0): 3, (0, 1): 1, (1, 1): 3, (1, 0): 1}
    evaluator = BinaryClassificationEvaluator(labelCol=LABEL, rawPredictionCol="probability")
    assert area_under_roc(outcomes) == pytest.approx(evaluator.evaluate(frame))
