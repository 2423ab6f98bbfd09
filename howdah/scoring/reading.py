"""Rows of a file, in batches: JSON lines, CSV or Parquet by its suffix; what cannot be read is named by its line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from howdah.errors import CommandError
from models.manifest import Field
from storage.nearest import did_you_mean

BATCH_ROWS = 8_192

_WORDS: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True)
class Batch:
    """Some rows of a file. ``given`` are they as they stand there, ``rows`` what a model takes of them.

    ``lines`` says where each row stands. A table is given and taken as it is: then ``rows`` is one.
    """

    given: list[dict[str, Any]] | pa.Table
    rows: list[dict[str, Any]] | pa.Table
    lines: Sequence[int]


Reader = Callable[[Path, Sequence[Field]], Iterator[Batch]]


def read_batches(file: Path, inputs: Sequence[Field]) -> Iterator[Batch]:
    """The rows of ``file``, which must have a column for each of ``inputs``. Raises: CommandError H790, H791."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise CommandError(
            "H790", f"{file}: rows in '{file.suffix}' are not known", hint=f"known: {', '.join(READERS)}"
        )
    return reader(file, inputs)


def _json_lines(file: Path, inputs: Sequence[Field]) -> Iterator[Batch]:
    with _open_text(file) as stream:
        numbered = ((number, line) for number, line in _lines(file, stream) if line.strip())
        while chunk := list(islice(numbered, BATCH_ROWS)):
            given = [_record(file, number, line, inputs) for number, line in chunk]
            names = [each.name for each in inputs]
            rows = [{name: record[name] for name in names} for record in given]
            yield Batch(given, rows, [number for number, _ in chunk])


def _record(file: Path, number: int, line: str, inputs: Sequence[Field]) -> dict[str, Any]:
    try:
        record = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, number, f"is not JSON: {error}", 'a record a line: {"age": 41, ...}') from error
    if not isinstance(record, dict):
        raise _wrong(file, number, "is no object", 'a record a line: {"age": 41, ...}')
    for each in inputs:
        if each.name not in record:
            hint = did_you_mean(each.name, sorted(record), "write null where it is unknown")
            raise _wrong(file, number, f"'{each.name}' is missing", hint)
    return record


def _csv(file: Path, inputs: Sequence[Field]) -> Iterator[Batch]:
    with _open_text(file) as stream:
        reader = csv.reader((line for _, line in _lines(file, stream)), strict=True)
        header = _next_line(file, reader)
        if header is None:
            raise _wrong(file, 1, "there is no header", "the first line names the columns")
        _check_columns(file, header, inputs)
        places = [(each, header.index(each.name)) for each in inputs]
        while chunk := list(islice(_csv_rows(file, reader, len(header)), BATCH_ROWS)):
            rows = [
                {each.name: _typed(file, number, each, cells[place]) for each, place in places}
                for number, cells in chunk
            ]
            yield Batch(
                [dict(zip(header, cells, strict=True)) for _, cells in chunk], rows, [line for line, _ in chunk]
            )


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
        raise _wrong(file, reader.line_num, f"is not CSV: {error}", "cells are parted by commas") from error
    return cells


def _typed(file: Path, number: int, field: Field, cell: str) -> Any:
    """A cell as the model takes it: an empty one is null."""
    if not cell:
        return None
    if field.type == "string":
        return cell
    word = _WORDS.get(cell.strip().lower())
    if word is not None:
        return word
    try:
        return int(cell) if field.type == "long" else float(cell)
    except ValueError:
        kind = {"long": "a whole number", "double": "a number", "boolean": "true or false"}[field.type]
        raise _wrong(file, number, f"'{field.name}' is {cell!r:.60}, not {kind}", "an empty cell is null") from None


def _parquet(file: Path, inputs: Sequence[Field]) -> Iterator[Batch]:
    try:
        with pq.ParquetFile(file) as parquet:
            _check_columns(file, parquet.schema_arrow.names, inputs)
            names, start = [each.name for each in inputs], 1
            for batch in parquet.iter_batches(BATCH_ROWS):
                table = pa.Table.from_batches([batch])
                yield Batch(table, table.select(names), range(start, start + len(table)))
                start += len(table)
    except (pa.ArrowException, OSError) as error:
        raise CommandError("H791", f"{file}: {_first_line(error)}", hint="is it a Parquet file?") from error


READERS: Mapping[str, Reader] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json_lines,
    ".csv": _csv,
    ".parquet": _parquet,
}


def _check_columns(file: Path, names: Sequence[str], inputs: Sequence[Field]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _wrong(file, 1, f"'{twice[0]}' is there twice", "rename one of the two columns")
    for each in inputs:
        if each.name not in names:
            hint = did_you_mean(each.name, sorted(names), f"the model takes: {', '.join(each.name for each in inputs)}")
            raise _wrong(file, 1, f"there is no column '{each.name}'", hint)


def _open_text(file: Path) -> TextIO:
    try:
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
    except OSError as error:
        raise CommandError("H791", f"{file}: {error.strerror}", hint="name a file with rows to score") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON; write null")


def _wrong(file: Path, line: int, message: str, hint: str) -> CommandError:
    return CommandError("H791", message, hint=hint, path=f"{file}:{line}")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
