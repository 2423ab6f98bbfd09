"""The steps that make a row's answer, worked out before there is a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from models.scorer.onnx_file import Array, Node

Flat: TypeAlias = Sequence[Any]
Make: TypeAlias = Callable[[list[Any]], Flat]

# Numbers made for a row, of 30 to 60 ns each: beyond that the runtime is the faster one. A node counts as one at least,
# and a constant that is taken apart as if it were for each row: else a small file could ask for any time to plan it.
_MOST_WORK = 5_000


class LeftError(Exception):
    """This graph is left to the runtime."""


@dataclass(frozen=True)
class Tensor:
    """Where the numbers of a tensor are when a row is under way, and what is known of them before.

    ``kind`` is numpy's: ``f``, ``i``, ``b``, ``O`` for texts.
    """

    slot: int
    shape: tuple[int, ...]
    kind: str
    constant: Array | None = None

    @property
    def places(self) -> Array:
        """The place that each number has in the flat tensor. Raises: LeftError where they are too many."""
        count = math.prod(self.shape)
        if count > _MOST_WORK:
            raise LeftError
        return np.arange(count).reshape(self.shape)


Operator: TypeAlias = "Callable[[Plan, Node, Sequence[Tensor]], Tensor]"


class Interpreter:
    """One graph, ready for rows."""

    def __init__(self, start: Flat, steps: Sequence[tuple[int, Make]], outputs: Mapping[str, Tensor]) -> None:
        """``start`` has all values but those of the inputs, which come first; a step and an output have their slot."""
        self.outputs = outputs
        self._start, self._steps = start, steps
        self._slots = {name: tensor.slot for name, tensor in outputs.items()}

    def run(self, row: Sequence[float | str | bool]) -> dict[str, Flat] | None:
        """The outputs for the values of one row; None for a row that is left to the runtime."""
        values: list[Any] = [(value,) for value in row]
        values += self._start
        try:
            for slot, make in self._steps:
                values[slot] = make(values)
        except (ArithmeticError, LookupError, ValueError):
            return None
        return {name: values[slot] for name, slot in self._slots.items()}


class Plan:
    """The steps of one graph in the making."""

    def __init__(self, inputs: Mapping[str, str], constants: Mapping[str, Array]) -> None:
        """Raises: LeftError for a constant that a row may have another value for."""
        if inputs.keys() & constants.keys():
            raise LeftError
        self._named = {name: Tensor(slot, (1, 1), kind) for slot, (name, kind) in enumerate(inputs.items())}
        self._inputs = len(inputs)
        self._start: list[Flat | None] = []
        self._steps: list[tuple[int, Make]] = []
        self._work = 0
        self._lines: dict[int, list[Any]] = {}
        self._named.update((name, self.keep(constant)) for name, constant in constants.items())

    def add(self, node: Node, operator: Operator) -> None:
        """The steps of a node. Raises: LeftError where it is not understood, or the whole is too much."""
        self._spend(1)
        try:
            made = operator(self, node, [self._named[name] for name in node.inputs])
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise LeftError from error
        self._named[node.output] = made

    def finish(self, outputs: Sequence[str]) -> Interpreter:
        """The plan, done. Raises: LeftError for an output that there is not."""
        if not self._named.keys() >= set(outputs):
            raise LeftError
        return Interpreter(self._start, self._steps, {name: self._named[name] for name in outputs})

    # -- what operators are made of -----------------------------------------------------------------------------------

    def make(self, shape: tuple[int, ...], kind: str, make: Make, work: int) -> Tensor:
        """A tensor that ``make`` makes of the values by slot; ``work`` is about how many numbers that takes."""
        self._spend(work)
        slot = self._new(None)
        self._steps.append((slot, make))
        return Tensor(slot, shape, kind)

    def allow(self, work: int) -> None:
        """Nothing, when that many numbers more may be made. Raises: LeftError."""
        if self._work + work > _MOST_WORK:
            raise LeftError

    def keep(self, constant: Array) -> Tensor:
        """A tensor that is the same for each row."""
        return Tensor(self._new(constant.ravel().tolist()), constant.shape, constant.dtype.kind, constant)

    def take(self, tensor: Tensor, places: Array) -> Tensor:
        """Some numbers of a tensor, in an order. Shape: that of ``places``, which are places in the flat tensor."""
        if tensor.constant is not None:
            self._spend(places.size)
            return self.keep(tensor.constant.ravel()[places])
        flat, slot = places.ravel().tolist(), tensor.slot
        if flat == list(range(math.prod(tensor.shape))):
            return Tensor(slot, places.shape, tensor.kind)
        if len(flat) == 1:
            (place,) = flat
            return self.make(places.shape, tensor.kind, lambda values: (values[slot][place],), 1)
        get = itemgetter(*flat)
        return self.make(places.shape, tensor.kind, lambda values: get(values[slot]), len(flat))

    def spread(self, tensors: Sequence[Tensor]) -> tuple[tuple[int, ...], list[int]]:
        """The shape that tensors have together, and the slots where they have it."""
        shape = np.broadcast_shapes(*(each.shape for each in tensors))
        self.allow(math.prod(shape))
        return shape, [self.take(each, np.broadcast_to(each.places, shape)).slot for each in tensors]

    def lines(self, table: Tensor, constant: Array) -> list[Any]:
        """What a constant has along its first axis, made once for however many nodes."""
        if table.slot not in self._lines:
            self._lines[table.slot] = constant.tolist()
        return self._lines[table.slot]

    def _spend(self, work: int) -> None:
        self.allow(work)
        self._work += work

    def _new(self, values: Flat | None) -> int:
        self._start.append(values)
        return self._inputs + len(self._start) - 1
