from dataclasses import replace

import pytest

from models.comparison import Row, compare, direction
from models.manifest import Manifest

BASE = Manifest(name="funnel", version=1, created="2026-01-01T00:00Z", inputs=(), classes=(), metrics={})


def version(number, better=None, **metrics):
    return replace(BASE, version=number, metrics=metrics, better=better or {})


def test_the_better_version_by_each_metric():
    rows = compare([version(1, f1=0.5, rmse=2.0, support=9.0), version(2, f1=0.75, rmse=1.0), version(3, f1=0.75)])
    assert rows == [
        Row("f1", (0.5, 0.75, 0.75), "higher", (2, 3)),
        Row("rmse", (2.0, 1.0, None), "lower", (2,)),
        Row("support", (9.0, None, None), "", ()),
    ]


def test_the_manifests_word_goes_before_the_name():
    lower = {"f1": "lower"}
    assert direction("f1", [version(1, lower, f1=1.0), version(2, f1=2.0)]) == "lower"
    assert compare([version(1, lower, f1=1.0), version(2, f1=2.0)])[0].best == (1,)
    assert direction("f1", [version(1, lower, f1=1.0), version(2, {"f1": "higher"}, f1=2.0)]) == ""


@pytest.mark.parametrize(
    ("metric", "better"),
    [("f1.purchase", "higher"), ("mae", "lower"), ("baseline.f1", ""), ("support.purchase", ""), ("gain", "")],
)
def test_names_that_mean_the_same_everywhere(metric, better):
    assert direction(metric, []) == better


def test_one_value_is_the_best_of_nothing():
    assert compare([version(1, f1=0.5)])[0].best == ()
    assert compare([version(1), version(2)]) == []
