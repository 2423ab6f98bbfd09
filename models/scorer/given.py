"""Columns of values as rows bring them: numbers, and vectors in any of their forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.errors import ScoringError
from models.scorer.saved import Floats
from models.scorer.vector_forms import is_sparse_form, read_entries, read_number, read_size
from models.scorer.vectors import SparseRows, Vectors, sparse_rows

_WIDE = 64  # from here on, vectors that are given as sparse ones stay so


def read_numbers(name: str, given: Sequence[object]) -> Floats:
    """Numbers, NaN for null. Shape: (rows,). Raises: ScoringError H232 for what is none."""
    return np.fromiter((read_number(name, value) for value in given), np.float64, len(given))


def read_vectors(name: str, given: Sequence[object]) -> Vectors:
    """Vectors of one size. Raises: ScoringError H232 for a null, or for what is none."""
    sizes = {read_size(name, value) for value in given}
    if len(sizes) != 1:
        raise ScoringError("H232", f"'{name}' must be a list of as many numbers in each row")
    (size,) = sizes
    if size >= _WIDE and any(map(is_sparse_form, given)):
        return _sparse_rows(name, given, size)
    matrix = np.zeros((len(given), size))
    for row, value in zip(matrix, given, strict=True):
        entries = read_entries(name, value)
        if isinstance(entries, dict):
            row[list(entries)] = list(entries.values())
        else:
            row[:] = entries
    return matrix


def _sparse_rows(name: str, given: Sequence[object], size: int) -> SparseRows:
    found = [read_entries(name, value) for value in given]
    return sparse_rows([each if isinstance(each, dict) else dict(enumerate(each)) for each in found], size)
