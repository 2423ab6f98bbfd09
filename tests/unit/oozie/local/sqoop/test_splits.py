"""Ranges as Sqoop 1.4.7 makes them; each was seen in its own log or files (tests/contract/sqoop)."""

from __future__ import annotations

import pytest

from oozie.local.sqoop.columns import SqlType
from oozie.local.sqoop.databases.database import Bounds
from oozie.local.sqoop.errors import ArgumentError, SourceError
from oozie.local.sqoop.splits import integer_points, split_conditions


def conditions(kind, low, high, parts, limit=0):
    return split_conditions(Bounds(kind, low, high), "c", parts, limit)


@pytest.mark.parametrize(
    ("low", "high", "parts", "points"),
    [
        (1, 100, 4, [1, 26, 51, 76, 100]),
        (0, 100, 3, [0, 34, 67, 100]),
        (-1863, 1800, 7, [-1863, -1339, -815, -292, 231, 754, 1277, 1800]),
        (5, 6, 6, [5, 6, 6]),
        (5, 5, 4, [5, 5]),
        (0, 3, 4, [0, 1, 2, 3, 3]),
    ],
)
def test_integer_points(low, high, parts, points):
    assert integer_points(low, high, parts) == points


def test_integers():
    assert conditions(SqlType.INTEGER, "1", "9", 2) == ["c >= 1 AND c < 5", "c >= 5 AND c <= 9"]
    # Sqoop makes one part more where the values are no more than the mappers.
    assert conditions(SqlType.INTEGER, "1", "2", 1) == ["c >= 1 AND c < 2", "c >= 2 AND c <= 2"]


def test_split_limit_makes_more_parts():
    assert len(conditions(SqlType.BIGINT, "1", "100", 2, 20)) == 5
    with pytest.raises(ArgumentError, match="--split-limit"):
        conditions(SqlType.DECIMAL, "1", "2", 2, 20)


def test_no_values_at_all():
    assert conditions(SqlType.INTEGER, None, None, 4) == ["c IS NULL"]


def test_decimals_divide_as_java_does():
    assert conditions(SqlType.DECIMAL, "0.5", "1.5", 4) == [
        "c >= 0.5 AND c < 0.75", "c >= 0.75 AND c < 1.00", "c >= 1.00 AND c < 1.25", "c >= 1.25 AND c <= 1.50",
    ]  # fmt: skip
    # A third has no end: rounded up at the number's own digits.
    assert conditions(SqlType.DECIMAL, "0.0", "1.0", 3) == [
        "c >= 0.0 AND c < 0.4", "c >= 0.4 AND c < 0.8", "c >= 0.8 AND c <= 1.0",
    ]  # fmt: skip


def test_floats_lose_no_row():
    assert conditions(SqlType.DOUBLE, "0", "1", 2) == ["c >= 0.0 AND c < 0.5", "c >= 0.5 AND c <= 1.0"]


def test_dates():
    assert conditions(SqlType.DATE, "2026-01-01", "2026-01-05", 2) == [
        "c >= '2026-01-01' AND c < '2026-01-03'", "c >= '2026-01-03' AND c <= '2026-01-05'",
    ]  # fmt: skip
    assert conditions(SqlType.TIMESTAMP, "2026-01-01 00:00:00", "2026-01-01 00:00:01.5", 2)[0] == (
        "c >= '2026-01-01 00:00:00' AND c < '2026-01-01 00:00:00.75'"
    )
    assert conditions(SqlType.TIME, "00:00:00", "02:00:00", 2)[0] == "c >= '00:00:00' AND c < '01:00:00'"


def test_booleans():
    assert conditions(SqlType.BIT, "0", "1", 4) == ["c = FALSE", "c = TRUE"]
    assert conditions(SqlType.BIT, "1", "1", 4) == ["c = TRUE"]


def test_texts():
    found = conditions(SqlType.VARCHAR, "a", "c", 2)
    assert found == ["c >= 'a' AND c < 'b'", "c >= 'b' AND c <= 'c'"]
    assert conditions(SqlType.VARCHAR, "o'a", "o'c", 2)[0] == "c >= 'o''a' AND c < 'o''b'"
    with pytest.raises(SourceError, match="sorts after"):
        conditions(SqlType.VARCHAR, "b", "A", 2)


def test_a_type_without_splitter():
    with pytest.raises(SourceError, match="H425 no splitter"):
        conditions(SqlType.BINARY, "a", "b", 2)
