"""The Flask application: addresses, errors as JSON, and what every request must pass."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from serving.body import read_question
from serving.choice import check_known, choose_model, require, require_renewed
from serving.errors import INTERNAL, STATUS, ServingError, SignatureError, status_of
from serving.metrics import CONTENT_TYPE, describe_metrics
from serving.pages import add_pages
from serving.prediction import predict
from serving.registry import Registry, utc_now
from serving.reports import is_ready, report_health, report_model, report_models, report_statistics
from serving.settings import Settings, is_loopback
from serving.statistics import SharedCounts, Statistics
from storage.errors import HowdahError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")

_DRAIN_S = 5.0
_DRAIN_PIECE_BYTES = 1 << 16

_JSON = "application/json"
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode

# What a browser must keep to on a page of ours; an answer in JSON is never one.
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}

# Werkzeug's refusals as ours: status -> code and hint
_REFUSALS: Mapping[int, tuple[str, str]] = {
    404: ("H504", "GET / is the page, POST /predict asks, GET /models lists the models, GET /health says how it is"),
    405: ("H505", "POST /predict asks, GET reads everything else"),
    413: ("H502", "send fewer records in a request"),
}


def create_app(registry: Registry, settings: Settings, *, statistics: Statistics | None = None) -> Flask:
    """The service over ``registry``, which its owner starts and stops; it counts in ``statistics``."""
    app = Flask(__name__)
    counts = statistics or SharedCounts().part(0)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    _add_checks(app, settings)
    _add_errors(app)
    _add_prediction(app, registry, settings, counts)
    _add_reload(app, registry, settings)
    _add_reports(app, registry, counts)
    add_pages(app, registry, settings)
    return app


def _add_checks(app: Flask, settings: Settings) -> None:
    """What comes before and after every request."""
    names = frozenset(name.lower() for name in settings.allowed_hosts)
    guarded = settings.is_loopback or bool(names)

    @app.before_request
    def begin() -> None:
        environ = request.environ
        g.started = time.perf_counter()
        asked = environ.get("HTTP_X_REQUEST_ID", "")
        g.request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid.uuid4().hex
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            connection.settimeout(settings.read_timeout_s)  # else a client that falls silent keeps the thread
        host = environ.get("HTTP_HOST")  # HTTP/1.0 has none, and browsers always send one
        if guarded and host is not None and not _is_ours(host, names):
            raise ServingError(
                "H510", f"this service is not called {host[:100]!r}", hint="start it with --allow-host for that name"
            )

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        if response.content_type != _JSON:
            for name, value in _PAGE_HEADERS.items():
                headers[name] = value
        headers.add("X-Content-Type-Options", "nosniff")
        headers.add("X-Request-Id", g.request_id)
        if "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-store")
        if response.status_code >= 400 and response.status_code != STATUS["H514"]:
            environ = request.environ
            response.call_on_close(lambda: _drain(environ))
        return response


@lru_cache(maxsize=256)
def _is_ours(header: str, names: frozenset[str]) -> bool:
    """Whether a Host header means us: a web page elsewhere can point its own name at this machine, and it tells."""
    host = re.sub(r":\d*$", "", header).lower()
    return host in names or is_loopback(host)


def _drain(environ: WSGIEnvironment) -> None:
    """Throw away the rest of a refused body: a client that still sends when we close never sees the refusal."""
    connection = environ.get("gunicorn.socket")
    if connection is None:
        return
    end = time.monotonic() + _DRAIN_S
    with suppress(OSError, ParseException):  # the client has its answer; how it leaves is its own affair
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            if not environ["wsgi.input"].read(_DRAIN_PIECE_BYTES):
                return


def _add_errors(app: Flask) -> None:
    @app.errorhandler(HowdahError)
    def refused(error: HowdahError) -> Response:
        status = status_of(error)
        if status >= 500 and error.code not in STATUS:
            app.logger.error("Request %s: %s", g.request_id, error)
        first = error.diagnostics[0]
        problems = error.problems if isinstance(error, SignatureError) else []
        body: dict[str, object] = {"code": first.code, "message": first.message, "hint": first.hint}
        body["fields"] = [problem.as_json() for problem in problems]
        return _as_json({"error": body, "request_id": g.request_id}, status)

    @app.errorhandler(HTTPException)
    def refused_by_http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return cast("Response", error.get_response())
        code, hint = _REFUSALS.get(status, ("H513", ""))
        message = _plain_words(status, error, app.config["MAX_CONTENT_LENGTH"])
        body = {"code": code, "message": message, "hint": hint, "fields": []}
        response = _as_json({"error": body, "request_id": g.request_id}, status)
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        app.logger.error("Request %s failed", g.request_id, exc_info=error)
        message = f"the service failed at this request; its log has the reason beside {g.request_id}"
        body = {"code": INTERNAL, "message": message, "hint": "", "fields": []}
        return _as_json({"error": body, "request_id": g.request_id}, STATUS[INTERNAL])


def _plain_words(status: int, error: HTTPException, most_bytes: int) -> str:
    words = {
        404: f"there is nothing at {request.path[:100]}",
        405: f"{request.method} does not go at {request.path[:100]}",
        413: f"the body is larger than {most_bytes} bytes",
    }
    return words.get(status) or f"{error.name}: {error.description}"


def _add_prediction(app: Flask, registry: Registry, settings: Settings, statistics: Statistics) -> None:
    @app.post("/predict")
    def ask() -> Response:
        _check_content_type()
        question = read_question(
            _read_body(settings.max_body_bytes), request.args.get("model", ""), settings.max_records
        )
        loaded = require(registry, choose_model(registry, question.model))
        answer = predict(loaded, question, statistics)
        return _as_json({**answer, **_request_told()})


def _add_reload(app: Flask, registry: Registry, settings: Settings) -> None:
    @app.post("/models/<name>/reload")
    def reload(name: str) -> Response:
        loaded = require_renewed(registry, name, registry.renew(settings.reload_timeout_s))
        manifest = loaded.manifest
        told = {"model": manifest.name, "version": manifest.version, "manifest": loaded.digest}
        return _as_json({**told, **_request_told()})


def _request_told() -> dict[str, object]:
    """What each answer says of its request."""
    return {"request_id": g.request_id, "time_ms": round((time.perf_counter() - g.started) * 1000, 3)}


def _check_content_type() -> None:
    if request.environ.get("CONTENT_TYPE") == _JSON:
        return
    if request.mimetype != _JSON:
        sent = request.mimetype or "nothing"
        raise ServingError(
            "H503", f"the Content-Type is {sent[:100]!r}", hint="send JSON with Content-Type: application/json"
        )
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise ServingError("H503", f"the charset {charset[:50]!r} is not taken", hint="encode the body in UTF-8")


def _read_body(most_bytes: int) -> bytes:
    """The body, straight from the server: never more than ``most_bytes`` of it.

    Raises: ServingError H503, H513, H514.
    """
    environ = request.environ
    encoding = environ.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise ServingError("H503", f"a body in {encoding[:50]!r} is not taken", hint="send it without Content-Encoding")
    length = request.content_length
    if length is None and not environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > most_bytes:
        raise RequestEntityTooLarge
    try:
        data: bytes = environ["wsgi.input"].read(most_bytes + 1 if length is None else length)
    except ParseException as error:
        raise ServingError("H513", f"the body's chunks cannot be read: {error}"[:200]) from error
    except OSError:  # the socket's timeout is one
        data = b""
    if len(data) > most_bytes:
        raise RequestEntityTooLarge
    if len(data) < (length or 0):
        raise ServingError("H514", f"the body ends before the {length} bytes that were announced")
    return data


def _add_reports(app: Flask, registry: Registry, statistics: Statistics) -> None:
    @app.get("/models")
    def models() -> Response:
        return _as_json(report_models(registry))

    @app.get("/models/<name>")
    def model(name: str) -> Response:
        return _as_json(report_model(registry.states[check_known(registry, name)], registry))

    @app.get("/state/<name>")
    def state(name: str) -> Response:
        return _as_json(report_statistics(registry.states[check_known(registry, name)], statistics))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(describe_metrics(statistics, registry), content_type=CONTENT_TYPE)

    @app.get("/health")
    def health() -> Response:
        told = report_health(registry, utc_now())
        return _as_json(told, 503 if told["status"] == "unavailable" else 200)

    @app.get("/health/live")
    def live() -> Response:
        return _as_json({"status": "alive"})

    @app.get("/health/ready")
    def ready() -> Response:
        return _as_json({"status": "ready"}) if is_ready(registry) else _as_json({"status": "not ready"}, 503)


def _as_json(value: Mapping[str, object], status: int = 200) -> Response:
    return Response(_encode(value) + "\n", status, content_type=_JSON)
