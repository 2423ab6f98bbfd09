"""Texts of Doubles as Java 17 writes them; where they are not the shortest, they still read back equal."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oozie.language.el.double_text import double_to_text

# Given by OpenJDK 17's Double.toString.
TEXTS = {
    0.0: "0.0",
    1.0: "1.0",
    0.1: "0.1",
    100.0: "100.0",
    0.001: "0.001",
    0.0001: "1.0E-4",
    9999999.0: "9999999.0",
    1e7: "1.0E7",
    123456789.123: "1.23456789123E8",
    1 / 3: "0.3333333333333333",
    0.1 + 0.2: "0.30000000000000004",
    5e-324: "4.9E-324",
    2.2250738585072014e-308: "2.2250738585072014E-308",
    1.7976931348623157e308: "1.7976931348623157E308",
    1.15e22: "1.1500000000000001E22",
    7.95e21: "7.950000000000001E21",
    993507395717246641 / 8: "1.24188424464655824E17",
    684414072823856142 / 7: "9.7773438974836592E16",
    184942162490457028 / 4: "4.6235540622614256E16",
}


@pytest.mark.parametrize("number", TEXTS)
def test_text(number: float) -> None:
    assert double_to_text(number) == TEXTS[number]
    if number:
        assert double_to_text(-number) == f"-{TEXTS[number]}"


def test_what_is_no_number() -> None:
    assert [double_to_text(x) for x in (math.nan, math.inf, -math.inf, -0.0)] == [
        "NaN",
        "Infinity",
        "-Infinity",
        "-0.0",
    ]


@given(st.integers(0, 2**63 - 1))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_it_reads_back_equal(bits: int) -> None:
    (number,) = struct.unpack(">d", struct.pack(">Q", bits))
    if math.isfinite(number):
        assert float(double_to_text(number)) == number
