"""Score a table with a published model: the service's scorer in Spark, its answers among the model's predictions.

Each row's prediction goes to ``<models>/<name>/predictions/date=…/``, in the form in which the service tracks its own
(docs/tracking.md), so one report and one set of labels are for both. A job that runs again under the same ``--run-id``
replaces what it wrote before. The same scorer runs on the executors; Spark's own ML is not asked.

Run by ``spark-submit --py-files howdah-jobs.zip score.py --help``; the nodes need numpy, pyarrow and pandas.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
import uuid
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812

from jobs.errors import JobError, unknown_column
from jobs.options import Parser, names
from jobs.reading import prepare_module, read
from jobs.scoring import COLUMNS, KEY, Scoring, pack
from models.leftovers import SignOfLife, remove_leftovers
from models.manifest import Manifest
from models.names import split_reference
from models.repository import SPARK_FOLDER, Repository
from models.scorer.pipeline import load_numpy
from models.tracked.batches import name_run, put_run
from models.tracked.records import day_of
from storage.errors import HowdahError
from storage.filesystem import join_path
from storage.jvm import connect_jvm

_log = logging.getLogger("howdah.score")

_TYPES = {"double": "double", "long": "bigint", "string": "string", "boolean": "boolean"}
_STAGING = ".scoring-"
_REFUSAL = re.compile(r"ScoringError: H232 (.+)")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments by name. Raises: JobError H600."""
    parser = Parser("score.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, metavar="URI", help="folder or file with the rows")
    parser.add_argument(
        "--format", choices=("text", "parquet"), default="text", help="text: tabs, \\N is null (default)"
    )
    parser.add_argument("--columns", default="", metavar="DDL", help="the columns: 'age INT, city STRING'")
    parser.add_argument("--prepare", metavar="MODULE", help="module with prepare(frame), as in training")
    parser.add_argument("--models", required=True, metavar="URI", help="root of the model repository")
    parser.add_argument("--name", required=True, metavar="NAME[@ALIAS|VERSION]", help="which model; its champion")
    parser.add_argument("--key", metavar="COLUMN", help="what facts will know a row by")
    parser.add_argument("--leave-out", type=names, default=[], metavar="A,B", help="inputs that are not to be kept")
    parser.add_argument("--run-id", default="", metavar="ID", help="the workflow's job that asks for this")
    options = parser.parse_args(arguments)
    if options.format == "text" and not options.columns:
        raise JobError("H600", "text has no column names", hint="add --columns 'name TYPE, ...'")
    return options


def score(spark: SparkSession, options: argparse.Namespace) -> int:
    """Score all rows; the number of files that were written. Raises: JobError, ModelError, StorageError."""
    filesystem, root = connect_jvm(spark, options.models)
    repository = Repository(filesystem, root)
    name, _ = split_reference(options.name)
    manifest = repository.manifest(name, repository.resolve(options.name))
    frame = read(spark, options.input, options.format, options.columns)
    module = prepare_module(options.prepare)
    rows = _choose(module.prepare(frame) if module else frame, manifest, options.key)
    run, time_us = options.run_id or uuid.uuid4().hex, _now_us()
    scoring = Scoring(
        packed=spark.sparkContext.broadcast(_fetch(repository, manifest)),
        run=name_run(run),
        time_us=time_us,
        model=name,
        version=manifest.version,
        manifest=manifest.digest,
        classes=manifest.classes,
        inputs=tuple(item.name for item in manifest.inputs),
        left_out=frozenset(options.leave_out),
    )
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    shelf = join_path(root, name)
    staging = join_path(shelf, _STAGING + uuid.uuid4().hex)
    remove_leftovers(filesystem, shelf, _STAGING)
    try:
        with SignOfLife(filesystem, staging):
            written = join_path(staging, "rows")
            _write(rows.mapInArrow(scoring, COLUMNS), filesystem.uri(written))
            return put_run(filesystem, root, name, run, day_of(time_us), written)
    finally:
        filesystem.delete(staging, recursive=True)


def _choose(frame: DataFrame, manifest: Manifest, key: str | None) -> DataFrame:
    """The model's inputs as its types, and the key. Raises: JobError H604."""
    for name in [*(item.name for item in manifest.inputs), *([key] if key else [])]:
        if name not in frame.columns:
            raise unknown_column(name, frame.columns)
    columns = [F.col(f"`{item.name}`").cast(_TYPES[item.type]).alias(item.name) for item in manifest.inputs]
    return frame.select(*columns, *([F.col(f"`{key}`").cast("string").alias(KEY)] if key else []))


def _fetch(repository: Repository, manifest: Manifest) -> bytes:
    """The saved model, its hashes checked, and read once here: what cannot be read is better said before the work."""
    with tempfile.TemporaryDirectory(prefix="howdah-score-") as folder:
        saved = repository.fetch(manifest.name, manifest.version, Path(folder)) / SPARK_FOLDER
        load_numpy(saved)
        return pack(saved)


def _write(answers: DataFrame, uri: str) -> None:
    """Raises: JobError H610 for a row that the model cannot score."""
    try:
        answers.write.parquet(uri)
    except (PySparkException, Py4JJavaError) as error:
        refusal = _REFUSAL.search(str(error))
        if refusal is None:
            raise
        hint = "where Spark's own transform fails on it too, leave such rows out, or train with handleInvalid"
        raise JobError("H610", f"a row cannot be scored: {refusal[1]}", hint=hint) from error


def _now_us() -> int:
    return int(datetime.now(timezone.utc).timestamp() * 1_000_000)


def main(arguments: Sequence[str]) -> int:
    """The exit code; an error of ours leaves as one line and its hint."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    try:
        options = parse(arguments)
        files = score(SparkSession.builder.appName(f"howdah score {options.name}").getOrCreate(), options)
    except HowdahError as error:
        for diagnostic in error.diagnostics:
            sys.stderr.writelines(f"{line}\n" for line in diagnostic.lines)
        return 2 if error.code == "H600" else 1
    _log.info("scored %s: %s files", options.name, files)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
