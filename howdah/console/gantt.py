"""Where a workflow's time went: one line for each piece of work, on one scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oozie.client import Attempt, Workflow, WorkflowAction
from oozie.language.drawing import Diagram

SCALE = 1000.0  # the width that places are given in

# Steps between the marks of the scale, in seconds.
_STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 604800)
_MOST_MARKS = 8


@dataclass(frozen=True)
class Bar:
    """A part of a line: what it was (``wait``, ``attempt`` or ``run``), where it begins and how long it is."""

    kind: str
    x: float
    width: float
    span: timedelta


@dataclass(frozen=True)
class Line:
    """One action: how long it waited for its turn and how long it worked."""

    action: WorkflowAction
    bars: tuple[Bar, ...]
    waited: timedelta | None
    ran: timedelta
    share: float


@dataclass(frozen=True)
class Gantt:
    """The lines in the order of their beginnings; ``marks`` are places on the scale with the time there."""

    start: datetime
    span: timedelta
    lines: tuple[Line, ...]
    marks: tuple[tuple[float, timedelta], ...]


def chart(
    job: Workflow, diagram: Diagram | None, attempts: Mapping[str, Sequence[Attempt]], now: datetime
) -> Gantt | None:
    """The chart of ``job``'s present run, ``attempts`` by the action's name; None while nothing has begun."""
    work = sorted(
        (action for action in job.actions if action.started and not action.is_control),
        key=lambda action: (action.started or now, action.name),
    )
    if not work:
        return None
    ready = _ready(job, diagram)
    start = min(moment for action in work for moment in _moments(action, attempts, ready) if moment)
    end = max(action.ended or now for action in work)
    span = max(end - start, timedelta(seconds=1))
    lines = tuple(
        _line(action, attempts.get(action.name, ()), ready.get(action.name), start, span, now) for action in work
    )
    return Gantt(start, span, lines, _marks(span))


def _moments(
    action: WorkflowAction, attempts: Mapping[str, Sequence[Attempt]], ready: Mapping[str, datetime]
) -> list[datetime | None]:
    return [action.started, ready.get(action.name), *(each.started for each in attempts.get(action.name, ()))]


def _ready(job: Workflow, diagram: Diagram | None) -> dict[str, datetime]:
    """When all that leads to an action had ended, so that it was its turn; where the definition is known."""
    if diagram is None:
        return {}
    before: dict[str, list[str]] = defaultdict(list)
    for arrow in diagram.arrows:
        before[arrow.target].append(arrow.source)
    ended = {action.name: action.ended for action in job.actions if action.ended}
    found = {}
    for action in job.actions:
        moments = [ended[name] for name in before[action.name] if name in ended]
        earlier = [moment for moment in moments if action.started and moment <= action.started]
        if earlier:
            found[action.name] = max(earlier)
    return found


def _line(
    action: WorkflowAction,
    attempts: Sequence[Attempt],
    ready: datetime | None,
    start: datetime,
    span: timedelta,
    now: datetime,
) -> Line:
    def bar(kind: str, begin: datetime, end: datetime) -> Bar:
        x = (begin - start) / span * SCALE
        return Bar(kind, round(x, 1), round(max((end - begin) / span * SCALE, 1.5), 1), end - begin)

    earlier = [(each.started, each.ended) for each in attempts if each.started and each.ended]
    first = min([action.started or now, *(begin for begin, _ in earlier)])
    waits = [(ready, first)] if ready and ready < first else []
    begun, ended = action.started or now, action.ended or now
    if earlier and begun < earlier[-1][1]:
        # Oozie keeps the first start: the present attempt began when it was time to try again.
        pause = earlier[-1][1], earlier[-1][1] + timedelta(minutes=action.user_retry_interval_minutes)
        begun = max(min(pause[1], ended), pause[0])
        waits.append((pause[0], begun))
    ended = max(ended, begun)
    bars = [bar("wait", *each) for each in waits] + [bar("attempt", *each) for each in earlier]
    bars.append(bar("run", begun, ended))
    waited = sum((end - begin for begin, end in waits), timedelta()) if waits else None
    return Line(action, tuple(bars), waited, ended - begun, (ended - begun) / span)


def _marks(span: timedelta) -> tuple[tuple[float, timedelta], ...]:
    seconds = span.total_seconds()
    longest = _STEPS[-1] * (1 + int(seconds // _STEPS[-1] // _MOST_MARKS))
    step = next((step for step in _STEPS if seconds / step <= _MOST_MARKS), longest)
    return tuple((round(at / seconds * SCALE, 1), timedelta(seconds=at)) for at in range(0, int(seconds) + 1, step))
