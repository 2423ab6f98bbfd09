"""``POST /predict``: one record or many, as JSON, CSV or Arrow; the answer has the form of the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from flask import Flask, Response, g, request

from serving import csv_form
from serving.access import needs
from serving.body import read_question
from serving.choice import choose_model, describe_fallback, require
from serving.errors import ServingError
from serving.loading import Loaded
from serving.prediction import predict, predict_table
from serving.receiving import check_charset, check_json, receive
from serving.registry import Registry
from serving.replies import as_file, as_json, describe_request
from serving.settings import Settings
from serving.speculation.asking import Speculation
from serving.statistics import Statistics
from serving.tracking.tracker import Tracker

ARROW = "application/vnd.apache.arrow.stream"
CSV = "text/csv"

_Answer: TypeAlias = Callable[[bytes, Loaded, Settings, Statistics, Tracker | None], Response]


def add_prediction(
    app: Flask,
    registry: Registry,
    settings: Settings,
    statistics: Statistics,
    speculation: Speculation,
    tracker: Tracker | None,
) -> None:
    """``/predict``, which asks a model, or in JSON a group of them."""

    @app.post("/predict")
    @needs("predict")
    def ask() -> Response:
        named = request.args.get("model", "")
        by_columns = _FORMS.get(request.mimetype)
        if by_columns is not None:
            if named in speculation.names:
                raise ServingError("H503", f"the group '{named}' is asked in JSON", hint="or ask one of its members")
            data = receive(settings.max_body_bytes)
            name = choose_model(registry, named)
            loaded = require(registry, name)
            response = by_columns(data, loaded, settings, statistics, tracker)
            if describe_fallback(registry, name, loaded):
                response.headers["Howdah-Fallback"] = "qa"
            return response
        check_json()
        question = read_question(receive(settings.max_body_bytes), named, settings.max_records, g.request_id)
        if question.model in speculation.names:
            # The key stands in no log of addresses, as it would in the address; without one, chance decides.
            answer = speculation.answer(question.model, question, request.headers.get("X-Request-Key") or g.request_id)
        else:
            name = choose_model(registry, question.model)
            loaded = require(registry, name)
            answer = {**predict(loaded, question, statistics, tracker), **describe_fallback(registry, name, loaded)}
        return as_json({**answer, **describe_request()})


def _answer_csv(
    data: bytes, loaded: Loaded, settings: Settings, statistics: Statistics, tracker: Tracker | None
) -> Response:
    check_charset()
    sheet = csv_form.read_sheet(data, settings.max_records)
    manifest = loaded.manifest
    question = replace(csv_form.ask_sheet(sheet, manifest.name, manifest.inputs), request_id=g.request_id)
    answer: dict[str, Any] = predict(loaded, question, statistics, tracker)
    body = csv_form.write_sheet(sheet, answer["predictions"], manifest)
    return as_file(body, f"{CSV}; charset=utf-8", _describe(loaded, len(answer["warnings"])))


def _answer_arrow(
    data: bytes, loaded: Loaded, settings: Settings, statistics: Statistics, tracker: Tracker | None
) -> Response:
    from serving import arrow_form  # pyarrow is loaded for those alone who send Arrow

    table = arrow_form.read_table(data, settings.max_records)
    answers, warnings = predict_table(loaded, table, statistics, tracker, g.request_id)
    told = _describe(loaded, len(warnings))
    return as_file(arrow_form.write_table(answers, loaded.manifest, told), ARROW, told)


def _describe(loaded: Loaded, warnings: int) -> dict[str, str]:
    """What an answer in JSON says in its fields, for the others' headers."""
    return {
        "Howdah-Model": loaded.manifest.name,
        "Howdah-Version": str(loaded.manifest.version),
        "Howdah-Manifest": loaded.digest,
        "Howdah-Engine": loaded.scorer.engine,
        "Howdah-Warnings": str(warnings),
        "Howdah-Time-Ms": str(describe_request()["time_ms"]),
    }


_FORMS: Mapping[str, _Answer] = {CSV: _answer_csv, ARROW: _answer_arrow}
