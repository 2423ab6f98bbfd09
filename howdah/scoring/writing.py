"""Scored rows into a file: JSON lines, CSV or Parquet by its suffix; the file is there when it is whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from howdah.errors import CommandError
from howdah.scoring.reading import Batch
from models.scorer.interface import Answers
from storage.local import LocalDisk

PREDICTION, PROBABILITY = "prediction", "probability"


class Writer(Protocol):
    """A file in the making."""

    def write(self, batch: Batch, answers: Answers) -> None:
        """Add the rows of ``batch`` with their answers. Raises: CommandError H792."""

    def close(self) -> None:
        """Write what is still held."""


def check_folder(file: Path) -> None:
    """Refuse to make folders for ``file``: a name that is written wrong would hide it. Raises: CommandError H792."""
    folder = file.absolute().parent
    if not folder.is_dir():
        raise CommandError("H792", f"{file}: there is no folder {folder}", hint="make it first, or name another one")


@contextmanager
def open_writer(file: Path) -> Iterator[Writer]:
    """A writer for ``file``; what stood there is replaced when the block ends well, and stays otherwise.

    Raises: CommandError H790, StorageError.
    """
    kind = WRITERS.get(file.suffix.lower())
    if kind is None:
        raise CommandError(
            "H790", f"{file}: rows in '{file.suffix}' are not known", hint=f"known: {', '.join(WRITERS)}"
        )
    with LocalDisk().create(str(file.absolute()), overwrite=True) as stream:
        writer = kind(stream, file)
        yield writer
        writer.close()


class _JsonLines:
    def __init__(self, stream: BinaryIO, file: Path) -> None:
        self._stream, self._file = stream, file

    def write(self, batch: Batch, answers: Answers) -> None:
        lines = [json.dumps(row, ensure_ascii=False, default=str) for row in _answered(batch, answers, self._file)]
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))

    def close(self) -> None:
        self._stream.flush()


class _Csv:
    """Cells as they came; null is empty, a list is JSON."""

    def __init__(self, stream: BinaryIO, file: Path) -> None:
        self._stream, self._file = stream, file
        self._header: list[str] | None = None

    def write(self, batch: Batch, answers: Answers) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        for row in _answered(batch, answers, self._file):
            if self._header is None:
                self._header = list(row)
                writer.writerow(self._header)
            if list(row) != self._header:
                hint = "CSV has the same columns in each row: write JSON lines"
                raise CommandError("H792", f"{self._file}: not all records have the same keys", hint=hint)
            writer.writerow([_cell(value) for value in row.values()])
        self._stream.write(text.getvalue().encode("utf-8", "surrogatepass"))

    def close(self) -> None:
        self._stream.flush()


class _Parquet:
    def __init__(self, stream: BinaryIO, file: Path) -> None:
        self._stream, self._file = stream, file
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: Batch, answers: Answers) -> None:
        try:
            table = batch.given if isinstance(batch.given, pa.Table) else pa.Table.from_pylist(batch.given)
            _check_free(table.column_names, self._file)
            table = table.append_column(PREDICTION, pa.array(answers.predictions))
            if answers.probabilities is not None:
                chances = pa.array(answers.probabilities.tolist(), pa.list_(pa.float64()))
                table = table.append_column(PROBABILITY, chances)
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._stream, table.schema)
            self._writer.write_table(table.cast(self._writer.schema))
        except (pa.ArrowException, ValueError) as error:
            message = (str(error).splitlines() or [type(error).__name__])[0]
            raise CommandError(
                "H792", f"{self._file}: {message}", hint="write JSON lines, which take any value"
            ) from error

    def close(self) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._stream, pa.schema([(PREDICTION, pa.float64())]))
        self._writer.close()


WRITERS: Mapping[str, type[_JsonLines] | type[_Csv] | type[_Parquet]] = {
    ".jsonl": _JsonLines,
    ".ndjson": _JsonLines,
    ".json": _JsonLines,
    ".csv": _Csv,
    ".parquet": _Parquet,
}


def _answered(batch: Batch, answers: Answers, file: Path) -> Iterator[dict[str, Any]]:
    given = batch.given if isinstance(batch.given, list) else batch.given.to_pylist()
    for row, answer in zip(given, answers.rows(), strict=True):
        _check_free(row, file)
        added: dict[str, Any] = {PREDICTION: answer.prediction}
        if answer.probability is not None:
            added[PROBABILITY] = list(answer.probability)
        yield {**row, **added}


def _check_free(names: Any, file: Path) -> None:
    for name in (PREDICTION, PROBABILITY):
        if name in names:
            raise CommandError("H792", f"{file}: a row has a '{name}' already", hint="rename that column of the input")


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
