import math

import pytest

from models.errors import ProfileError
from models.profile.histograms import CategoryHistogram, NumberHistogram, quantile_edges


def test_a_place_holds_its_lower_edge_and_the_last_one_both():
    found = NumberHistogram.empty((0, 1, 2)).of([-1, 0, 0.5, 1, 1.5, 2, 2.1])
    assert found.counts == (1, 2, 3, 1)
    assert (found.minimum, found.maximum) == (-1.0, 2.1)


def test_nulls_and_nan_are_told_apart_and_infinities_lie_outside():
    found = NumberHistogram.empty((0, 1)).of([None, math.nan, math.nan, math.inf, -math.inf, 0.5])
    assert (found.nulls, found.nans, found.counts) == (1, 2, (1, 1, 1))
    assert (found.minimum, found.maximum) == (0.5, 0.5)
    assert found.rows == 6


def test_what_is_no_number_is_counted_with_the_nulls():
    assert NumberHistogram.empty((0, 1)).of(["0.5", None, True]).nulls == 2


def test_a_constant_has_a_place_of_its_own():
    edges = quantile_edges([7, 7, 7])
    assert edges == (7.0, 7.0)
    assert NumberHistogram.empty(edges).of([6, 7, 7, 8]).counts == (1, 2, 1)


def test_no_edges_make_one_place():
    assert quantile_edges([math.nan]) == ()
    assert NumberHistogram.empty(()).of([1, 2, None]).counts == (2,)


def test_an_unseen_category_is_counted_with_the_others():
    found = CategoryHistogram.empty(["email", "true"]).of(["email", "fax", True, None, "email"])
    assert (found.counts, found.other, found.nulls) == ((2, 1), 1, 1)


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        (NumberHistogram, ((1.0,), (0, 0)), "edges"),
        (NumberHistogram, ((1.0, 0.0), (0, 0, 0)), "edges"),
        (NumberHistogram, ((0.0, 0.0, 1.0), (0, 0, 0, 0)), "edges"),
        (NumberHistogram, ((0.0, math.inf), (0, 0, 0)), "edges"),
        (NumberHistogram, ((0.0, 1.0), (0, 0)), "edges"),
        (NumberHistogram, ((0.0, 1.0), (0, -1, 0)), "count"),
        (NumberHistogram, ((0.0, 1.0), (0, 1.0, 0)), "count"),
        (NumberHistogram, ((0.0, 1.0), (0, 1, 0), 0, 0, 0.5), "minimum"),
        (NumberHistogram, ((0.0, 1.0), (0, 1, 0), 0, 0, 0.5, 0.4), "minimum"),
        (CategoryHistogram, (("a", "a"), (1, 1)), "label"),
        (CategoryHistogram, (("a",), ()), "label"),
        (CategoryHistogram, (("a",), (1,), -1), "count"),
    ],
)
def test_what_is_no_histogram_is_refused(kind, arguments, message):
    with pytest.raises(ProfileError, match=message) as refused:
        kind(*arguments)
    assert refused.value.code == "H260"


@pytest.mark.parametrize(
    "other", [NumberHistogram.empty((0, 2)), CategoryHistogram.empty(["a"]), CategoryHistogram.empty(["b"])]
)
def test_different_places_do_not_add_up(other):
    for histogram in (NumberHistogram.empty((0, 1)), CategoryHistogram.empty(["c"])):
        for function in (histogram.merged, histogram.frequencies):
            with pytest.raises(ProfileError, match="different places"):
                function(other)
