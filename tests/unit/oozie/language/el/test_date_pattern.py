"""Patterns; every text was given by Java 17's SimpleDateFormat (English)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from oozie.language.el.date_pattern import format_date
from oozie.language.el.errors import EvaluationFault

SUNDAY = datetime(2026, 3, 8, 0, 5, 7, tzinfo=timezone.utc)
LAST_DAY = datetime(2025, 12, 31, 13, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))

CASES = [
    (SUNDAY, "yyyy-MM-dd'T'HH:mm'Z'", "2026-03-08T00:05Z"),
    (SUNDAY, "y yy yyy yyyyy", "2026 26 2026 02026"),
    (SUNDAY, "M MM MMM MMMM L", "3 03 Mar March 3"),
    (SUNDAY, "d dd D DDD F", "8 08 67 067 2"),
    (SUNDAY, "E EEE EEEE u", "Sun Sun Sunday 7"),
    (SUNDAY, "H k K h a", "0 24 0 12 AM"),
    (SUNDAY, "m ss SSS", "5 07 000"),
    (SUNDAY, "w ww W YYYY", "11 11 2 2026"),
    (SUNDAY, "z Z X XXX G", "UTC +0000 Z Z AD"),
    (SUNDAY, "'it''s' '' yyyy", "it's ' 2026"),
    (LAST_DAY, "YYYY-ww D h a", "2026-01 365 1 PM"),
    (LAST_DAY, "z Z X XX XXX", "GMT-03:30 -0330 -03 -0330 -03:30"),
]


@pytest.mark.parametrize(("moment", "pattern", "expected"), CASES)
def test_format(moment: datetime, pattern: str, expected: str) -> None:
    assert format_date(moment, pattern) == expected


@pytest.mark.parametrize("pattern", ["yyyy-q", "b", "'open", "XXXX"])
def test_refused(pattern: str) -> None:
    with pytest.raises(EvaluationFault):
        format_date(SUNDAY, pattern)
