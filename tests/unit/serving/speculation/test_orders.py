"""Who is preferred: by the manifests' metrics, and by lot."""

import math
from dataclasses import replace

import pytest

from models.manifest import Manifest
from serving.speculation.orders import draw, rank_by_metric

MANIFEST = Manifest("funnel", 1, "2026-01-01T00:00:00Z", (), (), {})


def manifests(metric, *values, **more):
    return [replace(MANIFEST, metrics={} if value is None else {metric: value}, **more) for value in values]


def test_the_best_metric_leads():
    assert rank_by_metric(manifests("accuracy", 0.7, 0.9, 0.8), "accuracy") == [1, 2, 0]
    assert rank_by_metric(manifests("rmse", 7.0, 9.0, 8.0), "rmse") == [0, 2, 1]


def test_the_manifest_says_what_is_better():
    known = manifests("gini", 0.7, 0.9)
    assert rank_by_metric(known, "gini") == []
    assert rank_by_metric([replace(each, better={"gini": "higher"}) for each in known], "gini") == [1, 0]


def test_without_the_metric_a_member_comes_last_and_first_when_nobody_knows_it():
    assert rank_by_metric([*manifests("accuracy", None, 0.1), None], "accuracy") == [2, 1, 0]
    assert rank_by_metric([None, None], "accuracy") == [0, 1]
    assert rank_by_metric([None, None], "gini") == []


def test_as_good_is_the_order_of_the_file():
    assert rank_by_metric(manifests("accuracy", 0.5, 0.5, 0.6), "accuracy") == [2, 0, 1]


REQUESTS = 10_000


@pytest.mark.parametrize("weights", [{"a": 95, "b": 5}, {"a": 1, "b": 1}, {"a": 6, "b": 3, "c": 1}, {"a": 0.7, "b": 0}])
def test_weights_are_kept_over_many_requests(weights):
    first = [draw(weights, f"user-{number}", "group")[0] for number in range(REQUESTS)]
    for place, weight in enumerate(weights.values()):
        share = weight / sum(weights.values())
        bound = 4 * math.sqrt(REQUESTS * share * (1 - share))  # four standard deviations of a binomial
        assert abs(first.count(place) - REQUESTS * share) <= bound


def test_a_key_draws_the_same_member_always():
    # Written down: another release that draws differently would move everybody.
    drawn = "".join(str(draw({"old": 60, "new": 40}, f"user-{number}", "canary")[0]) for number in range(30))
    assert drawn == "000101111011000000101010000000"


def test_a_growing_weight_moves_keys_to_it_only():
    keys = [f"user-{number}" for number in range(2_000)]
    before = [draw({"a": 60, "b": 30, "c": 10}, key, "g")[0] for key in keys]
    after = [draw({"a": 60, "b": 30, "c": 40}, key, "g")[0] for key in keys]
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert moved
    assert {new for _, new in moved} == {2}


def test_groups_draw_apart_and_odd_keys_draw_too():
    keys = [f"user-{number}" for number in range(200)]
    weights = {"a": 1, "b": 1}
    assert [draw(weights, key, "g") for key in keys] != [draw(weights, key, "h") for key in keys]
    assert sorted(draw(weights, "", "g")) == sorted(draw(weights, "\ud800", "g")) == [0, 1]
