"""The Open Inference Protocol, version 2: columns instead of records, on the same path as POST /predict.

Source: the protocol's REST specification (KServe), https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from flask import Flask, Response, g, request

from models.manifest import FieldType, Manifest
from serving.access import needs
from serving.body import Question, read_json
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
from serving.tracking.tracker import Tracker

PREFIX = "/v2"

_DATATYPES: Mapping[FieldType, str] = {"double": "FP64", "long": "INT64", "string": "BYTES", "boolean": "BOOL"}
KNOWN_DATATYPES = (
    "BOOL", "BYTES", "FP16", "FP32", "FP64", "INT16", "INT32", "INT64", "INT8", "UINT16", "UINT32", "UINT64", "UINT8",
)  # fmt: skip
_SHAPES = 'send {"inputs": [{"name": …, "shape": [rows], "datatype": …, "data": […]}]}, one input a field'


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

    @app.post("/v2/models/<name>/infer")
    @app.post("/v2/models/<name>/versions/<version>/infer")
    @needs("predict")
    def v2_infer(name: str, version: str = "") -> Response:
        _check_form()
        asked = _read_object(receive(settings.max_body_bytes))
        named = _find(registry, speculation, name, version)
        records = _read_records(asked, settings.max_records)
        question = Question(name, records, single=False, request_id=g.request_id)
        wanted = _read_wanted(asked, named.manifest)
        if named.loaded is None:
            answer = speculation.answer(name, question, read_key())
            return as_json(_tell(asked, named, answer, wanted, _describe_group(answer)))
        told = predict(named.loaded, question, statistics, tracker)
        fallback = describe_fallback(registry, name, named.loaded)
        return as_json(
            _tell(asked, named, told, wanted, {"manifest": named.loaded.digest, "engine": told["engine"], **fallback})
        )


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
        return as_json({"name": "howdah", "version": _own_version(), "extensions": []})

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


def _check_form() -> None:
    """Nothing, when the body is JSON; the protocol's own clients name no type. Raises: ServingError H503."""
    if "Inference-Header-Content-Length" in request.headers:
        message = "tensors in binary are not taken: send them as JSON (binary_data=False in tritonclient)"
        raise ServingError("H503", message)
    if request.mimetype:
        check_json()


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


def _read_object(data: bytes) -> dict[str, Any]:
    value = read_json(data)
    if not isinstance(value, dict) or not isinstance(value.get("inputs"), list) or not value["inputs"]:
        raise ServingError("H512", "the body holds no inputs", hint=_SHAPES)
    if not isinstance(value.get("id", ""), str):
        raise ServingError("H512", "'id' is not text", hint=_SHAPES)
    return value


def _read_records(asked: Mapping[str, Any], most: int) -> list[dict[str, object]]:
    """The columns as records. Raises: ServingError H509, H512."""
    columns: dict[str, Sequence[object]] = {}
    for index, each in enumerate(asked["inputs"]):
        name, values = _read_input(each, f"inputs[{index}]", most)
        if name in columns:
            raise ServingError("H512", f"the input {name[:100]!r} stands twice", hint=_SHAPES)
        columns[name] = values
    sizes = sorted({len(values) for values in columns.values()})
    if len(sizes) > 1:
        raise ServingError("H512", f"the inputs have {sizes[0]} and {sizes[-1]} rows", hint="each has as many")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _read_input(value: object, place: str, most: int) -> tuple[str, Sequence[object]]:
    if not isinstance(value, dict):
        raise ServingError("H512", f"{place} is not an object", hint=_SHAPES)
    name, data, shape = value.get("name"), value.get("data"), value.get("shape")
    if not isinstance(name, str) or not isinstance(data, list):
        raise ServingError("H512", f"{place} has no name, or no list of data", hint=_SHAPES)
    if value.get("datatype") not in KNOWN_DATATYPES:
        raise ServingError("H512", f"{place}: that is no datatype", hint=f"one of {', '.join(KNOWN_DATATYPES)}")
    if not isinstance(shape, list) or any(type(size) is not int for size in shape):
        raise ServingError("H512", f"{place} has no shape", hint=_SHAPES)
    if shape[1:] not in ([], [1]) or not shape or shape[0] < 1:
        raise ServingError("H512", f"{place}: a field has the shape [rows] or [rows, 1]", hint=_SHAPES)
    if shape[0] > most:
        raise ServingError("H509", f"{shape[0]} records in one request", hint=f"send at most {most} at once")
    if len(shape) == 2 and all(isinstance(each, list) and len(each) == 1 for each in data):
        data = [each[0] for each in data]
    if len(data) != shape[0]:
        raise ServingError("H512", f"{place}: the shape says {shape[0]} rows, there are {len(data)}", hint=_SHAPES)
    return name, data


def _read_wanted(asked: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """The names of the outputs that the client wants: all, when it names none. Raises: ServingError H512."""
    known = [name for name, _, _ in _outputs(manifest)]
    outputs = asked.get("outputs") or []
    if not isinstance(outputs, list):
        raise ServingError("H512", "'outputs' is not a list", hint=f"there are: {', '.join(known)}")
    names = [each.get("name") if isinstance(each, dict) else each for each in outputs]
    for name in names:
        if name not in known:
            message = f"there is no output {str(name)[:100]!r}"
            raise ServingError("H512", message, hint=f"there are: {', '.join(known)}")
    return [name for name in known if not names or name in names]


def _tell(
    asked: Mapping[str, Any],
    named: _Named,
    answer: Mapping[str, Any],
    wanted: Sequence[str],
    parameters: Mapping[str, object],
) -> dict[str, object]:
    answers: list[Mapping[str, Any]] = answer["predictions"]
    outputs: list[dict[str, object]] = []
    for name, kind, size in _outputs(named.manifest):
        # A classifier without probabilities (a linear SVC) has only the one output, and so has a group of one.
        if name not in wanted or any(name not in each for each in answers):
            continue
        data = [each[name] for each in answers]
        if size:
            data = [each[label] for each in data for label in named.manifest.classes]
        outputs.append({"name": name, "shape": [len(answers), *size], "datatype": kind, "data": data})
    warnings: list[Mapping[str, Any]] = answer["warnings"]
    told = {**parameters, "warnings": len(warnings), **describe_request()}
    if warnings:
        first = warnings[0]
        told["first_warning"] = f"record {first['record']}, field '{first['field']}' {first['problem']}"
    version = {"model_version": named.version} if named.version else {}
    return {
        "model_name": named.name,
        **version,
        "id": asked.get("id") or g.request_id,
        "parameters": told,
        "outputs": outputs,
    }


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
