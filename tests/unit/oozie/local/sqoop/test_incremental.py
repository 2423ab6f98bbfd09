from __future__ import annotations

import pytest

from oozie.local.sqoop.errors import ArgumentError, TargetError

STEP = ("--table", "orders", "-m", "1", "--columns", "id", "--check-column")


def test_rows_after_the_last_value(sqoop):
    assert sqoop(*STEP, "id", "--incremental", "append", "--last-value", "2") == {"part-m-00000": b"3\n4\n"}


def test_without_a_last_value_all_rows(sqoop):
    assert sqoop(*STEP, "id", "--incremental", "append")["part-m-00000"] == b"1\n2\n3\n4\n"


def test_a_date_needs_no_quotes(sqoop):
    files = sqoop(*STEP, "at", "--incremental", "append", "--last-value", "2026-01-01 10:00:00")
    assert files["part-m-00000"] == b"2\n4\n"


def test_last_modified(sqoop):
    files = sqoop(*STEP, "at", "--incremental", "lastmodified", "--last-value", "2026-01-02 00:00:00")
    assert files == {"_SUCCESS": b"", "part-m-00000": b"2\n4\n"}
    with pytest.raises(TargetError, match="H427 --append is required with --incremental lastmodified"):
        sqoop(*STEP, "at", "--incremental", "lastmodified")


def test_text_is_no_measure(sqoop):
    with pytest.raises(ArgumentError, match="H421 character column"):
        sqoop(*STEP, "item", "--incremental", "append")
