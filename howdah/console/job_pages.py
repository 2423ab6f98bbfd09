"""A job's pages: the workflow drawn, its time, its log, its definition and its configuration."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, Response, request, url_for

from howdah.console import logs, times
from howdah.console.coordinator_pages import show_coordinator
from howdah.console.desk import Desk
from howdah.console.errors import ConsoleError
from howdah.console.gantt import chart
from howdah.console.showing import show_job
from howdah.console.states import PASSED_OVER, mark_of
from oozie.client import Attempt, Coordinator, Workflow, WorkflowAction
from oozie.language import model
from oozie.language.drawing import Arrow, CrowdedError, Diagram, Layout, Mark, diagram_of, draw, place
from oozie.language.errors import AppError
from oozie.language.reader import examine

LEVELS = ("", "ERROR", "WARN", "INFO", "DEBUG")
SPANS = {"": "all of it", "24h": "the last day", "1h": "the last hour"}
_RECENT = "1h"
_LOG_FRESH_S = 3.0
_WIDE_PX = 700  # more does not fit beside the table of actions
_SHOWN_MARKS = frozenset({"action", "decision", "end", "kill"})


def add_job_pages(app: Flask, desk: Desk) -> None:
    """``/jobs/ID`` and what stands below it."""

    @app.get("/jobs/<job_id>")
    def job(job_id: str) -> Response:
        found = desk.job(job_id)
        if isinstance(found, Workflow):
            return _show_workflow(desk, found)
        if isinstance(found, Coordinator):
            return show_coordinator(desk, found)
        return show_job(found, "bundle.html")

    @app.get("/jobs/<job_id>/time")
    def job_time(job_id: str) -> Response:
        found = desk.job(job_id)
        if not isinstance(found, Workflow):
            raise ConsoleError("H750", "only a workflow has a chart of its time")
        layout, _ = _layout(desk, found)
        diagram = layout.diagram if layout else None
        drawn = chart(found, diagram, _attempts(desk, found), times.utc_now())
        return show_job(found, "time.html", tab="time", gantt=drawn, passed=_passed(found))

    @app.get("/jobs/<job_id>/log")
    def job_log(job_id: str) -> Response:
        found = desk.job(job_id)
        level, text = request.args.get("level", ""), request.args.get("text", "").strip()
        recent = request.args.get("recent", "" if isinstance(found, Workflow) else _RECENT)
        if level not in LEVELS or recent not in SPANS:
            raise ConsoleError("H758", f"there is no log of '{level or recent:.20}'", hint="choose from the page")
        log = desk.source.ask_log(
            ("log", job_id, level, text, recent),
            lambda oozie: logs.job_log(oozie, job_id, level=level, text=text, recent=recent),
            fresh_s=_LOG_FRESH_S,
        )
        values = {"level": level, "text": text, "recent": recent, "levels": LEVELS, "spans": SPANS}
        return show_job(found, "job_log.html", tab="log", log=log, **values)

    @app.get("/jobs/<job_id>/definition")
    def job_definition(job_id: str) -> Response:
        found = desk.job(job_id)
        return show_job(found, "definition.html", tab="definition", definition=desk.definition(found))

    @app.get("/jobs/<job_id>/configuration")
    def job_configuration(job_id: str) -> Response:
        return show_job(desk.job(job_id), "configuration.html", tab="configuration")


def _show_workflow(desk: Desk, job: Workflow) -> Response:
    layout, problem = _layout(desk, job)
    picture = ""
    if layout is not None:
        links = {action.name: url_for("action", action_id=action.id) for action in job.actions}
        links = {name: link for name, link in links.items() if name != ":start:"}
        picture = draw(
            layout, marks=marks(job, layout.diagram), links=links, taken=taken(job, layout.diagram), has_style=False
        )
    return show_job(
        job, "workflow.html", picture=picture, is_wide=layout is not None and layout.width > _WIDE_PX, problem=problem,
        work=[action for action in job.actions if not action.is_control],
        passed=_passed(job), is_fitted="fit" in request.args,
    )  # fmt: skip


def _layout(desk: Desk, job: Workflow) -> tuple[Layout | None, str]:
    """The drawing of a job's definition, or why there is none."""
    try:
        return _drawing(desk.definition(job)), ""
    except AppError as error:
        return None, str(error.diagnostics[0])
    except CrowdedError:
        return None, "more arrows run beside each other in it than a picture can hold"


@lru_cache(maxsize=64)
def _drawing(definition: str) -> Layout:
    """Raises: AppError for what is no workflow, CrowdedError."""
    app, findings = examine(definition.encode("utf-8"), "workflow.xml")
    if isinstance(app, model.Workflow) and app.nodes:
        # Oozie has taken it; what our tables say against it (an action of an extension) does not hinder a drawing.
        return place(diagram_of(app))
    if findings:
        raise AppError.of(findings)
    raise AppError("H005", "this is not the definition of a workflow")


def marks(job: Workflow, diagram: Diagram) -> dict[str, Mark]:
    """How each node that was reached fares."""
    kinds = {box.name: box.kind for box in diagram.boxes}
    passed = _passed(job)
    return {
        action.name: _mark(action, kinds[action.name], action.name in passed)
        for action in job.actions
        if kinds.get(action.name) in _SHOWN_MARKS
    }


def _passed(job: Workflow) -> frozenset[str]:
    return frozenset(action.name for action in job.passed_over)


def _mark(action: WorkflowAction, kind: str, is_passed_over: bool) -> Mark:
    if is_passed_over:
        return PASSED_OVER
    if kind == "decision" and action.transition:
        return Mark(mark_of(action.status).mood, f"took {action.transition}")
    if kind == "kill":
        return Mark("bad", "reached")
    return Mark("good", "reached") if kind == "end" else mark_of(action.status)


def taken(job: Workflow, diagram: Diagram) -> set[Arrow]:
    """The transitions that the run went along."""
    by_name = {action.name: action for action in job.actions}
    found: set[Arrow] = set()
    decided: set[str] = set()
    for arrow in diagram.arrows:
        action = by_name.get(arrow.source)
        if action is None or not action.is_ended or action.transition not in (arrow.target, "*"):
            continue
        is_error = action.has_failed
        if arrow.way in ("ok", "error") and (arrow.way == "error") != is_error:
            continue
        if arrow.way in ("case", "default"):
            if arrow.source in decided:
                continue
            decided.add(arrow.source)
        found.add(arrow)
    return found


def _attempts(desk: Desk, job: Workflow) -> dict[str, tuple[Attempt, ...]]:
    """The earlier attempts of the actions that were tried again."""
    return {action.name: earlier_attempts(desk, action) for action in job.actions if action.user_retry_count}


def earlier_attempts(desk: Desk, action: WorkflowAction) -> tuple[Attempt, ...]:
    """The attempts of an action before its present one. Raises: as :meth:`Source.ask`."""
    if not action.user_retry_count:
        return ()
    key = ("retries", action.id, action.user_retry_count)
    return desk.source.ask(key, lambda oozie: oozie.retries(action.id), fresh_s=60.0)
