"""How good predictions were, by version: what was predicted beside what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.tracked.joining import join
from models.tracked.partitions import read
from storage.filesystem import FileSystem

_PREDICTION_COLUMNS = ("request_id", "row", "time", "source", "version", "key", "prediction", "label", "probabilities")
_LABEL_COLUMNS = ("request_id", "row", "key", "happened", "time", "label", "value")
_TENTHS = 10
_PAIRS = pa.list_(pa.struct([("key", pa.string()), ("value", pa.float64())]))

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassQuality:
    """One class among the labelled rows: how often it was predicted, and how often it was so.

    ``precision`` is None where it was never predicted, ``recall`` where it never was so.
    """

    name: str
    predicted: int
    labelled: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class Tenth:
    """Labelled rows whose score lies from ``low`` to ``high``: their mean score, and what is to equal it.

    Of classes the score is the probability of what was predicted, ``found`` the share that was right; of numbers it is
    the prediction, ``found`` the mean of the facts.
    """

    low: float
    high: float
    count: int
    score: float
    found: float


@dataclass(frozen=True)
class VersionQuality:
    """One version of a model. What needs labels is None, or empty, where there are none.

    ``kind`` is ``classes`` or ``numbers``. ``bias`` is the mean of prediction less fact. ``predicted`` are the shares
    of the classes among all predictions.
    """

    version: int
    kind: str
    predictions: int
    labelled: int
    first: datetime
    last: datetime
    sources: dict[str, int]
    mean_score: float | None
    predicted: dict[str, float]
    accuracy: float | None = None
    classes: tuple[ClassQuality, ...] = ()
    rmse: float | None = None
    mae: float | None = None
    bias: float | None = None
    calibration: tuple[Tenth, ...] = ()

    @property
    def unlabelled_share(self) -> float:
        """The share of the predictions of which nothing was told."""
        return 1 - self.labelled / self.predictions


@dataclass(frozen=True)
class Quality:
    """What there is of one model; ``strange_labels`` are those to which there is no prediction in the period."""

    predictions: int
    labels: int
    strange_labels: int
    versions: tuple[VersionQuality, ...]


def evaluate(filesystem: FileSystem, root: str, model: str, since: datetime | None = None) -> Quality:
    """Everything that was predicted from ``since`` on, with the labels that there are by now.

    Raises: ModelNameError, TrackedFileError, StorageError.
    """
    # A day earlier: which day a row lies in is the clock's word of the machine that wrote it.
    first_day = None if since is None else (since - timedelta(days=1)).date()
    predictions = read(filesystem, root, model, "predictions", _PREDICTION_COLUMNS, first_day)
    if since is not None:
        predictions = predictions.filter(
            pc.greater_equal(predictions["time"], pa.scalar(since, pa.timestamp("us", "UTC")))
        )
    labels = read(filesystem, root, model, "labels", _LABEL_COLUMNS, first_day)
    joined = join(predictions, labels)
    found = tuple(_versions(joined.table))
    return Quality(predictions.num_rows, labels.num_rows, joined.strange_labels, found)


def _versions(joined: pa.Table) -> Iterator[VersionQuality]:
    for version in sorted(pc.unique(joined["version"]).to_pylist()):
        yield _version(version, joined.filter(pc.equal(joined["version"], version)))


def _version(version: int, rows: pa.Table) -> VersionQuality:
    is_classes = rows["label"].null_count < rows.num_rows
    facts = rows["fact" if is_classes else "fact_value"]
    labelled = rows.filter(pc.is_valid(facts))
    first, last = (pc.min_max(rows["time"])[each].as_py() for each in ("min", "max"))
    scores = _scores(rows, is_classes=is_classes)
    shared: dict[str, Any] = {
        "version": version,
        "kind": "classes" if is_classes else "numbers",
        "predictions": rows.num_rows,
        "labelled": labelled.num_rows,
        "first": first,
        "last": last,
        "sources": dict(sorted(_counts(rows["source"]).items())),
        "mean_score": _mean(scores[np.isfinite(scores)]),
        "predicted": {name: count / rows.num_rows for name, count in sorted(_counts(rows["label"]).items()) if name},
    }
    if not labelled.num_rows:
        return VersionQuality(**shared)
    return VersionQuality(**shared, **(_class_quality(labelled) if is_classes else _number_quality(labelled)))


def _class_quality(rows: pa.Table) -> dict[str, Any]:
    right = pc.equal(rows["label"], rows["fact"])
    predicted, labelled = _counts(rows["label"]), _counts(rows["fact"])
    hits = _counts(rows.filter(right)["label"])
    classes = [
        ClassQuality(
            name,
            predicted.get(name, 0),
            labelled.get(name, 0),
            _ratio(hits.get(name, 0), predicted.get(name, 0)),
            _ratio(hits.get(name, 0), labelled.get(name, 0)),
        )
        for name in sorted(predicted.keys() | labelled.keys())
    ]
    flags = right.to_numpy().astype(np.float64)
    scores = _scores(rows, is_classes=True)
    # A tenth is [low, high), but the last one has 1 too.
    tenths = np.minimum((scores * _TENTHS).astype(np.int64), _TENTHS - 1) if np.isfinite(scores).all() else None
    return {
        "accuracy": _mean(flags),
        "classes": tuple(classes),
        "calibration": () if tenths is None else tuple(_fixed_tenths(tenths, scores, flags)),
    }


def _fixed_tenths(tenths: npt.NDArray[np.int64], scores: Floats, flags: Floats) -> Iterator[Tenth]:
    for number in np.unique(tenths).tolist():
        there = tenths == number
        low, high = number / _TENTHS, (number + 1) / _TENTHS
        yield Tenth(low, high, int(there.sum()), float(scores[there].mean()), float(flags[there].mean()))


def _number_quality(rows: pa.Table) -> dict[str, Any]:
    predictions, facts = rows["prediction"].to_numpy(), rows["fact_value"].to_numpy()
    errors = predictions - facts
    return {
        "rmse": math.sqrt(float(np.mean(errors**2))),
        "mae": _mean(np.abs(errors)),
        "bias": _mean(errors),
        "calibration": tuple(_equal_tenths(predictions, facts)),
    }


def _equal_tenths(predictions: Floats, facts: Floats) -> Iterator[Tenth]:
    """Ten parts of as many rows, by rising prediction; fewer where there are fewer rows."""
    order = np.argsort(predictions, kind="stable")
    for part in np.array_split(order, _TENTHS):
        if part.size:
            scores = predictions[part]
            yield Tenth(float(scores[0]), float(scores[-1]), part.size, float(scores.mean()), float(facts[part].mean()))


def _scores(rows: pa.Table, *, is_classes: bool) -> Floats:
    """The probability of what was predicted, NaN where the model has none; or the number that was predicted."""
    if not is_classes:
        numbers: Floats = rows["prediction"].to_numpy().astype(np.float64)
        return numbers
    found = np.full(rows.num_rows, np.nan)
    # Flat: of each pair of class and probability the row that it belongs to, and whether that class was predicted.
    lists = rows["probabilities"].combine_chunks().cast(_PAIRS)
    owners, pairs = pc.list_parent_indices(lists), pc.list_flatten(lists)
    chosen = pc.equal(pc.struct_field(pairs, 0), rows["label"].combine_chunks().take(owners))
    mask = pc.fill_null(chosen, False).to_numpy(zero_copy_only=False)
    found[owners.to_numpy()[mask]] = pc.struct_field(pairs, 1).to_numpy(zero_copy_only=False)[mask]
    return found


def _counts(column: pa.ChunkedArray) -> dict[Any, int]:
    return {each["values"]: each["counts"] for each in pc.value_counts(column).to_pylist()}


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: npt.NDArray[Any]) -> float | None:
    return float(values.mean()) if values.size else None
