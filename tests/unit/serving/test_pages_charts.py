"""Bars: as high as what they stand for, each in its place, and named."""

import math

import pytest

from models.profile.histograms import CategoryHistogram, NumberHistogram
from serving.pages_charts import HEIGHT, WIDTH, Chart, chart_drift, chart_latency
from serving.statistics import BOUNDS_S, Tally


def tally(**counts):
    buckets = [0] * len(BOUNDS_S)
    for bound, count in counts.items():
        buckets[BOUNDS_S.index(float(bound.removeprefix("ms_")) / 1000)] = count
    return Tally(buckets=tuple(buckets))


def test_latency_has_an_empty_place_at_each_end_and_no_more():
    chart = chart_latency(tally(ms_1=30, ms_5=10))
    assert chart.places == ("up to 0.5 ms", "up to 1 ms", "up to 2.5 ms", "up to 5 ms", "up to 10 ms")
    assert chart.shares == ((0.0,), (0.75,), (0.0,), (0.25,), (0.0,))
    assert chart_latency(Tally()) is None
    slowest = chart_latency(tally(ms_inf=1))
    assert slowest.places == ("up to 5000 ms", "longer")


def test_the_highest_bar_fills_the_picture_and_what_was_hit_is_seen():
    bars = Chart(("a", "b"), ((0.999, 0.5), (0.001, 0.0))).bars
    assert [(bar.series, bar.height) for bar in bars] == [(0, HEIGHT), (1, pytest.approx(45.05)), (0, 1.0)]
    for bar in bars:
        assert bar.y + bar.height == pytest.approx(HEIGHT)
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH
    assert bars[0].x + bars[0].width == pytest.approx(bars[1].x, abs=0.02)
    assert bars[2].x > WIDTH / 2
    assert Chart(("a",), ((0.0,),)).bars == []


def test_numbers_stand_in_training_s_places_and_what_is_out_of_range_only_where_it_was():
    training = NumberHistogram.empty((0.0, 5.0, 10.0)).of([1, 2, 3, 7])
    chart = chart_drift(training, training.of([-1, 7, None, 8]))
    assert chart.places == ("below 0", "0 to 5", "5 to 10", "unknown")
    assert chart.shares == ((0.0, 0.25), (0.75, 0.0), (0.25, 0.5), (0.0, 0.25))
    assert chart_drift(training, training).places == ("0 to 5", "5 to 10")
    assert chart_drift(NumberHistogram((), (2,)), NumberHistogram((), (1,))).places == ("any",)


def test_categories_stand_by_their_names_and_nothing_at_all_is_no_bar():
    training = CategoryHistogram.empty(["", "a"]).of(["a", ""])
    chart = chart_drift(training, training.of(["a", "x", "y", None]))
    assert chart.places == ("(empty text)", "a", "others", "unknown")
    assert [now for _, now in chart.shares] == [0.0, 0.25, 0.5, 0.25]
    nothing = chart_drift(CategoryHistogram.empty(["a"]), CategoryHistogram.empty(["a"]))
    assert nothing.bars == []
    assert not any(math.isnan(share) for place in nothing.shares for share in place)
