"""The columns of tracked predictions and of the labels that come later, the same from the service and from batches.

Inputs are one text of JSON: two versions of a model may take other columns, or the same ones with other types, and
still all of a model's predictions are one table that every reader of Parquet can read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pyarrow as pa

from models.errors import ScoringError
from models.tracked.records import Answered, Fact, Probability

_TIME = pa.timestamp("us", "UTC")

PREDICTIONS = pa.schema(
    [
        ("request_id", pa.string()),
        ("row", pa.int64()),
        ("time", _TIME),
        ("source", pa.string()),
        ("model", pa.string()),
        ("version", pa.int64()),
        ("manifest", pa.string()),
        ("key", pa.string()),
        ("inputs", pa.string()),
        ("prediction", pa.float64()),
        ("label", pa.string()),
        ("probabilities", pa.map_(pa.string(), pa.float64())),
    ]
)

# ``happened`` is when the fact came to be, ``time`` when it was told; ``label`` is a class, ``value`` a number.
LABELS = pa.schema(
    [
        ("request_id", pa.string()),
        ("row", pa.int64()),
        ("key", pa.string()),
        ("happened", _TIME),
        ("time", _TIME),
        ("model", pa.string()),
        ("label", pa.string()),
        ("value", pa.float64()),
    ]
)

_encode = json.JSONEncoder(separators=(",", ":")).encode


def predictions_table(answered: Iterable[Answered]) -> pa.Table:
    """One row for each row that was answered. Shape: ``PREDICTIONS``. Raises: ScoringError for what is no class."""
    columns: dict[str, list[object]] = {name: [] for name in PREDICTIONS.names}
    for each in answered:
        count = len(each.answers)
        columns["request_id"] += [each.request_id] * count
        columns["row"] += range(each.first_row, each.first_row + count)
        columns["time"] += [each.time_us] * count
        columns["source"] += [each.source] * count
        columns["model"] += [each.model] * count
        columns["version"] += [each.version] * count
        columns["manifest"] += [each.manifest] * count
        columns["key"] += [None] * count if each.keys is None else map(_storable, each.keys)
        columns["inputs"] += map(_encode, each.inputs)
        columns["prediction"] += [prediction for prediction, _ in each.answers]
        columns["label"] += [_label(prediction, each.classes) for prediction, _ in each.answers]
        columns["probabilities"] += [_by_class(probability, each.classes) for _, probability in each.answers]
    return pa.table(columns, schema=PREDICTIONS)


def labels_table(facts: Iterable[Fact]) -> pa.Table:
    """One row a fact. Shape: ``LABELS``."""
    rows = [
        {
            **vars(fact),
            "happened": fact.happened_us,
            "time": fact.time_us,
            "key": _storable(fact.key),
            "label": _storable(fact.label),
        }
        for fact in facts
    ]
    return pa.table({name: [row[name] for row in rows] for name in LABELS.names}, schema=LABELS)


def _label(prediction: float, classes: Sequence[str]) -> str | None:
    if not classes:
        return None
    if not (0 <= prediction < len(classes) and prediction == int(prediction)):  # NaN is neither
        raise ScoringError("H232", f"the model predicts {prediction}, its manifest has {len(classes)} classes")
    return classes[int(prediction)]


def _by_class(probability: Probability, classes: Sequence[str]) -> list[tuple[str, float]] | None:
    if probability is None or not classes:
        return None
    if len(probability) != len(classes):
        count = len(probability)
        raise ScoringError("H232", f"the model gives {count} probabilities, its manifest has {len(classes)} classes")
    return list(zip(classes, probability, strict=True))


def _storable(text: str | None) -> str | None:
    """``text`` as UTF-8 can hold it: JSON lets half a character through."""
    return None if text is None else text.encode("utf-8", "replace").decode()
