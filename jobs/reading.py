"""Typed reading of what an import or a Hive script has written."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from py4j.protocol import Py4JError, Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 Spark's own convention
from pyspark.sql.types import DateType, StructType, TimestampType

from jobs.errors import JobError, unknown_column

# As Sqoop writes text with --null-string '\\N' and a tab between the fields: nothing is quoted.
_TEXT_OPTIONS = {"sep": "\t", "lineSep": "\n", "quote": "", "nullValue": "\\N", "mode": "FAILFAST"}
_NO_SUCH_PATH = "PATH_NOT_FOUND"
_BAD_RECORD = ("MALFORMED_RECORD_IN_PARSING", "MALFORMED_CSV_RECORD")


@dataclass(frozen=True)
class InputFacts:
    """What a manifest says of the data that a model came from; dates are ISO 8601 or empty."""

    rows: int
    fingerprint: str
    first_date: str
    last_date: str


def read(spark: SparkSession, uri: str, file_format: str, columns: str) -> DataFrame:
    """The rows at ``uri``: tab-separated ``text`` by the declared ``columns``, or ``parquet`` by its own schema.

    In text ``\\N`` and nothing are null. For parquet ``columns`` may be empty; else it picks and describes columns.

    Raises: JobError H601 for no input, H604 for a declared column that parquet lacks, H608 for a wrong declaration.
    """
    schema = parse_columns(spark, columns)
    try:
        if file_format == "text":
            return spark.read.options(**_TEXT_OPTIONS).schema(schema).csv(uri)
        frame = spark.read.parquet(uri)
    except AnalysisException as error:
        raise (_input_error(error, uri) or error) from error
    for field in schema.fields:
        if field.name not in frame.columns:
            raise unknown_column(field.name, frame.columns)
    if not schema.fields:
        return frame
    return frame.select([frame[field.name].cast(field.dataType).alias(field.name) for field in schema.fields])


def prepare_module(name: str | None) -> ModuleType | None:
    """The module whose ``prepare`` makes rows out of what was read; None without a name. Raises: JobError H607."""
    if not name:
        return None
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise JobError("H607", f"--prepare {name}: {error}", hint="is it in the --py-files?") from error
    if not callable(getattr(module, "prepare", None)):
        raise JobError("H607", f"--prepare {name}: it has no prepare(frame)", hint="see jobs.sessions")
    return module


def parse_columns(spark: SparkSession, columns: str) -> StructType:
    """Columns as SQL declares them (``name TYPE [COMMENT 'what it is'], ...``). Raises: JobError H608."""
    if not columns:
        return StructType([])
    try:
        schema: StructType = spark.createDataFrame([], columns).schema
    except ParseException as error:
        reason = _first_line(error)
        raise JobError(
            "H608", f"--columns cannot be read: {reason}", hint="write: name TYPE [COMMENT 'text'], ..."
        ) from error
    return schema


def describe_input(frame: DataFrame, uri: str, date: str) -> InputFacts:
    """Count the rows, hash them whatever their order, and find the first and last ``date`` (a column, or nothing).

    It reads every column of every row, so a row that does not fit is found here.

    Raises: JobError H602 for no rows, H604 for no such date column, H605 for a row that does not fit.
    """
    if date and date not in frame.columns:
        raise unknown_column(date, frame.columns)
    day = F.col(f"`{date}`") if date else F.lit(None).cast("string")
    total = F.sum(F.xxhash64(*[f"`{name}`" for name in frame.columns]).cast("decimal(38,0)"))
    with _bad_rows_named(uri):
        row = frame.agg(
            F.count(F.lit(1)).alias("rows"),
            total.cast("string").alias("total"),
            F.min(day).cast("string").alias("first"),
            F.max(day).cast("string").alias("last"),
        ).first()
    if not row["rows"]:
        raise JobError("H602", f"{uri} is empty", hint="did the import find any rows?")
    return InputFacts(row["rows"], f"xxhash64-sum:{row['total']}", row["first"] or "", row["last"] or "")


def date_column(frame: DataFrame) -> str:
    """The first date or timestamp of ``frame``, or nothing."""
    return next((f.name for f in frame.schema.fields if isinstance(f.dataType, DateType | TimestampType)), "")


@contextmanager
def _bad_rows_named(uri: str) -> Iterator[None]:
    """A row that does not fit becomes an error of ours, whenever Spark meets it. Raises: JobError H605."""
    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        if not any(name.startswith(_BAD_RECORD) for name in _error_classes(error)):
            raise
        raise JobError(
            "H605", f"a row in {uri} does not fit the declared columns", hint="compare --columns with the table"
        ) from error


def _input_error(error: AnalysisException, uri: str) -> JobError | None:
    if _NO_SUCH_PATH in _condition(error):
        return JobError("H601", f"there is nothing at {uri}", hint="run the import first, or mend --input")
    if "UNABLE_TO_INFER_SCHEMA" in _condition(error):
        return JobError("H602", f"{uri} is empty", hint="did the step before write any rows?")
    return None


def _condition(error: PySparkException) -> str:
    """Spark's name for an error; Spark 4 calls getCondition what was getErrorClass."""
    name = error.getCondition() if hasattr(error, "getCondition") else error.getErrorClass()
    return str(name or "")


def _error_classes(error: PySparkException | Py4JJavaError) -> Iterator[str]:
    """Spark's names for an error and for what caused it, outermost first."""
    if isinstance(error, PySparkException):
        yield _condition(error)
    cause = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    while cause is not None:
        try:
            yield cause.getErrorClass() or ""
        except Py4JError:  # not one of Spark's own: it has no such method
            yield ""
        cause = cause.getCause()


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
