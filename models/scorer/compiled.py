"""A compiled model, run by ONNX Runtime."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from models.errors import ScorerError
from models.scorer.interface import Answer, Answers, Scorer

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERS = frozenset({int, float, bool, type(None)})
_TEXTS = frozenset({str, type(None)})


class CompiledScorer:
    """One ONNX graph; the model in ``folder`` that it was made of says in numpy why a row is refused."""

    engine = "compiled"

    def __init__(self, graph: bytes, folder: Path) -> None:
        """Raises: ScorerError H231 for what is no graph of ours."""
        self._folder = folder
        try:
            self._session = onnxruntime.InferenceSession(graph, _options(), providers=["CPUExecutionProvider"])
            described = json.loads(self._session.get_modelmeta().custom_metadata_map["howdah"])
        except Exception as error:
            # ONNX Runtime documents no class of error that all of its own would be.
            message = " ".join(str(error).split())[:200]
            raise ScorerError(
                "H231", f"the compiled model cannot be read: {message}", hint="publish it again"
            ) from error
        self._inputs: dict[str, list[tuple[str, str]]] = {"number": [], "text": [], "null": []}
        for each in described["inputs"]:
            self._inputs[each["kind"]].append((each["column"], each["input"]))
        self._unread = frozenset(described["unread"])
        self._null_text: str = described["null_text"]
        self._outputs = [each.name for each in self._session.get_outputs()]

    @cached_property
    def _exact(self) -> Scorer:
        from models.scorer.pipeline import load_numpy  # seldom needed, and pyarrow takes its time

        return load_numpy(self._folder)

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        if not rows:
            return []
        fed = self._feed(rows)
        answers = None if fed is None else self._run(fed)
        return self._exact.score(rows) if answers is None else answers.rows()

    def score_table(self, table: pa.Table) -> Answers:
        """The answers to the rows of a table, of which no row becomes an object.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        from models.scorer.tables import feed_table

        fed = (
            None if self._unread.intersection(table.column_names) else feed_table(table, self._inputs, self._null_text)
        )
        answers = None if fed is None else self._run(fed)
        return self._exact.score_table(table) if answers is None else answers

    def _run(self, fed: Mapping[str, Any]) -> Answers | None:
        """None where a row is refused."""
        found = dict(zip(self._outputs, self._session.run(self._outputs, fed), strict=True))
        refused = found.get("refused")
        if refused is not None and refused.any():
            return None
        return Answers(found["prediction"], found.get("probability"))

    def _feed(self, rows: Sequence[Mapping[str, object]]) -> dict[str, Any] | None:
        """The inputs by name; None where a row holds what the graph was not made for."""
        if self._unread and any(not self._unread.isdisjoint(row) for row in rows):
            return None
        fed: dict[str, Any] = {}
        for column, name in self._inputs["number"]:
            numbers = [row.get(column) for row in rows]
            if not _NUMBERS.issuperset(map(type, numbers)):
                return None
            try:
                fed[name] = np.array(numbers, dtype=np.float64).reshape(-1, 1)
            except OverflowError:
                return None
        for column, name in self._inputs["text"]:
            texts = [row.get(column) for row in rows]
            if not _TEXTS.issuperset(map(type, texts)):
                return None
            fed[name] = np.array([self._null_text if text is None else text for text in texts], object).reshape(-1, 1)
        for column, name in self._inputs["null"]:
            fed[name] = np.array([row.get(column) is None for row in rows]).reshape(-1, 1)
        return fed


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    # A service has threads of its own, and rows enough to keep them busy.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    return options
