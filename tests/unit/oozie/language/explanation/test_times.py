"""Frequencies and instances in words."""

from __future__ import annotations

import pytest

from oozie.language.explanation.times import frequency_in_words, instance_in_words, span


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("150", "every 150 minutes"),
        ("60", "every hour"),
        ("1440", "every 24 hours"),
        ("${coord:days(1)}", "every day"),
        ("${coord:months(3)}", "every 3 months"),
        ("${coord:endOfMonths(1)}", "at the end of every month"),
        ("${every}", "every 10 minutes"),
        ("${unknown}", "every ${unknown}"),
        ("0 2 * * *", "at 02:00 every day (cron 0 2 * * *, in UTC)"),
        ("*/10 * * * *", "every 10 minutes (cron */10 * * * *, in UTC)"),
        ("30 9-17 * * MON-FRI", "every hour, 30 minutes past from 09:00 to 17:59 on Monday to Friday "
                                "(cron 30 9-17 * * MON-FRI, in UTC)"),
        ("0 0/6 1,15 * ?",
         "at 00:00, 06:00, 12:00 and 18:00 on day 1 and 15 of the month (cron 0 0/6 1,15 * ?, in UTC)"),
        ("0 0/4 * * *", "every 4 hours (cron 0 0/4 * * *, in UTC)"),
        ("0 0 L JAN ?", "at 00:00 on the last day of the month in January (cron 0 0 L JAN ?, in UTC)"),
        ("0 8 ? * MON#1", "at 08:00 on the first Monday of the month (cron 0 8 ? * MON#1, in UTC)"),
        ("0 8 15W * ?", "at 08:00 on day 15 of the month (or the working day next to it) (cron 0 8 15W * ?, in UTC)"),
        ("5,7,11,13 * * * SUN",
         "at the minutes 5, 7, 11 and 13 of every hour on Sunday (cron 5,7,11,13 * * * SUN, in UTC)"),
        ("0,30 1,2,9 * * *", "every 30 minutes of the hours 1, 2 and 9 (cron 0,30 1,2,9 * * *, in UTC)"),
        ("often", "often"),
        ("9" * 5000, "9" * 5000),
        ("٣", "٣"),
        ("${coord:days(" + "9" * 5000 + ")}", "every ${coord:days(" + "9" * 5000 + ")}"),
    ],
)  # fmt: skip
def test_a_frequency_in_words(text: str, words: str) -> None:
    assert frequency_in_words(text, {"every": "10"}) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${coord:current(0)}", "the current instance"),
        ("${coord:current(-1)}", "the instance before the current one"),
        ("${coord:current(-2)}", "the second instance before the current one"),
        ("${coord:current(5)}", "the 5th instance after the current one"),
        ("${coord:current(-23)} to ${coord:current(0)}", "24 instances up to the current one"),
        ("${coord:current(-2)} to ${coord:current(-1)}", "2 instances from -2 to -1"),
        ("${coord:latest(0)}", "the latest that exists"),
        ("${coord:latest(-1)}", "the latest but 1"),
        ("2026-01-01T00:00Z", "2026-01-01T00:00Z"),
        ("${coord:latest(-1)} to ${coord:latest(0)}", "${coord:latest(-1)} to ${coord:latest(0)}"),
    ],
)
def test_an_instance_in_words(text: str, words: str) -> None:
    assert instance_in_words(text) == words


@pytest.mark.parametrize(("minutes", "words"), [(1, "minute"), (90, "90 minutes"), (60, "hour"), (120, "2 hours")])
def test_a_span_in_words(minutes: int, words: str) -> None:
    assert span(minutes) == words
