"""Records as CSV, and the answers beside them: what a spreadsheet sends, and what it gets back."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.manifest import Field, FieldType, Manifest
from models.number_cells import read_boolean, read_number, read_whole
from serving.body import Question
from serving.errors import ServingError
from serving.findings import SEPARATORS


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
    twice = next((name for name, times in Counter(header).items() if times > 1), None)
    if twice is not None:
        raise _not_csv(1, f"the column {twice[:100]!r} stands twice")
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in lines:
        if len(cells) != len(header):
            raise _not_csv(number, f"{len(cells)} cells where the header has {len(header)}", _other_separator(header))
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


def write_sheet(
    sheet: Sheet,
    answers: Sequence[Mapping[str, Any]],
    manifest: Manifest,
    more: Mapping[str, Sequence[object]] | None = None,
) -> bytes:
    """The sheet with its answers: ``prediction``, ``probability.CLASS`` for each class where there are any, ``more``.

    A row whose answer has no probabilities, of a group's member without or its default, has those cells empty.
    """
    classes = manifest.classes if any("probabilities" in answer for answer in answers) else ()
    more = more or {}
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*sheet.header, "prediction", *(f"probability.{name}" for name in classes), *more])
    besides = zip(*more.values(), strict=True) if more else [()] * len(answers)
    for cells, answer, others in zip(sheet.rows, answers, besides, strict=True):
        chances = answer.get("probabilities", {})
        writer.writerow([*cells, answer["prediction"], *map(chances.get, classes), *others])
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


def _read_as(read: Callable[[str], object]) -> Callable[[Field], Callable[[str], object]]:
    """What ``read`` makes of a cell, else the text, which the check names as such, else null."""

    def reader(_: Field) -> Callable[[str], object]:
        def value(cell: str) -> object:
            found = read(cell)
            return (cell or None) if found is None else found

        return value

    return reader


def _texts(item: Field) -> Callable[[str], object]:
    if not item.nullable or "" in item.categories:
        return _as_sent
    return lambda cell: cell or None


_CELLS: Mapping[FieldType, Callable[[Field], Callable[[str], object]]] = {
    "double": _read_as(read_number),
    "long": _read_as(read_whole),
    "string": _texts,
    "boolean": _read_as(read_boolean),
}


def _other_separator(header: Sequence[str]) -> str:
    """What to do about a table of one column in which the decimal commas of another separated the cells."""
    found = next((word for sign, word in SEPARATORS.items() if len(header) == 1 and sign in header[0]), "")
    return found and f"the columns are separated by {found}: save the file with commas, and numbers with points"


def _not_csv(line: int, what: str, hint: str = "") -> ServingError:
    hint = hint or "commas, the names of the columns in the first line, double quotes around cells with commas; UTF-8"
    return ServingError("H538", f"line {line}: {what}", hint=hint)
