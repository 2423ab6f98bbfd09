"""Recent predictions counted by the places of a profile, a file at a time: memory does not grow with the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from models.profile.document import Profile
from models.profile.histograms import CategoryHistogram, Histogram, NumberHistogram
from models.profile.outliers import outlier_scores
from models.tracked.partitions import tables
from storage.filesystem import FileSystem

_COLUMNS = ("time", "version", "inputs", "prediction", "label", "probabilities")
_HASHED = "hmac:"  # what the service tracks in place of an input that it was told to conceal
_PROBABILITY = "probability."
_ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True)
class Counted:
    """What was predicted: histograms by the profile's places, and of whose inputs there are none, with the reason.

    ``outliers`` are the rows that lie beyond all but a thousandth of training's, None where some inputs are concealed.
    """

    rows: int
    inputs: Mapping[str, Histogram]
    outputs: Mapping[str, Histogram]
    concealed: Mapping[str, str]
    outliers: int | None


def count_predictions(
    filesystem: FileSystem,
    root: str,
    model: str,
    version: int,
    since: datetime,
    profile: Profile,
    *,
    most_rows: int | None = None,
) -> Counted:
    """All that ``version`` predicted from ``since`` on, or ``most_rows`` of it, those of the latest days first.

    Raises: ModelNameError, TrackedFileError, StorageError.
    """
    counter = _Counter(profile)
    # A day earlier: which day a row lies in is the clock's word of the machine that wrote it.
    first_day = (since - timedelta(days=1)).date()
    newest_first = most_rows is not None
    for table in tables(filesystem, root, model, "predictions", _COLUMNS, first_day, newest_first=newest_first):
        wanted = pc.and_(
            pc.equal(table["version"], version),
            pc.greater_equal(table["time"], pa.scalar(since, pa.timestamp("us", "UTC"))),
        )
        for batch in table.filter(wanted).to_batches(_ROWS_AT_A_TIME):
            counter.add(batch if most_rows is None else batch.slice(0, most_rows - counter.rows))
            if counter.rows == most_rows:
                return counter.counted()
    return counter.counted()


def outlier_limit(profile: Profile) -> float | None:
    """The score above which a thousandth of training's rows lay, None where nobody wrote it."""
    outliers = profile.outliers
    return None if outliers is None or not outliers.edges else outliers.edges[-2]


class _Counter:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._limit = outlier_limit(profile)
        self.rows, self._outliers = 0, 0
        self._inputs = {name: _empty(each) for name, each in profile.inputs.items()}
        self._outputs = {name: _empty(each) for name, each in profile.outputs.items()}
        self._absent, self._hashed = set(profile.inputs), set[str]()

    def add(self, batch: pa.RecordBatch) -> None:
        rows = [json.loads(text) for text in batch.column("inputs").to_pylist()]
        self.rows += len(rows)
        for name, sofar in self._inputs.items():
            values = [row[name] for row in rows if name in row]
            if values:
                self._absent.discard(name)
                if any(isinstance(value, str) and value.startswith(_HASHED) for value in values):
                    self._hashed.add(name)
            self._inputs[name] = sofar.merged(sofar.of(values))
        for name, answers in _answers(batch, self._outputs).items():
            self._outputs[name] = self._outputs[name].merged(self._outputs[name].of(answers))
        if self._limit is not None and not self._absent and not self._hashed:
            self._outliers += int((outlier_scores(self._profile.inputs, rows) > self._limit).sum())

    def counted(self) -> Counted:
        concealed = {
            **dict.fromkeys(sorted(self._absent), "not tracked"),
            **dict.fromkeys(sorted(self._hashed), "tracked as a hash"),
        }
        inputs = {name: each for name, each in self._inputs.items() if name not in concealed}
        outliers = None if self._limit is None or concealed else self._outliers
        return Counted(self.rows, inputs, self._outputs, concealed if self.rows else {}, outliers)


def _answers(batch: pa.RecordBatch, outputs: Mapping[str, Histogram]) -> dict[str, Sequence[object]]:
    """The values of each of ``outputs``."""
    found: dict[str, Sequence[object]] = {}
    names = [name.removeprefix(_PROBABILITY) for name in outputs if name.startswith(_PROBABILITY)]
    if names:
        chances: list[dict[str, float]] = [dict(pairs or ()) for pairs in batch.column("probabilities").to_pylist()]
        found = {_PROBABILITY + name: [row.get(name) for row in chances] for name in names}
    if "prediction" in outputs:
        is_class = isinstance(outputs["prediction"], CategoryHistogram)
        found["prediction"] = batch.column("label" if is_class else "prediction").to_pylist()
    return found


def _empty(histogram: Histogram) -> Histogram:
    if isinstance(histogram, NumberHistogram):
        return NumberHistogram.empty(histogram.edges)
    return CategoryHistogram.empty(histogram.labels)
