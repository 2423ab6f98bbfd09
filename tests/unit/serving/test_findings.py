"""How values and names are shown, and what is near them."""

import pytest

from models.manifest import Field
from serving.findings import Nearest, clip, describe_range, describe_unknown, describe_value, hint_at_name


def test_the_nearest_are_found_in_either_case_until_enough_was_compared():
    nearest = Nearest()
    assert nearest.find("emial", ["Email", "organic"]) == ["Email"]
    assert nearest.find("e" * 101, ["e" * 101]) == []
    assert nearest.find("x", [*map(str, range(997)), "x"]) == ["x"]
    assert nearest.find("x", ["x"]) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((True, "true"), ([1], "a list"), ({}, "an object"), (b"", "of another type"), (3.5, "the number 3.5")),
        *(("x", 'the text "x"'), ("\u017e", 'the text "\u017e"'), ("\ud800", r'the text "\ud800"')),
    ],
)
def test_a_value_is_shown_by_its_type(value, shown):
    assert describe_value(value) == shown
    assert describe_value(value).encode()


def test_what_is_long_is_shown_by_its_begin():
    assert clip("x" * 100) == "x" * 100
    assert clip("x" * 101) == "x" * 100 + "…"


def test_a_range_may_be_open():
    problem, _ = describe_range(-2.5, Field("a", "double", minimum=0.0))
    assert problem == "is -2.5, outside of what training saw (0 to …)"


def test_of_many_categories_some_are_named():
    item = Field("a", "string", categories=tuple("abcdefg"))
    assert describe_unknown("zzz", item, Nearest()) == ('"zzz"', 'known are "a", "b", "c", "d", "e" and 2 more')
    assert describe_unknown("A", item, Nearest()) == ('"A"', 'did you mean "a"?')


def test_a_name_is_left_out_where_none_is_near():
    assert hint_at_name("hist", ["hits"], Nearest()) == "did you mean 'hits'?"
    assert hint_at_name("zzz", ["hits"], Nearest()) == "leave it out"
