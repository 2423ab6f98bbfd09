"""Histograms of parts add up to that of the whole, in whatever order; profiles come back from their files."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.profile.document import Profile
from models.profile.drift import measure
from models.profile.histograms import CategoryHistogram, NumberHistogram, quantile_edges
from models.profile.outliers import outlier_scores

numbers = st.one_of(
    st.floats(-1e6, 1e6), st.integers(-20, 20), st.just(math.inf), st.just(-math.inf), st.just(math.nan)
)
rows_of_numbers = st.lists(st.none() | numbers, max_size=30)
rows_of_texts = st.lists(st.none() | st.sampled_from("abcdef") | st.booleans(), max_size=30)
edge_lists = st.lists(st.floats(-1e6, 1e6) | st.integers(-20, 20), max_size=8).map(quantile_edges)


@st.composite
def triples(draw):
    """An empty histogram and three lists of values for it."""
    if draw(st.booleans()):
        labels = draw(st.lists(st.sampled_from(["a", "b", "c", "true"]), unique=True))
        return CategoryHistogram.empty(labels), [draw(rows_of_texts) for _ in range(3)]
    return NumberHistogram.empty(draw(edge_lists)), [draw(rows_of_numbers) for _ in range(3)]


@given(triples())
def test_parts_add_up_to_the_whole_in_any_order_and_grouping(triple):
    empty, (a, b, c) = triple
    x, y, z = (empty.of(values) for values in (a, b, c))
    whole = empty.of(a + b + c)
    assert x.merged(y).merged(z) == x.merged(y.merged(z)) == z.merged(x).merged(y) == whole
    assert x.merged(empty) == x
    assert whole.rows == len(a + b + c)


@given(triples())
def test_a_profile_comes_back_from_its_file(triple):
    empty, (values, *_) = triple
    profile = Profile({"x": empty.of(values)}, {"prediction": empty}, NumberHistogram.empty((0.0, 1.0)), (0.5, 2.0))
    assert Profile.from_json(profile.to_json().encode()) == profile


@given(triples())
def test_measures_are_numbers_in_their_range_or_none(triple):
    empty, (before, now, _) = triple
    training, recent = empty.of(before), empty.of(now)
    found = measure(training, recent)
    if not before or not now:
        assert set(vars(found).values()) == {None}
        return
    assert found.psi >= 0
    assert 0 <= found.jensen_shannon <= 1
    assert 0 <= found.chi_square_p <= 1
    for value in (found.kolmogorov_smirnov, found.wasserstein, found.wasserstein_scaled):
        assert value is None or (value >= 0 and math.isfinite(value))
    same = measure(training, training)
    assert (same.psi, same.chi_square, same.chi_square_p) == (0.0, pytest.approx(0), pytest.approx(1))
    assert same.jensen_shannon == pytest.approx(0, abs=1e-7)
    assert same.wasserstein in (None, 0.0)


@given(triples())
def test_every_value_has_an_outlier_score(triple):
    empty, (before, now, _) = triple
    scores = outlier_scores({"x": empty.of(before)}, [{"x": value} for value in now])
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()
