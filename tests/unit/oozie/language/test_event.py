"""Which directories the events of a coordinator mean."""

from __future__ import annotations

import pytest

from oozie.language.calendar import Frequency, parse_time, time_zone
from oozie.language.el import ElError
from oozie.language.el.coordinator import CoordinatorState
from oozie.language.el.instances import ResolvedDataset
from oozie.language.errors import AppError
from oozie.language.event import resolve_event
from oozie.language.model import DataEvent

DAILY = ResolvedDataset(
    "raw", Frequency(1, "DAY"), parse_time("2026-01-01T00:00Z"), time_zone("UTC"), "/raw/${MONTH}${DAY}", ""
)
STATE = CoordinatorState({}, nominal_time=parse_time("2026-02-10T05:00Z"), dataset=DAILY)  # a Tuesday


def days(event: DataEvent) -> str:
    resolved = resolve_event(event, DAILY, STATE)
    return " ".join([*(uri.removeprefix("/raw/") for uri in resolved.uris), *resolved.unresolved])


@pytest.mark.parametrize(
    ("instances", "expected"),
    [
        (("${coord:current(0)}",), "0210"),
        (("${coord:current(-1)}", "${coord:current(1)}"), "0209 0211"),
        (("2026-01-05T00:00Z",), "0105"),
        (("${coord:current(-99)}",), ""),
        (("${coord:latest(0)}", "${coord:current(0)}"), "0210 ${coord:latest(0)}"),
    ],
)
def test_instances(instances: tuple[str, ...], expected: str) -> None:
    assert days(DataEvent("in", "raw", instances)) == expected


RANGES = """
coord:current(-2)                     | coord:current(0)        | 0210 0209 0208
coord:current(-2 + 1)                 | coord:current(0)        | 0210 0209
coord:offset(-2, 'DAY')               | coord:offset(-1, 'DAY') | 0209 0208
coord:offset(-36, 'HOUR')             | coord:offset(0, 'HOUR') | 0210 0209
coord:latest(-2)                      | coord:latest(0)         | ${coord:latestRange(-2,0)}
coord:future(0, 10)                   | coord:future(1, 10)     | ${coord:futureRange(0,1,'10')}
coord:absolute('2026-02-08T00:00Z')   | coord:current(0)        | 0210 0209 0208
coord:endOfDays(-2)                   | coord:current(0)        | 0210 0209
coord:endOfWeeks(-1)                  | coord:current(0)        | 0210 0209 0208
coord:endOfMonths(-1)                 | coord:current(-7)       | 0203 0202 0201
"""


@pytest.mark.parametrize("row", RANGES.strip().split("\n"))
def test_ranges(row: str) -> None:
    start, end, expected = (part.strip() for part in row.split("|"))
    event = DataEvent("in", "raw", start_instance=f"${{{start}}}", end_instance=f"${{{end}}}")
    assert days(event) == expected


REFUSED = """
coord:current(0)                      | coord:current(-1)       | E1010
coord:current(0)                      | coord:latest(0)         | E1010
coord:absolute('2026-02-08T00:00Z')   | coord:latest(0)         | E1010
coord:absolute('2026-02-08T00:30Z')   | coord:current(0)        | E1004
coord:absolute('2025-02-08T00:00Z')   | coord:current(0)        | E1004
coord:absolute('2026-02-12T00:00Z')   | coord:current(0)        | E1004
coord:absolute('whenever')            | coord:current(0)        | E1004
coord:offset(1, 'DAY')                | coord:offset(0, 'DAY')  | E1010
coord:offset(0, 'AGE')                | coord:offset(0, 'DAY')  | E1004
coord:current('x')                    | coord:current(0)        | E1010
coord:nominalTime()                   | coord:current(0)        | E1004
coord:formatTime('2026-02-08T00:00Z', 'yyyy') | coord:current(0) | E1012
"""


@pytest.mark.parametrize("row", REFUSED.strip().split("\n"))
def test_refused_ranges(row: str) -> None:
    start, end, code = (part.strip() for part in row.split("|"))
    event = DataEvent("in", "raw", start_instance=f"${{{start}}}", end_instance=f"${{{end}}}")
    with pytest.raises((AppError, ElError)) as caught:
        days(event)
    assert caught.value.code == code
    assert "event 'in'" in str(caught.value)


def test_an_instance_that_is_no_time() -> None:
    with pytest.raises(AppError, match="E1012"):
        days(DataEvent("in", "raw", ("yesterday",)))


def test_what_can_only_be_a_start_is_no_instance() -> None:
    with pytest.raises(AppError, match="E1012"):
        days(DataEvent("in", "raw", ("${coord:absolute('2026-02-08T00:00Z')}",)))
