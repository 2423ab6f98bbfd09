"""What Oozie is sent: configurations, and the filters of its lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oozie.client.errors import OozieClientError
from oozie.language.document import serialise
from oozie.language.model import Element

Filters = Mapping[str, "str | Sequence[str]"]

# The filters whose values may hold an equals sign: they compare.
_TIMES = ("nominaltime",)


def joined_filters(filters: Filters) -> str:
    """``name=value`` pairs with semicolons between them, which no value may hold. Raises: OozieClientError E0420."""
    pairs = []
    for name, values in filters.items():
        for value in [values] if isinstance(values, str) else values:
            if ";" in value or not value.strip() or ("=" in value and name not in _TIMES):
                hint = "a value has no semicolon and no equals sign, and is not empty"
                raise OozieClientError("E0420", f"'{name}={value}' is not a filter", hint=hint)
            pairs.append(f"{name}={value}")
    return ";".join(pairs)


def configuration_of(properties: Mapping[str, str]) -> bytes:
    """A Hadoop configuration. Raises: AppError H004 for what XML cannot hold."""
    entries = tuple(
        Element("property", children=(Element("name", text=name), Element("value", text=value)))
        for name, value in properties.items()
    )
    return serialise(Element("configuration", children=entries))
