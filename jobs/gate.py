"""The gate of training: its own rows, asked of the model that was trained.

pyarrow, onnx and onnxruntime are needed on the driver; where they are not, nothing is compared, the manifest says so,
and the service compiles the model itself.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession

from jobs.scoring_worker import answer
from models.gate import Rows, Verdict, judge
from models.manifest import Field
from models.publication import Staging

if TYPE_CHECKING:
    from models.scorer.interface import Answer

_log = logging.getLogger("howdah.gate")


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
        if self._verdict is None:
            with tempfile.TemporaryDirectory(prefix="howdah-gate-") as folder:
                staging.copy_model(Path(folder))
                try:
                    self._verdict = judge(
                        Path(folder), self._ask, self._draw, self._inputs, seed=self._seed, count=self._count
                    )
                except ImportError as error:
                    _log.warning("not compared with Spark, since there is no %s here", error.name)
        return self._verdict

    def _ask(self, rows: Rows) -> Sequence[Answer] | None:
        from models.scorer.interface import Answer

        columns = {each.name: each.type for each in self._inputs}
        found = answer(SparkSession.builder.getOrCreate(), self._model, columns, rows)
        if "refused" in found:
            _log.info("Spark refuses: %s", found["refused"])
            return None
        chances = found["probabilities"] or [None] * len(rows)
        return [
            Answer(value, None if each is None else tuple(each))
            for value, each in zip(found["predictions"], chances, strict=True)
        ]

    def _draw(self) -> list[dict[str, Any]]:
        share = min(1.0, 1.2 * self._count / max(1, self._total))
        columns = [f"`{each.name}`" for each in self._inputs]
        rows = self._frame.selectExpr(*columns).sample(share, self._seed).limit(self._count).collect()
        return [row.asDict() for row in rows]
