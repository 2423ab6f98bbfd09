"""The Flask application: its addresses."""

from __future__ import annotations

from flask import Flask, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge

from serving.access import needs
from serving.body import read_question
from serving.choice import check_known, choose_model, require, require_renewed
from serving.errors import ServingError
from serving.guards import add_guards
from serving.metrics import CONTENT_TYPE, describe_metrics
from serving.pages import add_pages
from serving.prediction import predict
from serving.refusals import add_refusals
from serving.registry import Registry, utc_now
from serving.replies import JSON, as_json, describe_request
from serving.reports import is_ready, report_health, report_model, report_models, report_statistics
from serving.settings import Settings
from serving.statistics import SharedCounts, Statistics


def create_app(registry: Registry, settings: Settings, *, statistics: Statistics | None = None) -> Flask:
    """The service over ``registry``, which its owner starts and stops; it counts in ``statistics``."""
    app = Flask(__name__)
    counts = statistics or SharedCounts().part(0)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    add_guards(app, settings)
    add_refusals(app)
    _add_prediction(app, registry, settings, counts)
    _add_reload(app, registry, settings)
    _add_reports(app, registry, counts)
    add_pages(app, registry, settings)
    return app


def _add_prediction(app: Flask, registry: Registry, settings: Settings, statistics: Statistics) -> None:
    @app.post("/predict")
    @needs("predict")
    def ask() -> Response:
        _check_content_type()
        question = read_question(
            _read_body(settings.max_body_bytes), request.args.get("model", ""), settings.max_records
        )
        loaded = require(registry, choose_model(registry, question.model))
        answer = predict(loaded, question, statistics)
        return as_json({**answer, **describe_request()})


def _add_reload(app: Flask, registry: Registry, settings: Settings) -> None:
    @app.post("/models/<name>/reload")
    def reload(name: str) -> Response:
        loaded = require_renewed(registry, name, registry.renew(settings.reload_timeout_s))
        manifest = loaded.manifest
        told = {"model": manifest.name, "version": manifest.version, "manifest": loaded.digest}
        return as_json({**told, **describe_request()})


def _check_content_type() -> None:
    if request.environ.get("CONTENT_TYPE") == JSON:
        return
    if request.mimetype != JSON:
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
        return as_json(report_models(registry))

    @app.get("/models/<name>")
    def model(name: str) -> Response:
        return as_json(report_model(registry.states[check_known(registry, name)], registry))

    @app.get("/state/<name>")
    def state(name: str) -> Response:
        return as_json(report_statistics(registry.states[check_known(registry, name)], statistics))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(describe_metrics(statistics, registry), content_type=CONTENT_TYPE)

    @app.get("/health")
    def health() -> Response:
        told = report_health(registry, utc_now())
        return as_json(told, 503 if told["status"] == "unavailable" else 200)

    @app.get("/health/live")
    @needs("open")
    def live() -> Response:
        return as_json({"status": "alive"})

    @app.get("/health/ready")
    @needs("open")
    def ready() -> Response:
        return as_json({"status": "ready"}) if is_ready(registry) else as_json({"status": "not ready"}, 503)
