"""Where tracked rows lie: a folder a day, in UTC, and in it files that appear whole.

::

    <root>/funnel/predictions/date=2026-11-21/<name>.parquet
    <root>/funnel/labels/date=2026-11-21/<name>.parquet

Whoever reads Hive's partitions (Hive, Spark, DuckDB, pyarrow) reads these. A name is the writer's: who writes the same
rows again writes them under the same name, and they are there once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import TrackedFileError
from models.names import check_name, is_name
from models.tracked.schema import LABELS, PREDICTIONS
from storage.errors import PathNotFoundError
from storage.filesystem import FileStatus, FileSystem, join_path

Kind = Literal["predictions", "labels"]

SCHEMAS: dict[Kind, pa.Schema] = {"predictions": PREDICTIONS, "labels": LABELS}
SUFFIX = ".parquet"

_PARTITION = re.compile(r"date=(\d{4}-\d\d-\d\d)")


def utc_now() -> datetime:
    """The clock of this machine; tests bring their own."""
    return datetime.now(timezone.utc)


def partition_folder(root: str, model: str, kind: Kind, day: date) -> str:
    """Where the rows of ``day`` lie. Raises: ModelNameError."""
    return join_path(root, check_name(model), kind, f"date={day.isoformat()}")


def write(filesystem: FileSystem, root: str, model: str, kind: Kind, day: date, name: str, table: pa.Table) -> None:
    """Write ``table`` as one file; one of that name is replaced, in one step. Raises: StorageError."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    path = join_path(partition_folder(root, model, kind, day), name + SUFFIX)
    with filesystem.create(path, overwrite=True) as stream:
        stream.write(sink.getvalue().to_pybytes())


def read(
    filesystem: FileSystem, root: str, model: str, kind: Kind, columns: Sequence[str], since: date | None = None
) -> pa.Table:
    """The rows of all days, or of those from ``since`` on. Raises: TrackedFileError H250, StorageError."""
    schema = _schema(kind, columns)
    return pa.concat_tables([schema.empty_table(), *tables(filesystem, root, model, kind, columns, since)])


def tables(
    filesystem: FileSystem,
    root: str,
    model: str,
    kind: Kind,
    columns: Sequence[str],
    since: date | None = None,
    *,
    newest_first: bool = False,
) -> Iterator[pa.Table]:
    """The same rows, a file at a time: for what need not have them all at once. Raises: as :func:`read`."""
    schema = _schema(kind, columns)
    days = partitions(filesystem, root, model, kind)
    for day, folder in reversed(days) if newest_first else days:
        if since is None or day >= since:
            for path in _files(filesystem, folder.path):
                with suppress(PathNotFoundError):  # its day has just been deleted for its age
                    yield _read_file(filesystem, path, schema)


def partitions(filesystem: FileSystem, root: str, model: str, kind: Kind) -> list[tuple[date, FileStatus]]:
    """The days that there are, rising, each with its folder. Raises: ModelNameError, StorageError."""
    found = _list(filesystem, join_path(root, check_name(model), kind))
    days = ((_day(each.name), each) for each in found if each.is_directory)
    return [(day, each) for day, each in days if day is not None]


def tracked_models(filesystem: FileSystem, root: str) -> list[str]:
    """The models of which anything is tracked, sorted."""
    folders = [each for each in _list(filesystem, root) if each.is_directory and is_name(each.name)]
    return [each.name for each in folders if any(partitions(filesystem, root, each.name, kind) for kind in SCHEMAS)]


def delete_older(filesystem: FileSystem, root: str, days: int, now: Callable[[], datetime] = utc_now) -> Iterator[str]:
    """Delete the days that ended more than ``days`` days ago, of every model; gives each folder that has gone.

    Today is the day of the last writing, by the file system's clock, where that is before our own: a clock of this
    machine that has jumped ahead deletes nothing.
    """
    for model in tracked_models(filesystem, root):
        for kind in SCHEMAS:
            found = partitions(filesystem, root, model, kind)
            written = max((each.modified_ms for _, folder in found for each in filesystem.list(folder.path)), default=0)
            today = min(now(), datetime.fromtimestamp(written / 1000, timezone.utc)).date()
            for day, folder in found:
                if day < today - timedelta(days=days) and filesystem.delete(folder.path, recursive=True):
                    yield folder.path


def _schema(kind: Kind, columns: Sequence[str]) -> pa.Schema:
    return pa.schema([SCHEMAS[kind].field(name) for name in columns])


def _day(name: str) -> date | None:
    found = _PARTITION.fullmatch(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None  # 2026-02-30: not ours


def _files(filesystem: FileSystem, folder: str) -> list[str]:
    found = [each for each in _list(filesystem, folder) if not each.is_directory and each.name.endswith(SUFFIX)]
    return [each.path for each in found if not each.name.startswith((".", "_"))]


def _list(filesystem: FileSystem, folder: str) -> list[FileStatus]:
    try:
        return filesystem.list(folder)
    except PathNotFoundError:
        return []  # nothing was tracked there yet


def _read_file(filesystem: FileSystem, path: str, schema: pa.Schema) -> pa.Table:
    with filesystem.open(path) as stream:
        data = stream.read()
    try:
        # What Spark writes has its own names for the parts of a map, and may have another unit of time.
        return pq.read_table(pa.BufferReader(data), columns=schema.names).select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise TrackedFileError(
            "H250",
            f"it cannot be read: {reason}",
            hint="a file of another program, or a damaged one: move it",
            path=path,
        ) from error
