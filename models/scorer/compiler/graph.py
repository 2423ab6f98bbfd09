"""The ONNX graph in the making: nodes, constants, the columns that they compute, and the rows that Spark would refuse.

A column is a run of places in tensors of shape (rows, width), so that a stage over many columns is a few nodes over one
tensor, not a few nodes for each. A null is NaN in a number and :data:`NULL_TEXT` in a text; where a stage tells null
from NaN, the graph asks for a third input, a boolean.

Source: the operators of ONNX opset 18 and ai.onnx.ml 5.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.errors import ScorerError
from models.scorer.saved import SavedStage
from models.scorer.vectors import sparse_overhead

Kind = Literal["number", "text", "null"]

ML = "ai.onnx.ml"
NULL_TEXT = "\uffff"  # a character that Unicode promises never to assign
DESCRIPTION_KEY = "howdah"
PREDICTION, PROBABILITY, REFUSED = "prediction", "probability", "refused"

_OPSETS = (("", 18), (ML, 5))
_IR_VERSION = 9
_ELEMENTS = {"number": TensorProto.DOUBLE, "text": TensorProto.STRING, "null": TensorProto.BOOL}


@dataclass(frozen=True)
class Piece:
    """``width`` places of a tensor from ``start`` on; the tensor itself has ``total`` of them."""

    tensor: str
    start: int
    width: int
    total: int


@dataclass(frozen=True)
class Value:
    """A column: its places, and what is known of it.

    ``nulls`` is a tensor of booleans, shape (rows, 1); None where no row is null. ``whole`` says that no number is NaN;
    ``below`` that all are whole numbers from 0 to under it. ``categories`` is that of models.scorer.columns.Form;
    ``sparse`` makes a mask, shape (rows, 1), of the rows that Spark holds as sparse vectors; None where it holds none.
    """

    pieces: tuple[Piece, ...]
    is_vector: bool
    nulls: str | None = None
    whole: bool = False
    below: int | None = None
    categories: tuple[int, ...] | None = None
    sparse: Callable[[], str] | None = None

    @property
    def width(self) -> int:
        """How many numbers each row has."""
        return sum(piece.width for piece in self.pieces)


def not_compilable(stage: SavedStage, why: str) -> ScorerError:
    """H233: ONNX cannot say this exactly."""
    return ScorerError("H233", f"stage {stage.short_name} ({stage.uid}) cannot be compiled: {why}")


class Graph:
    """One graph. ``read_later`` are the columns that stages to come read."""

    def __init__(self, whole: frozenset[str] = frozenset()) -> None:
        """``whole`` are the inputs of a whole number's type, as far as that is known."""
        self._whole = whole
        self.read_later: frozenset[str] = frozenset()
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._initializers: list[onnx.TensorProto] = []
        self._values: dict[str, Value] = {}
        self._texts: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._inputs: dict[tuple[str, Kind], str] = {}
        self._unread: list[str] = []
        self._refusals: list[str] = []
        self._joined: dict[tuple[Piece, ...], str] = {}

    # -- nodes --------------------------------------------------------------------------------------------------------

    def add(self, operator: str, *inputs: str | npt.ArrayLike, domain: str = "", **attributes: Any) -> str:
        """A node with one output, whose name is returned; an input that is no name is a constant."""
        output = f"t{len(self._nodes)}"
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        self._nodes.append(helper.make_node(operator, names, [output], domain=domain, **attributes))
        return output

    def constant(self, values: npt.ArrayLike) -> str:
        """The name of a constant; the same one for the same values."""
        array = np.asarray(values)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = f"c{len(self._constants)}"
            self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), self._constants[key]))
        return self._constants[key]

    def number_of(self, flags: str) -> str:
        """Booleans as 0 and 1."""
        return self.add("Cast", flags, to=TensorProto.DOUBLE)

    def whole_number_of(self, numbers: str) -> str:
        """Numbers cut off towards zero, as indices."""
        return self.add("Cast", numbers, to=TensorProto.INT64)

    def sum(self, tensor: str, axis: int, *, keep: bool = True) -> str:
        """The sum along an axis."""
        return self.add("ReduceSum", tensor, np.array([axis]), keepdims=int(keep))

    def either(self, first: str | None, second: str | None) -> str | None:
        """Where one of two masks holds; None is a mask that never does."""
        if first is None or second is None:
            return first or second
        return self.add("Or", first, second)

    # -- columns ------------------------------------------------------------------------------------------------------

    def set(self, name: str, tensor: str, width: int, *, is_vector: bool, nulls: str | None = None,
            whole: bool = False, below: int | None = None, categories: tuple[int, ...] | None = None,
            sparse: Callable[[], str] | None = None) -> None:  # fmt: skip
        """Add a column, NaN all along a row that is null."""
        if nulls is not None:
            tensor, whole, below = self.add("Where", nulls, np.nan, tensor), False, None
        pieces = (Piece(tensor, 0, width, width),)
        self.put(name, Value(pieces, is_vector, nulls, whole, below, categories, sparse))

    def put(self, name: str, value: Value) -> None:
        """Add a column that is put together of places that there are."""
        self._values[name] = value
        self._texts.discard(name)

    def put_text(self, name: str) -> None:
        """Add a column of texts, which no stage to come may read."""
        self._texts.add(name)
        self._values.pop(name, None)

    def rename(self, source: str, target: str) -> None:
        """Add a column that is another one."""
        self._renamed[target] = self._renamed.get(source, source)

    def value(self, name: str) -> Value:
        """Column ``name`` as numbers; one that no stage made is an input. Raises: ScorerError H233 for a text."""
        name = self._renamed.get(name, name)
        if name in self._texts:
            raise ScorerError("H233", f"'{name}' holds texts, and is taken for numbers")
        if name not in self._values:
            self._values[name] = Value((Piece(self._input(name, "number"), 0, 1, 1),), is_vector=False)
        return self._values[name]

    def text(self, name: str) -> str:
        """The input ``name`` as texts. Shape: (rows, 1). Raises: ScorerError H233 for a column that a stage made."""
        name = self._renamed.get(name, name)
        if (name in self._values and (name, "number") not in self._inputs) or name in self._texts:
            raise ScorerError("H233", f"'{name}' is made by a stage, and would be written as a text")
        return self._input(name, "text")

    def nulls(self, name: str) -> str | None:
        """Which rows of column ``name`` are null, and not merely NaN; None where none can be. Shape: (rows, 1)."""
        name = self._renamed.get(name, name)
        value = self.value(name)
        if (name, "number") in self._inputs and value.pieces[0].tensor == self._inputs[name, "number"]:
            return self._input(name, "null")
        return value.nulls

    def is_whole(self, name: str) -> bool:
        """Whether column ``name`` is an input of a whole number's type."""
        return self._renamed.get(name, name) in self._whole

    def compressed(self, pieces: tuple[Piece, ...], spark_version: str) -> Callable[[], str]:
        """Which rows Spark holds as sparse vectors where it chooses by what they hold."""
        width = sum(piece.width for piece in pieces)

        def mask() -> str:
            entries = self.sum(self.number_of(self.add("Not", self.add("Equal", self.join(pieces), 0.0))), 1)
            room = self.add("Sub", float(width), self.add("Mul", entries, 1.5))
            return self.add("Greater", room, sparse_overhead(spark_version))

        return cache(mask)

    def negative_zeros_below(self, values: str) -> str:
        """``values`` as Java's search has them, -0.0 below 0.0: the nearest number below zero stands for it."""
        negative = self.add("Less", self.add("Div", 1.0, values), 0.0)
        below_zero = self.add("And", self.add("Equal", values, 0.0), negative)
        return self.add("Where", below_zero, -np.nextafter(0.0, 1.0), values)

    def always(self) -> str:
        """Every row."""
        return self.constant(np.array([[True]]))

    def join(self, pieces: Iterable[Piece]) -> str:
        """Places side by side in one tensor; places that lie so already are taken as they are."""
        runs = tuple(_merged(pieces))
        if runs not in self._joined:
            parts = [self._cut(run) for run in runs]
            self._joined[runs] = parts[0] if len(parts) == 1 else self.add("Concat", *parts, axis=1)
        return self._joined[runs]

    def block(self, names: Sequence[str]) -> str:
        """Columns side by side in one tensor."""
        return self.join(piece for name in names for piece in self.value(name).pieces)

    def vectors(self, stage: SavedStage, name: str, width: int | None = None) -> str:
        """Column ``name`` as vectors. Raises: ScorerError H233 for an input, or for vectors of another width."""
        name = self._renamed.get(name, name)
        value = self.value(name)
        if (name, "number") in self._inputs and not value.is_vector:
            raise not_compilable(stage, f"'{name}' is no column that a stage has made")
        if not value.width:
            raise not_compilable(stage, f"'{name}' has no features")
        if width is not None and value.width != width:
            raise not_compilable(stage, f"'{name}' has {value.width} features, and it learnt from {width}")
        return self.join(value.pieces)

    def refuse(self, flags: str | None) -> None:
        """Say for which rows there is no answer. Shape: (rows, any)."""
        if flags is not None:
            self._refusals.append(flags)

    def leave_unread(self, name: str) -> None:
        """Say that the graph does not look at the input ``name``, though Spark might refuse what it holds."""
        self._unread.append(name)

    def _input(self, name: str, kind: Kind) -> str:
        if (name, kind) not in self._inputs:
            taken = {PREDICTION, PROBABILITY, REFUSED, *self._inputs.values()}
            own = {"number": name, "text": name, "null": f"{name}__is_null"}[kind]
            while own in taken or (own[:1] in ("t", "c") and own[1:].isdecimal()):
                own = f"input.{own}"
            self._inputs[name, kind] = own
        return self._inputs[name, kind]

    def _cut(self, piece: Piece) -> str:
        if piece.width == piece.total:
            return piece.tensor
        end = piece.start + piece.width
        return self.add("Slice", piece.tensor, np.array([piece.start]), np.array([end]), np.array([1]))

    # -- the whole ----------------------------------------------------------------------------------------------------

    def finish(self, outputs: Mapping[str, str], description: dict[str, Any]) -> bytes:
        """The graph as a file, with an output for each name in ``outputs``, of which the values are columns.

        Shape: numbers (rows,), vectors (rows, width). The output ``refused`` (rows,) is there where rows can be;
        ``description`` goes into the file beside what the inputs are.
        """
        given = [self._output(name, column) for name, column in outputs.items()]
        if self._refusals:
            flags = self._refusals[0] if len(self._refusals) == 1 else self.add("Concat", *self._refusals, axis=1)
            refused = self.add("Greater", self.sum(self.number_of(flags), 1, keep=False), 0.0)
            given.append(self._named(refused, REFUSED, TensorProto.BOOL))
        inputs = [
            helper.make_tensor_value_info(own, _ELEMENTS[kind], ["rows", 1]) for (_, kind), own in self._inputs.items()
        ]
        graph = helper.make_graph(self._nodes, "model", inputs, given, self._initializers)
        opsets = [helper.make_opsetid(*opset) for opset in _OPSETS]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="howdah")
        described = {
            **description,
            "inputs": [{"column": name, "input": own, "kind": kind} for (name, kind), own in self._inputs.items()],
            "unread": sorted(set(self._unread)),
            "null_text": NULL_TEXT,
        }
        helper.set_model_props(model, {DESCRIPTION_KEY: json.dumps(described, sort_keys=True)})
        onnx.checker.check_model(model)
        made: bytes = model.SerializeToString(deterministic=True)
        return made

    def _output(self, name: str, column: str) -> onnx.ValueInfoProto:
        value = self.value(column)
        tensor = self.join(value.pieces)
        if value.is_vector:
            return self._named(tensor, name, TensorProto.DOUBLE, value.width)
        return self._named(self.add("Squeeze", tensor, np.array([1])), name, TensorProto.DOUBLE)

    def _named(self, tensor: str, name: str, element: int, *width: int) -> onnx.ValueInfoProto:
        self._nodes.append(helper.make_node("Identity", [tensor], [name]))
        return helper.make_tensor_value_info(name, element, ["rows", *width])


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The same places in as few pieces as there can be."""
    runs: list[Piece] = []
    for piece in pieces:
        last = runs[-1] if runs else None
        if last and last.tensor == piece.tensor and last.start + last.width == piece.start:
            runs[-1] = replace(last, width=last.width + piece.width)
        else:
            runs.append(piece)
    return runs


def column_pieces(tensor: str, count: int) -> list[Piece]:
    """Each place of a tensor that has ``count`` of them, by itself."""
    return [Piece(tensor, place, 1, count) for place in range(count)]
