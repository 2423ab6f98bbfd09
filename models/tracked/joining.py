"""Which label belongs to which prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Joined:
    """Predictions with columns ``fact`` and ``fact_value``, null where nothing was told; labels that fit none."""

    table: pa.Table
    strange_labels: int


def join(predictions: pa.Table, labels: pa.Table) -> Joined:
    """Put to each prediction the label that was told last.

    A label with a request's id is of that row of the request. One with a key is of the last prediction for the key that
    was made before the fact: a customer who is scored each month has a fact for each month.
    """
    labels = labels.take(pc.sort_indices(labels, [("time", "ascending")]))
    of_row, row_label = _by_row(predictions, labels)
    of_key, key_label = _by_key(predictions, labels)
    owners, chosen = np.concatenate([of_row, of_key]), np.concatenate([row_label, key_label])
    last = np.full(predictions.num_rows, -1, np.int64)
    np.maximum.at(last, owners, chosen)  # labels are in the order of their telling
    picked = pa.array(last, mask=last < 0)
    table = predictions.append_column("fact", labels["label"].take(picked))
    table = table.append_column("fact_value", labels["value"].take(picked))
    return Joined(table, labels.num_rows - len(np.unique(chosen)))


def _by_row(predictions: pa.Table, labels: pa.Table) -> tuple[Indices, Indices]:
    """Pairs of a prediction and the last label for its request and row, and of all labels with that."""
    left = pa.table({"id": predictions["request_id"], "row": predictions["row"], "left": _numbers(predictions)})
    right = pa.table({"id": labels["request_id"], "row": labels["row"], "right": _numbers(labels)})
    met = left.join(right.filter(pc.is_valid(right["id"])), keys=["id", "row"], join_type="inner")
    return met["left"].to_numpy(), met["right"].to_numpy()


def _by_key(predictions: pa.Table, labels: pa.Table) -> tuple[Indices, Indices]:
    """Pairs of the last prediction for a key before a fact of it, and the label that tells the fact."""
    # Not pyarrow's indices_nonzero: up to 25 it ends the process where a column has no rows.
    rows = np.flatnonzero(pc.is_valid(predictions["key"]).to_numpy())
    facts = np.flatnonzero(pc.is_valid(labels["key"]).to_numpy())
    if not rows.size or not facts.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    keys = pa.chunked_array(
        [*predictions["key"].take(pa.array(rows)).chunks, *labels["key"].take(pa.array(facts)).chunks]
    )
    codes = keys.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    made = _microseconds(predictions["time"])[rows]
    happened = _microseconds(labels["happened"])[facts]
    # One number for key and time: the times by their rank, so that the product stays small.
    times, ranks = np.unique(np.concatenate([made, happened]), return_inverse=True)
    places = codes * len(times) + ranks
    order = np.argsort(places[: rows.size], kind="stable")
    at = np.searchsorted(places[: rows.size][order], places[rows.size :], side="right") - 1
    found = order[np.maximum(at, 0)]
    is_met = (at >= 0) & (codes[found] == codes[rows.size :])
    return rows[found[is_met]], facts[is_met]


def _numbers(table: pa.Table) -> pa.Array:
    return pa.array(np.arange(table.num_rows, dtype=np.int64))


def _microseconds(column: pa.ChunkedArray) -> Indices:
    found: Indices = column.cast(pa.int64()).to_numpy()
    return found
