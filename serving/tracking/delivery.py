"""From a complete segment to Parquet where the models are."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from models.errors import ModelNameError, ScoringError
from models.names import check_name
from models.tracked import partitions
from models.tracked.partitions import Kind
from models.tracked.records import Answered, Fact, day_of
from models.tracked.schema import labels_table, predictions_table
from serving.tracking.segments import claim, read_segment
from storage.filesystem import FileSystem

_log = logging.getLogger(__name__)

_Row = TypeVar("_Row", Answered, Fact)
# Kind, model and day: what one file is of.
_Groups = dict[tuple[Kind, str, date], list[Any]]
# How a record fails that no release of ours wrote.
_STRANGE = (
    *(pa.ArrowException, KeyError, IndexError, TypeError, ValueError, OverflowError, OSError),
    *(ModelNameError, ScoringError),
)


@dataclass(frozen=True)
class Delivered:
    """What became of one segment; ``damaged`` are records that were not what had been written."""

    rows: int = 0
    damaged: int = 0


def deliver(path: Path, filesystem: FileSystem, root: str) -> Delivered | None:
    """Write all that a segment holds below ``root``, then delete it; None while somebody else has it.

    A kill at any moment leaves the segment, or its files, or both: then it is delivered again, into files of the same
    names, which take the place of the first ones.

    Raises: StorageError; the segment stays.
    """
    with claim(path) as is_ours:
        if not is_ours:
            return None
        content = read_segment(path)
        groups, damaged = _group(content.records)
        damaged += content.damaged
        written = 0
        for (kind, model, day), rows in groups.items():
            table, strange = _convert(predictions_table if kind == "predictions" else labels_table, rows)
            damaged += strange
            if table.num_rows:
                partitions.write(filesystem, root, model, kind, day, path.stem, table)
                written += table.num_rows
        if damaged:
            _log.warning("%s: %d records were damaged and are lost", path, damaged)
        path.unlink()
        return Delivered(written, damaged)


def _group(records: Iterable[dict[str, Any]]) -> tuple[_Groups, int]:
    """The rows by the file that they belong to, and how many records are none."""
    groups: _Groups = defaultdict(list)
    damaged = 0
    for record in records:
        kind: Kind = "labels" if "facts" in record else "predictions"
        rows = _rows(record)
        damaged += not rows
        for row in rows:
            groups[kind, row.model, day_of(row.time_us)].append(row)
    return groups, damaged


def _rows(record: dict[str, Any]) -> list[Answered] | list[Fact]:
    """What a record says; nothing where no release of ours wrote it."""
    try:
        rows = [Fact(**each) for each in record["facts"]] if "facts" in record else [_answered(record)]
        for row in rows:
            check_name(row.model)
            day_of(row.time_us)
    except _STRANGE:
        return []
    return rows


def _answered(record: dict[str, Any]) -> Answered:
    return Answered(
        request_id=record["request_id"],
        time_us=record["time"],
        source="service",
        model=record["model"],
        version=record["version"],
        manifest=record["manifest"],
        classes=record["classes"],
        inputs=record["inputs"],
        answers=record["answers"],
        keys=record.get("keys"),
    )


def _convert(build: Callable[[list[_Row]], pa.Table], rows: list[_Row]) -> tuple[pa.Table, int]:
    """The table of all rows; where some do not fit it, of the others, and how many those are."""
    try:
        return build(rows), 0
    except _STRANGE:
        fitting = [row for row in rows if _fits(build, row)]
        return build(fitting), len(rows) - len(fitting)


def _fits(build: Callable[[list[_Row]], pa.Table], row: _Row) -> bool:
    try:
        build([row])
    except _STRANGE:
        return False
    return True
