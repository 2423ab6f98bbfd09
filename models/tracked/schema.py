"""The columns of tracked predictions and of the labels that come later, the same from the service and from batches.

Inputs are one text of JSON: two versions of a model may take other columns, or the same ones with other types, and
still all of a model's predictions are one table that every reader of Parquet can read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Literal

import pyarrow as pa

Source = Literal["service", "batch"]

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

Probability = Sequence[float] | None
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Answered:
    """One request, or one batch of rows, that one version answered.

    ``time_us`` is in microseconds since 1970 (UTC). ``manifest`` is the digest of the version's manifest, ``classes``
    what its probabilities are of, empty for a regression. ``keys`` are what facts will know the rows by, None where
    nothing is. ``answers`` are prediction and probability, one a row.
    """

    request_id: str
    time_us: int
    source: Source
    model: str
    version: int
    manifest: str
    classes: Sequence[str]
    inputs: Sequence[Mapping[str, object]]
    answers: Sequence[tuple[float, Probability]]
    keys: Sequence[str | None] | None = None
    first_row: int = 0


@dataclass(frozen=True)
class Fact:
    """What was to be predicted, as it turned out: of a row of a request, or of whatever a ``key`` means.

    Units: ``happened_us`` and ``time_us`` in microseconds since 1970 (UTC).
    """

    model: str
    request_id: str | None
    row: int | None
    key: str | None
    happened_us: int
    time_us: int
    label: str | None
    value: float | None


def predictions_table(answered: Iterable[Answered]) -> pa.Table:
    """One row for each row that was answered. Shape: ``PREDICTIONS``."""
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


def day_of(time_us: int) -> date:
    """The day, in UTC, of a time in microseconds since 1970."""
    return datetime.fromtimestamp(time_us // 1_000_000, timezone.utc).date()


def as_key(value: object) -> str | None:
    """What a fact is matched by: a text as it stands, a whole number without its point, None for none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)


def _label(prediction: float, classes: Sequence[str]) -> str | None:
    return classes[int(prediction)] if classes else None


def _by_class(probability: Probability, classes: Sequence[str]) -> list[tuple[str, float]] | None:
    return None if probability is None or not classes else list(zip(classes, probability, strict=True))


def _storable(text: str | None) -> str | None:
    """``text`` as UTF-8 can hold it: JSON lets half a character through."""
    return None if text is None else text.encode("utf-8", "replace").decode()
