"""How far a model may go, and what is done when it goes further: a file of JSON, each part of which may be left out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias, get_args

from models.errors import WatchError
from storage.nearest import did_you_mean

Kind: TypeAlias = Literal["drift", "outliers", "score", "errors"]
Response: TypeAlias = Literal["alert", "rollback", "retrain"]

KINDS: tuple[Kind, ...] = get_args(Kind)
RESPONSES: tuple[Response, ...] = get_args(Response)


@dataclass(frozen=True)
class Thresholds:
    """What is too much, None for what is not looked at; ``chi_square_p`` is too much below its value.

    Drift, of each input and output: as in :class:`models.profile.drift.Drift`. ``outliers`` is a share of rows more
    than in training, ``score_decrease`` a share of the metric's value in the manifest, ``errors`` a share of requests.
    """

    psi: float | None = 0.25
    jensen_shannon: float | None = None
    kolmogorov_smirnov: float | None = None
    wasserstein_scaled: float | None = None
    chi_square_p: float | None = None
    nulls: float | None = 0.1
    outliers: float | None = 0.02
    score_decrease: float | None = 0.1
    errors: float | None = 0.05


@dataclass(frozen=True)
class Mail:
    """Where alerts go by mail, without a password: to a server of one's own network."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 25


@dataclass(frozen=True)
class Policy:
    """Thresholds, how much there must be before anything is judged, and what follows.

    ``metric`` is the one of the manifest that labels are held against, empty for the one that training chose by.
    ``responses`` say for each kind what is done, in order. ``webhook`` and ``mail`` are where alerts go; an alert is
    a line of the command in any case.
    """

    thresholds: Thresholds = Thresholds()
    minimum_rows: int = 500
    minimum_labels: int = 100
    minimum_requests: int = 100
    metric: str = ""
    responses: Mapping[Kind, tuple[Response, ...]] = field(default_factory=lambda: dict.fromkeys(KINDS, ("alert",)))
    webhook: str = ""
    mail: Mail | None = None

    @staticmethod
    def from_json(text: bytes | str, path: str = "") -> Policy:
        """Read a policy. Raises: WatchError H263 that names the part."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _wrong(f"is not JSON: {error}", path) from error
        try:
            return Policy(**_checked(document, Policy, _POLICY, ""))
        except _WrongError as error:
            raise _wrong(str(error), path, error.hint) from None


class _WrongError(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def _wrong(message: str, path: str, hint: str = "") -> WatchError:
    return WatchError("H263", f"the policy {message}", hint=hint or "docs/watch.md has an example", path=path)


def _checked(document: Any, kind: type, checks: Mapping[str, Callable[[Any, str], Any]], place: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _WrongError(f"{place.rstrip('.') or 'as a whole'} is not an object")
    names = [each.name for each in fields(kind)]
    for name in document:
        if name not in names:
            raise _WrongError(f"has no {place}{name}", did_you_mean(name, names, f"it may have: {', '.join(names)}"))
    return {name: checks[name](value, place + name) for name, value in document.items()}


def _limit(value: Any, place: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise _WrongError(f"{place} is not a number of 0 or more, or null")
    return float(value)


def _count(value: Any, place: str) -> int:
    if type(value) is not int or value < 1:
        raise _WrongError(f"{place} is not a whole number of 1 or more")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise _WrongError(f"{place} is not a text in one line")
    return value


def _url(value: Any, place: str) -> str:
    if not _text(value, place).startswith(("http://", "https://")):
        raise _WrongError(f"{place} is not a URL that begins with http:// or https://")
    return str(value)


def _recipients(value: Any, place: str) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found:
        raise _WrongError(f"{place} names no recipient")
    return tuple(_text(each, place) for each in found)


def _mail(value: Any, place: str) -> Mail:
    found = _checked(value, Mail, {"host": _text, "sender": _text, "to": _recipients, "port": _count}, f"{place}.")
    missing = [name for name in ("host", "sender", "to") if not found.get(name)]
    if missing:
        raise _WrongError(f"has no {place}.{missing[0]}")
    return Mail(**found)


def _thresholds(value: Any, place: str) -> Thresholds:
    names = {each.name: _limit for each in fields(Thresholds)}
    return Thresholds(**_checked(value, Thresholds, names, f"{place}."))


def _responses(value: Any, place: str) -> Mapping[Kind, tuple[Response, ...]]:
    if not isinstance(value, dict):
        raise _WrongError(f"{place} is not an object")
    for kind, responses in value.items():
        _known(kind, KINDS, place)
        if not isinstance(responses, list):
            raise _WrongError(f"{place}.{kind} is not a list")
        for response in responses:
            _known(response, RESPONSES, f"{place}.{kind}")
    return {**dict.fromkeys(KINDS, ("alert",)), **{kind: tuple(dict.fromkeys(each)) for kind, each in value.items()}}


def _known(word: Any, words: Sequence[str], place: str) -> None:
    if word not in words:
        raise _WrongError(f"{place} has no {word!r:.40}", f"there are: {', '.join(words)}")


_POLICY: Mapping[str, Callable[[Any, str], Any]] = {
    "thresholds": _thresholds,
    "minimum_rows": _count,
    "minimum_labels": _count,
    "minimum_requests": _count,
    "metric": _text,
    "responses": _responses,
    "webhook": _url,
    "mail": _mail,
}
