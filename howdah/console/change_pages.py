"""Asking before something is done with a job, and doing it."""

from __future__ import annotations

import re

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from howdah.console.action_pages import coordinator_action, kind_of_action
from howdah.console.desk import Desk
from howdah.console.errors import ConsoleError
from howdah.console.guard import token
from howdah.console.operations import Operation, operation
from oozie.client import Coordinator, CoordinatorAction, Job
from storage.errors import HowdahError

_SCOPE = re.compile(r"\s*\d{1,9}(?:-\d{1,9})?(?:\s*,\s*\d{1,9}(?:-\d{1,9})?)*\s*")
_CANNOT = 409


def add_change_pages(app: Flask, desk: Desk) -> None:
    """``/jobs/ID/do/VERB`` and ``/actions/ID/do/VERB``: GET asks, POST does."""

    @app.route("/jobs/<job_id>/do/<verb>", methods=["GET", "POST"])
    def change_job(job_id: str, verb: str) -> AnyResponse:
        return _change(desk, desk.job(job_id), verb, url_for("job", job_id=job_id))

    @app.route("/actions/<action_id>/do/<verb>", methods=["GET", "POST"])
    def change_action(action_id: str, verb: str) -> AnyResponse:
        if kind_of_action(action_id) != "coord":
            raise ConsoleError("H750", "an action of a workflow is run again through its workflow")
        return _change(desk, coordinator_action(desk, action_id), verb, url_for("action", action_id=action_id))


def _change(desk: Desk, thing: Job | CoordinatorAction, verb: str, back: str) -> AnyResponse:
    wanted = operation(thing, verb)
    if desk.settings.is_read_only:
        raise ConsoleError("H754", "this console only looks", hint="start it without --read-only to change jobs")
    if request.method != "POST":  # HEAD comes here too, and the guard lets it pass
        return _ask(thing, wanted, back)
    options = {name: value.strip() for name, value in request.form.items()}
    if wanted.has_scope and not _SCOPE.fullmatch(options.get("scope", "")):
        return _ask(thing, wanted, back, "Write the numbers of instances, such as 3 or 1-4,7.", _CANNOT)
    try:
        desk.source.do(lambda oozie: wanted.run(oozie, thing.id, options))
    except HowdahError as error:
        return _ask(thing, wanted, back, str(error.diagnostics[0]), _CANNOT)
    flash(wanted.done)
    return redirect(back, code=303)


def _ask(
    thing: Job | CoordinatorAction, wanted: Operation, back: str, problem: str = "", status: int = 200
) -> AnyResponse:
    scope = request.form.get("scope", "") or (_failed_numbers(thing) if wanted.has_scope else "")
    chosen = {choice.name for choice in wanted.choices if choice.is_chosen}
    if request.method == "POST":
        chosen = {choice.name for choice in wanted.choices if choice.name in request.form}
    page = render_template(
        "confirm.html", thing=thing, operation=wanted, back=back, problem=problem, token=token(), scope=scope,
        chosen=chosen,
    )  # fmt: skip
    return make_response(page, status)


def _failed_numbers(thing: Job | CoordinatorAction) -> str:
    """What is most often wanted: the latest instance, where it failed."""
    actions = thing.actions if isinstance(thing, Coordinator) else ()
    return ",".join(str(action.number) for action in actions if action.has_failed)
