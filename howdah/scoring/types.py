"""The type that Spark would infer for a value, a cell or a column of Parquet."""

from __future__ import annotations

import pyarrow as pa

from howdah.scoring.cells import read_double
from models.input_columns import ColumnType
from models.number_cells import LONG_LIMIT, read_boolean, read_whole


def type_of_value(value: object) -> ColumnType:
    """Of a value of JSON that is not null."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long" if -LONG_LIMIT <= value < LONG_LIMIT else "double"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return "texts"
    return "vector" if isinstance(value, list | dict) else "string"


def type_of_cell(cell: str) -> ColumnType:
    """Of a cell that is not empty."""
    number = read_whole(cell)
    if isinstance(number, int) and -LONG_LIMIT <= number < LONG_LIMIT:
        return "long"
    if number is not None or read_double(cell) is not None:
        return "double"
    return "string" if read_boolean(cell) is None else "boolean"


def type_of_arrow(kind: pa.DataType) -> ColumnType:
    """Of a column."""
    if pa.types.is_dictionary(kind):
        return type_of_arrow(kind.value_type)
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "long"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "double"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return "texts" if type_of_arrow(kind.value_type) == "string" else "vector"
    return "vector" if pa.types.is_struct(kind) else "string"


def wider_type(known: ColumnType | None, found: ColumnType) -> ColumnType:
    """The type that holds both: numbers are doubles beside doubles, all else that differs is a text."""
    if known in (None, found):
        return found
    if {known, found} == {"long", "double"}:
        return "double"
    # A list without entries may be one of texts.
    return "texts" if {known, found} == {"texts", "vector"} else "string"
