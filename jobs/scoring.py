"""What scores rows on Spark's executors: the service's scorer over Arrow's batches, in the form that is tracked."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark import TaskContext

from models.scorer.pipeline import NumpyScorer, load_numpy
from models.tracked.records import Answered
from models.tracked.schema import predictions_table

KEY = "key__"

# ``PREDICTIONS`` as Spark declares it.
COLUMNS = (
    "request_id STRING, row BIGINT, time TIMESTAMP, source STRING, model STRING, version BIGINT, manifest STRING, "
    "key STRING, inputs STRING, prediction DOUBLE, label STRING, probabilities MAP<STRING, DOUBLE>"
)

_loaded: dict[str, NumpyScorer] = {}  # the one of this process, by its manifest's digest


def pack(folder: Path) -> bytes:
    """The files below ``folder`` as one value that Spark can send around."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


@dataclass(frozen=True)
class Scoring:
    """One version at work. ``packed`` is a broadcast of its saved model; ``time_us`` is that of the whole batch."""

    packed: Any
    run: str
    time_us: int
    model: str
    version: int
    manifest: str
    classes: tuple[str, ...]
    inputs: tuple[str, ...]
    left_out: frozenset[str]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The answers to a partition's rows; their number in it is their row.

        Raises: ScoringError where Spark's own transform would fail.
        """
        scorer = self._scorer()
        request_id = f"{self.run}-{TaskContext.get().partitionId()}"
        first_row = 0
        for batch in batches:
            if not batch.num_rows:
                continue
            table = pa.Table.from_batches([batch])
            given = table.select(self.inputs)
            answers = scorer.score_table(given).rows()
            shown = [name for name in self.inputs if name not in self.left_out]
            answered = Answered(
                request_id=request_id,
                time_us=self.time_us,
                source="batch",
                model=self.model,
                version=self.version,
                manifest=self.manifest,
                classes=self.classes,
                inputs=given.select(shown).to_pylist() if shown else [{}] * batch.num_rows,
                answers=[(answer.prediction, answer.probability) for answer in answers],
                keys=table[KEY].to_pylist() if KEY in table.column_names else None,
                first_row=first_row,
            )
            first_row += batch.num_rows
            yield from predictions_table([answered]).to_batches()

    def _scorer(self) -> NumpyScorer:
        """Loaded once by each of Spark's Python processes."""
        if self.manifest not in _loaded:
            with tempfile.TemporaryDirectory(prefix="howdah-scoring-") as folder:
                with zipfile.ZipFile(io.BytesIO(self.packed.value)) as archive:
                    archive.extractall(folder)
                scorer = load_numpy(Path(folder))
            _loaded.clear()
            _loaded[self.manifest] = scorer
        return _loaded[self.manifest]
