"""A compiled model, run by ONNX Runtime."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from models.errors import ScorerError
from models.rows import by_columns
from models.scorer.interface import Answer, Answers, Scorer
from models.scorer.interpreter import Interpreter, interpret
from models.scorer.operators import check_operators

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERS = frozenset({int, float, bool, type(None)})
_TEXTS = frozenset({str, type(None)})
_KINDS = {"number": "f", "text": "O", "null": "b"}
_TYPES = {"number": "tensor(double)", "text": "tensor(string)", "null": "tensor(bool)"}
_ANSWER = {
    "prediction": ("tensor(double)", "f", 1),
    "probability": ("tensor(double)", "f", 2),
    "refused": ("tensor(bool)", "b", 1),
}


class CompiledScorer:
    """One ONNX graph; the model in ``folder`` that it was made of says in numpy why a row is refused."""

    engine = "compiled"

    def __init__(self, graph: bytes, folder: Path, whole: frozenset[str] = frozenset()) -> None:
        """``whole`` are the inputs of whole numbers that the graph was made for.

        Raises: ScorerError H231 for what is no graph of ours.
        """
        self._folder, self._whole = folder, whole
        self._inputs: dict[str, list[tuple[str, str]]] = {"number": [], "text": [], "null": []}
        check_operators(graph)
        try:
            self._session = onnxruntime.InferenceSession(graph, _options(), providers=["CPUExecutionProvider"])
            described = json.loads(self._session.get_modelmeta().custom_metadata_map["howdah"])
            for each in described["inputs"]:
                self._inputs[each["kind"]].append((each["column"], each["input"]))
            self._unread = frozenset(described["unread"])
            self._null_text = str(described["null_text"])
            _check_ends(self._session, self._inputs)
        except Exception as error:
            # ONNX Runtime documents no class of error that all of its own would be.
            raise _unreadable(" ".join(str(error).split())[:200]) from error
        self._outputs = [each.name for each in self._session.get_outputs()]
        kinds = {name: _KINDS[kind] for kind, columns in self._inputs.items() for _, name in columns}
        interpreter = interpret(graph, kinds, self._outputs)
        self._interpreter = interpreter if interpreter is not None and _answers_a_row(interpreter) else None

    @cached_property
    def _exact(self) -> Scorer:
        from models.scorer.pipeline import load_numpy  # seldom needed, and pyarrow takes its time

        return load_numpy(self._folder, self._whole)

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        if len(rows) == 1 and self._interpreter is not None:
            answer = self._interpret(rows[0], self._interpreter)
            if answer is not None:
                return [answer]
        if not rows:
            return []
        fed = self._feed(rows)
        answers = None if fed is None else self._run(fed, len(rows))
        return self._exact.score(rows) if answers is None else answers.rows()

    def score_table(self, table: pa.Table) -> Answers:
        """The answers to the rows of a table, of which no row becomes an object.

        Raises: ScoringError H232 where Spark would fail on a row or drop it.
        """
        from models.scorer.tables import feed_table

        fed = (
            None if self._unread.intersection(table.column_names) else feed_table(table, self._inputs, self._null_text)
        )
        answers = None if fed is None else self._run(fed, len(table))
        return self._exact.score_table(table) if answers is None else answers

    def _interpret(self, row: Mapping[str, Any], interpreter: Interpreter) -> Answer | None:
        """The answer to one row; None where the runtime, or numpy, has to be asked."""
        if not self._unread.isdisjoint(row):
            return None
        numbers = [row.get(column) for column, _ in self._inputs["number"]]
        texts = [row.get(column) for column, _ in self._inputs["text"]]
        if not _NUMBERS.issuperset(map(type, numbers)) or not _TEXTS.issuperset(map(type, texts)):
            return None
        null = self._null_text
        try:
            values: list[Any] = [math.nan if number is None else float(number) for number in numbers]
        except OverflowError:
            return None
        values += [null if text is None else text for text in texts]
        values += [row.get(column) is None for column, _ in self._inputs["null"]]
        found = interpreter.run(values)
        if found is None or any(found.get("refused", ())):
            return None
        return Answer(found["prediction"][0], tuple(found["probability"]) if "probability" in found else None)

    def _run(self, fed: Mapping[str, Any], rows: int) -> Answers | None:
        """None where a row is refused, or has half of a surrogate pair in a text.

        Raises: ScorerError H231 for something else than one answer a row.
        """
        try:
            found = dict(zip(self._outputs, self._session.run(self._outputs, fed), strict=True))
        except UnicodeEncodeError:  # the runtime takes texts as UTF-8, which cannot say it
            return None
        refused = found.get("refused")
        if refused is not None and refused.any():
            return None
        for name, value in found.items():
            if name in _ANSWER and (value.ndim != _ANSWER[name][2] or len(value) != rows):
                raise _unreadable(f"of {rows} rows, '{name}' has the shape {value.shape}")
        return Answers(found["prediction"], found.get("probability"))

    def _columns(self, rows: Sequence[Mapping[str, object]], kind: str) -> list[Sequence[Any]]:
        names = [column for column, _ in self._inputs[kind]]
        found = by_columns(rows, names)
        return [[row.get(name) for row in rows] for name in names] if found is None else found

    def _feed(self, rows: Sequence[Mapping[str, object]]) -> dict[str, Any] | None:
        """The inputs by name; None where a row holds what the graph was not made for."""
        if self._unread and any(not self._unread.isdisjoint(row) for row in rows):
            return None
        numbers = self._columns(rows, "number")
        texts = self._columns(rows, "text")
        if not _NUMBERS.issuperset(map(type, chain(*numbers))) or not _TEXTS.issuperset(map(type, chain(*texts))):
            return None
        try:
            # One array for all columns: for a single row, an array for each takes longer than the trees.
            matrix = np.array(numbers, dtype=np.float64).reshape(len(numbers), len(rows), 1)
        except OverflowError:
            return None
        fed: dict[str, Any] = {name: matrix[place] for place, (_, name) in enumerate(self._inputs["number"])}
        null = self._null_text
        for values, (_, name) in zip(texts, self._inputs["text"], strict=True):
            fed[name] = np.array([null if text is None else text for text in values], object).reshape(-1, 1)
        for column, name in self._inputs["null"]:
            fed[name] = np.array([row.get(column) is None for row in rows]).reshape(-1, 1)
        return fed


def _check_ends(session: Any, described: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Nothing, when the inputs are those described, each (rows, 1), and the answer is numbers. Raises: ValueError."""
    wanted = [(name, _TYPES[kind]) for kind, columns in described.items() for _, name in columns]
    inputs = session.get_inputs()
    if sorted(wanted) != sorted((each.name, each.type) for each in inputs):
        raise ValueError("its inputs are not those that it describes")
    if not all(len(each.shape) == 2 and not isinstance(each.shape[0], int) and each.shape[1] == 1 for each in inputs):
        raise ValueError("an input is not of the shape (rows, 1)")
    if not all(isinstance(column, str) for columns in described.values() for column, _ in columns):
        raise ValueError("a column's name is no text")
    types = {each.name: each.type for each in session.get_outputs()}
    if "prediction" not in types or any(types.get(name, own) != own for name, (own, _, _) in _ANSWER.items()):
        raise ValueError("its outputs are no answers")


def _answers_a_row(interpreter: Interpreter) -> bool:
    """Whether what it gives has the kinds and the shapes of one row's answer."""
    return all(
        (tensor.kind, len(tensor.shape), *tensor.shape[:1]) == (*_ANSWER[name][1:], 1)
        for name, tensor in interpreter.outputs.items()
        if name in _ANSWER
    )


def _unreadable(why: str) -> ScorerError:
    return ScorerError("H231", f"the compiled model cannot be read: {why}", hint="publish it again")


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    # A service has threads of its own, and rows enough to keep them busy.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # Else bytes 4 to 7 may say that the rest is the runtime's own format, of which check_operators has seen nothing.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return options
