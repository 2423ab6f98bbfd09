import numpy as np
import pytest

from models.profile.histograms import QUANTILES, CategoryHistogram, NumberHistogram, quantile_edges
from models.profile.outliers import outlier_scores

RANDOM = np.random.default_rng(5)


def profile_of(values):
    edges = quantile_edges(np.quantile(values, QUANTILES))
    return NumberHistogram.empty(edges).of(values.tolist())


def test_scores_are_the_tails_of_the_values_themselves():
    values = RANDOM.exponential(1.0, 4000)
    points = np.array([0.001, 0.1, 0.7, 1.5, 3.0, 5.0])
    found = outlier_scores({"x": profile_of(values)}, [{"x": point} for point in points])
    left = np.array([-np.log((values <= point).mean()) for point in points])
    right = np.array([-np.log((values >= point).mean()) for point in points])
    assert found[:5] == pytest.approx(np.maximum(left, right)[:5], abs=0.7)
    assert found[1:4] == pytest.approx(np.maximum(left, right)[1:4], abs=0.05)
    assert found[5] > found[4] > found[3]


def test_a_strange_row_stands_out_though_no_column_does_alone():
    columns = {name: profile_of(RANDOM.normal(0, 1, 2000)) for name in "abcd"}
    usual, strange = (dict.fromkeys(columns, value) for value in (0.3, 1.9))
    low, high = outlier_scores(columns, [usual, strange])
    assert high > 3 * low
    assert high < np.log(2001) * len(columns)


def test_what_training_never_saw_is_as_rare_as_one_row_more():
    columns = {"x": NumberHistogram.empty((0, 1)).of([0.5] * 99), "m": CategoryHistogram.empty("ab").of("ab" * 50)}
    found = outlier_scores(columns, [{"x": 9.0, "m": "a"}, {"x": None, "m": "a"}, {"x": 0.5, "m": "z"}])
    assert found == pytest.approx([np.log(100) + np.log(2), np.log(100) + np.log(2), np.log(101) + np.log(2)], abs=1e-3)


def test_nulls_and_nan_have_the_share_that_training_had():
    columns = {"x": NumberHistogram.empty((0, 1)).of([None] * 5 + [float("nan")] * 20 + [0.5] * 75)}
    assert outlier_scores(columns, [{}, {"x": float("nan")}]) == pytest.approx([np.log(20), np.log(5)])


def test_columns_without_rows_and_no_rows_give_nothing():
    columns = {"x": NumberHistogram.empty((0, 1)), "m": CategoryHistogram.empty(())}
    assert outlier_scores(columns, [{"x": 1}]).tolist() == [0.0]
    assert outlier_scores(columns, []).tolist() == []
