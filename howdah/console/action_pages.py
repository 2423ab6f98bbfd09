"""An action of a workflow, or an instance of a coordinator: how it fares, why it failed, what it was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, make_response, render_template, request

from howdah.console import logs
from howdah.console.desk import Desk
from howdah.console.errors import ConsoleError
from howdah.console.job_pages import earlier_attempts
from howdah.console.logs import Launch, Log
from howdah.console.operations import operations_of
from howdah.explaining import has_logs_that_say_why
from oozie.client import CoordinatorAction, Kind, Run, Waiting, Workflow, WorkflowAction, kind_of
from oozie.client.errors import YarnError
from oozie.client.reasons import Reason

_LOG_FRESH_S = 3.0
_ENDED_LOG_FRESH_S = 20.0
_REASON_WITHIN_S = 2.5
_LOG_WITHIN_S = 4.0

T = TypeVar("T")


def add_action_pages(app: Flask, desk: Desk) -> None:
    """``/actions/JOB@NAME`` and its log."""

    @app.get("/actions/<action_id>")
    def action(action_id: str) -> Response:
        if kind_of_action(action_id) == "coord":
            return _show_instance(desk, action_id)
        job, found = workflow_action(desk, action_id)
        reason, problem = _reason(desk, found)
        return make_response(
            render_template(
                "action.html",
                job=job,
                action=found,
                attempts=earlier_attempts(desk, found),
                is_passed_over=found in job.passed_over,
                reason=reason,
                problem=problem,
                child=found.external_id if found.type == "sub-workflow" else "",
            )
        )

    @app.get("/actions/<action_id>/log")
    def action_log(action_id: str) -> Response:
        errors_only = "errors" in request.args
        job, found = (
            (None, coordinator_action(desk, action_id))
            if kind_of_action(action_id) == "coord"
            else (workflow_action(desk, action_id))
        )
        # What has been fetched is shown, though the rest is not there yet: a busy Oozie looks for its lines for long.
        launches = _if_in_time(lambda: _launches(desk, found) if isinstance(found, WorkflowAction) else ())
        own = _if_in_time(lambda: _own_log(desk, action_id, errors_only=errors_only))
        values = {"log": own, "launches": launches, "errors_only": errors_only}
        return make_response(render_template("action_log.html", job=job, action=found, **values))


def kind_of_action(action_id: str) -> Kind:
    """Of which kind the job is. Raises: OozieClientError H805."""
    return kind_of(action_id.partition("@")[0])


def workflow_action(desk: Desk, action_id: str) -> tuple[Workflow, WorkflowAction]:
    """An action of a workflow's present run. Raises: ConsoleError H750, and as :meth:`Source.ask`."""
    job_id, _, name = action_id.partition("@")
    job = desk.workflow(job_id)
    for action in job.actions:
        if action.name == name:
            return job, action
    hint = "this run has not reached it (yet), or has no such action"
    raise ConsoleError("H750", f"{job_id} has no action '{name:.100}' by now", hint=hint)


def coordinator_action(desk: Desk, action_id: str) -> CoordinatorAction:
    """An instance of a coordinator. Raises: as :meth:`Source.ask`."""
    return desk.source.ask(
        ("instance", action_id), lambda oozie: oozie.coordinator_action(action_id), fresh_s=desk.settings.fresh_s
    )


def _if_in_time(ask: Callable[[], T]) -> T | None:
    """The answer, or None where it takes longer than a page may wait. Raises: whatever else ``ask`` does."""
    try:
        return ask()
    except ConsoleError as error:
        if error.code != "H751":
            raise
        return None


def _own_log(desk: Desk, action_id: str, *, errors_only: bool) -> Log:
    return desk.source.ask_log(
        ("log", action_id, errors_only),
        lambda oozie: logs.action_log(oozie, action_id, errors_only=errors_only),
        fresh_s=_LOG_FRESH_S,
        within_s=min(_LOG_WITHIN_S, desk.settings.patience_s),
    )


def _launches(desk: Desk, action: WorkflowAction) -> tuple[Launch, ...]:
    """The logs of its applications. Raises: as :meth:`Source.ask`."""
    return desk.source.ask_log(
        ("launches", action.id, action.external_id, action.external_child_ids, action.status),
        lambda _: logs.launches(action, desk.open_yarn),
        fresh_s=_ENDED_LOG_FRESH_S if action.is_ended else _LOG_FRESH_S,
        within_s=min(_LOG_WITHIN_S, desk.settings.patience_s),
    )


def _reason(desk: Desk, action: WorkflowAction) -> tuple[Reason | None, str]:
    """The telling lines of its logs, or why there are none."""
    if not action.has_failed or not has_logs_that_say_why(action):
        return None, ""
    try:
        return desk.source.ask_log(
            ("reason", action.id, action.external_id, action.user_retry_count),
            lambda _: logs.reason(action, desk.open_yarn),
            fresh_s=_ENDED_LOG_FRESH_S,
            within_s=_REASON_WITHIN_S,
        ), ""
    except ConsoleError:
        return None, "Its log is being fetched; this page shows it when it is there."
    except YarnError as error:
        return None, f"{error.diagnostics[0].message}; {error.diagnostics[0].hint}"


def _show_instance(desk: Desk, action_id: str) -> Response:
    found = coordinator_action(desk, action_id)
    waiting: tuple[Waiting, ...] = ()
    if not found.is_ended and (found.missing_dependencies or found.push_missing_dependencies):
        waiting = desk.source.ask(
            ("waiting", action_id),
            lambda oozie: oozie.missing_dependencies(action_id),
            fresh_s=desk.settings.fresh_s,
        )
    runs: tuple[Run, ...] = ()
    if found.external_id:
        runs = desk.source.ask(
            ("runs", action_id), lambda oozie: oozie.runs_of(action_id), fresh_s=desk.settings.fresh_s
        )
    job = desk.coordinator(found.job_id or action_id.partition("@")[0])
    return make_response(
        render_template(
            "instance.html", job=job, action=found, waiting=waiting, runs=runs, operations=operations_of(found)
        )
    )
