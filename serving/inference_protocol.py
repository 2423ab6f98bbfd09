"""The Open Inference Protocol, version 2: columns instead of records, on the same path as POST /predict.

Source: the protocol's REST specification (KServe), https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from flask import Flask, Response, g, request

from models.manifest import FieldType, Manifest
from serving.access import needs
from serving.body import Question
from serving.choice import check_known, describe_fallback, require
from serving.errors import ServingError
from serving.loading import Loaded
from serving.prediction import predict
from serving.receiving import check_json, receive
from serving.registry import Registry
from serving.replies import as_json, describe_request
from serving.reports import is_ready
from serving.settings import Settings
from serving.speculation.asking import Speculation
from serving.speculation.rest import read_key
from serving.statistics import Statistics
from serving.tensors import BINARY, JSON_LENGTH, InferenceRequest, Output, write_answer
from serving.tracking.tracker import Tracker

PREFIX = "/v2"

_DATATYPES: Mapping[FieldType, str] = {"double": "FP64", "long": "INT64", "string": "BYTES", "boolean": "BOOL"}


def add_inference_protocol(
    app: Flask,
    registry: Registry,
    settings: Settings,
    statistics: Statistics,
    speculation: Speculation,
    tracker: Tracker | None,
) -> None:
    """The addresses below ``/v2``, where a group is a model without versions."""
    _add_reports(app, registry, speculation)

    def ask(named: _Named, question: Question) -> tuple[Mapping[str, Any], Mapping[str, object]]:
        """The answer, and what else is told of it."""
        if named.loaded is None:
            answer = speculation.answer(named.name, question, read_key())
            return answer, _describe_group(answer)
        told = predict(named.loaded, question, statistics, tracker)
        fallback = describe_fallback(registry, question.model, named.loaded)
        return told, {"manifest": named.loaded.digest, "engine": told["engine"], **fallback}

    @app.post("/v2/models/<name>/infer")
    @app.post("/v2/models/<name>/versions/<version>/infer")
    @needs("predict")
    def v2_infer(name: str, version: str = "") -> Response:
        # The protocol's own clients name no type, or this one, for JSON as well.
        if request.mimetype not in ("", BINARY):
            check_json()
        asked = InferenceRequest(receive(settings.max_body_bytes), request.headers.get(JSON_LENGTH))
        named = _find(registry, speculation, name, version)
        records = asked.read_records(settings.max_records)
        wanted = asked.read_wanted([name for name, _, _ in _outputs(named.manifest)])
        question = Question(name, records, single=False, request_id=g.request_id)
        answer, more = ask(named, question)
        told = _describe(asked.id, named, more, answer["warnings"])
        return write_answer(told, list(_write_outputs(named.manifest, answer["predictions"])), wanted)


@dataclass(frozen=True)
class _Named:
    """What an address names: a model by its version in memory, or a group, which has none."""

    name: str
    manifest: Manifest
    loaded: Loaded | None

    @property
    def version(self) -> str | None:
        return str(self.manifest.version) if self.loaded else None

    @property
    def is_answering(self) -> bool:
        """Whether what computes its answers lives; of a group, others stand in for a member."""
        return self.loaded is None or self.loaded.problem is None


def _add_reports(app: Flask, registry: Registry, speculation: Speculation) -> None:
    @app.get("/v2")
    def v2_server() -> Response:
        return as_json({"name": "howdah", "version": _own_version(), "extensions": ["binary_tensor_data"]})

    @app.get("/v2/health/live")
    @needs("open")
    def v2_live() -> Response:
        return as_json({"live": True})

    @app.get("/v2/health/ready")
    @needs("open")
    def v2_ready() -> Response:
        ready = is_ready(registry)
        return as_json({"ready": ready}, 200 if ready else 503)

    @app.get("/v2/models/<name>")
    @app.get("/v2/models/<name>/versions/<version>")
    def v2_model(name: str, version: str = "") -> Response:
        named = _find(registry, speculation, name, version)
        manifest = named.manifest
        inputs = [{"name": each.name, "datatype": _DATATYPES[each.type], "shape": [-1]} for each in manifest.inputs]
        outputs = [{"name": name, "datatype": kind, "shape": [-1, *size]} for name, kind, size in _outputs(manifest)]
        told = {
            "name": name,
            "versions": [named.version] if named.version else [],
            "platform": "spark_pipelinemodel" if named.loaded else "howdah_group",
        }
        return as_json({**told, "inputs": inputs, "outputs": outputs})

    @app.get("/v2/models/<name>/ready")
    @app.get("/v2/models/<name>/versions/<version>/ready")
    def v2_model_ready(name: str, version: str = "") -> Response:
        ready = _find(registry, speculation, name, version).is_answering
        return as_json({"name": name, "ready": ready}, 200 if ready else 503)


def _own_version() -> str:
    try:
        return metadata.version("howdah")
    except metadata.PackageNotFoundError:  # a checkout that nobody installed
        return "0"


def _find(registry: Registry, speculation: Speculation, name: str, wanted: str) -> _Named:
    """The group, or the version in memory when it is the one that is asked for; a version is always a model's.

    Raises: ServingError H506, H511, H537, H561, H562.
    """
    if name in speculation.names and not wanted:
        return _Named(name, speculation.manifest(name), None)
    loaded = require(registry, check_known(registry, name))
    serving = str(loaded.manifest.version)
    if wanted not in ("", serving):
        message = f"version {wanted[:50]!r} of model '{name}' does not serve"
        raise ServingError("H537", message, hint=f"version {serving} does; leave the version out to follow it")
    return _Named(loaded.manifest.name, loaded.manifest, loaded)


def _outputs(manifest: Manifest) -> list[tuple[str, str, list[int]]]:
    """Name, datatype and size of a row of each output."""
    if not manifest.classes:
        return [("prediction", "FP64", [])]
    return [("prediction", "BYTES", []), ("probabilities", "FP64", [len(manifest.classes)])]


def _describe(
    asked_id: str, named: _Named, more: Mapping[str, object], warnings: Sequence[Mapping[str, Any]]
) -> dict[str, object]:
    """An answer but for its outputs."""
    told = {**more, "warnings": len(warnings), **describe_request()}
    if warnings:
        first = warnings[0]
        told["first_warning"] = f"record {first['record']}, field '{first['field']}' {first['problem']}"
    version = {"model_version": named.version} if named.version else {}
    return {"model_name": named.name, **version, "id": asked_id or g.request_id, "parameters": told}


def _write_outputs(manifest: Manifest, answers: Sequence[Mapping[str, Any]]) -> Iterator[Output]:
    for name, kind, size in _outputs(manifest):
        # A classifier without probabilities (a linear SVC) has only the one output, and so has a group of one.
        if all(name in each for each in answers):
            data = [each[name] for each in answers]
            if size:
                data = [each[label] for each in data for label in manifest.classes]
            yield Output(name, kind, size, len(answers), data)


def _describe_group(answer: Mapping[str, Any]) -> dict[str, object]:
    """How a group came to its answer, in values that the protocol has for parameters: lists as texts of JSON."""
    group: Mapping[str, Any] = answer["group"]
    whose = [one["member"] for one in answer["predictions"]]
    return {
        "policy": group["policy"],
        "deadline_ms": group["deadline_ms"],
        "degraded": group["degraded"],
        **{name: json.dumps(told) for name, told in (
            ("reasons", group["reasons"]), ("members", group["members"]), ("answered_by", whose)
        )},
    }  # fmt: skip


def is_inference_protocol() -> bool:
    """Whether the request is one of the protocol's, whose errors are one text."""
    return request.path == PREFIX or request.path.startswith(PREFIX + "/")
