"""The Open Inference Protocol, version 2: columns instead of records, on the same path as POST /predict.

Source: the protocol's REST specification (KServe), https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
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
from serving.statistics import Statistics
from serving.tracking.tracker import Tracker

PREFIX = "/v2"

_DATATYPES: Mapping[FieldType, str] = {"double": "FP64", "long": "INT64", "string": "BYTES", "boolean": "BOOL"}
_KNOWN_DATATYPES = (
    "BOOL", "BYTES", "FP16", "FP32", "FP64", "INT16", "INT32", "INT64", "INT8", "UINT16", "UINT32", "UINT64", "UINT8",
)  # fmt: skip
_SHAPES = 'send {"inputs": [{"name": …, "shape": [rows], "datatype": …, "data": […]}]}, one input a field'


def add_inference_protocol(
    app: Flask, registry: Registry, settings: Settings, statistics: Statistics, tracker: Tracker | None
) -> None:
    """The addresses below ``/v2``."""
    _add_reports(app, registry)

    @app.post("/v2/models/<name>/infer")
    @app.post("/v2/models/<name>/versions/<version>/infer")
    @needs("predict")
    def v2_infer(name: str, version: str = "") -> Response:
        check_json()
        asked = _read_object(receive(settings.max_body_bytes))
        loaded = _find(registry, name, version)
        records = _read_records(asked, settings.max_records)
        question = Question(name, records, single=False, request_id=g.request_id)
        wanted = _read_wanted(asked, loaded.manifest)
        answer = {**predict(loaded, question, statistics, tracker), **describe_fallback(registry, name, loaded)}
        return as_json(_tell(asked, loaded, answer, wanted))


def _add_reports(app: Flask, registry: Registry) -> None:
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
        manifest = _find(registry, name, version).manifest
        inputs = [{"name": each.name, "datatype": _DATATYPES[each.type], "shape": [-1]} for each in manifest.inputs]
        outputs = [{"name": name, "datatype": kind, "shape": [-1, *size]} for name, kind, size in _outputs(manifest)]
        told = {"name": name, "versions": [str(manifest.version)], "platform": "spark_pipelinemodel"}
        return as_json({**told, "inputs": inputs, "outputs": outputs})

    @app.get("/v2/models/<name>/ready")
    @app.get("/v2/models/<name>/versions/<version>/ready")
    def v2_model_ready(name: str, version: str = "") -> Response:
        _find(registry, name, version)
        return as_json({"name": name, "ready": True})


def _own_version() -> str:
    try:
        return version("howdah")
    except PackageNotFoundError:  # a checkout that nobody installed
        return "0"


def _find(registry: Registry, name: str, wanted: str) -> Loaded:
    """The version in memory, when it is the one that is asked for. Raises: ServingError H506, H511, H537."""
    loaded = require(registry, check_known(registry, name))
    serving = str(loaded.manifest.version)
    if wanted not in ("", serving):
        message = f"version {wanted[:50]!r} of model '{name}' does not serve"
        raise ServingError("H537", message, hint=f"version {serving} does; leave the version out to follow it")
    return loaded


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
    if value.get("datatype") not in _KNOWN_DATATYPES:
        raise ServingError("H512", f"{place}: that is no datatype", hint=f"one of {', '.join(_KNOWN_DATATYPES)}")
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
    asked: Mapping[str, Any], loaded: Loaded, answer: Mapping[str, Any], wanted: Sequence[str]
) -> dict[str, object]:
    manifest = loaded.manifest
    answers: list[Mapping[str, Any]] = answer["predictions"]
    outputs: list[dict[str, object]] = []
    for name, kind, size in _outputs(manifest):
        # A classifier without probabilities (a linear SVC) has only the one output.
        if name not in wanted or name not in answers[0]:
            continue
        data = [each[name] for each in answers]
        if size:
            data = [chance for each in data for chance in each.values()]
        outputs.append({"name": name, "shape": [len(answers), *size], "datatype": kind, "data": data})
    warnings: list[Mapping[str, Any]] = answer["warnings"]
    parameters = {
        "manifest": loaded.digest,
        "engine": answer["engine"],
        "warnings": len(warnings),
        **describe_request(),
    }
    if "fallback" in answer:
        parameters["fallback"] = answer["fallback"]
    if warnings:
        first = warnings[0]
        parameters["first_warning"] = f"record {first['record']}, field '{first['field']}' {first['problem']}"
    return {
        "model_name": manifest.name,
        "model_version": str(manifest.version),
        "id": asked.get("id") or g.request_id,
        "parameters": parameters,
        "outputs": outputs,
    }


def is_inference_protocol() -> bool:
    """Whether the request is one of the protocol's, whose errors are one text."""
    return request.path == PREFIX or request.path.startswith(PREFIX + "/")
