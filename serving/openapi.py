"""The service's addresses as an OpenAPI 3.1 document, with the inputs of the models that serve just now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, make_response, render_template

from models.names import LAST_VERSION
from serving.access import role_for
from serving.explaining import MOST_INPUTS, USUAL_INPUTS
from serving.inference_protocol import PREFIX
from serving.predicting import ARROW, CSV
from serving.refusals import shown_as_page
from serving.registry import Registry
from serving.replies import as_json
from serving.schemas import describe_object, describe_schemas, refer_to
from serving.settings import Settings
from serving.tensors import BINARY, JSON_LENGTH
from serving.uploads import UPLOAD

_JSON = "application/json"
_PAGE = "text/html"
_VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")

_NAME = "[A-Za-z][A-Za-z0-9_-]{0,63}"
_NAME_ALONE = f"^{_NAME}$"
_NUMBER_OR_ALIAS = f"^([1-9][0-9]{{0,14}}|{_NAME})$"

_REASON = {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Why, for those who read the log."}
_ALIAS = {"as": {"type": "string", "pattern": _NAME_ALONE,
                 "description": "Which alias: champion, if neither this nor a stage is named."}}  # fmt: skip
_STAGE = {"stage": {"type": "string", "enum": ["qa", "prod"], "description": "Instead: which stage."}}
_PROD = {"stage": {"type": "string", "enum": ["prod"]},
         "force": {"type": "boolean", "description": "Although the version has not been in qa."}}  # fmt: skip
_VERSION = {"type": ["integer", "string"], "minimum": 1, "maximum": LAST_VERSION,
            "pattern": _NUMBER_OR_ALIAS, "description": "A number, or an alias."}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """What one address does by one method: ``query`` and ``body`` are schemas, ``answer`` is a media type.

    ``files`` are media types that are taken besides JSON, and then answered in; ``forms`` are taken alone. ``headers``
    are a request's own. ``status`` is that of the answer; ``also`` is another one that the same answer may have.
    """

    method: str
    path: str
    summary: str
    tag: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Mapping[str, Any]] | None = None
    files: tuple[str, ...] = ()
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answer: str = _JSON
    schema: str = "Object"
    status: int = 200
    also: int = 0


# What stands in an address; of what is served, the names are known.
_PATTERNS = {"name": _NAME_ALONE, "version": _NUMBER_OR_ALIAS}
_SERVED = ("models", "pages", "inference protocol")

_MODEL = {"model": refer_to("Model")}
_MODEL_OR_GROUP = {"model": refer_to("ModelOrGroup")}
_COUNT = {
    "count": {"type": "integer", "minimum": 1, "maximum": MOST_INPUTS, "default": USUAL_INPUTS,
              "description": "How many inputs; the strongest."},
}  # fmt: skip
_JSON_LENGTH = {
    JSON_LENGTH: {"type": "integer", "minimum": 0, "description": "How many bytes are JSON; binary tensors follow."},
}
_VERSION_QUERY = {"version": {"type": "string", "description": "A number, or an alias."}}


def _at_a_place(*places: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """A change of an alias or of a stage, which needs all of ``properties``."""
    return {"anyOf": [describe_object(tuple(properties), **properties, **place) for place in places]}


OPERATIONS = (
    Operation("POST", "/predict", "Ask a model: one record or many.", "predict", refer_to("Question"),
              _MODEL_OR_GROUP, files=(CSV, ARROW),
              forms={UPLOAD: refer_to("Upload")}, schema="Answer"),
    Operation("POST", "/explain", "Which inputs moved the answer to one record, and by how much.", "predict",
              refer_to("OneRecord"), {**_MODEL, **_COUNT}, schema="Explanation"),
    Operation("POST", "/labels", "Tell what came of predictions: one fact or many.", "predict", refer_to("Labels"),
              _MODEL_OR_GROUP, schema="Taken", status=202),
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
    Operation("POST", "/models/{name}/reload", "Look for a new version at once; answers when it serves.", "models",
              schema="Served"),
    Operation("GET", "/groups", "The groups of models that answer under one name.", "models"),
    Operation("GET", "/groups/{name}", "One group: its members, and what all workers have counted.", "models"),
    Operation("GET", "/metrics", "The statistics for Prometheus.", "service", answer="text/plain"),
    Operation("GET", "/health", "How the service is, with every reason.", "service", schema="Health", also=503),
    Operation("GET", "/health/live", "Whether the service answers at all.", "service"),
    Operation("GET", "/health/ready", "Whether the models that it should serve answer.", "service", also=503),
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
              "repository", _at_a_place(_ALIAS, _STAGE, _PROD, version=_VERSION, reason=_REASON)),
    Operation("POST", "/repository/{name}/rollback", "Let an alias mean what it meant before.", "repository",
              _at_a_place(_ALIAS, _STAGE, reason=_REASON)),
    Operation("POST", "/repository/{name}/retire", "Take a version out of use.", "repository",
              describe_object(("version", "reason"), version=_VERSION, reason=_REASON)),
    Operation("POST", "/repository/{name}/gc", "Say which old versions would go; with delete they do.", "repository",
              describe_object(
                  keep={"type": "integer", "minimum": 1, "default": 5},
                  days={"type": "number", "minimum": 0, "maximum": 36500, "default": 30},
                  delete={"type": "boolean", "default": False},
              )),
    *(
        Operation("GET", f"{PREFIX}{path}", summary, "inference protocol", also=also)
        for path, summary, also in (
            ("", "The server.", 0),
            ("/health/live", "Whether it answers.", 0),
            ("/health/ready", "Whether its models answer.", 503),
            ("/models/{name}", "A model's inputs and outputs.", 0),
            ("/models/{name}/versions/{version}", "The same of the version that serves.", 0),
            ("/models/{name}/ready", "Whether a model answers.", 503),
            ("/models/{name}/versions/{version}/ready", "Whether that version answers.", 503),
        )
    ),
    *(
        Operation("POST", f"{PREFIX}/models/{{name}}{version}/infer", summary, "inference protocol",
                  refer_to("InferenceRequest"), files=(BINARY,), headers=_JSON_LENGTH, schema="InferenceAnswer")
        for version, summary in (
            ("", "Ask a model by columns."),
            ("/versions/{version}", "Ask a version by columns, if it is the one."),
        )
    ),
)  # fmt: skip


def add_openapi(app: Flask, registry: Registry, settings: Settings) -> None:
    """The description at ``/openapi.json``, and as a page at ``/docs``."""

    @app.get("/openapi.json")
    def openapi() -> Response:
        return as_json(describe_addresses(app, registry, settings))

    @app.get("/docs")
    @shown_as_page
    def docs() -> Response:
        document = describe_addresses(app, registry, settings)
        return make_response(render_template("docs.html", document=document, operations=operations_of(app)))


def describe_addresses(app: Flask, registry: Registry, settings: Settings) -> dict[str, Any]:
    """The document, for the models as they are now."""
    paths: dict[str, dict[str, Any]] = {}
    views = _views(app)
    for each in operations_of(app):
        role = role_for(views[each.method, each.path], each.method)
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, role, settings, registry)
    schemes = {"token": {"type": "http", "scheme": "bearer"}, "browser": {"type": "http", "scheme": "basic"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Howdah's prediction service",
            "version": "1",
            "description": "Versions of models, taken up without a restart. Each answer names the version it is of.",
        },
        "paths": paths,
        "components": {"schemas": describe_schemas(registry, settings), "securitySchemes": schemes},
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


def _operation(each: Operation, role: str, settings: Settings, registry: Registry) -> dict[str, Any]:
    files: dict[str, Any] = {kind: {} for kind in each.files}
    forms: dict[str, Any] = {kind: {"schema": schema} for kind, schema in each.forms.items()}
    told = {each.answer: {"schema": refer_to(each.schema)} if each.answer == _JSON else {}, **files}
    # To a person who looks for a page, a refusal may be one.
    page: dict[str, Any] = {_PAGE: {}} if each.answer == _PAGE else {}
    refusal = {_JSON: {"schema": refer_to("Error")}, **page}
    described: dict[str, Any] = {
        "summary": each.summary,
        "tags": [each.tag],
        "operationId": f"{each.method.lower()}{re.sub(r'[^a-z0-9]+', '_', each.path)}".rstrip("_"),
        "parameters": list(_parameters(each, settings, registry)),
        "responses": {
            **{str(status): {"description": "The answer.", "content": told}
               for status in (each.status, each.also) if status},
            "default": {"description": "A refusal.", "content": refusal},
        },
    }  # fmt: skip
    if each.body:
        described["requestBody"] = {"required": True, "content": {_JSON: {"schema": each.body}, **files, **forms}}
    if settings.tokens and role != "open":
        described["security"] = [{"token": []}, {"browser": []}]
        described["x-role"] = role
    return described


def _parameters(each: Operation, settings: Settings, registry: Registry) -> Iterator[dict[str, Any]]:
    served, groups = list(registry.states), [group.name for group in settings.groups]
    for name in re.findall(r"{(\w+)}", each.path):
        schema: dict[str, Any] = {"type": "string", "pattern": _PATTERNS[name]}
        known = groups if each.path.startswith("/groups") else served
        if each.path.startswith(PREFIX) and "{version}" not in each.path:
            known = list(dict.fromkeys([*served, *groups]))
        if name == "name" and known and each.tag in _SERVED:
            schema = {"type": "string", "enum": known}
        elif name == "name" and served:
            schema["examples"] = [model for model in served if "@" not in model]
        yield {"name": name, "in": "path", "required": True, "schema": schema, "description": f"The {name}."}
    for name, asked in (each.query or {}).items():
        required = name == "model" and len(served) > 1
        yield {"name": name, "in": "query", "required": required, "schema": dict(asked)}
    for name, asked in each.headers.items():
        yield {"name": name, "in": "header", "required": False, "schema": dict(asked)}
