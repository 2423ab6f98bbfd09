"""``POST /predict``: one record or many, as JSON, CSV or Arrow; the answer has the form of the question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from flask import Flask, Response, g, request

from models.manifest import Manifest
from serving import csv_form
from serving.access import needs
from serving.body import Question, name_once, read_question
from serving.choice import choose_model, describe_fallback, require
from serving.errors import ServingError
from serving.loading import Loaded
from serving.prediction import predict, predict_table
from serving.receiving import check_charset, check_json, receive
from serving.registry import Registry
from serving.replies import JSON, as_file, as_json, describe_request
from serving.settings import Settings
from serving.speculation.asking import Speculation
from serving.speculation.rest import read_key
from serving.statistics import Statistics
from serving.tracking.tracker import Tracker
from serving.uploads import UPLOAD, read_upload

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
    """``/predict``, which asks a model, or in JSON and CSV a group of them."""

    def ask_model(answer: _Answer, data: bytes, named: str) -> Response:
        name = choose_model(registry, named)
        loaded = require(registry, name)
        response = answer(data, loaded, settings, statistics, tracker)
        if describe_fallback(registry, name, loaded):
            response.headers["Howdah-Fallback"] = "qa"
        return response

    def ask_by_csv(data: bytes, named: str) -> Response:
        if named in speculation.names:
            return _ask_group_by_csv(data, named, settings, speculation)
        return ask_model(_answer_csv, data, named)

    @app.post("/predict")
    @needs("predict")
    def ask() -> Response:
        environ = request.environ
        named = _named(environ.get("QUERY_STRING", ""))
        kind = JSON if environ.get("CONTENT_TYPE") == JSON else request.mimetype
        if kind == CSV:
            return ask_by_csv(receive(settings.max_body_bytes), named)
        if kind == UPLOAD:
            boundary = request.mimetype_params.get("boundary", "")
            upload = read_upload(receive(settings.max_body_bytes), boundary)
            return ask_by_csv(upload.file, name_once(named, upload.model))
        if kind == ARROW:
            if named in speculation.names:
                raise ServingError("H503", f"the group '{named}' is asked in JSON or CSV", hint="or ask a member of it")
            return ask_model(_answer_arrow, receive(settings.max_body_bytes), named)
        check_json()
        question = read_question(receive(settings.max_body_bytes), named, settings.max_records, g.request_id)
        if question.model in speculation.names:
            answer = speculation.answer(question.model, question, read_key())
        else:
            name = choose_model(registry, question.model)
            loaded = require(registry, name)
            answer = {**predict(loaded, question, statistics, tracker), **describe_fallback(registry, name, loaded)}
        return as_json({**answer, **describe_request()})


@lru_cache(maxsize=256)
def _named(query: str) -> str:
    """The model that the address names, or ""; with a model or two, it is always the same few addresses."""
    return parse_qs(query, keep_blank_values=True).get("model", [""])[0]


def _read_csv(data: bytes, name: str, manifest: Manifest, settings: Settings) -> tuple[csv_form.Sheet, Question]:
    check_charset()
    sheet = csv_form.read_sheet(data, settings.max_records)
    return sheet, replace(csv_form.ask_sheet(sheet, name, manifest.inputs), request_id=g.request_id)


def _ask_group_by_csv(data: bytes, name: str, settings: Settings, speculation: Speculation) -> Response:
    """Beside each row's answer the member that it is of, and what each member said."""
    manifest = speculation.manifest(name)
    sheet, question = _read_csv(data, name, manifest, settings)
    answer: dict[str, Any] = speculation.answer(name, question, read_key())
    answers, group = answer["predictions"], answer["group"]
    more = {"member": [each["member"] for each in answers]}
    more |= {f"vote.{each['member']}": each["votes"] for each in group["members"] if "votes" in each}
    body = csv_form.write_sheet(sheet, answers, manifest, more)
    members = [{key: told for key, told in each.items() if key != "votes"} for each in group["members"]]
    told = {
        "Howdah-Group": name,
        "Howdah-Degraded": str(group["degraded"]).lower(),
        "Howdah-Members": json.dumps(members),
        "Howdah-Warnings": str(len(answer["warnings"])),
        "Howdah-Time-Ms": str(describe_request()["time_ms"]),
    }
    return as_file(body, f"{CSV}; charset=utf-8", told)


def _answer_csv(
    data: bytes, loaded: Loaded, settings: Settings, statistics: Statistics, tracker: Tracker | None
) -> Response:
    manifest = loaded.manifest
    sheet, question = _read_csv(data, manifest.name, manifest, settings)
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
