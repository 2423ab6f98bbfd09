"""Tensors of the Open Inference Protocol, in JSON or in binary: a request's as records, an answer's as outputs.

Source: the protocol's REST specification (KServe), and its extension ``binary_tensor_data`` (Triton Inference Server).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from serving.body import read_json
from serving.errors import ServingError
from serving.replies import as_file, as_json, encode

BINARY = "application/octet-stream"
JSON_LENGTH = "Inference-Header-Content-Length"  # how many bytes of a body with binary tensors are its JSON

# How ``struct`` calls them. BYTES has no such name: each text stands behind its length.
_LAYOUTS: Mapping[str, str] = {
    "BOOL": "?", "FP16": "e", "FP32": "f", "FP64": "d", "INT16": "h", "INT32": "i", "INT64": "q", "INT8": "b",
    "UINT16": "H", "UINT32": "I", "UINT64": "Q", "UINT8": "B",
}  # fmt: skip
_TEXT = "BYTES"
_LENGTH = struct.Struct("<I")
DATATYPES = tuple(sorted([*_LAYOUTS, _TEXT]))
_SHAPES = 'send {"inputs": [{"name": …, "shape": [rows], "datatype": …, "data": […]}]}, one input a field'


@dataclass(frozen=True)
class Output:
    """One output of an answer: ``size`` is the shape of a row, ``data`` all rows one after the other."""

    name: str
    datatype: str
    size: Sequence[int]
    rows: int
    data: Sequence[Any]

    def describe(self, binary: bytes | None) -> dict[str, object]:
        """As JSON; with its data, unless that follows as ``binary``."""
        told: dict[str, object] = {"name": self.name, "shape": [self.rows, *self.size], "datatype": self.datatype}
        if binary is None:
            return {**told, "data": self.data}
        return {**told, "parameters": {"binary_data_size": len(binary)}}

    def pack(self) -> bytes:
        """The data in binary; null, which no tensor has, is NaN."""
        if self.datatype == _TEXT:
            texts = [str(each).encode() for each in self.data]
            return b"".join(_LENGTH.pack(len(text)) + text for text in texts)
        values = [float("nan") if each is None else each for each in self.data]
        return struct.pack(f"<{len(values)}{_LAYOUTS[self.datatype]}", *values)


class InferenceRequest:
    """What a body asks: an object with ``inputs``, behind which tensors may stand in binary."""

    def __init__(self, body: bytes, json_length: str | None) -> None:
        """``json_length`` is the header of that name, if there is one. Raises: ServingError H501, H512."""
        if json_length is None:
            end = len(body)
        elif (
            json_length.isascii() and json_length.isdigit() and len(json_length) < 20 and int(json_length) <= len(body)
        ):
            end = int(json_length)
        else:
            raise ServingError("H512", f"{JSON_LENGTH} is no length within the {len(body)} bytes of the body")
        value = read_json(body[:end])
        if not isinstance(value, dict) or not isinstance(value.get("inputs"), list) or not value["inputs"]:
            raise ServingError("H512", "the body holds no inputs", hint=_SHAPES)
        if not isinstance(value.get("id", ""), str):
            raise ServingError("H512", "'id' is not text", hint=_SHAPES)
        self._value: Mapping[str, Any] = value
        self._binary = memoryview(body)[end:]

    @property
    def id(self) -> str:
        """The client's own name for it, or ""."""
        told: str = self._value.get("id", "")
        return told

    def read_records(self, most: int) -> list[dict[str, object]]:
        """The columns as records. Raises: ServingError H509, H512."""
        columns: dict[str, Sequence[object]] = {}
        rest = self._binary
        for index, each in enumerate(self._value["inputs"]):
            place = f"inputs[{index}]"
            name, rows = _read_head(each, place, most)
            if name in columns:
                raise ServingError("H512", f"the input {name[:100]!r} stands twice", hint=_SHAPES)
            size = _parameters(each, place).get("binary_data_size")
            if size is None:
                columns[name] = _read_data(each, place, rows)
                continue
            if type(size) is not int or not 0 <= size <= len(rest):
                message = f"{place}: binary_data_size is no size within the {len(rest)} bytes that are left"
                raise ServingError("H512", message, hint=f"{JSON_LENGTH} says where the tensors begin")
            if "data" in each:
                raise ServingError("H512", f"{place} has data in JSON and in binary", hint="send it once")
            columns[name] = _unpack(each["datatype"], rest[:size], rows, place)
            rest = rest[size:]
        if rest:
            raise ServingError(
                "H512", f"{len(rest)} bytes behind the last tensor", hint="binary_data_size says how many"
            )
        sizes = sorted({len(values) for values in columns.values()})
        if len(sizes) > 1:
            raise ServingError("H512", f"the inputs have {sizes[0]} and {sizes[-1]} rows", hint="each has as many")
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def read_wanted(self, known: Sequence[str]) -> dict[str, bool]:
        """Which outputs the client wants, all when it names none; whether in binary. Raises: ServingError H512."""
        outputs = self._value.get("outputs") or []
        if not isinstance(outputs, list):
            raise ServingError("H512", "'outputs' is not a list", hint=f"there are: {', '.join(known)}")
        usual = _flag(_parameters(self._value, "the request"), "binary_data_output", otherwise=False)
        wanted: dict[str, bool] = {}
        for each in outputs:
            name = each.get("name") if isinstance(each, dict) else each
            if not isinstance(name, str) or name not in known:
                message = f"there is no output {str(name)[:100]!r}"
                raise ServingError("H512", message, hint=f"there are: {', '.join(known)}")
            of_this = _parameters(each, f"the output {name!r}") if isinstance(each, dict) else {}
            wanted[name] = _flag(of_this, "binary_data", otherwise=usual)
        return wanted or dict.fromkeys(known, usual)


def write_answer(told: Mapping[str, object], outputs: Sequence[Output], wanted: Mapping[str, bool]) -> Response:
    """``told`` with those of the outputs that are wanted: as JSON, behind it what is wanted in binary."""
    packed = [(each, each.pack() if wanted[each.name] else None) for each in outputs if each.name in wanted]
    answer = {**told, "outputs": [each.describe(binary) for each, binary in packed]}
    tensors = [binary for _, binary in packed if binary is not None]
    if not tensors:
        return as_json(answer)
    head = encode(answer)
    return as_file(b"".join([head, *tensors]), BINARY, {JSON_LENGTH: str(len(head))})


def _read_head(value: object, place: str, most: int) -> tuple[str, int]:
    """The name of an input, and its rows, for values that :func:`_read_data` or :func:`_unpack` reads."""
    if not isinstance(value, dict):
        raise ServingError("H512", f"{place} is not an object", hint=_SHAPES)
    name, shape = value.get("name"), value.get("shape")
    if not isinstance(name, str):
        raise ServingError("H512", f"{place} has no name", hint=_SHAPES)
    if value.get("datatype") not in DATATYPES:
        raise ServingError("H512", f"{place}: that is no datatype", hint=f"one of {', '.join(DATATYPES)}")
    if not isinstance(shape, list) or any(type(size) is not int for size in shape):
        raise ServingError("H512", f"{place} has no shape", hint=_SHAPES)
    if shape[1:] not in ([], [1]) or not shape or shape[0] < 1:
        raise ServingError("H512", f"{place}: a field has the shape [rows] or [rows, 1]", hint=_SHAPES)
    if shape[0] > most:
        raise ServingError("H509", f"{shape[0]} records in one request", hint=f"send at most {most} at once")
    return name, shape[0]


def _read_data(value: Mapping[str, Any], place: str, rows: int) -> Sequence[object]:
    data = value.get("data")
    if not isinstance(data, list):
        raise ServingError("H512", f"{place} has no list of data", hint=_SHAPES)
    if len(value["shape"]) == 2 and all(isinstance(each, list) and len(each) == 1 for each in data):
        data = [each[0] for each in data]
    if len(data) != rows:
        raise ServingError("H512", f"{place}: the shape says {rows} rows, there are {len(data)}", hint=_SHAPES)
    return data


def _unpack(datatype: str, raw: memoryview, rows: int, place: str) -> Sequence[object]:
    if datatype == _TEXT:
        return _unpack_texts(raw, rows, place)
    layout = struct.Struct(f"<{rows}{_LAYOUTS[datatype]}")
    if len(raw) != layout.size:
        message = f"{place}: {rows} rows of {datatype} are {layout.size} bytes, and there are {len(raw)}"
        raise ServingError("H512", message)
    return layout.unpack(raw)


def _unpack_texts(raw: memoryview, rows: int, place: str) -> Sequence[object]:
    texts: list[str] = []
    at = 0
    try:
        for _ in range(rows):
            (size,) = _LENGTH.unpack_from(raw, at)
            at += _LENGTH.size
            if at + size > len(raw):
                raise ServingError("H512", f"{place}: text {len(texts)} ends behind the tensor")
            texts.append(str(raw[at : at + size], "utf-8"))
            at += size
    except struct.error:
        raise ServingError("H512", f"{place}: the shape says {rows} rows, there are {len(texts)}") from None
    except UnicodeDecodeError:
        raise ServingError("H512", f"{place}: text {len(texts)} is not UTF-8") from None
    if at != len(raw):
        raise ServingError("H512", f"{place}: {len(raw) - at} bytes behind the last of {rows} texts")
    return texts


def _parameters(value: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    found = value.get("parameters") or {}
    if not isinstance(found, dict):
        raise ServingError("H512", f"{place} has parameters that are no object", hint=_SHAPES)
    return found


def _flag(parameters: Mapping[str, Any], name: str, *, otherwise: bool) -> bool:
    value = parameters.get(name, otherwise)
    if not isinstance(value, bool):
        raise ServingError("H512", f"'{name}' is neither true nor false")
    return value
