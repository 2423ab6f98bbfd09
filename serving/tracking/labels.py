"""``POST /labels``: what came of predictions, as it becomes known."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, TypeGuard

from flask import Flask, Response, request

from models.manifest import Manifest
from models.tracked.records import Fact, as_key
from serving.access import needs
from serving.body import read_json
from serving.choice import check_known, choose_model
from serving.errors import ServingError
from serving.receiving import check_json, receive
from serving.registry import Registry
from serving.replies import as_json, describe_request
from serving.settings import Settings
from serving.tracking.settings import TrackingSettings
from serving.tracking.tracker import Tracker
from storage.nearest import did_you_mean

_FIELDS = frozenset({"request_id", "row", "key", "label", "happened"})
_SHAPES = 'send {"request_id": ID, "label": FACT}, or {"model": NAME, "labels": [{"key": KEY, "label": FACT}, …]}'
LONGEST_ID = 128
LONGEST_TEXT = 10_000
LAST_ROW = 2**31
_CLASSES_SHOWN = 20
_FRACTION = re.compile(r"\.([0-9]+)")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class _RefusedError(Exception):
    """A label that is none."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


def add_labels(app: Flask, registry: Registry, settings: Settings, tracker: Tracker | None) -> None:
    """Take labels, for the models and groups that are served; without a tracker, refuse them."""
    members = {group.name: group.members for group in settings.groups}

    @app.post("/labels")
    @needs("predict")
    def tell() -> Response:
        check_json()
        if tracker is None:
            raise ServingError("H541", "nothing is tracked here", hint="start the service with --track ROOT")
        named, labels = _unwrapped(read_json(receive(settings.max_body_bytes)), request.args.get("model", ""))
        if len(labels) > settings.max_records:
            raise ServingError(
                "H509", f"{len(labels)} labels in one request", hint=f"send at most {settings.max_records} at once"
            )
        name = named if named in members else choose_model(registry, named)
        facts = [
            fact for model in _models(members.get(name, (name,))) for fact in _facts(registry, model, labels, tracker)
        ]
        tracker.tell(facts)
        return as_json({"model": name, "labels": len(labels), **describe_request()}, 202)


def _unwrapped(value: object, named: str) -> tuple[str, Sequence[Any]]:
    """The model's name and the labels. Raises: ServingError H512."""
    if not isinstance(value, dict):
        raise ServingError("H512", "the body is not an object", hint=_SHAPES)
    model = value.get("model", named)
    if not isinstance(model, str) or (named and model != named):
        raise ServingError("H512", "'model' is not the name of one model", hint="name it once, in the body or address")
    rest = {name: each for name, each in value.items() if name != "model"}
    if "labels" not in rest:
        return model, [rest]
    labels = rest["labels"]
    if len(rest) > 1 or not isinstance(labels, list) or not labels:
        raise ServingError("H512", "'labels' is not a list of labels alone", hint=_SHAPES)
    return model, labels


def _models(members: Sequence[str]) -> Sequence[str]:
    """The models of which ``members`` are, or mean versions: funnel and funnel@challenger are one."""
    return list(dict.fromkeys(member.partition("@")[0] for member in members))


def _facts(registry: Registry, model: str, labels: Sequence[Any], tracker: Tracker) -> Iterator[Fact]:
    """Raises: ServingError H540."""
    loaded = registry.states[check_known(registry, model)].loaded
    manifest = loaded.manifest if loaded else None
    classes = _classes(registry, model)
    for index, label in enumerate(labels):
        read = partial(_fact, model, label, manifest, classes, tracker.settings)
        yield _placed(read, f"label {index}: " if len(labels) > 1 else "")


def _classes(registry: Registry, model: str) -> Sequence[str]:
    """Of the versions of ``model`` that answer, as itself and as a member of groups; none where it has none."""
    answering = [state.loaded for name, state in registry.states.items() if name.partition("@")[0] == model]
    return list(dict.fromkeys(each for loaded in answering if loaded for each in loaded.manifest.classes))


def _placed(read: Callable[[], Fact], where: str) -> Fact:
    try:
        return read()
    except _RefusedError as refused:
        raise ServingError("H540", f"{where}{refused}", hint=refused.hint) from None


def _fact(
    model: str, label: Any, manifest: Manifest | None, classes: Sequence[str], settings: TrackingSettings
) -> Fact:
    if not isinstance(label, dict):
        raise _RefusedError("it is not an object")
    strange = sorted(label.keys() - _FIELDS)
    if strange:
        raise _RefusedError(f"there is no field {strange[0][:100]!r}", f"the fields are {', '.join(sorted(_FIELDS))}")
    now_us = time.time_ns() // 1000
    request_id, key = _request_id(label), _key(label, settings)
    if (request_id is None) == (key is None):
        raise _RefusedError("it names no prediction, or two", "give 'request_id', as the answer has it, or 'key'")
    if key is not None and "row" in label:
        raise _RefusedError("'row' is a row of a request, not of a key", "leave it out")
    text, number = _told(label.get("label"), manifest, classes)
    happened_us = _microseconds(label["happened"]) if label.get("happened") is not None else now_us
    return Fact(model, request_id, None if key is not None else _row(label), key, happened_us, now_us, text, number)


def _request_id(label: Mapping[str, Any]) -> str | None:
    found = label.get("request_id")
    if found is not None and not _is_text(found, LONGEST_ID):
        raise _RefusedError("'request_id' is none", "it is the text that the answer has under that name")
    return found


def _key(label: Mapping[str, Any], settings: TrackingSettings) -> str | None:
    found = label.get("key")
    if isinstance(found, (bool, dict, list)) or (isinstance(found, str) and not _is_text(found, LONGEST_TEXT)):
        raise _RefusedError("'key' is none", "it is a text or a number")
    return as_key(settings.privacy.hash(settings.key_field, found))


def _row(label: Mapping[str, Any]) -> int:
    row = label.get("row", 0)
    if isinstance(row, float) and row.is_integer():
        row = int(row)  # 1.0 is a whole number in JSON
    if type(row) is not int or not 0 <= row <= LAST_ROW:
        raise _RefusedError("'row' is none", "rows of a request count from 0")
    return row


def _is_text(value: object, longest: int) -> TypeGuard[str]:
    """Whether ``value`` is a text that Parquet takes: JSON lets half a character through."""
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told(value: object, manifest: Manifest | None, classes: Sequence[str]) -> tuple[str, float | None]:
    """The fact as a class, and as the number that it may be."""
    if _is_text(value, LONGEST_TEXT):
        if manifest is not None and not manifest.classes:
            raise _RefusedError(f"'label' is a text, and {manifest.name} predicts numbers", "send the number itself")
        if classes and value not in classes:
            raise _RefusedError(f"'label' is {value[:100]!r}, no class of the model", _hint_at_class(value, classes))
        return value, None
    if isinstance(value, bool):
        return str(value).lower(), float(value)
    if isinstance(value, (int, float)) and abs(value) <= sys.float_info.max:
        # A class of Spark's may be called 1.0, which JSON's writers shorten.
        exact = str(float(value))
        text = exact if manifest is not None and exact in manifest.classes else as_key(value)
        return text or exact, float(value)
    raise _RefusedError("'label' is none", "it is what was to be predicted: a class, or a number")


def _hint_at_class(value: str, classes: Sequence[str]) -> str:
    shown = ", ".join(classes[:_CLASSES_SHOWN]) + (", …" if len(classes) > _CLASSES_SHOWN else "")
    return did_you_mean(value[:100], classes, f"its classes are {shown}")


def _microseconds(text: object) -> int:
    try:
        exact = _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", str(text).upper())  # Python 3.10 wants all six
        moment = datetime.fromisoformat(exact.replace("Z", "+00:00"))
        if moment.tzinfo is not None:
            return (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        pass  # said below, as for a time without a zone
    raise _RefusedError("'happened' is no time in a zone", "write it like 2026-01-31T23:59:59Z")
