"""Arrow tables as the inputs of a compiled model: no row becomes an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.scorer.spark_text import Single


def feed_table(
    table: pa.Table, inputs: Mapping[str, Sequence[tuple[str, str]]], null_text: str
) -> dict[str, Any] | None:
    """The inputs of ``table`` by name, each of shape (rows, 1); None where a column is of another kind.

    ``inputs`` are pairs of a column and its input for each of ``number``, ``text`` and ``null``.
    """
    known = set(table.column_names)
    nothing = pa.nulls(len(table))
    fed: dict[str, Any] = {}
    for kind, pairs in inputs.items():
        for column, name in pairs:
            values = table[column] if column in known else nothing
            array = _READERS[kind](values, null_text)
            if array is None:
                return None
            fed[name] = array.reshape(-1, 1)
    return fed


def table_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table as objects; numbers of 32 bits stay told from those of 64, since their texts differ."""
    rows: list[dict[str, Any]] = table.to_pylist()
    for field in table.schema:
        if pa.types.is_float32(field.type):
            for row in rows:
                value = row[field.name]
                row[field.name] = None if value is None else Single(value)
    return rows


def _numbers(values: pa.ChunkedArray, _: str) -> Any:
    kind = values.type
    if not any(test(kind) for test in _NUMERIC):
        return None
    if pa.types.is_decimal(kind):  # by their texts: Arrow makes 0.09999999999999999 of 0.100000
        values = values.cast(pa.string())
    return values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64, copy=False)


def _texts(values: pa.ChunkedArray, null_text: str) -> Any:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        return None
    return pc.fill_null(values.cast(pa.string()), null_text).to_numpy(zero_copy_only=False)


def _nulls(values: pa.ChunkedArray, _: str) -> Any:
    return values.is_null().to_numpy(zero_copy_only=False)


_NUMERIC = (*(pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null),)
_READERS = {"number": _numbers, "text": _texts, "null": _nulls}
