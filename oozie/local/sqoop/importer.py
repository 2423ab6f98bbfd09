"""One import from its arguments to its part files."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from oozie.local.mounts import hdfs_root, to_local
from oozie.local.sqoop.arguments import ImportArguments
from oozie.local.sqoop.columns import Column
from oozie.local.sqoop.databases.database import PART_DIGITS, Dialect
from oozie.local.sqoop.databases.open import open_connection
from oozie.local.sqoop.errors import ArgumentError, ConnectError, SourceError, TargetError
from oozie.local.sqoop.files import PartPlan, codec_of
from oozie.local.sqoop.incremental import increment, log_next_arguments
from oozie.local.sqoop.jdbc import DRIVERS, Source, parse_jdbc_url
from oozie.local.sqoop.rendering import TextLayout, text_lines, typed_records
from oozie.local.sqoop.selection import Selection, Splits, imported_columns, select, splits
from oozie.local.sqoop.target import SUCCESS_FILE, Target, writing

log = logging.getLogger("sqoop")

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class ImportResult:
    """What an import has written: its directory, rows, bytes and part files."""

    directory: Path
    rows: int
    size: int
    files: tuple[Path, ...]


def run_import(arguments: ImportArguments) -> ImportResult | None:
    """Import; None when an incremental import finds no new row.

    Raises: SqoopError (H42x), StorageError; the target is then as it was.
    """
    for note in arguments.notes:
        log.warning("%s", note)
    source = _source(arguments)
    codec = codec_of(arguments)
    directory = _directory(arguments)
    connection = open_connection(source)
    last_value = None
    try:
        selection = select(connection, arguments)
        columns = imported_columns(connection, arguments, selection)
        _check_target(arguments, directory)
        if arguments.incremental:
            step = increment(connection, arguments, selection)
            if step is None:
                return None
            selection, last_value = step.selection, step.last_value
        found = splits(connection, arguments, selection)
        dialect = connection.dialect
    finally:
        connection.close()
    log.info("number of splits:%d", len(found.conditions))
    expression, plan = _plan(arguments, dialect, columns, codec)
    scans = _scans(found, dialect, expression, plan)
    result = _write(_Job(source, selection, plan, arguments.fetch_size), scans, directory)
    if arguments.incremental:
        log_next_arguments(arguments, last_value)
    return result


def _source(arguments: ImportArguments) -> Source:
    source = parse_jdbc_url(arguments.connect)
    if arguments.driver is not None and DRIVERS.get(arguments.driver) != source.kind:
        known = [name for name, kind in DRIVERS.items() if kind == source.kind]
        raise ArgumentError(
            "H421", f"--driver {arguments.driver} does not read this URL", hint="leave it out, or " + known[0]
        )
    if source.unused_parameters:
        log.warning("URL parameters without effect here: %s", ", ".join(source.unused_parameters))
    if arguments.fetch_size and source.kind != "sqlite":
        log.warning("--fetch-size has no effect here: the server streams its rows")
    password = arguments.password
    if password is not None:
        log.warning("Setting your password on the command-line is insecure. Consider using --password-file instead.")
    if arguments.password_file is not None:
        password = _read_password(arguments.password_file)
    return source.with_credentials(arguments.username, password)


def _read_password(uri: str) -> str:
    path = to_local(uri, Path("/") if uri.startswith("file:") else hdfs_root())
    try:
        password = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConnectError(
            "H423",
            f"--password-file {uri} cannot be read ({reason})",
            hint=f"here it lies at {path}; write it without a line end and with mode 400",
        ) from None
    if password.endswith("\n"):
        log.warning("--password-file ends with a line end, which is part of the password, as in Sqoop")
    return password


def _directory(arguments: ImportArguments) -> Path:
    if arguments.target_dir is not None:
        uri = arguments.target_dir
    else:
        uri = f"{arguments.warehouse_dir}/{arguments.table}" if arguments.warehouse_dir else str(arguments.table)
    return to_local(uri, Path("/") if uri.startswith("file:") else hdfs_root())


def _check_target(arguments: ImportArguments, directory: Path) -> None:
    if arguments.incremental == "lastmodified" and not arguments.append and directory.exists():
        raise TargetError(
            "H427",
            f"--append is required with --incremental lastmodified, since {directory} exists",
            hint="--merge-key is not done here",
        )
    if directory.is_dir() and not directory.name:
        raise TargetError("H427", "the root directory cannot be a target", hint="--target-dir /user/NAME/DIRECTORY")


@dataclass(frozen=True)
class _Job:
    """What every split needs to know."""

    source: Source
    selection: Selection
    plan: PartPlan
    fetch_size: int


def _plan(arguments: ImportArguments, dialect: Dialect, columns: list[Column], codec: str) -> tuple[str, PartPlan]:
    """The expression to select, and how its records become part files."""
    layout = TextLayout(arguments.delimiters, arguments.null_string, arguments.null_non_string)
    is_text = arguments.format == "text"
    rendered = text_lines(dialect, columns, layout) if is_text else typed_records(dialect, columns)
    return rendered.expression, PartPlan(arguments, tuple(columns), rendered.fields, layout, codec)


@dataclass(frozen=True)
class _Scan:
    """One query, and the numbers of the part files that it fills; with several, each record begins with its own."""

    expression: str
    condition: str
    parts: tuple[int, ...]


def _scans(found: Splits, dialect: Dialect, expression: str, plan: PartPlan) -> list[_Scan]:
    """A query for each part file; or one for all, where each would read the whole table only to throw most away.

    Records that still cost work here (typed, compressed) are read side by side all the same.
    """
    if not (found.share_a_scan and plan.is_ready):
        return [_Scan(expression, condition, (number,)) for number, condition in enumerate(found.conditions)]
    cases = " ".join(
        f"WHEN {condition} THEN {dialect.literal(f'{number:0{PART_DIGITS}}')}"
        for number, condition in enumerate(found.conditions)
    )
    any_of = " OR ".join(f"( {condition} )" for condition in found.conditions)
    numbered = dialect.concat([f"CASE {cases} END", expression])
    return [_Scan(numbered, any_of, tuple(range(len(found.conditions))))]


class _StoppedError(Exception):
    """Another scan has failed."""


def _write(job: _Job, scans: list[_Scan], directory: Path) -> ImportResult:
    began = time.monotonic()
    arguments = job.plan.arguments
    target = Target(directory, append=arguments.append, replace=arguments.delete_target)
    target.open()
    try:
        rows = sum(_run_scans(job, scans, target.staging))
        if arguments.format != "parquet":
            with writing(directory):
                (target.staging / SUCCESS_FILE).touch()
        files = target.commit()
    finally:
        target.close()
    size = sum(path.stat().st_size for path in files if path.is_file())
    seconds = time.monotonic() - began
    log.info("Transferred %s in %.4f seconds (%s/sec)", _amount(size), seconds, _amount(size / max(seconds, 1e-9)))
    log.info("Retrieved %d records.", rows)
    log.info("Wrote %d part files to %s", len(files), directory)
    return ImportResult(directory, rows, size, tuple(files))


def _run_scans(job: _Job, scans: list[_Scan], staging: Path) -> list[int]:
    """The rows of each scan; as many at a time as there are processors, two at least."""
    stop = threading.Event()
    workers = min(len(scans), max(2, os.cpu_count() or 1))
    with ThreadPoolExecutor(workers, thread_name_prefix="scan") as pool:
        futures = [pool.submit(_run_scan, job, scan, staging, stop) for scan in scans]
        try:
            done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        failed = [future.exception() for future in done if future.exception()]
        if waiting or failed:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise next(error for error in failed if error and not isinstance(error, _StoppedError))
    return [future.result() for future in futures]


def _run_scan(job: _Job, scan: _Scan, staging: Path, stop: threading.Event) -> int:
    rows = 0
    try:
        connection = open_connection(job.source)
    except ConnectError as error:
        # The first connection worked: the server has gone since.
        raise SourceError("H426", error.diagnostics[0].message, hint=error.diagnostics[0].hint) from None
    try:
        with writing(staging.parent), ExitStack() as opened:
            parts = [opened.enter_context(closing(job.plan.open_part(staging, number))) for number in scan.parts]
            query = job.selection.rows(scan.expression, scan.condition)
            log.debug("Using query: %s", query)
            for chunk in connection.records(query, job.fetch_size, numbered=len(parts) > 1):
                if stop.is_set():
                    raise _StoppedError
                parts[chunk.part].write(chunk)
                rows += chunk.rows
    finally:
        connection.close()
    return rows


def _amount(size: float) -> str:
    for unit in _UNITS:
        if size < 1024 or unit == _UNITS[-1]:
            return f"{size:.4f} {unit}" if unit != "bytes" else f"{size:.0f} bytes"
        size /= 1024
    raise AssertionError
