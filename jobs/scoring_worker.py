"""A Spark that scores rows for another process: one line of JSON for each line, until its input ends.

    python -m jobs.scoring_worker FOLDER '{"age": "double", ...}'

It says ``{"ready": true}`` when the model of FOLDER is loaded. ``{"rows": [...]}`` is answered by ``{"predictions":
[...], "probabilities": [...]}`` (null where the model has none), or by ``{"refused": "why"}``. The client is
``models.scorer.spark``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession

_NUMBER = "row__number"
_TYPES = {"double": "DOUBLE", "long": "BIGINT", "string": "STRING", "boolean": "BOOLEAN"}
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    # A few rows are sooner walked than compiled for.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


class WrongValueError(Exception):
    """A value that is not of its column's type."""


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when the input ended, 2 for other arguments."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder, columns = Path(arguments[0]).absolute(), json.loads(arguments[1])
    # Whatever else prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    spark = session()
    model = PipelineModel.load(folder.as_uri())
    for found in serve(spark, model, columns, sys.stdin):
        answers.write(json.dumps(found) + "\n")
        answers.flush()
    spark.stop()
    return 0


def session() -> SparkSession:
    """A Spark of one thread on this machine."""
    builder = SparkSession.builder.master("local[1]").appName("howdah scoring worker")
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def serve(
    spark: SparkSession, model: PipelineModel, columns: Mapping[str, str], questions: Iterator[str] | Any
) -> Iterator[dict[str, Any]]:
    """The answer to each line, after the one that says that it is ready."""
    yield {"ready": True}
    for line in questions:
        yield answer(spark, model, columns, json.loads(line)["rows"])


def answer(
    spark: SparkSession, model: PipelineModel, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """:func:`score`, or why there is none."""
    try:
        return score(spark, model, columns, rows)
    except WrongValueError as error:
        return {"refused": str(error)}
    except Exception as error:
        # Py4J has one class for all that the JVM throws; the cause is in its text.
        return {"refused": _cause(error)}


def score(
    spark: SparkSession, model: PipelineModel, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What Spark's transform says of the rows. Raises: WrongValueError, and what Spark raises."""
    scored = model.transform(frame(spark, columns, rows))
    prediction, probability = predicted(model)
    wanted = [_NUMBER, prediction, *([probability] if probability else [])]
    found = sorted(scored.select(*wanted).collect())
    if [row[0] for row in found] != list(range(len(rows))):
        dropped = sorted(set(range(len(rows))) - {row[0] for row in found})
        return {"refused": f"Spark drops row {dropped[0]} of these {len(rows)}"}
    return {
        "predictions": [row[1] for row in found],
        "probabilities": [row[2].toArray().tolist() for row in found] if probability else None,
    }


def frame(spark: SparkSession, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """The rows under their columns' types, numbered. Raises: WrongValueError."""
    schema = ", ".join([*(f"`{name}` {_TYPES[kind]}" for name, kind in columns.items()), f"{_NUMBER} BIGINT"])
    values = [
        (*(_typed(name, kind, row.get(name)) for name, kind in columns.items()), number)
        for number, row in enumerate(rows)
    ]
    return spark.createDataFrame(values, schema, verifySchema=False)


def predicted(model: PipelineModel) -> tuple[str, str | None]:
    """The columns of the prediction and of the probability, if there is one: those of the last stage that predicts."""
    stage = next(each for each in reversed(list(_flat(model))) if each.hasParam("predictionCol"))
    has_probability = stage.hasParam("probabilityCol") and bool(stage.getOrDefault("probabilityCol"))
    return stage.getOrDefault("predictionCol"), stage.getOrDefault("probabilityCol") if has_probability else None


def _flat(model: PipelineModel) -> Iterator[Any]:
    for stage in model.stages:
        if isinstance(stage, PipelineModel):
            yield from _flat(stage)
        else:
            yield stage


def _typed(name: str, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "string":
        return value if isinstance(value, str) else _text(value)
    if not isinstance(value, int | float):
        raise WrongValueError(f"'{name}' must be a number, not {value!r:.60}")
    return {"double": float, "long": int, "boolean": bool}[kind](value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cause(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line.partition("Caused by: ")[2] for line in lines if line.startswith("Caused by: ")]
    return (causes[-1] if causes else lines[0] if lines else type(error).__name__)[:300]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
