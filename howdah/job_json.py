"""Values of the client as JSON for other programs: the fields' own names, times in UTC as ISO 8601."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any


def plain(value: Any) -> Any:
    """``value`` with dataclasses as objects and times as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def as_json(value: Any) -> str:
    """The text of ``value``, indented; ASCII alone, so that no terminal takes a part of it for an order."""
    return json.dumps(plain(value), indent=2)
