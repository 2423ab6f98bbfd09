"""Every refusal and every failure as an answer: a code, a message and a hint, never a traceback.

Programs get them in JSON, and a browser that asked for a page gets a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from flask import Flask, Response, current_app, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from serving.access import View
from serving.errors import INTERNAL, STATUS, SignatureError, UnknownModelError, status_of
from serving.inference_protocol import is_inference_protocol
from serving.replies import JSON, as_json
from storage.errors import HowdahError

# Werkzeug's refusals as ours: status -> code and hint
_REFUSALS: Mapping[int, tuple[str, str]] = {
    404: ("H504", "GET / is the page, POST /predict asks, GET /models lists the models, GET /health says how it is"),
    405: ("H505", "POST /predict asks, GET reads everything else"),
    413: ("H502", "send fewer records in a request"),
}

# code -> headers that tell a client what to do
_HEADERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "H234": (("Retry-After", "10"),),
    "H534": (("WWW-Authenticate", 'Bearer realm="howdah"'), ("WWW-Authenticate", 'Basic realm="howdah"')),
    "H536": (("Retry-After", "1"),),
}

_HTML = "text/html"
_PAGE = "howdah_page"


def shown_as_page(view: View) -> View:
    """Say that an address is a page: to a browser, its refusals are pages too."""
    setattr(view, _PAGE, True)
    return view


def add_refusals(app: Flask) -> None:
    """Let ``app`` answer every error of ours, of HTTP's and of the program's."""

    @app.errorhandler(HowdahError)
    def refused(error: HowdahError) -> Response:
        status = status_of(error)
        if status >= 500 and error.code not in STATUS:
            app.logger.error("Request %s: %s", g.request_id, error)
        first = error.diagnostics[0]
        problems = error.problems if isinstance(error, SignatureError) else []
        body: dict[str, object] = {"code": first.code, "message": first.message, "hint": first.hint}
        body["fields"] = [problem.as_json() for problem in problems]
        response = _refuse(body, status, error.known if isinstance(error, UnknownModelError) else ())
        response.headers.extend(_HEADERS.get(error.code, ()))
        return response

    @app.errorhandler(HTTPException)
    def refused_by_http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return cast("Response", error.get_response())
        code, hint = _REFUSALS.get(status, ("H513", ""))
        message = _plain_words(status, error, app.config["MAX_CONTENT_LENGTH"])
        body: dict[str, object] = {"code": code, "message": message, "hint": hint, "fields": []}
        response = _refuse(body, status)
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        app.logger.error("Request %s failed", g.request_id, exc_info=error)
        message = f"the service failed at this request; its log has the reason beside {g.request_id}"
        body: dict[str, object] = {"code": INTERNAL, "message": message, "hint": "", "fields": []}
        return _refuse(body, STATUS[INTERNAL])


def _refuse(body: dict[str, object], status: int, known: Sequence[str] = ()) -> Response:
    """``known`` are the models that a page leads to, in place of one that is not there."""
    if _is_page():
        return make_response(render_template("refusal.html", refusal=body, known=known), status)
    if is_inference_protocol():
        # Its clients take the error for a text.
        told = {"error": f"{body['message']}", **body, "request_id": g.request_id}
        return as_json({name: value for name, value in told.items() if name != "message"}, status)
    return as_json({"error": body, "request_id": g.request_id}, status)


def _is_page() -> bool:
    """Whether the address is a page's, or none at all, and who asks would rather have a page than JSON."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_of_programs = view is not None and not hasattr(view, _PAGE)
    return not is_of_programs and request.accept_mimetypes.best_match([JSON, _HTML]) == _HTML


def _plain_words(status: int, error: HTTPException, most_bytes: int) -> str:
    words = {
        404: f"there is nothing at {request.path[:100]}",
        405: f"{request.method} is not possible at {request.path[:100]}",
        413: f"the body is larger than {most_bytes} bytes",
    }
    return words.get(status) or f"{error.name}: {error.description}"
