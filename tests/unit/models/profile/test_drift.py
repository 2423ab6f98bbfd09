"""The measures against the same measures on the values themselves, and against scipy's answers to fixed counts."""

import math

import numpy as np
import pytest

from models.profile.drift import (
    Quantiles,
    chi_square,
    chi_square_survival,
    jensen_shannon,
    kolmogorov_smirnov,
    measure,
    population_stability,
    wasserstein,
)
from models.profile.histograms import QUANTILES, CategoryHistogram, NumberHistogram, quantile_edges

RANDOM = np.random.default_rng(3)
BEFORE, NOW = RANDOM.normal(0, 1, 3000), RANDOM.normal(0.4, 1.3, 2000)
COUNTS, OTHERS = np.array([10.0, 20, 30, 40, 0]), np.array([12.0, 15, 45, 20, 8])


def counted(values, edges):
    return NumberHistogram.empty(edges).of(values)


def test_kolmogorov_smirnov_is_that_of_the_values_where_every_value_has_a_place():
    before, now = RANDOM.integers(0, 12, 500), RANDOM.integers(2, 14, 400)
    edges = range(16)
    both = [np.array(counted(values.tolist(), edges).counts, float) for values in (before, now)]
    expected = max(abs((before <= edge).mean() - (now <= edge).mean()) for edge in edges)
    assert kolmogorov_smirnov(*both) == pytest.approx(expected)


def test_kolmogorov_smirnov_by_quantiles_is_below_that_of_the_values_by_a_place_at_most():
    edges = quantile_edges(np.quantile(BEFORE, QUANTILES))
    points = np.concatenate([BEFORE, NOW])
    raw = max(abs((point >= BEFORE).mean() - (point >= NOW).mean()) for point in points)
    found = measure(counted(BEFORE.tolist(), edges), counted(NOW.tolist(), edges)).kolmogorov_smirnov
    assert raw - 0.05 <= found <= raw


def test_wasserstein_is_near_that_of_the_values_and_tells_a_shift_exactly():
    edges = quantile_edges(np.quantile(BEFORE, QUANTILES))
    levels = (np.arange(60_000) + 0.5) / 60_000
    raw = np.abs(np.quantile(BEFORE, levels) - np.quantile(NOW, levels)).mean()
    found = measure(counted(BEFORE.tolist(), edges), counted(NOW.tolist(), edges)).wasserstein
    assert found == pytest.approx(raw, rel=0.05)
    low, high = (Quantiles.of(NumberHistogram((a, a + 2), (0, 5, 0), 0, 0, a, a + 2)) for a in (0.0, 3.5))
    assert wasserstein(low, high) == wasserstein(high, low) == pytest.approx(3.5)


def test_wasserstein_of_crossing_distributions_is_the_area_of_both_triangles():
    # Uniform on [0, 4] and on [1, 3]: the quantile functions 4u and 1 + 2u cross in the middle.
    wide = Quantiles.of(NumberHistogram((0.0, 4.0), (0, 9, 0), 0, 0, 0.0, 4.0))
    narrow = Quantiles.of(NumberHistogram((1.0, 3.0), (0, 9, 0), 0, 0, 1.0, 3.0))
    assert wasserstein(wide, narrow) == pytest.approx(0.5)
    assert wide.deviation == pytest.approx(4 / math.sqrt(12))


def test_a_wasserstein_of_whole_numbers_moved_outside_reaches_to_the_extremes():
    training, recent = (counted(values, (0, 1)) for values in ([0, 1] * 50, [100, 200] * 50))
    found = measure(training, recent)
    assert found.wasserstein == pytest.approx(99.5 + 0.5, rel=0.02)
    assert found.wasserstein_scaled == pytest.approx(found.wasserstein * math.sqrt(12))


# scipy's stats.chi2_contingency(correction=False), spatial.distance.jensenshannon(base=2), stats.chi2.sf
SCIPY = {
    "chi_square": 18.562770562770563,
    "chi_square_p": 0.0009576288512776304,
    "jensen_shannon": 0.28043988624069366,
}
SURVIVAL = {
    (0.5, 1): 0.47950012218695337,
    (3.84, 1): 0.05004352124870519,
    (2.0, 7): 0.9598403687301016,
    (12.5, 4): 0.013995792487650894,
    (30.1, 19): 0.05053949774984419,
    (200.0, 22): 1.1376879516952948e-30,
    (900.0, 51): 1.2762620572944773e-155,
}


def test_fixed_counts_give_what_scipy_gives():
    statistic, chance = chi_square(COUNTS, OTHERS)
    assert statistic == pytest.approx(SCIPY["chi_square"], rel=1e-12)
    assert chance == pytest.approx(SCIPY["chi_square_p"], rel=1e-9)
    assert jensen_shannon(COUNTS, OTHERS) == pytest.approx(SCIPY["jensen_shannon"], rel=1e-12)
    for (statistic, freedom), chance in SURVIVAL.items():
        assert chi_square_survival(statistic, freedom) == pytest.approx(chance, rel=1e-9)


def test_population_stability_by_hand():
    # (0.5 - 0.25) ln 2 + (0.5 - 0.75) ln(2/3)
    expected = 0.25 * math.log(2) - 0.25 * math.log(2 / 3)
    assert population_stability(np.array([1.0, 3]), np.array([50.0, 50])) == pytest.approx(expected)


def test_a_place_that_only_one_side_hit_counts_as_hit_seldom():
    found = population_stability(np.array([100.0, 0]), np.array([50.0, 50]))
    assert found == pytest.approx(-0.5 * math.log(0.5) + (0.5 - 1e-4) * math.log(0.5 / 1e-4))


def test_nothing_in_common_is_the_farthest_there_is():
    found = measure(counted([0.5] * 9, (0, 1)), counted([7.0] * 9, (0, 1)))
    assert (found.jensen_shannon, found.kolmogorov_smirnov) == (1.0, 1.0)
    assert found.chi_square_p < 0.001


def test_no_rows_on_one_side_are_not_measured():
    empty = NumberHistogram.empty((0, 1))
    for pair in ((empty, empty.of([1])), (empty.of([1]), empty)):
        assert set(vars(measure(*pair)).values()) == {None}


def test_all_null_is_a_drift_of_counts_and_has_no_order():
    empty = NumberHistogram.empty((0, 1))
    found = measure(empty.of([0.5, 0.6] * 50), empty.of([None] * 100))
    assert (found.jensen_shannon, found.nulls) == (1.0, 1.0)
    assert found.psi > 1
    assert (found.kolmogorov_smirnov, found.wasserstein, found.wasserstein_scaled) == (None, None, None)
    same = measure(empty.of([None] * 5), empty.of([None] * 9))
    assert (same.psi, same.jensen_shannon, same.chi_square_p, same.nulls) == (0.0, 0.0, 1.0, 0.0)


def test_a_constant_that_changes_has_no_deviation_to_scale_by():
    empty = NumberHistogram.empty((7, 7))
    found = measure(empty.of([7] * 50), empty.of([9] * 50))
    assert (found.kolmogorov_smirnov, found.wasserstein_scaled) == (1.0, None)
    assert found.wasserstein == pytest.approx(1.0)  # between 7 and 9, spread evenly
    assert measure(empty.of([7] * 50), empty.of([7] * 9)).psi == 0


def test_an_unseen_category_shows():
    empty = CategoryHistogram.empty(["a", "b"])
    found = measure(empty.of("aabb" * 25), empty.of("aaxx" * 25))
    assert found.psi > 1
    assert found.chi_square_p < 1e-9
    assert (found.kolmogorov_smirnov, found.wasserstein) == (None, None)
