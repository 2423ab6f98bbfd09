"""The gate at publication: what answers in Spark's place, since it was seen to say the same.

Rows of the training data, some of them changed (nulls, texts that nobody has seen, numbers far off), are scored by
Spark and by the compiled model. pyarrow, onnx and onnxruntime are needed on the driver; where they are not, nothing is
compared, the manifest says so, and the service compiles the model itself.
"""

from __future__ import annotations

import logging
import math
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame

from jobs.scoring_worker import answer
from models.errors import ScorerError, ScoringError
from models.manifest import Engine, Field, Scoring
from models.publication import Staging

if TYPE_CHECKING:
    from models.scorer.interface import Answer, Scorer

_log = logging.getLogger("howdah.gate")

LARGEST_DIFFERENCE = 1e-6
ROWS = 10_000
UNSEEN = "never seen in training"

_CHANGED = 0.1  # of the values


@dataclass(frozen=True)
class Verdict:
    """What the gate found, and the graph to publish, where there is one."""

    scoring: Scoring
    graph: bytes | None = None


def mutate(rows: Sequence[Mapping[str, Any]], inputs: Sequence[Field], seed: int, count: int) -> list[dict[str, Any]]:
    """``count`` rows made of ``rows``: of every second one a tenth of the values are changed."""
    source = random.Random(seed)  # noqa: S311 - the same rows for the same seed
    made: list[dict[str, Any]] = []
    for number in range(count if rows else 0):
        row = dict(rows[number % len(rows)])
        if number % 2 or number >= len(rows):
            for each in inputs:
                if source.random() < _CHANGED:
                    row[each.name] = _changed(each, source)
        made.append(row)
    return made


class Gate:
    """Compares one model, once, however often it is published.

    ``frame`` has the columns of ``inputs``, in ``total`` rows; ``count`` is how many are to be scored.
    """

    def __init__(
        self, model: PipelineModel, frame: DataFrame, total: int, inputs: Sequence[Field], *, seed: int, count: int
    ) -> None:
        self._model, self._frame, self._total = model, frame, total
        self._inputs, self._seed, self._count = inputs, seed, count
        self._verdict: Verdict | None = None

    def judge(self, staging: Staging) -> Verdict | None:
        """What may answer for the model as ``staging`` holds it; None where the libraries are missing."""
        try:
            from models.scorer.pipeline import load_numpy
        except ImportError as error:
            _log.warning("not compared with Spark, since there is no %s here", error.name)
            return None
        if self._verdict is None:
            with tempfile.TemporaryDirectory(prefix="howdah-gate-") as folder:
                staging.copy_model(Path(folder))
                try:
                    scorer, graph = _compiled(Path(folder))
                    scoring = self._compared(scorer or load_numpy(Path(folder)))
                except ScorerError as error:
                    graph, scoring = None, Scoring("spark", 0, reason=error.diagnostics[0].message)
            self._verdict = Verdict(scoring, graph if scoring.engine == "compiled" else None)
        return self._verdict

    def _compared(self, scorer: Scorer) -> Scoring:
        drawn = self._draw()
        found = compare(self._model, scorer, self._inputs, mutate(drawn, self._inputs, self._seed, self._count))
        # Where Spark fails on a changed row, training's own rows are asked, on which it did not.
        found = found or compare(self._model, scorer, self._inputs, drawn)
        return found or Scoring("spark", 0, reason="Spark refuses rows of the training data")

    def _draw(self) -> list[dict[str, Any]]:
        share = min(1.0, 1.2 * self._count / max(1, self._total))
        columns = [f"`{each.name}`" for each in self._inputs]
        rows = self._frame.selectExpr(*columns).sample(share, self._seed).limit(self._count).collect()
        return [row.asDict() for row in rows]


def compare(
    model: PipelineModel, scorer: Scorer, inputs: Sequence[Field], rows: Sequence[Mapping[str, Any]]
) -> Scoring | None:
    """What may answer for ``model``; None where Spark itself refuses one of the rows."""
    from pyspark.sql import SparkSession

    columns = {each.name: each.type for each in inputs}
    found = answer(SparkSession.builder.getOrCreate(), model, columns, rows)
    if "refused" in found:
        _log.info("Spark refuses: %s", found["refused"])
        return None
    try:
        answers = scorer.score(rows)
    except ScoringError as error:
        return Scoring("spark", len(rows), reason=f"Spark has an answer where there is: {error.diagnostics[0].message}")
    difference = largest_difference(found["predictions"], found["probabilities"], answers)
    if difference <= LARGEST_DIFFERENCE:
        _log.info("%s rows, %s: at most %.1e from Spark", len(rows), scorer.engine, difference)
        engine: Engine = "compiled" if scorer.engine == "compiled" else "numpy"
        return Scoring(engine, len(rows), difference)
    told = f"an answer differs from Spark's by {difference:.2g}"
    return Scoring("spark", len(rows), difference if math.isfinite(difference) else None, told)


def largest_difference(
    predictions: Sequence[float], probabilities: Sequence[Sequence[float]] | None, answers: Sequence[Answer]
) -> float:
    """Of any number of the answers from Spark's; numbers that are both NaN do not differ."""
    pairs = list(zip(predictions, (each.prediction for each in answers), strict=True))
    for wanted, found in zip(probabilities or (), (each.probability for each in answers), strict=False):
        if found is None or len(found) != len(wanted):
            return math.inf
        pairs += zip(wanted, found, strict=True)
    return max((_difference(*pair) for pair in pairs), default=0.0)


def _difference(wanted: float, found: float) -> float:
    if wanted == found or (math.isnan(wanted) and math.isnan(found)):
        return 0.0
    # Large predictions differ by more in their last places: beyond 1 the difference is relative.
    apart = abs(wanted - found) / max(1.0, abs(wanted))
    return math.inf if math.isnan(apart) else apart


def _compiled(folder: Path) -> tuple[Scorer | None, bytes | None]:
    """The compiled model; nothing where ONNX cannot say it, or is not here."""
    try:
        from models.scorer.compiled import CompiledScorer
        from models.scorer.compiler.pipeline import compile_model
    except ImportError as error:
        _log.warning("not compiled, since there is no %s here", error.name)
        return None, None
    try:
        graph = compile_model(folder)
    except ScorerError as error:
        if error.code != "H233":
            raise
        return None, None
    return CompiledScorer(graph, folder), graph


def _changed(field: Field, source: random.Random) -> Any:
    """A value that the column might bring: null, the unknown, or what is far off."""
    if field.type == "boolean":
        return source.random() < 0.5
    if field.nullable and source.random() < 0.5:
        return None
    if field.type == "string":
        return source.choice([UNSEEN, "", *field.categories])
    low, high = field.minimum or 0.0, field.maximum or 0.0
    far = 10 * (high - low + 1)
    number = source.choice([0.0, low, high, low - far, high + far, source.uniform(low, high)])
    return int(number) if field.type == "long" else number
