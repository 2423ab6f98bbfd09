"""The forms in which Spark, or JSON, writes a vector, read without pyarrow: a node of Spark may have none.

A vector is a list of numbers, or what ``VectorUDT`` is in JSON and in Parquet: ``{"type": 0, "size": 4, "indices": [1],
"values": [2.5]}``, and ``{"type": 1, "values": [...]}`` for a dense one.

Source: org.apache.spark.ml.linalg.VectorUDT and SparseVector.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from models.errors import ScoringError

_SPARSE = 0
_WIDEST = 1 << 28  # no saved stage holds more


def is_vector_form(value: object) -> bool:
    """Whether the value is written as vectors are."""
    return isinstance(value, list | tuple | dict)


def is_sparse_form(value: object) -> bool:
    """Whether the value is written as sparse vectors are."""
    return isinstance(value, Mapping) and value.get("type") == _SPARSE


def read_number(name: str, value: object) -> float:
    """A number, NaN for null. Raises: ScoringError H232 for what is none."""
    if value is None:
        return math.nan
    if not isinstance(value, bool | int | float | Decimal):
        raise ScoringError("H232", f"'{name}' must be a number, not {value!r:.80}")
    try:
        return float(value)
    except OverflowError:
        raise ScoringError("H232", f"'{name}' is too large a number") from None


def read_size(name: str, value: object) -> int:
    """How long the vector is. Raises: ScoringError H232 for a null, or for what is none."""
    if not isinstance(value, Mapping) or not is_sparse_form(value):
        return len(_values(name, value))
    size = value.get("size")
    if type(size) is not int or not 0 <= size <= _WIDEST:
        raise _no_vector(name, value)
    return size


def read_entries(name: str, value: object) -> dict[int, float] | list[float]:
    """The numbers of a vector, by place where it is a sparse one. Raises: as :func:`read_size`."""
    values = [read_number(name, each) for each in _values(name, value)]
    if not isinstance(value, Mapping) or not is_sparse_form(value):
        return values
    indices, size = value.get("indices"), read_size(name, value)
    if not isinstance(indices, list | tuple) or len(indices) != len(values):
        raise _no_vector(name, value)
    if any(type(index) is not int or not 0 <= index < size for index in indices):
        raise _no_vector(name, value)
    if any(index >= following for index, following in pairwise(indices)):
        raise _no_vector(name, value)  # Spark takes them in rising order alone
    return dict(zip(indices, values, strict=True))


def _values(name: str, value: object) -> Sequence[Any]:
    if value is None:
        raise ScoringError("H232", f"'{name}' is missing, and this model cannot do without it")
    values = value.get("values") if isinstance(value, Mapping) else value
    if not isinstance(values, list | tuple) or None in values:
        raise _no_vector(name, value)
    return values


def _no_vector(name: str, value: object) -> ScoringError:
    hint = 'a list of numbers, or {"type": 0, "size": 4, "indices": [1], "values": [2.5]}'
    return ScoringError("H232", f"'{name}' must be a vector, not {value!r:.80}", hint=hint)
