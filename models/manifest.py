"""What is written beside a model: who made it, from what, what it takes and gives, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeVar, cast, get_args

from models.errors import ManifestError
from models.names import LAST_VERSION, is_file_path, is_name

FieldType = Literal["double", "long", "string", "boolean"]
Direction = Literal["higher", "lower"]
Engine = Literal["compiled", "numpy", "spark"]

MANIFEST_FORMAT = 1

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{3}|\.\d{6})?)?(Z|\+00:00)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DEEPEST = 32
_LATER_FIELDS: Mapping[str, Any] = {"better": {}, "scoring": None}  # what older manifests have not, and what that means
_HINT = "publish the model again; a manifest is never edited by hand"

Value = TypeVar("Value")
Check = Callable[[Any, str], Value]


@dataclass(frozen=True)
class Field:
    """One input column of a model.

    ``minimum`` and ``maximum`` are what training saw of a number, ``categories`` what it saw of a text (sorted);
    ``example`` is a typical value, with which a form starts.
    """

    name: str
    type: FieldType
    nullable: bool = True
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    description: str = ""
    example: str | float | int | bool | None = None


@dataclass(frozen=True)
class Scoring:
    """What may answer for a model in Spark's place, as was measured when it was published.

    ``engine`` is ``compiled``, ``numpy``, or ``spark`` where nothing else says the same, with the ``reason``;
    ``difference`` is the largest one, over ``rows`` rows, of any prediction or probability from Spark's own.
    """

    engine: Engine
    rows: int
    difference: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Manifest:
    """One version of a model. Times are ISO 8601 in UTC; ``files`` maps a path below the version to its SHA-256 (hex).

    ``classes`` are the output classes in the order of the probabilities, empty for a regression. ``metrics`` is a flat
    mapping (``accuracy``, ``f1.purchase`` ...), and ``better`` says of some of them whether higher or lower is better;
    ``run`` says which job trained it, ``data`` which data it came from; ``scoring`` is None where nobody compared.
    """

    name: str
    version: int
    created: str
    inputs: tuple[Field, ...]
    classes: tuple[str, ...]
    metrics: Mapping[str, float]
    better: Mapping[str, Direction] = field(default_factory=dict)
    description: str = ""
    target: str = ""
    valid_from: str = ""
    valid_to: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    scoring: Scoring | None = None

    def to_json(self) -> str:
        """The manifest as a file: the same bytes for the same manifest. Raises: ManifestError for what cannot be."""
        # As it would be read back: 1 and 1.0 are one number and have to give one text.
        document = asdict(_read_manifest(asdict(self)))
        for name in _LATER_FIELDS:
            if not document[name]:
                del document[name]  # as before there was such a field: the digest of a published version never changes
        document["format"] = MANIFEST_FORMAT
        return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"

    @property
    def digest(self) -> str:
        """The SHA-256 of :meth:`to_json` (hexadecimal): it stands for every file of the version."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @staticmethod
    def from_json(text: str | bytes) -> Manifest:
        """Read :meth:`to_json`'s text, strictly. Raises: ManifestError that names the field."""
        try:
            document = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise _wrong("", f"is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise _wrong("", f"is {_kind(document)}, not an object")
        found = document.pop("format", None)
        if type(found) is not int or found != MANIFEST_FORMAT:
            raise ManifestError(
                "H203",
                f"manifest: format {found!r:.40} is not known, only {MANIFEST_FORMAT}",
                hint="it was written by another release of Howdah; use that one, or publish the model again",
            )
        return _read_manifest({**_LATER_FIELDS, **document})


def format_time(moment: datetime, timespec: Literal["seconds", "milliseconds"] = "milliseconds") -> str:
    """A moment in UTC as manifests and the service's answers write it: ``2026-01-31T23:59:59.123Z``."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """A manifest's time. Raises: ManifestError."""
    return datetime.fromisoformat(_time(text, "time").replace("Z", "+00:00"))


def _wrong(place: str, message: str) -> ManifestError:
    return ManifestError("H203", f"manifest: {place} {message}" if place else f"manifest {message}", hint=_HINT)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"'{key}' stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


# -- one check for each kind of value: it returns the value as the dataclass holds it, or raises ----------------------


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, f"is {_kind(value)}, not a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _wrong(place, "holds half a character") from error
    return value


def _model_name(value: Any, place: str) -> str:
    if not is_name(_text(value, place)):
        raise _wrong(place, f"is {value!r:.80}, which is not a model's name")
    return cast(str, value)


def _version(value: Any, place: str) -> int:
    if type(value) is not int or not 1 <= value <= LAST_VERSION:
        raise _wrong(place, "is not a version: 1, 2, 3 ...")
    return value


def _time(value: Any, place: str) -> str:
    text = _text(value, place)
    wrong = _wrong(place, f"is {text!r:.60}, not a time in UTC such as 2026-01-31T23:59:59Z")
    if not _TIME.fullmatch(text):
        raise wrong
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise wrong from error
    return text


def _time_or_nothing(value: Any, place: str) -> str:
    return _time(value, place) if value != "" else ""


def _boolean(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(place, f"is {_kind(value)}, not a boolean")
    return value


def _number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong(place, f"is {_kind(value)}, not a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise _wrong(place, "is not a finite number")
    return float(value)


def _number_or_null(value: Any, place: str) -> float | None:
    return None if value is None else _number(value, place)


def _field_type(value: Any, place: str) -> FieldType:
    if value not in get_args(FieldType):
        raise _wrong(place, f"is {value!r:.40}, not one of {', '.join(get_args(FieldType))}")
    return cast(FieldType, value)


def _texts(value: Any, place: str) -> tuple[str, ...]:
    found = tuple(_text(item, f"{place}[{index}]") for index, item in enumerate(_items(value, place)))
    return _distinct(found, place)


def _distinct(found: tuple[str, ...], place: str) -> tuple[str, ...]:
    twins = [item for item in dict.fromkeys(found) if found.count(item) > 1] if len(set(found)) < len(found) else []
    if twins:
        raise _wrong(place, f"names {twins[0]!r:.80} twice")
    return found


def _items(value: Any, place: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(place, f"is {_kind(value)}, not a list")
    return list(value)


def _members(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(place, f"is {_kind(value)}, not an object")
    return {_text(key, f"{place}, a key,"): item for key, item in value.items()}


def _metrics(value: Any, place: str) -> dict[str, float]:
    return {key: _number(item, f"{place}.{key}") for key, item in _members(value, place).items()}


def _better(value: Any, place: str) -> dict[str, Direction]:
    found = _members(value, place)
    for key, item in found.items():
        if item not in get_args(Direction):
            raise _wrong(f"{place}.{key}", f"is {item!r:.40}, not one of {', '.join(get_args(Direction))}")
    return found


def _files(value: Any, place: str) -> dict[str, str]:
    found = _members(value, place)
    for path, digest in found.items():
        if not is_file_path(path):
            raise _wrong(place, f"names {path!r:.80}, which is not a path below the version")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise _wrong(f"{place}.{path}", "is not a SHA-256 in hexadecimal")
    return found


def _json(value: Any, place: str, depth: int = 0) -> Any:
    """Whatever JSON can hold, as it comes back from JSON."""
    if depth > _DEEPEST:
        raise _wrong(place, f"is nested more than {_DEEPEST} deep")
    if isinstance(value, (list, tuple)):
        return [_json(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {key: _json(item, f"{place}.{key}", depth + 1) for key, item in _members(value, place).items()}
    if isinstance(value, str):
        return _text(value, place)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return _number(value, place)
    raise _wrong(place, f"is a {type(value).__name__}, which JSON does not have")


def _json_object(value: Any, place: str) -> dict[str, Any]:
    return cast("dict[str, Any]", _json(_members(value, place), place))


# What an example of a column of that type may be.
_EXAMPLES: dict[str, tuple[type, ...]] = {
    "double": (int, float),
    "long": (int,),
    "string": (str,),
    "boolean": (bool,),
}


def _example(value: Any, place: str) -> str | float | int | bool | None:
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise _wrong(place, f"is {_kind(value)}, not one value")
    return cast("str | float | int | bool | None", _json(value, place))


_FIELD_CHECKS: dict[str, Check[Any]] = {
    "name": _text,
    "type": _field_type,
    "nullable": _boolean,
    "minimum": _number_or_null,
    "maximum": _number_or_null,
    "categories": _texts,
    "description": _text,
    "example": _example,
}


def _inputs(value: Any, place: str) -> tuple[Field, ...]:
    found = tuple(_input(item, f"{place}[{index}]") for index, item in enumerate(_items(value, place)))
    _distinct(tuple(item.name for item in found), place)
    return found


def _input(value: Any, place: str) -> Field:
    found = Field(**_checked(_members(value, place), Field, _FIELD_CHECKS, f"{place}."))
    if not found.name:
        raise _wrong(f"{place}.name", "is empty")
    if found.minimum is not None and found.maximum is not None and found.minimum > found.maximum:
        raise _wrong(f"{place}.minimum", "is above the maximum")
    example = found.example
    if example is not None and (
        not isinstance(example, _EXAMPLES[found.type]) or (isinstance(example, bool) and found.type != "boolean")
    ):
        raise _wrong(f"{place}.example", f"is {_kind(example)}, not a {found.type}")
    return found


def _engine(value: Any, place: str) -> Engine:
    if value not in get_args(Engine):
        raise _wrong(place, f"is {value!r:.40}, not one of {', '.join(get_args(Engine))}")
    return cast("Engine", value)


def _count(value: Any, place: str) -> int:
    if type(value) is not int or value < 0:
        raise _wrong(place, "is not a number of rows")
    return value


_SCORING_CHECKS: dict[str, Check[Any]] = {
    "engine": _engine,
    "rows": _count,
    "difference": _number_or_null,
    "reason": _text,
}


def _scoring(value: Any, place: str) -> Scoring | None:
    return None if value is None else Scoring(**_checked(_members(value, place), Scoring, _SCORING_CHECKS, f"{place}."))


_MANIFEST_CHECKS: dict[str, Check[Any]] = {
    "name": _model_name,
    "version": _version,
    "created": _time,
    "inputs": _inputs,
    "classes": _texts,
    "metrics": _metrics,
    "better": _better,
    "description": _text,
    "target": _text,
    "valid_from": _time_or_nothing,
    "valid_to": _time_or_nothing,
    "run": _json_object,
    "data": _json_object,
    "files": _files,
    "scoring": _scoring,
}


def _read_manifest(document: Mapping[str, Any]) -> Manifest:
    found = Manifest(**_checked(document, Manifest, _MANIFEST_CHECKS, ""))
    strange = sorted(set(found.better) - set(found.metrics))
    if strange:
        raise _wrong(f"better.{strange[0]}", "is of no metric")
    if found.valid_from and found.valid_to and parse_time(found.valid_from) > parse_time(found.valid_to):
        raise _wrong("valid_from", "is after valid_to")
    return found


def _checked(document: Mapping[str, Any], kind: type, checks: Mapping[str, Check[Any]], place: str) -> dict[str, Any]:
    """Every field of the dataclass ``kind``, checked: to_json writes all of them, so none may be missing or strange."""
    names = [each.name for each in fields(kind)]
    missing = [name for name in names if name not in document]
    if missing:
        raise _wrong(place + missing[0], "is missing")
    strange = sorted(set(document) - set(names))
    if strange:
        raise _wrong(f"{place}{strange[0]}", "is not a field of this format")
    return {name: checks[name](document[name], place + name) for name in names}
