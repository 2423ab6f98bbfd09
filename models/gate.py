"""The gate at publication: what answers in Spark's place, since it was seen to say the same.

Rows, some of them changed (nulls, texts that nobody has seen, numbers far off), are scored by Spark and by the compiled
model. Nothing here imports Spark: who publishes says how it is asked.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from models.errors import ScorerError, ScoringError
from models.manifest import Engine, Field, Scoring

if TYPE_CHECKING:
    from models.scorer.interface import Answer, Scorer

_log = logging.getLogger("howdah.gate")

Rows: TypeAlias = "Sequence[Mapping[str, Any]]"
# Spark's answers to rows; None where it refuses one of them.
AskSpark: TypeAlias = "Callable[[Rows], Sequence[Answer] | None]"

LARGEST_DIFFERENCE = 1e-6
ROWS = 10_000
UNSEEN = "never seen in training"

_ALONE = 1_000
_CHANGED = 0.1  # of the values
_MOST_CATEGORIES = 100


@dataclass(frozen=True)
class Verdict:
    """What the gate found, and the graph to publish, where there is one."""

    scoring: Scoring
    graph: bytes | None = None


def judge(
    folder: Path, ask: AskSpark, draw: Callable[[], Rows], inputs: Sequence[Field], *, seed: int, count: int
) -> Verdict:
    """What may answer for the model that Spark saved in ``folder``, by ``count`` rows made of those that are drawn.

    Raises: ImportError where pyarrow or numpy are missing, and whatever ``ask`` raises.
    """
    from models.scorer.pipeline import load_numpy

    try:
        scorer, graph = _compiled(folder)
        scorer = scorer or load_numpy(folder)
        drawn = draw()
        scoring = _compared(ask, scorer, drawn, mutate(drawn, inputs, seed, count))
    except ScorerError as error:
        if error.code == "H234":  # Spark itself does not answer
            raise
        return Verdict(Scoring("spark", 0, reason=error.diagnostics[0].message))
    return Verdict(scoring, graph if scoring.engine == "compiled" else None)


def _compared(ask: AskSpark, scorer: Scorer, drawn: Rows, changed: Rows) -> Scoring:
    # Where Spark fails on a changed row, training's own rows are asked, on which it did not.
    found = compare(ask, scorer, changed) or compare(ask, scorer, drawn)
    return found or Scoring("spark", 0, reason="Spark refuses rows of the training data")


def as_seen(field: Field, values: Sequence[Any]) -> Field:
    """The field with what the values of some rows show of it, where its manifest does not say."""
    if field.type == "string":
        seen = sorted({str(value) for value in values if value is not None})[:_MOST_CATEGORIES]
        return field if field.categories else replace(field, categories=tuple(seen))
    if field.type == "boolean" or field.minimum is not None or field.maximum is not None:
        return field
    numbers = [float(value) for value in values if value is not None and math.isfinite(value)]
    return replace(field, minimum=min(numbers), maximum=max(numbers)) if numbers else field


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


def compare(ask: AskSpark, scorer: Scorer, rows: Rows) -> Scoring | None:
    """What may answer in Spark's place; None where Spark itself refuses one of the rows."""
    wanted = ask(rows)
    if wanted is None:
        return None
    try:
        # A row that comes alone goes another way than rows that come together, and a service takes both.
        answers = [each for row in rows[:_ALONE] for each in scorer.score([row])] + scorer.score(rows[_ALONE:])
    except ScoringError as error:
        return Scoring("spark", len(rows), reason=f"Spark has an answer where there is: {error.diagnostics[0].message}")
    difference = largest_difference(wanted, answers)
    if difference <= LARGEST_DIFFERENCE:
        _log.info("%s rows, %s: at most %.1e from Spark", len(rows), scorer.engine, difference)
        engine: Engine = "compiled" if scorer.engine == "compiled" else "numpy"
        return Scoring(engine, len(rows), difference)
    told = f"an answer differs from Spark's by {difference:.2g}"
    return Scoring("spark", len(rows), difference if math.isfinite(difference) else None, told)


def largest_difference(wanted: Sequence[Answer], answers: Sequence[Answer]) -> float:
    """Of any number of the answers from Spark's; numbers that are both NaN do not differ."""
    pairs: list[tuple[float, float]] = []
    for spark, found in zip(wanted, answers, strict=True):
        pairs.append((spark.prediction, found.prediction))
        chances = spark.probability or ()
        if chances and len(found.probability or ()) != len(chances):
            return math.inf
        pairs += zip(chances, found.probability or (), strict=False)
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
