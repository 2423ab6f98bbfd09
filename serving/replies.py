"""Answers in JSON, and what each says of its request."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, g

JSON = "application/json"


def _plain(value: Any) -> Any:
    """A dataclass, or another mapping than a dict, as JSON has it."""
    return dict(value) if isinstance(value, Mapping) else dict(vars(value))


_encode_exactly = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_plain).encode
_AS_LINE = orjson.OPT_APPEND_NEWLINE


def as_json(value: object, status: int = 200) -> Response:
    """``value``, with dataclasses as objects."""
    return Response(encode(value), status, content_type=JSON)


def encode(value: object) -> bytes:
    """``value`` as a line of JSON."""
    try:
        return orjson.dumps(value, _plain, _AS_LINE)
    except orjson.JSONEncodeError:  # half a surrogate pair, or a whole number of over 64 bits, that a client sent
        return _encode_exactly(value).encode() + b"\n"


def as_file(body: bytes, content_type: str, headers: Mapping[str, str]) -> Response:
    """An answer that is not JSON; what it says of itself stands in ``headers``."""
    return Response(body, 200, headers, content_type=content_type)


def describe_request() -> dict[str, object]:
    """The request's id, and the time it has taken by now in ms."""
    return {"request_id": g.request_id, "time_ms": round((time.perf_counter() - g.started) * 1000, 3)}
