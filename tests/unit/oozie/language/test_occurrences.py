from __future__ import annotations

import pytest

from oozie.language.calendar import format_time
from oozie.language.model import Coordinator
from oozie.language.occurrences import occurrences, schedule_of

FORWARD = "clocks have gone forward 1 h since the last one"
BACK = "clocks have gone back 1 h since the last one"
FIRST, SECOND = (f"clocks show 01:00 twice that day: this is the {which}" for which in ("first", "second"))
CRON = "cron does not say 09:00Z: Oozie moves it, as daylight saving is other than at the start"


def notes(frequency: str, start: str, end: str, zone: str = "America/Los_Angeles") -> list[tuple[str, str]]:
    schedule = schedule_of(Coordinator("c", frequency, start, end, zone, "${nobody.knows}"), {})
    return [(format_time(one.utc)[5:16], one.note) for one in occurrences(schedule)]


@pytest.mark.parametrize(
    ("frequency", "start", "end", "expected"),
    [
        ("60", "2024-03-10T09:00Z", "2024-03-10T11:00Z", [("03-10T09:00", ""), ("03-10T10:00", FORWARD)]),
        (
            *("60", "2024-11-03T07:00Z", "2024-11-03T11:00Z"),
            [("11-03T07:00", ""), ("11-03T08:00", FIRST), ("11-03T09:00", f"{BACK}; {SECOND}"), ("11-03T10:00", "")],
        ),
        (
            *("${coord:days(1)}", "2024-03-09T10:30Z", "2024-03-11T10:00Z"),
            [
                ("03-09T10:30", ""),
                ("03-10T09:30", "02:30 does not exist there that day"),
                ("03-11T09:30", FORWARD),
            ],
        ),
        (
            *("0 10 * * *", "2024-03-09T10:00Z", "2024-03-12T00:00Z"),
            [("03-09T10:00", ""), ("03-10T09:00", CRON), ("03-11T09:00", f"{FORWARD}; {CRON}")],
        ),
    ],
    ids=["forward", "back", "days", "cron"],
)
def test_what_daylight_saving_does(frequency: str, start: str, end: str, expected: list[tuple[str, str]]) -> None:
    assert notes(frequency, start, end) == expected


def test_a_zone_without_daylight_saving_has_no_notes() -> None:
    assert {note for _, note in notes("${coord:days(1)}", "2024-01-01T00:00Z", "2025-01-01T00:00Z", "GMT+0530")} == {""}
