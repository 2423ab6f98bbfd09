"""Rows of a file, in batches: JSON lines, CSV or Parquet by its suffix; what cannot be read is named by its line.

A file's types are those that Spark would infer of it, as far as it matters to a model.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from howdah.errors import CommandError
from howdah.scoring.cells import EMPTY, WrongCellError, mark_empty_texts, read_cell
from howdah.scoring.types import type_of_arrow, type_of_cell, type_of_value, wider_type
from models.input_columns import ColumnType, InputColumn
from models.number_cells import LONG_LIMIT
from storage.nearest import did_you_mean

BATCH_ROWS = 8_192

# A type of these is settled by what the file holds.
_OPEN_TYPES = frozenset({"number", "value"})


@dataclass(frozen=True)
class Batch:
    """Some rows of a file. ``given`` are they as they stand there, ``rows`` what a model takes of them.

    ``lines`` says where each row stands. A table is given and taken as it is: then ``rows`` is one.
    """

    given: list[dict[str, Any]] | pa.Table
    rows: list[dict[str, Any]] | pa.Table
    lines: Sequence[int]


Inputs = Sequence[InputColumn]


@dataclass(frozen=True)
class _Reader:
    """How files of one kind are read: ``types`` are those of all their columns."""

    batches: Callable[[Path, Inputs], Iterator[Batch]]
    types: Callable[[Path, Inputs], dict[str, ColumnType]]


def read_batches(file: Path, inputs: Inputs) -> Iterator[Batch]:
    """The rows of ``file``, which must have a column for each of ``inputs``. Raises: CommandError H790, H791."""
    return _reader(file).batches(file, inputs)


def settle_types(file: Path, inputs: Inputs, *, takes_all: bool) -> tuple[InputColumn, ...]:
    """The inputs with the types that ``file`` gives to those that leave it open, and its other columns on demand.

    Raises: CommandError H790, H791.
    """
    if not takes_all and not any(each.type in _OPEN_TYPES for each in inputs):
        return tuple(inputs)
    found = _reader(file).types(file, inputs)
    settled = [
        InputColumn(each.name, found.get(each.name, "double")) if each.type in _OPEN_TYPES else each
        for each in inputs
        if not each.is_optional or each.name in found
    ]
    known = {each.name for each in inputs}
    others = [
        InputColumn(name, kind, is_optional=True) for name, kind in found.items() if takes_all and name not in known
    ]
    return (*settled, *others)


def is_known(file: Path) -> bool:
    """Whether files of that name can be read."""
    return _suffix(file) in READERS


def _reader(file: Path) -> _Reader:
    reader = READERS.get(_suffix(file))
    if reader is None:
        raise CommandError(
            "H790", f"{file}: rows in '{file.suffix}' are not known", hint=f"known: {', '.join(READERS)}"
        )
    return reader


def _suffix(file: Path) -> str:
    suffixes = [each.lower() for each in file.suffixes[-2:]]
    packed = suffixes[-1:] == [".gz"] and suffixes[:1] != [".parquet"]
    return (suffixes[0] if packed else suffixes[-1]) if suffixes else ""


def _json_lines(file: Path, inputs: Inputs) -> Iterator[Batch]:
    doubles = [each.name for each in inputs if each.type == "double"]
    names = [each.name for each in inputs]
    for chunk in _chunks(_json_records(file, inputs)):
        rows = [{name: record.get(name) for name in names} for _, record in chunk]
        for name in doubles:
            for row in rows:
                if type(row[name]) is int and abs(row[name]) <= LONG_LIMIT:
                    row[name] = float(row[name])
        yield Batch([record for _, record in chunk], rows, [number for number, _ in chunk])


def _json_types(file: Path, inputs: Inputs) -> dict[str, ColumnType]:
    found: dict[str, ColumnType] = {}
    for _, record in _json_records(file, inputs):
        for name, value in record.items():
            if found.get(name) != "string" and value is not None:
                found[name] = wider_type(found.get(name), type_of_value(value))
    return found


def _json_records(file: Path, inputs: Inputs) -> Iterator[tuple[int, dict[str, Any]]]:
    with _open_text(file) as stream:
        for number, line in _lines(file, stream):
            if line.strip():
                yield number, _record(file, number, line, inputs)


def _chunks(rows: Iterable[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
    every = iter(rows)
    while chunk := list(islice(every, BATCH_ROWS)):
        yield chunk


def _record(file: Path, number: int, line: str, inputs: Inputs) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, number, f"is not JSON: {error}", 'a record a line: {"age": 41, ...}') from error
    if not isinstance(record, dict):
        raise _wrong(file, number, "is no object", 'a record a line: {"age": 41, ...}')
    for each in inputs:
        if each.name not in record and not each.is_optional:
            hint = did_you_mean(each.name, sorted(record), "write null where it is unknown")
            raise _wrong(file, number, f"'{each.name}' is missing", hint)
    return record


def _csv(file: Path, inputs: Inputs) -> Iterator[Batch]:
    with _open_text(file) as stream:
        reader, header = _open_csv(file, stream, inputs)
        place_of = {name: place for place, name in enumerate(header)}
        places = [(each, place_of[each.name]) for each in inputs if each.name in place_of]
        for chunk in _chunks(_csv_rows(file, reader, len(header))):
            rows = [
                {each.name: _typed(file, number, each, cells[place]) for each, place in places}
                for number, cells in chunk
            ]
            given = [dict(zip(header, _without_marks(cells), strict=True)) for _, cells in chunk]
            yield Batch(given, rows, [line for line, _ in chunk])


def _csv_types(file: Path, inputs: Inputs) -> dict[str, ColumnType]:
    with _open_text(file) as stream:
        reader, header = _open_csv(file, stream, inputs)
        found: dict[str, ColumnType] = {}
        for _, cells in _csv_rows(file, reader, len(header)):
            for name, cell in zip(header, cells, strict=True):
                if found.get(name) != "string" and cell and cell != EMPTY:
                    found[name] = wider_type(found.get(name), type_of_cell(cell))
        # A column of nothing but nulls is one of texts, as Spark has it.
        return {name: found.get(name, "string") for name in header}


def _open_csv(file: Path, stream: TextIO, inputs: Inputs) -> tuple[Any, list[str]]:
    lines = (line for _, line in _lines(file, stream))
    reader = csv.reader(mark_empty_texts(lines), strict=True)
    header = _next_line(file, reader)
    if header is None:
        raise _wrong(file, 1, "there is no header", "the first line names the columns")
    _check_columns(file, header, inputs)
    return reader, header


def _without_marks(cells: list[str]) -> list[str]:
    return ["" if cell == EMPTY else cell for cell in cells]


def _csv_rows(file: Path, reader: Any, width: int) -> Iterator[tuple[int, list[str]]]:
    while (cells := _next_line(file, reader)) is not None:
        if not cells:
            continue  # an empty line
        if len(cells) != width:
            raise _wrong(file, reader.line_num, f"has {len(cells)} cells, the header {width}", "is a quote missing?")
        yield reader.line_num, cells


def _next_line(file: Path, reader: Any) -> list[str] | None:
    try:
        cells: list[str] | None = next(reader, None)
    except csv.Error as error:
        hint = "cells are parted by commas, and a quote inside a quoted cell is written twice"
        raise _wrong(file, reader.line_num, f"is not CSV: {error}", hint) from error
    return cells


def _typed(file: Path, number: int, column: InputColumn, cell: str) -> Any:
    try:
        return read_cell(cell, column.type)
    except WrongCellError as error:
        raise _wrong(file, number, f"'{column.name}' is {cell!r:.60}, not {error}", "an empty cell is null") from None


def _parquet(file: Path, inputs: Inputs) -> Iterator[Batch]:
    try:
        with pq.ParquetFile(file) as parquet:
            _check_columns(file, parquet.schema_arrow.names, inputs)
            present = set(parquet.schema_arrow.names)
            names, start = [each.name for each in inputs if each.name in present], 1
            for batch in parquet.iter_batches(BATCH_ROWS):
                table = pa.Table.from_batches([batch])
                yield Batch(table, table.select(names), range(start, start + len(table)))
                start += len(table)
    except (pa.ArrowException, OSError) as error:
        raise CommandError("H791", f"{file}: {_first_line(error)}", hint="is it a Parquet file?") from error


def _parquet_types(file: Path, inputs: Inputs) -> dict[str, ColumnType]:
    try:
        with pq.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise CommandError("H791", f"{file}: {_first_line(error)}", hint="is it a Parquet file?") from error
    _check_columns(file, schema.names, inputs)
    return {field.name: type_of_arrow(field.type) for field in schema}


_LINES = _Reader(_json_lines, _json_types)
READERS: Mapping[str, _Reader] = {
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".json": _LINES,
    ".csv": _Reader(_csv, _csv_types),
    ".parquet": _Reader(_parquet, _parquet_types),
}


def _check_columns(file: Path, names: Sequence[str], inputs: Inputs) -> None:
    present = Counter(names)
    twice = min((name for name, times in present.items() if times > 1), default=None)
    if twice is not None:
        raise _wrong(file, 1, f"'{twice}' is there twice", "rename one of the two columns")
    for each in inputs:
        if each.name not in present and not each.is_optional:
            hint = did_you_mean(
                each.name, sorted(present), f"the model takes: {', '.join(each.name for each in inputs)}"
            )
            raise _wrong(file, 1, f"there is no column '{each.name}'", hint)


def _open_text(file: Path) -> TextIO:
    try:
        if file.suffix.lower() == ".gz":
            return cast(TextIO, gzip.open(file, "rt", encoding="utf-8-sig", newline=""))
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise CommandError("H791", f"{file}: {error.strerror}", hint="name a file with rows to score") from error


def _lines(file: Path, stream: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(stream, 1):
            yield number, line
    except UnicodeDecodeError as error:
        raise _wrong(file, number + 1, "is not in UTF-8", "save the file in UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CommandError("H791", f"{file}: {why}", hint="name a file with rows to score") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON; write null")


def _wrong(file: Path, line: int, message: str, hint: str) -> CommandError:
    return CommandError("H791", message, hint=hint, path=f"{file}:{line}")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
