from __future__ import annotations

import pyarrow as pa
import pytest

from oozie.local.sqoop.columns import Column, JavaType, SqlType, column_of
from oozie.local.sqoop.errors import ValueRangeError
from oozie.local.sqoop.typed import avro_values, java_floats, read_records

# Java's own print of each, seen in Sqoop's files.
DOUBLES = [
    (0.0, "0.0"), (-0.0, "-0.0"), (1.1, "1.1"), (7.0, "7.0"), (1e7, "1.0E7"), (9999999.999, "9999999.999"),
    (123456789.123, "1.23456789123E8"), (1e-3, "0.001"), (1e-5, "1.0E-5"), (0.00099, "9.9E-4"), (1e22, "1.0E22"),
    (1.7976931348623157e308, "1.7976931348623157E308"), (-1234567.891, "-1234567.891"), (None, None),
    (0.30000000000000004, "0.30000000000000004"), (float("inf"), "Infinity"), (float("nan"), "NaN"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), DOUBLES)
def test_double(value, text):
    assert java_floats(pa.array([value], pa.float64())).to_pylist() == [text]


@pytest.mark.parametrize(("value", "text"), [(1.1, "1.1"), (3.40282e38, "3.40282E38"), (16777200, "1.67772E7")])
def test_float(value, text):
    assert java_floats(pa.array([value], pa.float32())).to_pylist() == [text]


def typed(kind, text, java=None):
    column = column_of("c", kind)
    column = Column("c", kind, column.stored, java or column.java)
    return avro_values(read_records(f"{text}\n".encode(), [column]), [column])[0].to_pylist()[0]


# Days before 1582-10-15 count in the Julian calendar, as java.sql.Date has it.
@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("2026-01-01", 1767225600000), ("1969-12-31", -86400000), ("1582-10-15", -12219292800000),
     ("1582-10-04", -12219379200000), ("1500-02-28", -14825980800000), ("0001-01-01", -62135769600000)],
)  # fmt: skip
def test_dates(text, milliseconds, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    assert typed(SqlType.DATE, text) == milliseconds


def test_null_is_not_the_empty_text():
    assert typed(SqlType.VARCHAR, '""') == ""
    assert typed(SqlType.VARCHAR, "") is None


def test_a_value_too_large_is_named():
    with pytest.raises(ValueRangeError, match=r"H428 column 'c' holds '3000000000'"):
        typed(SqlType.INTEGER, "3000000000")


def test_text_keeps_line_ends_and_quotes():
    assert typed(SqlType.VARCHAR, '"a\n""b"""', JavaType.STRING) == 'a\n"b"'
