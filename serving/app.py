"""The Flask application: its addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from flask import Flask, Response

from serving.access import needs
from serving.choice import check_known, require_renewed
from serving.explaining import add_explaining
from serving.guards import add_guards
from serving.inference_protocol import add_inference_protocol
from serving.metrics import CONTENT_TYPE, describe_metrics
from serving.openapi import add_openapi
from serving.pages import add_pages
from serving.pages_owner import add_owner_pages
from serving.predicting import add_prediction
from serving.prediction import predict
from serving.refusals import add_refusals
from serving.registry import Registry, utc_now
from serving.replies import as_json, describe_request
from serving.reports import is_ready, report_health, report_model, report_models, report_statistics
from serving.repository_rest import OpenSources, add_repository
from serving.settings import Settings
from serving.speculation.asking import Speculation
from serving.speculation.counts import Counts
from serving.speculation.rest import add_groups
from serving.statistics import SharedCounts, Statistics
from serving.tracking.labels import add_labels
from serving.tracking.tracker import Tracker

_View = TypeVar("_View", bound=Callable[..., Any])


def create_app(
    registry: Registry,
    settings: Settings,
    *,
    statistics: Statistics | None = None,
    tracker: Tracker | None = None,
    group_counts: Mapping[str, Counts] | None = None,
    open_sources: OpenSources = dict,
) -> Flask:
    """The service over ``registry``, which its owner starts and stops.

    It counts in ``statistics`` and ``group_counts`` and tracks with ``tracker``, which is its owner's too;
    ``open_sources`` opens what the registry follows once more, for those who change it.
    """
    app = Flask(__name__)
    app.ensure_sync = _as_it_is  # type: ignore[assignment,method-assign]
    counts = statistics or SharedCounts().part(0)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    add_guards(app, settings)
    add_refusals(app)
    ask_member = partial(predict, statistics=counts, tracker=tracker)
    speculation = Speculation(registry, settings.groups, ask_member, counts=group_counts)
    add_prediction(app, registry, settings, counts, speculation, tracker)
    add_explaining(app, registry, settings)
    add_labels(app, registry, settings, tracker)
    _add_reload(app, registry, settings)
    _add_reports(app, registry, settings, counts, speculation, tracker)
    add_groups(app, speculation)
    add_inference_protocol(app, registry, settings, counts, speculation, tracker)
    add_repository(app, registry, settings, open_sources)
    add_pages(app, registry, settings)
    add_owner_pages(app, registry, settings, counts, open_sources)
    add_openapi(app, registry, settings)
    return app


def _as_it_is(view: _View) -> _View:
    """No view or guard here is a coroutine: Flask would look at each of them anew with every request."""
    return view


def _add_reload(app: Flask, registry: Registry, settings: Settings) -> None:
    @app.post("/models/<name>/reload")
    def reload(name: str) -> Response:
        loaded = require_renewed(registry, name, registry.renew(settings.reload_timeout_s))
        manifest = loaded.manifest
        told = {"model": manifest.name, "version": manifest.version, "manifest": loaded.digest}
        return as_json({**told, **describe_request()})


def _add_reports(
    app: Flask,
    registry: Registry,
    settings: Settings,
    statistics: Statistics,
    speculation: Speculation,
    tracker: Tracker | None,
) -> None:
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
        return Response(describe_metrics(statistics, registry, speculation.totals()), content_type=CONTENT_TYPE)

    @app.get("/health")
    def health() -> Response:
        told = report_health(registry, utc_now(), tracker, settings.groups)
        return as_json(told, 503 if told["status"] == "unavailable" else 200)

    @app.get("/health/live")
    @needs("open")
    def live() -> Response:
        return as_json({"status": "alive"})

    @app.get("/health/ready")
    @needs("open")
    def ready() -> Response:
        return as_json({"status": "ready"}) if is_ready(registry) else as_json({"status": "not ready"}, 503)
