"""The service's addresses as an OpenAPI 3.1 document, with the inputs of the models that serve just now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, make_response, render_template

from models.manifest import Field, FieldType
from serving.access import role_for
from serving.explaining import MOST_INPUTS, USUAL_INPUTS
from serving.inference_protocol import PREFIX
from serving.predicting import ARROW, CSV
from serving.registry import Registry
from serving.replies import as_json
from serving.settings import Settings
from serving.signature import MAX_TEXT_CHARACTERS

_JSON = "application/json"
_PAGE = "text/html"
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")

_REASON = {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Why, for those who read the log."}
_PLACE = {
    "as": {"type": "string", "description": "Which alias: champion, if neither this nor a stage is named."},
    "stage": {"enum": ["qa", "prod"], "description": "Instead: which stage."},
}
_FORCE = {"type": "boolean", "default": False, "description": "To prod, although the version has not been in qa."}
_VERSION = {"type": ["integer", "string"], "description": "A number, or an alias."}


@dataclass(frozen=True)
class Operation:
    """What one address does by one method: ``query`` and ``body`` are schemas, ``answer`` is a media type.

    ``files`` are media types that are taken besides JSON, and then answered in.
    """

    method: str
    path: str
    summary: str
    tag: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Mapping[str, Any]] | None = None
    files: tuple[str, ...] = ()
    answer: str = _JSON
    schema: str = "Object"


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


# What stands in an address; of what is served, the names are known.
_PATTERNS = {"name": "^[A-Za-z][A-Za-z0-9_-]{0,63}$", "version": "^([1-9][0-9]{0,14}|[A-Za-z][A-Za-z0-9_-]{0,63})$"}
_SERVED = ("models", "pages", "inference protocol")

_MODEL = {"model": {"type": "string", "description": "Which model; not needed where there is one alone."}}
_COUNT = {
    "count": {"type": "integer", "minimum": 1, "maximum": MOST_INPUTS, "default": USUAL_INPUTS,
              "description": "How many inputs; the strongest."},
}  # fmt: skip
_VERSION_QUERY = {"version": {"type": "string", "description": "A number, or an alias."}}

_LABEL = {
    "request_id": {"type": "string", "minLength": 1, "maxLength": 128, "description": "As the answer has it."},
    "row": {"type": "integer", "minimum": 0, "default": 0, "description": "Which row of the request."},
    "key": {"type": ["string", "number"], "description": "Instead of both: what the fact is known by."},
    "label": {"type": ["string", "number", "boolean"], "description": "What was to be predicted, as it turned out."},
    "happened": {"type": "string", "format": "date-time", "description": "When the fact came to be."},
}
_LABELS = {
    "anyOf": [
        _object(("label",), model={"type": "string"}, **_LABEL),
        _object(
            ("labels",),
            model={"type": "string"},
            labels={"type": "array", "minItems": 1, "items": _object(("label",), **_LABEL)},
        ),
    ]
}

OPERATIONS = (
    Operation("POST", "/predict", "Ask a model: one record or many.", "predict", _reference("Question"), _MODEL,
              files=(CSV, ARROW), schema="Answer"),
    Operation("POST", "/explain", "Which inputs moved the answer to one record, and by how much.", "predict",
              _reference("OneRecord"), {**_MODEL, **_COUNT}, schema="Explanation"),
    Operation("POST", "/labels", "Tell what came of predictions: one fact or many.", "predict", _LABELS, _MODEL),
    Operation("GET", "/", "The page of the first model.", "pages", answer=_PAGE),
    Operation("GET", "/models/{name}/form", "The page of a model.", "pages", answer=_PAGE),
    Operation("GET", "/models/{name}/owner", "The page of a model's owner: versions, traffic, changes.", "pages",
              answer=_PAGE),
    Operation("GET", "/models/{name}/drift", "What is asked now against training, as charts.", "pages", answer=_PAGE,
              query={"hours": {"type": "integer", "enum": [1, 24, 168], "default": 24}}),
    Operation("GET", "/docs", "This description as a page.", "pages", answer=_PAGE),
    Operation("GET", "/openapi.json", "This description.", "pages"),
    Operation("GET", "/models", "The models that are served, and where they come from.", "models"),
    Operation("GET", "/models/{name}", "One model, with its inputs.", "models"),
    Operation("GET", "/state/{name}", "How often and how fast each version answered, over all workers.", "models"),
    Operation("POST", "/models/{name}/reload", "Look for a new version at once; answers when it serves.", "models"),
    Operation("GET", "/groups", "The groups of models that answer under one name.", "models"),
    Operation("GET", "/groups/{name}", "One group: its members, and what all workers have counted.", "models"),
    Operation("GET", "/metrics", "The statistics for Prometheus.", "service", answer="text/plain"),
    Operation("GET", "/health", "How the service is, with every reason.", "service"),
    Operation("GET", "/health/live", "Whether the service answers at all.", "service"),
    Operation("GET", "/health/ready", "Whether the models that it should serve answer.", "service"),
    Operation("GET", "/repository", "The models of the repositories.", "repository"),
    Operation("GET", "/repository/{name}", "A model's versions.", "repository"),
    Operation("GET", "/repository/{name}/versions/{version}", "All of one version.", "repository"),
    Operation("GET", "/repository/{name}/compare", "The metrics of versions side by side.", "repository", query={
        "version": {"type": "array", "items": {"type": "string"}, "description": "Which; champion and latest if none."},
    }),
    Operation("GET", "/repository/{name}/verify", "What is not as it was published.", "repository",
              query=_VERSION_QUERY),
    Operation("GET", "/repository/{name}/log", "Who changed what, when and why; the newest last.", "repository", query={
        "count": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20, "description": "How many."},
    }),
    Operation("POST", "/repository/{name}/promote", "Let an alias mean a version, which is verified first.",
              "repository", _object(("version", "reason"), version=_VERSION, reason=_REASON, **_PLACE, force=_FORCE)),
    Operation("POST", "/repository/{name}/rollback", "Let an alias mean what it meant before.", "repository",
              _object(("reason",), reason=_REASON, **_PLACE)),
    Operation("POST", "/repository/{name}/retire", "Take a version out of use.", "repository",
              _object(("version", "reason"), version=_VERSION, reason=_REASON)),
    Operation("POST", "/repository/{name}/gc", "Say which old versions would go; with delete they do.", "repository",
              _object(
                  keep={"type": "integer", "minimum": 1, "default": 5},
                  days={"type": "number", "minimum": 0, "maximum": 36500, "default": 30},
                  delete={"type": "boolean", "default": False},
              )),
    *(
        Operation(method, f"{PREFIX}{path}{end}", summary, "inference protocol",
                  _reference("InferenceRequest") if method == "POST" else None)
        for method, path, end, summary in (
            ("GET", "", "", "The server."),
            ("GET", "/health", "/live", "Whether it answers."),
            ("GET", "/health", "/ready", "Whether its models answer."),
            ("GET", "/models/{name}", "", "A model's inputs and outputs."),
            ("GET", "/models/{name}/versions/{version}", "", "The same of the version that serves."),
            ("GET", "/models/{name}", "/ready", "Whether a model answers."),
            ("GET", "/models/{name}/versions/{version}", "/ready", "Whether that version answers."),
            ("POST", "/models/{name}", "/infer", "Ask a model by columns."),
            ("POST", "/models/{name}/versions/{version}", "/infer", "Ask a version by columns, if it is the one."),
        )
    ),
)  # fmt: skip


def add_openapi(app: Flask, registry: Registry, settings: Settings) -> None:
    """The description at ``/openapi.json``, and as a page at ``/docs``."""

    @app.get("/openapi.json")
    def openapi() -> Response:
        return as_json(describe_addresses(app, registry, settings))

    @app.get("/docs")
    def docs() -> Response:
        document = describe_addresses(app, registry, settings)
        return make_response(render_template("docs.html", document=document, operations=operations_of(app)))


def describe_addresses(app: Flask, registry: Registry, settings: Settings) -> dict[str, Any]:
    """The document, for the models as they are now."""
    paths: dict[str, dict[str, Any]] = {}
    views = _views(app)
    for each in operations_of(app):
        role = role_for(views[each.method, each.path], each.method)
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, role, settings, list(registry.states))
    schemes = {"token": {"type": "http", "scheme": "bearer"}, "browser": {"type": "http", "scheme": "basic"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Howdah's prediction service",
            "version": "1",
            "description": "Versions of models, taken up without a restart. Each answer names the version it is of.",
        },
        "paths": paths,
        "components": {"schemas": _schemas(registry, settings), "securitySchemes": schemes},
    }


def operations_of(app: Flask) -> list[Operation]:
    """Those that ``app`` has: some addresses are there only when the service was started with what they need."""
    views = _views(app)
    return [each for each in OPERATIONS if (each.method, each.path) in views]


def _views(app: Flask) -> dict[tuple[str, str], Callable[..., Any]]:
    return {
        (method, path_of(rule.rule)): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def path_of(rule: str) -> str:
    """A rule of the application as OpenAPI writes it."""
    return _VARIABLE.sub(r"{\1}", rule)


def _operation(each: Operation, role: str, settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    answer = {"schema": _reference(each.schema)} if each.answer == _JSON else {}
    described: dict[str, Any] = {
        "summary": each.summary,
        "tags": [each.tag],
        "operationId": f"{each.method.lower()}{re.sub(r'[^a-z0-9]+', '_', each.path)}".rstrip("_"),
        "parameters": list(_parameters(each, names)),
        "responses": {
            "200": {"description": "The answer.", "content": {each.answer: answer}},
            "default": {"description": "A refusal.", "content": {_JSON: {"schema": _reference("Error")}}},
        },
    }
    if each.body:
        others: dict[str, Any] = {kind: {} for kind in each.files}
        described["requestBody"] = {"required": True, "content": {_JSON: {"schema": each.body}, **others}}
        described["responses"]["200"]["content"].update(others)
    if settings.tokens and role != "open":
        described["security"] = [{"token": []}, {"browser": []}]
        described["x-role"] = role
    return described


def _parameters(each: Operation, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", each.path):
        schema: dict[str, Any] = {"type": "string", "pattern": _PATTERNS[name]}
        if name == "name" and names and each.tag in _SERVED:
            schema = {"type": "string", "enum": list(names)}
        yield {"name": name, "in": "path", "required": True, "schema": schema, "description": f"The {name}."}
    for name, asked in (each.query or {}).items():
        yield {"name": name, "in": "query", "required": False, "schema": dict(asked)}


def _schemas(registry: Registry, settings: Settings) -> dict[str, Any]:
    found = {
        f"{name.replace('@', '.')}.record": _record(
            state.loaded.manifest.inputs, accept=settings.accept_unknown_categories
        )
        for name, state in registry.states.items()
        if state.loaded
    }
    records = [_reference(name) for name in found]
    record: dict[str, Any] = {"anyOf": records} if records else {"type": "object"}
    many = {"type": "array", "items": record, "minItems": 1, "maxItems": settings.max_records}
    model = {"type": "string", "description": "Which model."}
    return {
        **found,
        "Question": {
            "anyOf": [record, many, _object(("records",), model=model, records=many),
                      _object(("record",), model=model, record=record)]
        },
        "OneRecord": {"anyOf": [record, _object(("record",), model=model, record=record)]},
        "Explanation": {"type": "object", "description": "base, the inputs' amounts and others sum up to score.",
                        "properties": {
            "model": {"type": "string"}, "version": {"type": "integer"}, "manifest": {"type": "string"},
            "scale": {"type": "string", "enum": ["probability", "margin", "value"]},
            "class": {"type": ["string", "null"], "description": "Whose score it is: the class that is predicted."},
            "base": {"type": "number"}, "score": {"type": "number"}, "others": {"type": "number"},
            "inputs": {"type": "array", "items": {"type": "object", "properties": {
                "input": {"type": "string"}, "amount": {"type": "number"},
            }}},
            "request_id": {"type": "string"}, "time_ms": {"type": "number"},
        }},
        "Answer": {"type": "object", "description": "One prediction, or as many as records.", "properties": {
            "prediction": {"type": ["string", "number", "null"]},
            "probabilities": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
            "predictions": {"type": "array", "items": {"type": "object"}},
            "model": {"type": "string"}, "version": {"type": "integer"},
            "manifest": {"type": "string", "description": "The SHA-256 that stands for every file of the version."},
            "engine": {"type": "string"}, "warnings": {"type": "array", "items": {"type": "object"}},
            "request_id": {"type": "string"}, "time_ms": {"type": "number"},
            "fallback": {"type": "string", "description": "Why a version of qa answers; else absent."},
        }, "required": ["model", "version", "manifest", "engine", "warnings", "request_id", "time_ms"]},
        "InferenceRequest": _inference_request(),
        "Error": {"type": "object", "properties": {
            "error": {"type": ["object", "string"], "description": "code, message, hint, fields; a text below /v2"},
            "request_id": {"type": "string"},
        }, "required": ["error", "request_id"]},
        "Object": {"type": "object"},
    }  # fmt: skip


def _inference_request() -> dict[str, Any]:
    tensor = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": 2},
            "datatype": {"type": "string", "enum": ["BOOL", "INT64", "FP64", "BYTES"]},
            "data": {"type": "array"},
        },
        "required": ["name", "shape", "datatype", "data"],
    }
    wanted = {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
    inputs = {"type": "array", "items": tensor, "minItems": 1}
    properties = {"id": {"type": "string"}, "inputs": inputs, "outputs": wanted}
    return {"type": "object", "properties": properties, "required": ["inputs"]}


_TYPES: Mapping[FieldType, dict[str, Any]] = {
    "double": {"type": "number"},
    "long": {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
    "string": {"type": "string", "maxLength": MAX_TEXT_CHARACTERS},
    "boolean": {"type": "boolean"},
}


def _record(inputs: tuple[Field, ...], *, accept: bool) -> dict[str, Any]:
    return _object(tuple(each.name for each in inputs), **{each.name: _input(each, accept) for each in inputs})


def _input(item: Field, accept: bool) -> dict[str, Any]:
    schema = dict(_TYPES[item.type])
    if item.type == "string" and item.categories and not accept:
        schema["enum"] = [*item.categories, *([None] if item.nullable else [])]
    if item.nullable:
        schema["type"] = [schema["type"], "null"]
    if item.description:
        schema["description"] = item.description
    if item.example is not None:
        schema["examples"] = [item.example]
    if item.minimum is not None and item.maximum is not None:
        schema["x-trained-on"] = [item.minimum, item.maximum]  # beyond, there is a warning and no refusal
    return schema
