"""What predictors of all kinds share: linear margins, and what a factorisation or a boosted forest adds up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.scorer.saved import Floats, dense_matrix, dense_vector, is_sparse
from models.scorer.trees import Forest
from models.scorer.vectors import SparseRows, Vectors, dot, dot_of_present


def linear(features: Vectors, coefficients: Floats, intercept: float) -> Floats:
    """One linear function. Shape: (features,) in, (rows,) out."""
    margin: Floats = dot(features, coefficients[None, :])[:, 0] + intercept
    return margin


def linear_function(row: Mapping[str, Any]) -> Callable[[Vectors], Floats]:
    """The linear function of a saved model's ``coefficients`` and ``intercept``. Shape: (rows,)."""
    coefficients, intercept = dense_vector(row["coefficients"]), float(row["intercept"])
    if not is_sparse(row["coefficients"]):
        return lambda features: linear(features, coefficients, intercept)
    return lambda features: dot_of_present(features, coefficients[None, :])[:, 0] + intercept


def boosted(forest: Forest, features: Vectors) -> Floats:
    """The weighted sum of the trees. Shape: (rows,)."""
    margin: Floats = forest.leaf_predictions(features) @ forest.weights
    return margin


class Factorisation:
    """A factorisation machine of the second order: a linear function, and the products of all pairs of features."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._intercept = float(row["intercept"])
        self._linear = dense_vector(row["linear"])
        self._factors = dense_matrix(row["factors"]).T

    def __call__(self, features: Vectors) -> Floats:
        """Shape: (rows,)."""
        squares = features.squared() if isinstance(features, SparseRows) else features**2
        pairs = (dot(features, self._factors) ** 2 - dot(squares, self._factors**2)).sum(axis=1) / 2
        total: Floats = linear(features, self._linear, self._intercept) + pairs
        return total
