"""CSV records from a database as Arrow columns, and the values that only Java prints in its own way."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from oozie.local.sqoop.columns import Column, JavaType
from oozie.local.sqoop.delimiters import NO_CHARACTER
from oozie.local.sqoop.errors import ValueRangeError
from oozie.local.sqoop.rendering import TextLayout

# Arrow is not told of the types: this module is its only user here.
Array = Any
Table = Any

_ARROW_TYPES = {
    JavaType.INTEGER: pa.int32(),
    JavaType.LONG: pa.int64(),
    JavaType.BOOLEAN: pa.bool_(),
    JavaType.FLOAT: pa.float32(),
    JavaType.DOUBLE: pa.float64(),
    JavaType.DECIMAL: pa.string(),
    JavaType.STRING: pa.string(),
    JavaType.DATE: pa.date32(),
    JavaType.TIME: pa.time64("us"),
    JavaType.TIMESTAMP: pa.timestamp("us"),
    JavaType.BYTES: pa.string(),
}

_MILLISECONDS_A_DAY = 86_400_000
# 1582-10-15, the first day that java.sql.Date counts in the Gregorian calendar
_GREGORIAN_START = -141_427


def read_records(data: bytes, fields: Sequence[Column | None]) -> Table:
    """The records of one chunk; column ``i`` of the table is field ``i``.

    Raises: ValueRangeError H428 for a value that the field's type cannot hold.
    """
    names = [str(position) for position in range(len(fields))]
    types = [pa.string() if field is None else _ARROW_TYPES[field.carried] for field in fields]
    try:
        return pyarrow.csv.read_csv(
            io.BytesIO(data),
            # One block: a record may be longer than any fixed size.
            pyarrow.csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ).combine_chunks()
    except pa.ArrowInvalid as error:
        raise _range_error(str(error), fields) from None


def _range_error(text: str, fields: Sequence[Column | None]) -> ValueRangeError:
    number = text.partition("CSV column #")[2].partition(":")[0]
    column = fields[int(number)] if number.isdigit() and int(number) < len(fields) else None
    value = text.rpartition("invalid value ")[2] or text
    if column is None:
        return ValueRangeError("H428", f"a record cannot be read ({text})")
    return ValueRangeError(
        "H428",
        f"column '{column.name}' holds {value}, which Java's {column.java.value.rpartition('.')[2]} cannot",
        hint=f"--map-column-java {column.name}=String keeps it as it is",
    )


def lines(table: Table, fields: Sequence[Column | None], layout: TextLayout) -> bytes:
    """Finished lines: ready text and Java's print of the typed fields, joined."""
    pieces = [
        table.column(position).combine_chunks() if field is None else _printed(table.column(position), field, layout)
        for position, field in enumerate(fields)
    ]
    joined = pc.binary_join_element_wise(*pieces, "", null_handling="replace", null_replacement="")
    return _bytes_of(joined)


def _bytes_of(array: Array) -> bytes:
    """The texts of an array, one after the other: an Arrow array holds them so already."""
    array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
    if not len(array):
        return b""
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)
    return bytes(memoryview(array.buffers()[2])[offsets[array.offset] : offsets[array.offset + len(array)]])


def _printed(values: Array, column: Column, layout: TextLayout) -> Array:
    if column.java is JavaType.BYTES:
        pairs = pc.replace_substring_regex(pc.ascii_lower(values), "(..)", r"\1 ")
        text = pc.ascii_rtrim_whitespace(pairs)
    else:
        text = java_floats(values)
    return pc.fill_null(_delimited(text, layout), layout.null(column))


def _delimited(text: Array, layout: TextLayout) -> Array:
    delimiters = layout.delimiters
    out = text
    for old, new in delimiters.replacements():
        out = pc.replace_substring(out, old, new)
    if delimiters.enclose == NO_CHARACTER:
        return out
    enclosed = pc.binary_join_element_wise(delimiters.enclose, out, delimiters.enclose, "")
    if delimiters.enclose_always:
        return enclosed
    needed = pc.or_(pc.match_substring(text, delimiters.field), pc.match_substring(text, delimiters.line))
    return pc.if_else(needed, enclosed, out)


def java_floats(values: Array) -> Array:
    """Double.toString or Float.toString of each value: shortest digits, exponents from 1e7 up and below 1e-3."""
    values = pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values
    text = pc.cast(values, pa.string())
    whole = pc.and_(pc.is_valid(values), pc.invert(pc.match_substring_regex(text, r"[.eEnN]")))
    text = pc.if_else(whole, pc.binary_join_element_wise(text, "0", "."), text)
    size = pc.abs(values)
    is_odd = pc.and_(
        pc.not_equal(values, 0), pc.or_(pc.greater_equal(size, 1e7), pc.invert(pc.greater_equal(size, 1e-3)))
    )
    odd = pc.fill_null(is_odd, False)
    if not pc.any(odd).as_py():
        return text
    printed = [_java_float(value) for value in pc.cast(values.filter(odd), pa.string()).to_pylist()]
    return pc.replace_with_mask(text, odd, pa.array(printed, pa.string()))


def _java_float(text: str) -> str:
    """``1e+20`` or ``12345678.5`` as ``1.0E20`` or ``1.23456785E7``."""
    special = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    if text.lower() in special:
        return special[text.lower()]
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    mantissa, _, exponent = digits.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) + len(whole) - 1
    significant = (whole + fraction).lstrip("0")
    power -= len(whole + fraction) - len(significant)
    significant = significant.rstrip("0") or "0"
    return f"{sign}{significant[0]}.{significant[1:] or '0'}E{power}"


def avro_values(table: Table, columns: Sequence[Column]) -> list[Array]:
    """The columns as Sqoop's Avro types hold them: dates and times as milliseconds in the local time zone."""
    return [_avro_value(table.column(position), column) for position, column in enumerate(columns)]


def _avro_value(values: Array, column: Column) -> Array:
    if column.java is JavaType.BYTES:
        return pa.array([None if v is None else bytes.fromhex(v) for v in values.to_pylist()], pa.binary())
    if column.java is JavaType.DATE:
        days = _as_java_days(pc.cast(values, pa.int32()).combine_chunks())
        return _local(pc.multiply(pc.cast(days, pa.int64()), _MILLISECONDS_A_DAY))
    if column.java is JavaType.TIME:
        return _local(pc.divide(pc.cast(values, pa.int64()), 1000))
    if column.java is JavaType.TIMESTAMP:
        return _local(_as_java_milliseconds(pc.cast(values, pa.int64()).combine_chunks()))
    return values if column.carried is column.java else java_floats(values)


def _as_java_milliseconds(micros: Array) -> Array:
    millis = np.floor_divide(micros.fill_null(0).to_numpy(zero_copy_only=False), 1000)
    days, rest = np.divmod(millis, _MILLISECONDS_A_DAY)
    shifted = _shift_to_julian(days) * _MILLISECONDS_A_DAY + rest
    return pa.array(shifted, pa.int64(), mask=micros.is_null().to_numpy(zero_copy_only=False))


def _as_java_days(days: Array) -> Array:
    plain = days.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return pa.array(_shift_to_julian(plain), pa.int64(), mask=days.is_null().to_numpy(zero_copy_only=False))


def _shift_to_julian(days: Any) -> Any:
    """Days since 1970 of the same date read in the Julian calendar, before 1582-10-15, as java.sql does."""
    if not (days < _GREGORIAN_START).any():
        return days
    dates = days.astype("datetime64[D]")
    # The calendars part by one day at each 29 February that only the Julian one has.
    month = dates.astype("datetime64[M]").astype(np.int64)
    year, index = 1970 + month // 12, month % 12
    century = np.where(index < 2, year - 1, year)
    shift = century // 100 - century // 400 - 2
    return np.where(days < _GREGORIAN_START, days + shift, days)


def _local(millis: Array) -> Array:
    """Milliseconds of the wall clock as milliseconds since 1970 UTC."""
    zone = local_time_zone()
    if zone == "UTC":
        return millis
    stamps = pc.cast(millis, pa.timestamp("ms"))
    zoned = pc.assume_timezone(stamps, zone, ambiguous="latest", nonexistent="latest")
    return pc.cast(zoned, pa.int64())


def local_time_zone() -> str:
    """This machine's zone by name."""
    if name := os.environ.get("TZ", "").lstrip(":"):
        return name
    parts = Path("/etc/localtime").resolve().parts
    name = "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"
    return "UTC" if name in ("Etc/UTC", "UCT", "Zulu", "Etc/UCT") else name
