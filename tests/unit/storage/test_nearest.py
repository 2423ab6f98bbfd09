from __future__ import annotations

import pytest

from storage.nearest import did_you_mean


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("publsh", "did you mean 'publish'?"),
        ("published", "did you mean 'publish'?"),
        ("train", "did you mean 'training'?"),
        ("xyz", "name another"),
        ("", "name another"),
    ],
)
def test_the_nearest_name_is_the_hint(name, hint):
    assert did_you_mean(name, iter(["training", "publish", "public"]), "name another") == hint


def test_nothing_near_and_nothing_else_to_say_is_no_hint():
    assert did_you_mean("xyz", []) == ""


def test_what_is_quoted_may_say_more_than_the_name():
    assert did_you_mean("day", ["days"], shown="coord:{}".format) == "did you mean 'coord:days'?"
