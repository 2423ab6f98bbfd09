"""Records as CSV, and the answers beside them: what a spreadsheet sends, and what it gets back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.manifest import Field, FieldType, Manifest
from serving.body import Question
from serving.errors import ServingError

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\s*")
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Sheet:
    """The header, the cells as they were sent, and the line of the file at which each row ends."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]


def read_sheet(data: bytes, most_rows: int) -> Sheet:
    """The cells of a CSV file in UTF-8 whose first line names the columns; empty lines count for nothing.

    Raises: ServingError H509, H538 with the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _not_csv(line, f"byte {error.start} is not UTF-8") from None
    if "\0" in text:  # of which the releases of Python think differently
        raise _not_csv(text.count("\n", 0, text.index("\0")) + 1, "it holds a NUL")
    lines = _lines(text)
    _, header = next(lines, (1, []))
    if not header:
        raise _not_csv(1, "there is no header that names the columns")
    twice = next((name for name in header if header.count(name) > 1), None) if len(set(header)) < len(header) else None
    if twice is not None:
        raise _not_csv(1, f"the column {twice[:100]!r} stands twice")
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in lines:
        if len(cells) != len(header):
            raise _not_csv(number, f"{len(cells)} cells, and {len(header)} columns")
        if len(rows) == most_rows:
            raise ServingError("H509", f"more than {most_rows} records in one request", hint="send it in parts")
        rows.append(cells)
        numbers.append(number)
    if not rows:
        raise _not_csv(1, "there is a header, and no record")
    return Sheet(header, rows, numbers)


def ask_sheet(sheet: Sheet, model: str, inputs: Sequence[Field]) -> Question:
    """The question that the sheet is to a model: an empty cell is null, or an empty text where null may not be."""
    known = {item.name: _CELLS[item.type](item) for item in inputs}
    readers = [known.get(name, _as_sent) for name in sheet.header]
    records = [
        {name: read(cell) for name, read, cell in zip(sheet.header, readers, row, strict=True)} for row in sheet.rows
    ]
    return Question(model, records, single=False, lines=sheet.lines)


def write_sheet(sheet: Sheet, answers: Sequence[Mapping[str, Any]], manifest: Manifest) -> bytes:
    """The sheet with its answers: ``prediction``, and ``probability.CLASS`` for each class where there are any."""
    classes = manifest.classes if "probabilities" in answers[0] else ()
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*sheet.header, "prediction", *(f"probability.{name}" for name in classes)])
    for cells, answer in zip(sheet.rows, answers, strict=True):
        chances = answer["probabilities"].values() if classes else ()
        writer.writerow([*cells, answer["prediction"], *chances])
    return written.getvalue().encode()


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise _not_csv(max(reader.line_num, 1), str(error)) from None


def _as_sent(cell: str) -> object:
    return cell


def _numbers(item: Field) -> Callable[[str], object]:
    whole = item.type == "long"

    def read(cell: str) -> object:
        if whole and _WHOLE.fullmatch(cell):
            return int(cell)
        if _NUMBER.fullmatch(cell):
            return float(cell)
        return cell or None  # a text is named as such by the check

    return read


def _texts(item: Field) -> Callable[[str], object]:
    if not item.nullable or "" in item.categories:
        return _as_sent
    return lambda cell: cell or None


def _booleans(_: Field) -> Callable[[str], object]:
    return lambda cell: _BOOLEANS.get(cell.strip().lower(), cell or None)


_CELLS: Mapping[FieldType, Callable[[Field], Callable[[str], object]]] = {
    "double": _numbers,
    "long": _numbers,
    "string": _texts,
    "boolean": _booleans,
}


def _not_csv(line: int, what: str) -> ServingError:
    hint = "commas, the names of the columns in the first line, double quotes around cells with commas; UTF-8"
    return ServingError("H538", f"line {line}: {what}", hint=hint)
