"""The Flask application: pages over a :class:`Source`, errors as pages, and what every page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request, send_from_directory, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

import serving
from howdah.console import times
from howdah.console.action_pages import add_action_pages
from howdah.console.change_pages import add_change_pages
from howdah.console.coordinator_pages import add_coordinator_pages
from howdah.console.desk import Desk
from howdah.console.errors import STATUS
from howdah.console.guard import add_guard
from howdah.console.job_pages import add_job_pages
from howdah.console.list_pages import add_list_pages
from howdah.console.states import PASSED_OVER, mark_of
from howdah.explaining import message_of
from oozie.client import OozieAwayError, OozieClientError
from oozie.language.drawing import STYLE
from oozie.language.drawing.signs import SIGNS
from storage.errors import HowdahError

_NOT_FOUND, _WRONG, _AWAY = 404, 400, 503

# What Oozie, or the client before it, refuses: no such job, no such action, an id that is none.
_UNKNOWN = frozenset({"E0604", "E0605", "E0504", "H805", "E1012", "E1109"})

# The client's own hints speak of commands.
_UNKNOWN_HINT = "look for it in the lists: it may be of another Oozie, or so old that Oozie has deleted it"

# Werkzeug's refusals as ours: status -> code, message
_REFUSALS: Mapping[int, tuple[str, str]] = {
    404: ("H750", "there is no such page"),
    405: ("H757", "this address is not for that"),
    413: ("H757", "the form is too large"),
}


@dataclass(frozen=True)
class _Problem:
    code: str
    message: str
    hint: str


def create_app(desk: Desk) -> Flask:
    """The console over ``desk``'s source, which its owner closes."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    add_guard(app, desk.settings)
    _add_errors(app)
    _add_files(app)
    _add_words(app, desk)
    add_list_pages(app, desk)
    add_job_pages(app, desk)
    add_action_pages(app, desk)
    add_coordinator_pages(app, desk)
    add_change_pages(app, desk)

    @app.get("/")
    def home() -> AnyResponse:
        return redirect(url_for("jobs", plural="workflows"))

    @app.after_request
    def spare(response: Response) -> Response:
        """A page that has not changed is not sent again to who has it."""
        if request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html":
            response.add_etag()
            response.make_conditional(request.environ)
        return response

    return app


def _add_words(app: Flask, desk: Desk) -> None:
    """What templates use: marks, times, and the console's own state."""
    app.jinja_env.filters["moment"] = times.show_moment
    app.jinja_env.filters["minute"] = times.show_minute
    app.jinja_env.filters["span"] = times.show_span
    app.jinja_env.globals["mark_of"] = mark_of
    app.jinja_env.globals["PASSED_OVER"] = PASSED_OVER
    app.jinja_env.globals["message_of"] = message_of
    app.jinja_env.globals["minutes"] = lambda count: timedelta(minutes=count)
    app.jinja_env.globals["span_of"] = times.span_of

    @app.context_processor
    def words() -> dict[str, Any]:
        return {"settings": desk.settings, "now": times.utc_now()}


def _add_files(app: Flask) -> None:
    """Style and signs that the drawing and the prediction service have too."""

    @app.get("/style/flow.css")
    def flow_style() -> Response:
        return _cacheable(STYLE, "text/css")

    @app.get("/style/<any('icon.svg', 'look.css'):name>")
    def look(name: str) -> Response:
        return send_from_directory(f"{next(iter(serving.__path__))}/static", name)

    @app.get("/signs/<mood>.svg")
    def sign(mood: str) -> Response:
        strokes = {str(name): way for name, way in SIGNS.items()}.get(mood, "")
        if not strokes:
            return make_response("", _NOT_FOUND)
        picture = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">'
            f'<path d="{strokes}" fill="none" stroke="#000" stroke-width="2.2" stroke-linecap="round"'
            ' stroke-linejoin="round"/></svg>'
        )
        return _cacheable(picture, "image/svg+xml")


def _cacheable(text: str, kind: str) -> Response:
    response = Response(text, mimetype=kind)
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request.environ)
    return response


def _add_errors(app: Flask) -> None:
    @app.errorhandler(HowdahError)
    def refused(error: HowdahError) -> Response:
        first = error.diagnostics[0]
        hint = _UNKNOWN_HINT if first.code in _UNKNOWN else first.hint
        return _page(_Problem(first.code, first.message, hint), _status_of(error))

    @app.errorhandler(HTTPException)
    def refused_by_http(error: HTTPException) -> AnyResponse:
        status = error.code or _WRONG
        if status < _WRONG:
            return error.get_response()
        code, message = _REFUSALS.get(status, ("H757", error.name))
        return _page(_Problem(code, message, ""), status)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
        return _page(_Problem("H756", "the console failed at this page; its log says why", ""), STATUS["H756"])


def _status_of(error: HowdahError) -> int:
    if isinstance(error, OozieAwayError):
        return _AWAY
    if error.code in _UNKNOWN:
        return _NOT_FOUND
    if isinstance(error, OozieClientError):
        return _AWAY if error.code.startswith("H8") else _WRONG
    return STATUS.get(error.code, _WRONG)


def _page(problem: _Problem, status: int) -> Response:
    return make_response(render_template("problem.html", problem=problem, is_away=status >= _AWAY), status)
