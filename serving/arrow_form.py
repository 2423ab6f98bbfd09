"""Records as a stream of Arrow's, and the answers as one: columns all the way, no row becomes an object.

The bytes come from anybody. A buffer that is compressed, a type in which few bytes mean many rows or texts, and a
stream that says more rows than may be asked at once are refused before anything is expanded; what is left is validated
as a whole, which Arrow does not do by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.manifest import Field, FieldType, Manifest
from models.scorer.interface import Answers
from serving.errors import Problem, ServingError
from serving.findings import MAX_FINDINGS, STRANGER, Nearest, describe_range, describe_unknown, hint_at_name
from serving.values import MAX_TEXT_CHARACTERS

_TYPES: Mapping[FieldType, pa.DataType] = {
    "double": pa.float64(),
    "long": pa.int64(),
    "string": pa.string(),
    "boolean": pa.bool_(),
}
_HINT = "write a stream (not a file) of Arrow's IPC format, without compression, a column for each field"
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_OLD_COMPRESSION = b"ARROW:experimental_compression"  # how releases before 1.0 said it, which readers still follow
_MOST_TEXT_BYTES = 64 << 20  # of all dictionaries' texts, each row with its own copy


def read_table(data: bytes, most_rows: int) -> pa.Table:
    """The table in a stream. Raises: ServingError H509, H538."""
    try:
        _refuse_compressed(data)
        with pa.ipc.open_stream(data) as reader:
            _check_types(reader.schema)
            batches = []
            rows = 0
            for batch in reader:
                rows += batch.num_rows
                if rows > most_rows:
                    hint = f"send at most {most_rows} at once"
                    raise ServingError("H509", f"more than {most_rows} records in one request", hint=hint)
                batch.validate(full=True)
                batches.append(batch)
            table = pa.Table.from_batches(batches, reader.schema)
            _refuse_swollen(table)
    except (pa.ArrowException, ValueError, KeyError, TypeError, IndexError, OSError, struct.error) as error:
        raise _not_arrow(str(error).strip().split("\n")[0][:200]) from error
    if not rows:
        raise ServingError("H512", "the stream holds no record", hint=_HINT)
    return table


def check_table(
    table: pa.Table, inputs: Sequence[Field], *, accept_unknown: bool
) -> tuple[pa.Table, list[Problem], list[Problem]]:
    """The table in the model's types, every problem, and every warning: by field, with the first record that has it.

    The rules are those of :mod:`serving.signature`; the table counts only where there are no problems.
    """
    warnings: list[Problem] = []
    columns: dict[str, pa.ChunkedArray] = {}
    names = [item.name for item in inputs]
    strangers = [name for name in table.column_names if name not in names][:MAX_FINDINGS]
    nearest = Nearest()
    problems = [Problem(name[:100], STRANGER, hint_at_name(name, names, nearest)) for name in strangers]
    for item in inputs:
        if item.name not in table.column_names:
            hint = "send nulls if it is unknown" if item.nullable else ""
            problems.append(Problem(item.name, "is missing", hint))
            continue
        taken = _take(table[item.name], item, accept_unknown, nearest)
        if isinstance(taken, Problem):
            problems.append(taken)
        else:
            columns[item.name] = taken
            warnings += _warnings(taken, item, accept_unknown, nearest)
    return pa.table(columns) if not problems else table, problems[:MAX_FINDINGS], warnings[:MAX_FINDINGS]


def write_table(answers: Answers, manifest: Manifest, told: Mapping[str, str]) -> bytes:
    """``prediction``, and ``probability.CLASS`` for each class where there are any; ``told`` goes with the schema."""
    columns: dict[str, pa.Array] = {"prediction": _labels(answers.predictions, manifest)}
    if answers.probabilities is not None and manifest.classes:
        for name, chances in zip(manifest.classes, answers.probabilities.T, strict=True):
            columns[f"probability.{name}"] = _finite(chances)
    table = pa.table(columns).replace_schema_metadata(dict(told))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _labels(predictions: np.ndarray, manifest: Manifest) -> pa.Array:
    if not manifest.classes:
        return _finite(predictions)
    return pc.take(pa.array(manifest.classes, pa.string()), pa.array(predictions.astype(np.int64)))


def _finite(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))


def _take(column: pa.ChunkedArray, item: Field, accept_unknown: bool, nearest: Nearest) -> pa.ChunkedArray | Problem:
    """The column in the field's own type, or what is wrong with it."""
    if not _may_become(column.type, item.type):
        return Problem(item.name, f"is a column of {column.type}, {_TYPES[item.type]} is needed")
    if column.null_count and not item.nullable:
        return Problem(item.name, "is empty (null), and must have a value", record=_first(pc.is_null(column)))
    if pa.types.is_dictionary(column.type) and any(map(_has_long, (chunk.dictionary for chunk in column.chunks))):
        return Problem(item.name, f"has more than {MAX_TEXT_CHARACTERS} characters")  # before each row gets a copy
    try:
        column = column.cast(_TYPES[item.type])
    except pa.ArrowInvalid as error:
        return Problem(item.name, f"does not fit {_TYPES[item.type]}: {str(error)[:100]}")
    return _find_problem(column, item, accept_unknown, nearest) or column


def _find_problem(column: pa.ChunkedArray, item: Field, accept_unknown: bool, nearest: Nearest) -> Problem | None:
    if item.type == "double":
        first = _first(pc.invert(pc.is_finite(column)))
        if first is not None:
            return Problem(item.name, "is not a finite number", "an unknown value is null", record=first)
    if item.type == "string":
        first = _first(pc.greater(pc.utf8_length(column), MAX_TEXT_CHARACTERS))
        if first is not None:
            return Problem(item.name, f"has more than {MAX_TEXT_CHARACTERS} characters", record=first)
        first = _first(_unknown(column, item)) if item.categories and not accept_unknown else None
        if first is not None:
            told, hint = describe_unknown(column[first].as_py(), item, nearest)
            return Problem(item.name, f"has the unknown category {told}", hint, record=first)
    return None


def _has_long(texts: pa.Array) -> bool:
    longest = pc.max(pc.utf8_length(texts)).as_py()
    return longest is not None and longest > MAX_TEXT_CHARACTERS


def _warnings(column: pa.ChunkedArray, item: Field, accept_unknown: bool, nearest: Nearest) -> list[Problem]:
    if item.type in ("double", "long"):
        low, high = item.minimum, item.maximum
        outside = pa.chunked_array([pa.array(np.zeros(len(column), dtype=bool))])
        if low is not None:
            outside = pc.or_kleene(outside, pc.less(column, low))
        if high is not None:
            outside = pc.or_kleene(outside, pc.greater(column, high))
        first = _first(outside)
        return [] if first is None else [Problem(item.name, *describe_range(column[first].as_py(), item), record=first)]
    if item.type == "string" and item.categories and accept_unknown:
        first = _first(_unknown(column, item))
        if first is not None:
            told, hint = describe_unknown(column[first].as_py(), item, nearest)
            return [Problem(item.name, f"has the category {told}, which training never saw", hint, record=first)]
    return []


def _unknown(column: pa.ChunkedArray, item: Field) -> pa.ChunkedArray:
    known = pc.is_in(column, value_set=pa.array(item.categories, pa.string()))
    return pc.and_(pc.invert(known), pc.is_valid(column))


def _first(flags: pa.ChunkedArray) -> int | None:
    """Where the first true stands."""
    found: int = pc.index(pc.fill_null(flags, False), pa.scalar(True)).as_py()
    return found if found >= 0 else None


def _may_become(kind: pa.DataType, wanted: FieldType) -> bool:
    if pa.types.is_null(kind):
        return True
    if wanted == "string":
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))
    if wanted == "boolean":
        return bool(pa.types.is_boolean(kind))
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _refuse_compressed(data: bytes) -> None:
    """A megabyte may hold gigabytes of zeros. Raises: ServingError H538, struct.error for no message of Arrow's."""
    for message in pa.ipc.MessageReader.open_stream(data):
        metadata = message.metadata.to_pybytes()
        if _OLD_COMPRESSION in metadata or _is_compressed(metadata):
            raise _not_arrow("it is compressed")


def _refuse_swollen(table: pa.Table) -> None:
    """One long text may be meant by ten thousand rows. Raises: ServingError H538."""
    meant = 0
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            for chunk in column.chunks:
                lengths = pc.cast(pc.binary_length(chunk.dictionary), pa.int64())
                meant += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    if meant > _MOST_TEXT_BYTES:
        raise _not_arrow(f"its dictionaries mean {meant} bytes of texts, {_MOST_TEXT_BYTES} are taken")


def _is_compressed(message: bytes) -> bool:
    """Whether the batch that a message's metadata describes has compressed buffers.

    Source: Arrow's Message.fbs and FlatBuffers' layout: a table begins with the distance back to its vtable, which has
    the place of each field or 0. Message: version, header's type, header; DictionaryBatch: id, data; RecordBatch:
    length, nodes, buffers, compression.
    """

    def field(table: int, index: int) -> int | None:
        vtable = table - struct.unpack_from("<i", message, table)[0]
        size = struct.unpack_from("<H", message, vtable)[0]
        place = struct.unpack_from("<H", message, vtable + 4 + 2 * index)[0] if 4 + 2 * index < size else 0
        return table + place if place else None

    def follow(place: int) -> int:
        return place + int(struct.unpack_from("<I", message, place)[0])

    root = follow(0)
    kind, header = field(root, 1), field(root, 2)
    if kind is None or header is None:
        return False
    batch = follow(header)
    if message[kind] == _DICTIONARY_BATCH:
        data = field(batch, 1)
        return data is not None and field(follow(data), 3) is not None
    return message[kind] == _RECORD_BATCH and field(batch, 3) is not None


def _check_types(schema: pa.Schema) -> None:
    """Only types in which as many bytes come as are meant. Raises: ServingError H538."""
    for field in schema:
        kind = field.type
        plain = pa.types.is_primitive(kind) or pa.types.is_null(kind) or pa.types.is_boolean(kind)
        text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        listed = (
            pa.types.is_dictionary(kind)
            and pa.types.is_integer(kind.index_type)
            and (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type))
        )
        if not (plain or text or listed):
            raise _not_arrow(f"the column {field.name[:100]!r} is of the type {str(kind)[:100]}, which is not taken")
    if len(set(schema.names)) < len(schema.names):
        raise _not_arrow("a column stands twice")


def _not_arrow(what: str) -> ServingError:
    return ServingError("H538", f"the body is no stream of Arrow's: {what}", hint=_HINT)
