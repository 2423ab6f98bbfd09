"""The lists of jobs, a page at a time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Flask, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from howdah.console.desk import Desk
from howdah.console.lists import KINDS, LENGTHS, Query, read_query
from howdah.console.source import Question
from oozie.client import Job, OozieClient, Page, Workflow
from oozie.client.values import STATUSES

_FINDINGS_WITHIN_S = 0.15
_NEXT_PAGES = 2


@dataclass(frozen=True)
class Finding:
    """What a list does not tell of a job that has ended: which actions failed, and which of them it went on from."""

    passed_over: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()


def add_list_pages(app: Flask, desk: Desk) -> None:
    """``/workflows``, ``/coordinators`` and ``/bundles``."""

    @app.get("/<any(workflows, coordinators, bundles):plural>")
    def jobs(plural: str) -> Response:
        query = read_query(KINDS[plural], request.args)
        listed = desk.source.ask(("jobs", query), lambda oozie: _list(oozie, query), fresh_s=desk.settings.fresh_s)
        pages = max(ceil(listed.total / query.length), 1)
        return make_response(
            render_template(
                "jobs.html",
                plural=plural,
                query=query,
                page=listed,
                pages=pages,
                near_pages=near_pages(query.page, pages),
                statuses=STATUSES[query.kind],
                lengths=LENGTHS,
                findings=_findings(desk, listed.jobs),
            )
        )

    @app.get("/find")
    def find() -> AnyResponse:
        """A job or an action by its id, from the field in the head of every page."""
        wanted = request.args.get("id", "").strip()
        if not wanted:
            abort(404)
        if "@" in wanted:
            return redirect(url_for("action", action_id=wanted))
        return redirect(url_for("job", job_id=wanted))


def _list(oozie: OozieClient, query: Query) -> Page[Any]:
    return oozie.jobs(query.kind, filters=query.filters(), offset=query.offset, length=query.length)


def _findings(desk: Desk, jobs: tuple[Job, ...]) -> dict[str, Finding]:
    """By job id, of those workflows that have ended; what is not known yet is found while the page is looked at."""
    questions: dict[Hashable, Question[Finding]] = {
        ("finding", job.id, job.run, job.ended): _examine(job.id)
        for job in jobs
        if isinstance(job, Workflow) and job.is_ended
    }
    found = desk.source.glance(questions, within_s=_FINDINGS_WITHIN_S)
    return {str(key[1]): finding for key, finding in found.items() if isinstance(key, tuple)}


def _examine(job_id: str) -> Question[Finding]:
    def examine(oozie: OozieClient) -> Finding:
        job = oozie.workflow(job_id)
        return Finding(
            tuple(action.name for action in job.passed_over),
            tuple((action.name, action.error_code) for action in job.failures),
        )

    return examine


def near_pages(page: int, pages: int) -> list[int]:
    """The numbers to offer: the first, the last and those around; 0 stands for what is left out."""
    near = {1, pages, *range(page - _NEXT_PAGES, page + _NEXT_PAGES + 1)}
    offered: list[int] = []
    for number in sorted(one for one in near if 1 <= one <= pages):
        if offered and number - offered[-1] > 1:
            offered.append(0)
        offered.append(number)
    return offered
