"""Cron frequencies; every time was given by Quartz 2.3.2, which Oozie 5 uses."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from oozie.language.cron import CronError, parse_cron

FROM = datetime(2026, 1, 17, 11, 7, tzinfo=timezone.utc)  # a Saturday

NEXT = r"""
* * * * *               | 01-17 11:08, 01-17 11:09
0/15 * * * ?            | 01-17 11:15, 01-17 11:30
/10 * * * ?             | 01-17 11:10, 01-17 11:20
*/20 8-18 ? * MON-FRI   | 01-19 08:00, 01-19 08:20
5,10,50 22-2 * 1,6 ?    | 01-17 22:05, 01-17 22:10
50-10/5 * * * ?         | 01-17 11:10, 01-17 11:50
0 0 1/5 * ?             | 01-21 00:00, 01-26 00:00
0 0 20-10 * ?           | 01-20 00:00, 01-21 00:00
0 0 L * ?               | 01-31 00:00, 02-28 00:00
0 0 L-3 * ?             | 01-28 00:00, 02-25 00:00
0 0 LW * ?              | 01-30 00:00, 02-27 00:00
0 0 15W * ?             | 02-16 00:00, 03-16 00:00
0 0 1W * ?              | 02-02 00:00, 03-02 00:00
0 0 31W 8,5 ?           | 05-29 00:00, 08-31 00:00
0 0 ? * L               | 01-24 00:00, 01-31 00:00
0 0 ? * 6L              | 01-30 00:00, 02-27 00:00
0 0 ? * 6#3             | 02-20 00:00, 03-20 00:00
0 0 ? * mon#1           | 02-02 00:00, 03-02 00:00
0 0 ? * FRI-MON         | 01-18 00:00, 01-19 00:00
0 0 ? NOV-FEB TUE       | 01-20 00:00, 01-27 00:00
0 12 31 * ?             | 01-31 12:00, 03-31 12:00
0 0 1 * *               | 02-01 00:00, 03-01 00:00
0 0 * * 2               | 01-19 00:00, 01-26 00:00
0 0 20 * 2              | 01-19 00:00, 01-20 00:00
1, * * * ?              | 01-17 12:01, 01-17 13:01
5x */0 * * ?            | 01-17 12:05, 01-17 13:05
0 0 ? JAN/3 SUN         | 01-18 00:00, 01-25 00:00
0 0 ? * MONDAY          | 01-19 00:00, 01-26 00:00
0 0 20W,3 * ?           | 02-03 00:00, 03-03 00:00
0 0 L-W * ?             | 01-30 00:00, 02-27 00:00
0 0 L-27W * ?           | 02-02 00:00, 03-04 00:00
L,5 L,3 * * ?           | 01-18 03:05, 01-19 03:05
99/20 99/8 * 99 *       | 01-17 16:00, 01-17 16:20
0 0 99 * 2              | 01-18 00:00, 01-19 00:00
99-3 0 * * *            | 01-18 00:00, 01-18 00:01
"""


@pytest.mark.parametrize("row", NEXT.strip("\n").split("\n"))
def test_next_times(row: str) -> None:
    text, _, expected = row.rpartition("|")
    cron = parse_cron(text.strip())
    first = cron.next_after(FROM)
    assert first is not None
    second = cron.next_after(first)
    assert second is not None
    assert f"{first:%m-%d %H:%M}, {second:%m-%d %H:%M}" == expected.strip()


def test_a_day_that_never_comes() -> None:
    assert parse_cron("0 0 30 2 ?").next_after(FROM) is None
    assert parse_cron("0 0 29 2 ?").next_after(FROM) == datetime(2028, 2, 29, tzinfo=timezone.utc)
    assert parse_cron("* * * * *").next_after(datetime(9999, 12, 31, 23, 58, tzinfo=timezone.utc)) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("0 0", "0 0 0 * * ?", "0  0 * * ?", "60 * * * ?", "* 24 * * ?", "0 0 0 * ?", "0 0 32 * ?", "0 0 ? * 8"),
        *("0 0 ? * 0", "0 0 * 13 ?", "a * * * ?", "0 0 ? * ?", "0/60 * * * ?", ", * * * ?", "- * * * ?", "0 0 W * ?"),
        *("0 0 L,15 * ?", "0 0 L-31 * ?", "0 0 ? * MON#6", "0 0 ? * MON-3", "+5 * * * ?", "0 0 ? * 2#1,3#1", ""),
        *("0 0 L- * ?", "0 0 L5 * ?", "0 0 LW5 * ?", "0 0 , * ?"),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(CronError) as caught:
        parse_cron(text)
    assert caught.value.code == ("E0803" if text.startswith(",") else "E1003")


@pytest.mark.parametrize("text", ["L * * * ?", "0 L-5 * * ?", "0 0 * L ?", "0 0 ? , *", "0 0 ? * ,"])
def test_fields_that_say_nothing(text: str) -> None:
    with pytest.raises(CronError) as caught:
        parse_cron(text)
    assert caught.value.code == "E0803"


@pytest.mark.parametrize("text", ["0 0 L-28W * ?", "0 0 L-30W 1 ?"])
def test_a_search_that_never_ends_in_oozie(text: str) -> None:
    with pytest.raises(CronError, match="never ends"):
        parse_cron(text)


def test_a_list_of_any_length_is_read_in_time() -> None:
    began = time.process_time()

    assert parse_cron(f"0 {'1,' * 100_000}3 * * ?").hours == (1, 3)
    assert time.process_time() - began < 5.0
