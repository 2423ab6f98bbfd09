from __future__ import annotations

import pytest

from oozie.language.java_numbers import java_float, java_integer


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("+7", 7), ("-007", -7), ("2147483647", 2**31 - 1), ("-2147483648", -(2**31)), ("0" * 5000 + "1", 1)],
)
def test_integers_that_java_reads(text: str, number: int) -> None:
    assert java_integer(text) == number


@pytest.mark.parametrize("text", ["", "+", " 7", "7 ", "1.0", "1_0", "2147483648", "9" * 5000, "x", "++1"])
def test_texts_that_are_no_integers(text: str) -> None:
    assert java_integer(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7.0), (" -1.5 ", -1.5), (".5", 0.5), ("5.", 5.0), ("1e2", 100.0), ("2f", 2.0)]
)
def test_floats_that_java_reads(text: str, number: float) -> None:
    assert java_float(text) == number


def test_floats_may_be_infinite_or_no_number() -> None:
    assert java_float("-Infinity") == float("-inf")
    assert str(java_float("NaN")) == "nan"


@pytest.mark.parametrize("text", ["", ".", "ten", "1e", "inf", "nan", "1 0"])
def test_texts_that_are_no_floats(text: str) -> None:
    assert java_float(text) is None
