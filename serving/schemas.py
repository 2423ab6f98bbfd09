"""The schemas of the service's OpenAPI document: what the models that serve take, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.manifest import Field, FieldType
from models.number_cells import LONG_LIMIT
from serving.registry import Registry
from serving.settings import Settings
from serving.tensors import DATATYPES
from serving.tracking.labels import LAST_ROW, LONGEST_ID, LONGEST_TEXT
from serving.values import MAX_TEXT_CHARACTERS


def describe_object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object of these properties alone."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def refer_to(name: str) -> dict[str, Any]:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


_OF_REQUEST = {
    "request_id": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "description": "As the answer has it."},
    "row": {"type": "integer", "minimum": 0, "maximum": LAST_ROW, "default": 0,
            "description": "Which row of the request."},
}  # fmt: skip
_OF_KEY = {
    "key": {"type": ["string", "number"], "minLength": 1, "maxLength": LONGEST_TEXT,
            "description": "Instead of a request: what the fact is known by."},
}  # fmt: skip
_FACT = {
    "label": {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": LONGEST_TEXT,
              "description": "What was to be predicted, as it turned out; a number where numbers are predicted."},
    "happened": {"type": ["string", "null"], "format": "date-time", "description": "When the fact came to be."},
}  # fmt: skip


def _labels(model: Mapping[str, Any], most: int) -> dict[str, Any]:
    """One label, or many of one model."""
    one = [
        (("request_id", "label"), {**_OF_REQUEST, **_FACT}),
        (("key", "label"), {**_OF_KEY, **_FACT}),
    ]
    many = {"type": "array", "minItems": 1, "maxItems": most,
            "items": {"anyOf": [describe_object(required, **fields) for required, fields in one]}}  # fmt: skip
    return {
        "anyOf": [
            *(describe_object(required, **model, **fields) for required, fields in one),
            describe_object(("labels",), **model, labels=many),
        ]
    }


_REQUEST = {"request_id": {"type": "string"}, "time_ms": {"type": "number"}}
# Whose answer it is; null where it is a group's default.
_WHOSE = {
    "model": {"type": ["string", "null"]},
    "version": {"type": ["integer", "null"]},
    "manifest": {"type": ["string", "null"],
                 "description": "The SHA-256 that stands for every file of the version."},
    "engine": {"type": "string"},
}  # fmt: skip
_ONE_ANSWER = {
    "prediction": {"type": ["string", "number", "null"]},
    "probabilities": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
    **_WHOSE,
    "member": {"type": ["string", "null"], "description": "Of a group: the member that gave it."},
}
_MEMBER = {
    "type": "object",
    "properties": {
        "member": {"type": "string"},
        "version": {"type": ["integer", "null"]},
        "manifest": {"type": ["string", "null"]},
        "state": {"enum": ["answered", "late", "not awaited", "failed", "refused", "unavailable"]},
        "latency_ms": {"type": ["number", "null"]},
        "problem": {"type": ["string", "null"]},
        "vote": {"type": ["string", "number", "null"]},
        "votes": {"type": "array", "items": {"type": ["string", "number", "null"]}},
    },
    "required": ["member", "version", "manifest", "state", "latency_ms", "problem"],
}
_ANSWERS = {
    "Answer": {
        "type": "object",
        "description": "One prediction, or as many as records; of a group each names its member.",
        "properties": {
            **_ONE_ANSWER,
            "predictions": {
                "type": "array",
                "items": {"type": "object", "properties": _ONE_ANSWER, "required": ["prediction"]},
            },
            "warnings": {"type": "array", "items": {"type": "object"}},
            "fallback": {"type": "string", "description": "Why a version of qa answers; else absent."},
            "group": refer_to("GroupAnswer"),
            **_REQUEST,
        },
        "required": ["warnings", *_REQUEST],
        "anyOf": [
            {"required": ["prediction", *_WHOSE]},
            {"required": ["predictions", *_WHOSE]},
            {"required": ["predictions", "group"]},
        ],
    },
    "GroupAnswer": {
        "type": "object",
        "description": "How a group came to its answer: every member with its version, latency and vote.",
        "properties": {
            "name": {"type": "string"},
            "policy": {"type": "string"},
            "deadline_ms": {"type": "number"},
            "degraded": {"type": "boolean"},
            "reasons": {"type": "array", "items": {"type": "string"}},
            "members": {"type": "array", "items": _MEMBER},
        },
        "required": ["name", "policy", "deadline_ms", "degraded", "reasons", "members"],
    },
    "Explanation": {
        "type": "object",
        "description": "base, the inputs' amounts and others sum up to score.",
        "properties": {
            "model": {"type": "string"}, "version": {"type": "integer"}, "manifest": {"type": "string"},
            "scale": {"type": "string", "enum": ["probability", "margin", "value"]},
            "class": {"type": ["string", "null"], "description": "Whose score it is: the class that is predicted."},
            "base": {"type": "number"}, "score": {"type": "number"}, "others": {"type": "number"},
            "inputs": {"type": "array", "items": {"type": "object", "properties": {
                "input": {"type": "string"}, "amount": {"type": "number"},
            }}},
            **_REQUEST,
        },
    },
    "InferenceAnswer": {
        "type": "object",
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string", "description": "A group has none."},
            "id": {"type": "string"},
            "parameters": {"type": "object"},
            "outputs": {
                "type": "array",
                "items": describe_object(
                    ("name", "shape", "datatype", "data"),
                    name={"type": "string"},
                    shape={"type": "array", "items": {"type": "integer"}},
                    datatype={"enum": ["BYTES", "FP64"]},
                    data={"type": "array"},
                ),
            },
        },
        "required": ["model_name", "id", "parameters", "outputs"],
    },
    "Taken": describe_object(
        ("model", "labels", *_REQUEST), model={"type": "string"}, labels={"type": "integer"}, **_REQUEST,
    ),
    "Served": describe_object(
        ("model", "version", "manifest", *_REQUEST),
        model={"type": "string"}, version={"type": "integer"}, manifest={"type": "string"}, **_REQUEST,
    ),
    "Health": {
        "type": "object",
        "properties": {
            "status": {"enum": ["ok", "degraded", "unavailable"]},
            "reasons": {"type": "array", "items": {"type": "object"}},
            "models": {"type": "array", "items": {"type": "object"}},
            "tracking": {"type": "object"},
        },
        "required": ["status", "reasons", "models"],
    },
}  # fmt: skip


def describe_schemas(registry: Registry, settings: Settings) -> dict[str, Any]:
    """The document's schemas by name, for the models as they are now."""
    found = {
        f"{name.replace('@', '.')}.record": _record(
            state.loaded.manifest.inputs, accept=settings.accept_unknown_categories
        )
        for name, state in registry.states.items()
        if state.loaded
    }
    records = [refer_to(name) for name in found]
    record: dict[str, Any] = {"anyOf": records} if records else {"type": "object"}
    many = {"type": "array", "items": record, "minItems": 1, "maxItems": settings.max_records}
    # Where the address has to name it, the body does not name it once more.
    model = {"model": refer_to("Model")} if len(registry.states) < 2 else {}
    return {
        **found,
        "Model": _models(registry, []),
        "ModelOrGroup": _models(registry, [group.name for group in settings.groups]),
        "Question": {
            "anyOf": [record, many, describe_object(("records",), **model, records=many),
                      describe_object(("record",), **model, record=record)]
        },
        "Upload": describe_object(("file",), **model, file={"type": "string", "contentMediaType": "text/csv"}),
        "OneRecord": {"anyOf": [record, describe_object(("record",), **model, record=record)]},
        "Labels": _labels(model, settings.max_records),
        **_ANSWERS,
        "InferenceRequest": _inference_request(settings.max_records),
        "Error": {"type": "object", "properties": {
            "error": {"type": ["object", "string"], "description": "code, message, hint, fields; a text below /v2"},
            "request_id": {"type": "string"},
        }, "required": ["error", "request_id"]},
        "Object": {"type": "object"},
    }  # fmt: skip


def _models(registry: Registry, groups: Sequence[str]) -> dict[str, Any]:
    known = {"enum": list(dict.fromkeys([*registry.states, *groups]))} if registry.states else {}
    needed = "A body may name it instead, as model." if len(registry.states) > 1 else "Not needed for the only one."
    return {"type": "string", **known, "description": f"Which one. {needed}"}


def _inference_request(most: int) -> dict[str, Any]:
    rows = {"type": "integer", "minimum": 1, "maximum": most}
    shapes = (
        {"type": "array", "items": rows, "minItems": 1, "maxItems": 1},
        {"type": "array", "prefixItems": [rows, {"const": 1}], "minItems": 2, "maxItems": 2},
    )
    tensor = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "A field of the model."},
            "shape": {"anyOf": list(shapes), "description": "[rows] or [rows, 1]; data has as many."},
            "datatype": {"type": "string", "enum": list(DATATYPES)},
            "data": {"type": "array"},
        },
        "required": ["name", "shape", "datatype", "data"],
    }
    name = {"type": "string", "enum": ["prediction", "probabilities"]}
    wanted = {"type": "array", "items": {"type": "object", "properties": {"name": name}, "required": ["name"]}}
    inputs = {"type": "array", "items": tensor, "minItems": 1}
    properties = {"id": {"type": "string"}, "inputs": inputs, "outputs": wanted}
    return {"type": "object", "properties": properties, "required": ["inputs"]}


_TYPES: Mapping[FieldType, dict[str, Any]] = {
    "double": {"type": "number"},
    "long": {"type": "integer", "format": "int64", "minimum": -LONG_LIMIT, "maximum": LONG_LIMIT - 1},
    "string": {"type": "string", "maxLength": MAX_TEXT_CHARACTERS},
    "boolean": {"type": "boolean"},
}


def _record(inputs: tuple[Field, ...], *, accept: bool) -> dict[str, Any]:
    return describe_object(tuple(each.name for each in inputs), **{each.name: _input(each, accept) for each in inputs})


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
