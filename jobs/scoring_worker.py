"""A Spark that scores rows for another process: one line of JSON for each line, until its input ends.

    python -m jobs.scoring_worker FOLDER '{"age": "double", ...}'

It says ``{"ready": true}`` when the model of FOLDER is loaded. ``{"rows": [...]}`` is answered by ``{"predictions":
[...], "probabilities": [...]}`` (null where the model has none), or by ``{"refused": "why"}``. It ends with its input,
also while it starts, and with its JVM. The client is ``models.scorer.spark``.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.ml import Model, PipelineModel
from pyspark.ml.linalg import Vector, Vectors, VectorUDT
from pyspark.ml.util import DefaultParamsReader
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t

from models.errors import ScoringError
from models.scorer.spark_text import spark_text
from models.scorer.vector_forms import read_entries, read_size

_NUMBER = "row__number"
_GRACE_S = 10.0  # to answer what was asked before the input ended
_TYPES: Mapping[str, t.DataType] = {
    "boolean": t.BooleanType(),
    "double": t.DoubleType(),
    "long": t.LongType(),
    "string": t.StringType(),
    "texts": t.ArrayType(t.StringType()),
    "vector": VectorUDT(),
}
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    # Half the processor's time, to start and for each answer: nothing here runs long enough for the second compiler.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    # A few rows are sooner walked than compiled for.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when the input ended, 2 for other arguments."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder, columns = Path(arguments[0]).absolute(), json.loads(arguments[1])
    # Whatever else prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    questions: queue.Queue[str] = queue.Queue()
    is_ready = threading.Event()
    threading.Thread(target=_read, args=(sys.stdin, questions, is_ready), name="questions", daemon=True).start()
    spark = session()
    threading.Thread(target=_end_with, args=(spark,), name="jvm", daemon=True).start()
    model = load_model(spark, folder)
    is_ready.set()
    for found in serve(spark, model, columns, iter(questions.get, "")):
        answers.write(json.dumps(found) + "\n")
        answers.flush()
    spark.stop()
    return 0


def _read(stream: Iterable[str], questions: queue.Queue[str], is_ready: threading.Event) -> None:
    """Hand on the lines; who asks no more must not be outlived, even while Spark starts or hangs."""
    for line in stream:
        questions.put(line)
    questions.put("")
    if is_ready.is_set():
        time.sleep(_GRACE_S)
    os._exit(0)


def _end_with(spark: SparkSession) -> None:
    """Say and end when the JVM has ended, asked or not."""
    status = spark.sparkContext._gateway.proc.wait()
    sys.stderr.write(f"\nits JVM has ended with {status}\n")
    sys.stderr.flush()
    os._exit(1)


def session() -> SparkSession:
    """A Spark of one thread on this machine."""
    builder = SparkSession.builder.master("local[1]").appName("howdah scoring worker")
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def load_model(spark: SparkSession, folder: Path) -> Any:
    """The model of ``folder``, of whatever class; of those that a search over parameters saved, the best one."""
    found = DefaultParamsReader.loadParamsInstance(folder.as_uri(), spark.sparkContext)
    return best_model(found)


def best_model(model: Any) -> Any:
    """The model itself, or the best one that it holds."""
    while hasattr(model, "bestModel"):
        model = model.bestModel
    return model


def serve(
    spark: SparkSession, model: Model, columns: Mapping[str, str], questions: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """The answer to each line, after the one that says that it is ready."""
    yield {"ready": True}
    for line in questions:
        yield answer(spark, model, columns, json.loads(line)["rows"])


def answer(
    spark: SparkSession, model: Model, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """:func:`score`, or why there is none. Raises: what Spark raises, where it is Spark itself that has ended."""
    try:
        return score(spark, model, columns, rows)
    except ScoringError as error:
        return {"refused": error.diagnostics[0].message}
    except Exception as error:
        # Py4J has one class for all that the JVM throws; the cause is in its text.
        if _has_ended(spark, error):
            raise
        return {"refused": _cause(error)}


def _has_ended(spark: SparkSession, error: Exception) -> bool:
    """Whether there is no Spark any more that could answer: no word on the rows."""
    if "java.lang.OutOfMemoryError" in str(error):
        return True
    try:
        return bool(spark.sparkContext._jsc.sc().isStopped())
    except Exception:
        return True  # no JVM, by whatever class of error that shows


def score(
    spark: SparkSession, model: Model, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What Spark's transform says of the rows. Raises: ScoringError H232, and what Spark raises."""
    scored = model.transform(frame(spark, columns, rows))
    prediction, probability = predicted(model)
    wanted = [f"`{name}`" for name in (_NUMBER, prediction, probability) if name]
    found = sorted(scored.select(*wanted).collect())
    if [row[0] for row in found] != list(range(len(rows))):
        dropped = sorted(set(range(len(rows))) - {row[0] for row in found})
        return {"refused": f"Spark drops row {dropped[0]} of these {len(rows)}"}
    return {
        "predictions": [row[1] for row in found],
        "probabilities": [row[2].toArray().tolist() for row in found] if probability else None,
    }


def frame(spark: SparkSession, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """The rows under their columns' types, numbered. Raises: ScoringError H232."""
    kinds = {**columns, _NUMBER: "long"}
    schema = t.StructType([t.StructField(name, _TYPES[kind]) for name, kind in kinds.items()])
    values = [
        (*(_typed(name, kind, row.get(name)) for name, kind in columns.items()), number)
        for number, row in enumerate(rows)
    ]
    return spark.createDataFrame(values, schema, verifySchema=False)


def predicted(model: Model) -> tuple[str, str | None]:
    """The columns of the prediction and of the probability, if there is one: those of the last stage that predicts."""
    stage = next(each for each in reversed(list(_flat(model))) if each.hasParam("predictionCol"))
    has_probability = stage.hasParam("probabilityCol") and bool(stage.getOrDefault("probabilityCol"))
    return stage.getOrDefault("predictionCol"), stage.getOrDefault("probabilityCol") if has_probability else None


def _flat(model: Any) -> Iterator[Any]:
    if not isinstance(model, PipelineModel):
        yield model
        return
    for stage in model.stages:
        yield from _flat(best_model(stage))


def _typed(name: str, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict) and "decimal" in value:
        value = value["decimal"] if kind == "string" else float(value["decimal"])
    if kind == "string":
        return spark_text(value)
    if kind == "texts" and isinstance(value, list):
        return value
    if kind == "vector":
        return _vector(name, value)
    if not isinstance(value, int | float):
        raise ScoringError("H232", f"'{name}' must be a number, not {value!r:.60}")
    return {"double": float, "long": int, "boolean": bool}[kind](value)


def _vector(name: str, value: Any) -> Vector:
    entries = read_entries(name, value)
    return Vectors.sparse(read_size(name, value), entries) if isinstance(entries, dict) else Vectors.dense(entries)


def _cause(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line.partition("Caused by: ")[2] for line in lines if line.startswith("Caused by: ")]
    return (causes[-1] if causes else lines[0] if lines else type(error).__name__)[:300]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
