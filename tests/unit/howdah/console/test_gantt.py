"""Where a workflow's time went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from howdah.console.gantt import chart
from oozie.client import Attempt, Workflow, WorkflowAction
from oozie.language.drawing import Arrow, Box, Diagram

START = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def ran(name: str, begin: float, end: float | None, kind: str = "fs") -> WorkflowAction:
    status = "RUNNING" if end is None else "OK"
    return WorkflowAction(f"1-W@{name}", name, kind, status, started=at(begin), ended=None if end is None else at(end))


def job(*actions: WorkflowAction) -> Workflow:
    return Workflow("1-W", "app", "/app", "RUNNING", "root", actions=actions)


DIAGRAM = Diagram(
    "app",
    tuple(Box(name, "action", name) for name in ("a", "b", "c")),
    (Arrow("a", "b", "ok"), Arrow("a", "c", "ok")),
)


def test_nothing_has_begun() -> None:
    assert chart(job(), None, {}, at(0)) is None


def test_lines_in_the_order_of_their_beginnings_on_one_scale() -> None:
    found = chart(job(ran("b", 40, 100), ran("a", 0, 20), ran(":start:", 0, 0, ":START:")), DIAGRAM, {}, at(200))

    assert found is not None
    assert (found.start, found.span) == (START, timedelta(seconds=100))
    first, second = found.lines
    assert [bar.kind for bar in first.bars] == ["run"]
    assert (first.share, first.waited) == (0.2, None)
    # It was its turn at 20 and it began at 40.
    assert [(bar.kind, bar.x, bar.width) for bar in second.bars] == [("wait", 200, 200), ("run", 400, 600)]
    assert second.waited == timedelta(seconds=20)


def test_what_runs_goes_on_to_now() -> None:
    found = chart(job(ran("a", 0, None)), None, {}, at(30))

    assert found is not None
    assert found.lines[0].ran == timedelta(seconds=30)


def test_earlier_attempts_stand_before_the_present_one() -> None:
    attempts = {"a": [Attempt(1, at(0), at(10)), Attempt(2, None, None)]}
    found = chart(job(ran("a", 60, 80)), None, attempts, at(100))

    assert found is not None
    assert [(bar.kind, bar.span.seconds) for bar in found.lines[0].bars] == [("attempt", 10), ("run", 20)]
    assert found.start == START


def test_of_an_action_that_was_tried_again_oozie_keeps_the_first_start() -> None:
    """As the real one: started with the first attempt, and the next one waited for its minute."""
    again = replace(ran("a", 0, 62), user_retry_count=1, user_retry_interval_minutes=1)
    found = chart(job(again), None, {"a": [Attempt(1, at(0), at(1))]}, at(100))

    assert found is not None
    (line,) = found.lines
    assert [(bar.kind, bar.span.seconds) for bar in line.bars] == [("wait", 60), ("attempt", 1), ("run", 1)]
    assert (line.waited, line.ran) == (timedelta(seconds=60), timedelta(seconds=1))


@pytest.mark.parametrize("seconds", [0, 0.4, 7, 59, 3600, 86400 * 3, 86400 * 4000])
def test_the_scale_has_few_marks_at_round_times(seconds: float) -> None:
    found = chart(job(ran("a", 0, seconds)), None, {}, at(seconds))

    assert found is not None
    assert 1 <= len(found.marks) <= 10
    assert all(0 <= x <= 1000 for x, _ in found.marks)
    assert all(bar.x + bar.width <= 1001.5 for line in found.lines for bar in line.bars)
