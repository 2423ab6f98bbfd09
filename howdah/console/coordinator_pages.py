"""A coordinator as a calendar of its instances, with what those that wait are waiting for."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Response, request

from howdah.console import times
from howdah.console.calendar import (
    MOST_IN_A_DAY_OF_A_MONTH,
    MOST_IN_A_MONTH_OF_ROWS,
    Period,
    a_day,
    minutes_between,
    period_of,
    rows,
    weeks,
    zone_of,
)
from howdah.console.desk import Desk
from howdah.console.errors import ConsoleError
from howdah.console.lists import LENGTHS
from howdah.console.showing import show_job
from oozie.client import Coordinator

_MOST_INSTANCES = 3000
_MOST_WAITING = 40
_DAYS_IN_A_MONTH = 31
_OOZIE_MOMENT = "%Y-%m-%dT%H:%MZ"


def add_coordinator_pages(app: Flask, desk: Desk) -> None:
    """``/jobs/ID/instances``: every instance as a row, for who looks for one."""

    @app.get("/jobs/<job_id>/instances")
    def instances(job_id: str) -> Response:
        length = LENGTHS[2]
        text = request.args.get("page", "1")
        page = max(int(text), 1) if text.isdigit() and len(text) < 7 else 1
        found = desk.source.ask(
            ("instances", job_id, page),
            lambda oozie: oozie.coordinator(job_id, offset=(page - 1) * length + 1, length=length, newest_first=True),
            fresh_s=desk.settings.fresh_s,
        )
        if not isinstance(found, Coordinator):
            raise ConsoleError("H750", "only a coordinator has instances")
        pages = max(-(-found.total // length), 1)
        return show_job(found, "instances.html", tab="instances", page=page, pages=pages)


def show_coordinator(desk: Desk, job: Coordinator) -> Response:
    """The calendar: ``?period=2026-11`` a month, ``?period=2026-11-21`` a day."""
    now = times.utc_now()
    zone = zone_of(job.time_zone)
    latest = job.actions[0].nominal if job.actions else None
    period = period_of(request.args.get("period", ""), latest or job.start, zone, now)
    between = minutes_between(job.actions, job.frequency, job.time_unit)
    wanted = request.args.get("period", "")
    if not wanted and period.is_month and a_day(between) * _DAYS_IN_A_MONTH > MOST_IN_A_MONTH_OF_ROWS:
        period = Period((latest or now).astimezone(zone).date(), False, zone)
    shown = _instances(desk, job.id, period)
    # The frequency of a cron coordinator is only seen in its instances.
    between = minutes_between(shown.actions, job.frequency, job.time_unit)
    is_grid = period.is_month and a_day(between) <= MOST_IN_A_DAY_OF_A_MONTH
    waiting = [action for action in shown.actions if action.missing_dependencies or action.push_missing_dependencies]
    return show_job(
        job, "coordinator.html",
        period=period, weeks=weeks(period, shown.actions, now) if is_grid else [],
        rows=[] if is_grid else rows(period, shown.actions), waiting=waiting[:_MOST_WAITING],
        more_waiting=max(len(waiting) - _MOST_WAITING, 0), count=len(shown.actions), zone=job.time_zone or "UTC",
    )  # fmt: skip


def _instances(desk: Desk, job_id: str, period: Period) -> Coordinator:
    filters = {
        "nominaltime>": _oozie_time(period.start),
        "nominaltime<": _oozie_time(period.end - timedelta(minutes=1)),
    }
    return desk.source.ask(
        ("period", job_id, period.name),
        lambda oozie: oozie.coordinator(job_id, length=_MOST_INSTANCES, filters=filters),
        fresh_s=desk.settings.fresh_s,
    )


def _oozie_time(moment: datetime) -> str:
    return moment.strftime(_OOZIE_MOMENT)
