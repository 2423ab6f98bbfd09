"""What is written beside a model: who made it, from what, what it takes and gives, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeVar, cast, get_args

from models import manifest_values as values
from models.errors import ManifestError

FieldType = Literal["double", "long", "string", "boolean"]
Direction = Literal["higher", "lower"]
Engine = Literal["compiled", "numpy", "spark"]

MANIFEST_FORMAT = 1

_LATER_FIELDS: Mapping[str, Any] = {"better": {}, "scoring": None}  # what older manifests have not, and what that means

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
            raise values.wrong("", f"is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise values.wrong("", f"is {values.kind_of(document)}, not an object")
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
    return datetime.fromisoformat(values.time(text, "time").replace("Z", "+00:00"))


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"'{key}' stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _field_type(value: Any, place: str) -> FieldType:
    if value not in get_args(FieldType):
        raise values.wrong(place, f"is {value!r:.40}, not one of {', '.join(get_args(FieldType))}")
    return cast(FieldType, value)


def _better(value: Any, place: str) -> dict[str, Direction]:
    found = values.members(value, place)
    for key, item in found.items():
        if item not in get_args(Direction):
            raise values.wrong(f"{place}.{key}", f"is {item!r:.40}, not one of {', '.join(get_args(Direction))}")
    return found


# What an example of a column of that type may be.
_EXAMPLES: dict[str, tuple[type, ...]] = {
    "double": (int, float),
    "long": (int,),
    "string": (str,),
    "boolean": (bool,),
}


def _example(value: Any, place: str) -> str | float | int | bool | None:
    if not isinstance(value, (str, int, float, bool, type(None))):
        raise values.wrong(place, f"is {values.kind_of(value)}, not one value")
    return cast("str | float | int | bool | None", values.plain_json(value, place))


_FIELD_CHECKS: dict[str, Check[Any]] = {
    "name": values.text,
    "type": _field_type,
    "nullable": values.boolean,
    "minimum": values.number_or_null,
    "maximum": values.number_or_null,
    "categories": values.texts,
    "description": values.text,
    "example": _example,
}


def _inputs(value: Any, place: str) -> tuple[Field, ...]:
    found = tuple(_input(item, f"{place}[{index}]") for index, item in enumerate(values.items(value, place)))
    values.distinct(tuple(item.name for item in found), place)
    return found


def _input(value: Any, place: str) -> Field:
    found = Field(**_checked(values.members(value, place), Field, _FIELD_CHECKS, f"{place}."))
    if not found.name:
        raise values.wrong(f"{place}.name", "is empty")
    if found.minimum is not None and found.maximum is not None and found.minimum > found.maximum:
        raise values.wrong(f"{place}.minimum", "is above the maximum")
    example = found.example
    if example is not None and (
        not isinstance(example, _EXAMPLES[found.type]) or (isinstance(example, bool) and found.type != "boolean")
    ):
        raise values.wrong(f"{place}.example", f"is {values.kind_of(example)}, not a {found.type}")
    if found.type == "double" and example is not None:
        values.number(example, f"{place}.example")  # a whole number of JSON's may be larger than any double
    return found


def _engine(value: Any, place: str) -> Engine:
    if value not in get_args(Engine):
        raise values.wrong(place, f"is {value!r:.40}, not one of {', '.join(get_args(Engine))}")
    return cast("Engine", value)


def _count(value: Any, place: str) -> int:
    if type(value) is not int or value < 0:
        raise values.wrong(place, "is not a number of rows")
    return value


_SCORING_CHECKS: dict[str, Check[Any]] = {
    "engine": _engine,
    "rows": _count,
    "difference": values.number_or_null,
    "reason": values.text,
}


def _scoring(value: Any, place: str) -> Scoring | None:
    if value is None:
        return None
    return Scoring(**_checked(values.members(value, place), Scoring, _SCORING_CHECKS, f"{place}."))


_MANIFEST_CHECKS: dict[str, Check[Any]] = {
    "name": values.model_name,
    "version": values.version,
    "created": values.time,
    "inputs": _inputs,
    "classes": values.texts,
    "metrics": values.numbers,
    "better": _better,
    "description": values.text,
    "target": values.text,
    "valid_from": values.time_or_nothing,
    "valid_to": values.time_or_nothing,
    "run": values.plain_object,
    "data": values.plain_object,
    "files": values.files,
    "scoring": _scoring,
}


def _read_manifest(document: Mapping[str, Any]) -> Manifest:
    found = Manifest(**_checked(document, Manifest, _MANIFEST_CHECKS, ""))
    strange = sorted(set(found.better) - set(found.metrics))
    if strange:
        raise values.wrong(f"better.{strange[0]}", "is of no metric")
    if found.valid_from and found.valid_to and parse_time(found.valid_from) > parse_time(found.valid_to):
        raise values.wrong("valid_from", "is after valid_to")
    return found


def _checked(document: Mapping[str, Any], kind: type, checks: Mapping[str, Check[Any]], place: str) -> dict[str, Any]:
    """Every field of the dataclass ``kind``, checked: to_json writes all of them, so none may be missing or strange."""
    names = [each.name for each in fields(kind)]
    missing = [name for name in names if name not in document]
    if missing:
        raise values.wrong(place + missing[0], "is missing")
    strange = sorted(set(document) - set(names))
    if strange:
        raise values.wrong(f"{place}{strange[0]}", "is not a field of this format")
    return {name: checks[name](document[name], place + name) for name in names}
