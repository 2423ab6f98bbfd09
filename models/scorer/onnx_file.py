"""An ONNX file taken apart without ``onnx``, which takes longer to import than a graph to load.

Only what graphs of models.scorer.compiler hold is read; whatever else a file may say is an :class:`UnreadableError`.

Source: onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto), protobuf's encoding of fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Attribute: TypeAlias = "int | bytes | Array"

GRAPH, FUNCTIONS, NODE, OPERATOR, DOMAIN = 7, 25, 1, 4, 7
_INITIALIZER = 5
_INPUT, _OUTPUT, _ATTRIBUTE = 1, 2, 5
_NAME, _INT, _BYTES, _TENSOR, _INTS, _TYPE = 1, 3, 4, 5, 8, 20
_DIMENSION, _ELEMENT, _TEXT, _TENSOR_NAME, _RAW = 1, 2, 6, 8, 9
_STRING = 8
_ELEMENTS: Mapping[int, str] = MappingProxyType({2: "u1", 7: "<i8", 9: "?", 11: "<f8"})

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_WIDEST = 10  # bytes of a number of 64 bits
_FIXED = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}
_KEY_BITS, _NUMBER_BITS = 32, 64  # protobuf drops what is above, and so reads another field or number


class UnreadableError(ValueError):
    """The file is no ONNX file, or says something that no graph of ours does."""


@dataclass(frozen=True)
class Node:
    """One node; ``attributes`` are numbers, texts and arrays, lists of numbers among these."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class GraphFile:
    """The nodes in the order in which they run, and the constants by name."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, Array]


def read_graph(model: bytes) -> GraphFile:
    """The one graph of an ONNX file. Raises: UnreadableError."""
    graphs = [value for number, value in fields(memoryview(model)) if number == GRAPH]
    if len(graphs) != 1:
        raise UnreadableError("it has not one graph")
    nodes, constants = [], {}
    for number, value in fields(as_bytes(graphs[0])):
        if number == NODE:
            nodes.append(read_node(as_bytes(value)))
        elif number == _INITIALIZER:
            name, constant = _tensor(as_bytes(value))
            constants[name] = constant
    return GraphFile(tuple(nodes), constants)


def fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and content of each field; a number of a fixed size is its bytes. Raises: UnreadableError."""
    at, end = 0, len(message)
    try:
        while at < end:
            key, at = _varint(message, at)
            if key >> _KEY_BITS:
                raise UnreadableError("a field's number is too large")
            kind, size = key & 7, 0
            if kind == _VARINT:
                value, at = _varint(message, at)
                yield key >> 3, value
                continue
            if kind == _LENGTH:
                size, at = _varint(message, at)
            elif kind in _FIXED:
                size = _FIXED[kind]
            else:
                raise UnreadableError("a field of a kind that is not used any more")
            if at + size > end:
                raise UnreadableError("it is cut off")
            yield key >> 3, message[at : at + size]
            at += size
    except IndexError as error:
        raise UnreadableError("it is cut off") from error


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80 and not value >> _NUMBER_BITS:
            return value, at
        if shift >= _NUMBER_BITS:
            raise UnreadableError("a number is too long")


def read_node(message: memoryview) -> Node:
    """One node of a graph. Raises: UnreadableError."""
    inputs, outputs, attributes, operator = [], [], {}, ""
    for number, value in fields(message):
        if number == _INPUT:
            inputs.append(as_text(value))
        elif number == _OUTPUT:
            outputs.append(as_text(value))
        elif number == OPERATOR:
            operator = as_text(value)
        elif number == _ATTRIBUTE:
            name, content = _attribute(as_bytes(value))
            if name in attributes:
                raise UnreadableError(f"the attribute {name!r:.80} is given twice")
            attributes[name] = content
    if len(outputs) != 1:
        raise UnreadableError(f"a node {operator!r:.80} has not one output")
    return Node(operator, tuple(inputs), outputs[0], attributes)


def _attribute(message: memoryview) -> tuple[str, Attribute]:
    name = ""
    content: Attribute | None = None
    numbers, rest = _numbers(message)
    for number, value in fields(rest):
        if number == _NAME:
            name = as_text(value)
        elif number == _INT:
            content = _signed(value)
        elif number == _BYTES:
            content = bytes(as_bytes(value))
        elif number == _TENSOR:
            _, content = _tensor(as_bytes(value))
        elif number != _TYPE:
            raise UnreadableError(f"an attribute {name!r:.80} of a kind that is not read")
    if content is None:
        content = numbers
    elif len(numbers):
        raise UnreadableError(f"the attribute {name!r:.80} is of two kinds")
    return name, content


def _numbers(message: memoryview) -> tuple[Array, memoryview]:
    """The list of whole numbers that an attribute holds behind its name, and the attribute without them.

    A forest has very many of them: read together, 200,000 take 14 ms, one by one ten times as long.
    """
    at = 0
    if len(message) and message[0] == _NAME << 3 | _LENGTH:
        size, at = _varint(message, 1)
        at += size
    raw = np.frombuffer(message[at:], np.uint8)
    ends = np.flatnonzero(raw < 0x80)  # of each number, the keys of the fields being numbers too
    starts = np.append(0, ends[:-1] + 1) if len(ends) else ends
    keys = starts[: len(ends) // 2 * 2 : 2]
    others = np.flatnonzero((raw[keys] != _INTS << 3 | _VARINT) | (ends[: 2 * len(keys) : 2] != keys))
    count = int(others[0]) if len(others) else len(keys)
    begins, lasts = starts[1 : 2 * count : 2], ends[1 : 2 * count : 2]
    widths = lasts - begins + 1
    if count and (widths.max() > _WIDEST or (raw[lasts[widths == _WIDEST]] > 1).any()):
        raise UnreadableError("a number is too long")
    values = np.zeros(count, dtype=np.uint64)
    for place in range(int(widths.max(initial=0))):
        wide = widths > place
        values[wide] |= (raw[begins[wide] + place] & 0x7F).astype(np.uint64) << np.uint64(7 * place)
    behind = at + int(lasts[-1]) + 1 if count else at
    return values.view(np.int64), memoryview(bytes(message[:at]) + bytes(message[behind:]))


def _tensor(message: memoryview) -> tuple[str, Array]:
    name, element, raw, shape = "", 0, None, []
    texts: list[str] = []
    for number, value in fields(message):
        if number == _DIMENSION:
            shape.append(_signed(value))
        elif number == _ELEMENT:
            element = _signed(value)
        elif number == _TENSOR_NAME:
            name = as_text(value)
        elif number == _RAW:
            raw = as_bytes(value)
        elif number == _TEXT:
            texts.append(as_text(value))
        else:
            raise UnreadableError("a tensor that is kept in another way")
    try:
        if element == _STRING:
            return name, np.asarray(texts, dtype=object).reshape(shape)
        return name, np.frombuffer(raw or b"", _ELEMENTS[element]).reshape(shape)
    except (KeyError, ValueError) as error:
        raise UnreadableError(f"a tensor {name!r:.80} is not as long as it says, or of another type") from error


def as_bytes(value: int | memoryview) -> memoryview:
    """A field's content. Raises: UnreadableError for a number."""
    if isinstance(value, int):
        raise UnreadableError("a number where there should be bytes")
    return value


def as_text(value: int | memoryview) -> str:
    """A field's content as a text. Raises: UnreadableError."""
    try:
        return str(as_bytes(value), "utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError("a text that is not UTF-8") from error


def _signed(value: int | memoryview) -> int:
    if not isinstance(value, int):
        raise UnreadableError("bytes where there should be a number")
    return value - (1 << 64) if value >> 63 else value
