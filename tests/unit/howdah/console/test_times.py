from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from howdah.console.times import show_minute, show_moment, show_span, span_of

MOMENT = datetime(2026, 11, 21, 19, 26, 14, tzinfo=timezone(timedelta(hours=7)))


def test_moments_are_in_utc() -> None:
    assert show_moment(MOMENT) == "2026-11-21 12:26:14"
    assert show_minute(MOMENT) == "2026-11-21 12:26"
    assert show_moment(None) == show_minute(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.84, "0.8 s"),
        (-3, "0 s"),
        (59.6, "1 min"),
        (270, "4 min 30 s"),
        (3600, "1 h"),
        (100800, "1 d 4 h"),
    ],
)
def test_a_span_has_two_units_at_most(seconds: float, text: str) -> None:
    assert show_span(timedelta(seconds=seconds)) == text


def test_a_span_lasts_to_its_end_or_to_now() -> None:
    now = MOMENT + timedelta(hours=1)

    assert span_of(MOMENT, None, now) == timedelta(hours=1)
    assert span_of(MOMENT, MOMENT, now) == timedelta()
    assert span_of(None, None, now) is None
    assert show_span(None) == ""
