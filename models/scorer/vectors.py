"""Vectors of many rows: a dense matrix, or only what is not zero where a vector is as wide as a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.scorer.saved import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SparseRows:
    """The entries of ``count`` vectors of length ``size``, by row and then by index; each place once.

    Shape: ``rows``, ``indices``, ``values`` (entries,).
    """

    count: int
    size: int
    rows: Ints
    indices: Ints
    values: Floats

    def dense(self) -> Floats:
        """Shape: (count, size)."""
        matrix = np.zeros((self.count, self.size))
        matrix[self.rows, self.indices] = self.values
        return matrix

    def dot(self, matrix: Floats) -> Floats:
        """The product with each row of ``matrix``. Shape: (outputs, size) in, (count, outputs) out."""
        products = [np.bincount(self.rows, self.values * line[self.indices], self.count) for line in matrix]
        return np.stack(products, axis=1)

    def scaled(self, factors: Floats) -> SparseRows:
        """Each feature times its factor."""
        return SparseRows(self.count, self.size, self.rows, self.indices, self.values * factors[self.indices])

    def squared(self) -> SparseRows:
        """Each value times itself."""
        return SparseRows(self.count, self.size, self.rows, self.indices, self.values**2)

    def take(self, features: Ints) -> Floats:
        """The chosen features, in their order. Shape: (count, features)."""
        # The keys grow, since entries stand by row and then by index.
        keys = self.rows * self.size + self.indices
        wanted = np.arange(self.count)[:, None] * self.size + features[None, :]
        place = np.searchsorted(keys, wanted)
        keys, values = np.append(keys, -1), np.append(self.values, 0.0)
        found: Floats = np.where(keys[place] == wanted, values[place], 0.0)
        return found


Vectors: TypeAlias = Floats | SparseRows


def sparse_rows(rows: Sequence[dict[int, float]], size: int) -> SparseRows:
    """Vectors of which each is given as value by index."""
    ordered = [sorted(row.items()) for row in rows]
    places = np.repeat(np.arange(len(rows)), [len(row) for row in ordered])
    indices = np.asarray([index for row in ordered for index, _ in row], dtype=np.int64)
    values = np.asarray([value for row in ordered for _, value in row], dtype=np.float64)
    return SparseRows(len(rows), size, places, indices, values)


def side_by_side(parts: Sequence[Vectors]) -> Vectors:
    """Vectors of the same rows joined end to end: sparse as soon as one of them is."""
    matrices = [part for part in parts if not isinstance(part, SparseRows)]
    if len(matrices) == len(parts):
        joined: Floats = np.concatenate(matrices, axis=1)
        return joined
    sparse = [part if isinstance(part, SparseRows) else _sparse(part) for part in parts]
    starts = np.cumsum([0, *(part.size for part in sparse)])
    rows = np.concatenate([part.rows for part in sparse])
    indices = np.concatenate([part.indices + start for part, start in zip(sparse, starts, strict=False)])
    values = np.concatenate([part.values for part in sparse])
    order = np.lexsort((indices, rows))
    return SparseRows(sparse[0].count, int(starts[-1]), rows[order], indices[order], values[order])


def dot(vectors: Vectors, matrix: Floats) -> Floats:
    """The product of each vector with each row of ``matrix``. Shape: (rows, outputs). Raises: ValueError."""
    if width(vectors) != matrix.shape[1]:
        raise ValueError(f"{width(vectors)} numbers, not {matrix.shape[1]}")
    if isinstance(vectors, SparseRows):
        return vectors.dot(matrix)
    product: Floats = vectors @ matrix.T
    return product


def dot_of_present(vectors: Vectors, matrix: Floats) -> Floats:
    """:func:`dot` with lines that are kept as sparse ones: what a line has not is 0 times anything, also infinity."""
    lines = [np.flatnonzero(line) for line in matrix]
    return np.stack([take(vectors, line) @ matrix[number, line] for number, line in enumerate(lines)], axis=1)


def width(vectors: Vectors) -> int:
    """The length of each vector."""
    return vectors.size if isinstance(vectors, SparseRows) else int(vectors.shape[1])


def take(vectors: Vectors, features: Ints) -> Floats:
    """The chosen features, in their order. Shape: (rows, features)."""
    if isinstance(vectors, SparseRows):
        return vectors.take(features)
    chosen: Floats = vectors[:, features]
    return chosen


def compressed(vectors: Vectors, spark_version: str) -> npt.NDArray[np.bool_]:
    """Which vectors Spark keeps as sparse ones where it chooses by what they hold. Shape: (rows,)."""
    if isinstance(vectors, SparseRows):
        entries = np.bincount(vectors.rows[vectors.values != 0], minlength=vectors.count)
    else:
        entries = np.count_nonzero(vectors, axis=1)
    kept: npt.NDArray[np.bool_] = width(vectors) - 1.5 * entries > sparse_overhead(spark_version)
    return kept


def sparse_overhead(spark_version: str) -> float:
    """How many places a vector must have beyond 1.5 times its entries for Spark to keep it sparse, at least.

    Source: org.apache.spark.ml.linalg.Vector.compressed of Spark 3.3, 4.0 and 4.1.
    """
    return 1.5 if spark_version.startswith(("3.", "4.0")) else 2.0


def _sparse(matrix: Floats) -> SparseRows:
    rows, indices = np.nonzero(matrix)
    return SparseRows(len(matrix), matrix.shape[1], rows, indices, matrix[rows, indices])
