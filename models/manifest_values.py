"""One check for each kind of value in a manifest, which gives the value as a manifest holds it.

Each of them raises a ManifestError that names the value's place.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from models.errors import ManifestError
from models.names import LAST_VERSION, is_file_path, is_name

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{3}|\.\d{6})?)?(Z|\+00:00)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DEEPEST = 32
_HINT = "publish the model again; a manifest is never edited by hand"


def wrong(place: str, message: str) -> ManifestError:
    """What is wrong with the value at ``place``; with the whole manifest where that is empty."""
    return ManifestError("H203", f"manifest: {place} {message}" if place else f"manifest {message}", hint=_HINT)


def kind_of(value: object) -> str:
    """What JSON calls a value of this type."""
    names = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def text(value: Any, place: str) -> str:
    """A text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise wrong(place, f"is {kind_of(value)}, not a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise wrong(place, "holds half a character") from error
    return value


def model_name(value: Any, place: str) -> str:
    """A model's name."""
    if not is_name(text(value, place)):
        raise wrong(place, f"is {value!r:.80}, which is not a model's name")
    return cast(str, value)


def version(value: Any, place: str) -> int:
    """The number of a version."""
    if type(value) is not int or not 1 <= value <= LAST_VERSION:
        raise wrong(place, "is not a version: 1, 2, 3 ...")
    return value


def time(value: Any, place: str) -> str:
    """A time in UTC, as it was written."""
    found = text(value, place)
    refusal = wrong(place, f"is {found!r:.60}, not a time in UTC such as 2026-01-31T23:59:59Z")
    if not _TIME.fullmatch(found):
        raise refusal
    try:
        datetime.fromisoformat(found.replace("Z", "+00:00"))
    except ValueError as error:
        raise refusal from error
    return found


def time_or_nothing(value: Any, place: str) -> str:
    """A time in UTC, or an empty text."""
    return time(value, place) if value != "" else ""


def boolean(value: Any, place: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong(place, f"is {kind_of(value)}, not a boolean")
    return value


def number(value: Any, place: str) -> float:
    """A finite number, as a double."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(place, f"is {kind_of(value)}, not a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise wrong(place, "is not a finite number")
    return float(value)


def number_or_null(value: Any, place: str) -> float | None:
    """A finite number, or None."""
    return None if value is None else number(value, place)


def numbers(value: Any, place: str) -> dict[str, float]:
    """Finite numbers by name."""
    return {key: number(item, f"{place}.{key}") for key, item in members(value, place).items()}


def texts(value: Any, place: str) -> tuple[str, ...]:
    """Texts, each once."""
    found = tuple(text(item, f"{place}[{index}]") for index, item in enumerate(items(value, place)))
    return distinct(found, place)


def distinct(found: tuple[str, ...], place: str) -> tuple[str, ...]:
    """``found``, which holds nothing twice."""
    twin = next((item for item, times in Counter(found).items() if times > 1), None)
    if twin is not None:
        raise wrong(place, f"names {twin!r:.80} twice")
    return found


def items(value: Any, place: str) -> list[Any]:
    """The items of a list."""
    if not isinstance(value, (list, tuple)):
        raise wrong(place, f"is {kind_of(value)}, not a list")
    return list(value)


def members(value: Any, place: str) -> dict[str, Any]:
    """The members of an object."""
    if not isinstance(value, Mapping):
        raise wrong(place, f"is {kind_of(value)}, not an object")
    return {text(key, f"{place}, a key,"): item for key, item in value.items()}


def files(value: Any, place: str) -> dict[str, str]:
    """SHA-256 in hexadecimal by path below the version."""
    found = members(value, place)
    for path, digest in found.items():
        if not is_file_path(path):
            raise wrong(place, f"names {path!r:.80}, which is not a path below the version")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise wrong(f"{place}.{path}", "is not a SHA-256 in hexadecimal")
    return found


def plain_json(value: Any, place: str, depth: int = 0) -> Any:
    """Whatever JSON can hold, as it comes back from JSON."""
    if depth > _DEEPEST:
        raise wrong(place, f"is nested more than {_DEEPEST} deep")
    if isinstance(value, (list, tuple)):
        return [plain_json(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {key: plain_json(item, f"{place}.{key}", depth + 1) for key, item in members(value, place).items()}
    if isinstance(value, str):
        return text(value, place)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return number(value, place)
    raise wrong(place, f"is a {type(value).__name__}, which JSON does not have")


def plain_object(value: Any, place: str) -> dict[str, Any]:
    """An object of whatever JSON can hold."""
    return cast("dict[str, Any]", plain_json(members(value, place), place))
