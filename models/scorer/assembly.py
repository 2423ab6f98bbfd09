"""Spark's stages that put vectors together, choose from them and multiply them out.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Transform
from models.scorer.saved import Floats, SavedStage, dense_matrix
from models.scorer.scaling import vector_to_vector
from models.scorer.vectors import Ints, dot, side_by_side, take, width


def vector_assembler(stage: SavedStage) -> Transform:
    """Columns side by side in one vector; a null, or a number that is NaN, is refused unless ``handleInvalid`` is keep.

    A NaN inside a vector is none of the assembler's business, and passes.
    """
    sources, target = stage.input_columns, stage.parameters["outputCol"]
    keeps = stage.parameters["handleInvalid"] == "keep"

    def transform(columns: Columns) -> None:
        for source in sources if not keeps else ():
            if columns.nulls(source).any() or _has_nan(columns, source):
                raise ScoringError("H232", f"'{source}' is missing, and this model cannot do without it")
        columns[target] = side_by_side([columns.vectors(source) for source in sources])

    return transform


def vector_slicer(stage: SavedStage) -> Transform:
    """The features at the given places, in the given order. Raises: ScorerError H230 where they are given by name."""
    if stage.parameters.get("names"):
        raise ScorerError(
            "H230", f"stage {stage.uid} chooses features by name", hint="a saved model has no names: slice by indices"
        )
    return _choose(stage, stage.parameters["inputCol"], np.asarray(stage.parameters["indices"], dtype=np.int64))


def feature_selector(stage: SavedStage) -> Transform:
    """The features that training selected, in the order in which they stand."""
    selected = np.sort(np.asarray(stage.row()["selectedFeatures"], dtype=np.int64))
    return _choose(stage, stage.parameters["featuresCol"], selected)


def pca(stage: SavedStage) -> Transform:
    """The vector along the principal components; Spark does not centre it."""
    components = np.ascontiguousarray(dense_matrix(stage.row()["pc"]).T)
    return vector_to_vector(stage, lambda values: dot(values, components))


def polynomial_expansion(stage: SavedStage) -> Transform:
    """All products of up to ``degree`` features, in Spark's order."""
    degree = int(stage.parameters["degree"])

    def expand(values: Floats) -> Floats:
        terms: list[Floats] = []
        _expand(values, values.shape[1] - 1, degree, np.ones(len(values)), terms)
        return np.stack(terms[1:], axis=1)

    return vector_to_vector(stage, expand)


def dct(stage: SavedStage) -> Transform:
    """The discrete cosine transform II, scaled to be its own transpose's inverse."""
    inverse = bool(stage.parameters["inverse"])

    def turn(values: Floats) -> Floats:
        basis = cosines(values.shape[1])
        turned: Floats = values @ (basis if inverse else basis.T)
        return turned

    return vector_to_vector(stage, turn)


def _choose(stage: SavedStage, source: str, features: Ints) -> Transform:
    target = stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        vectors = columns.vectors(source)
        if len(features) and features.max() >= width(vectors):
            raise ScorerError("H231", f"stage {stage.uid} chooses from more features than '{source}' has")
        columns.set_with_nulls(target, np.array(take(vectors, features)), columns.nulls(source))

    return transform


def _has_nan(columns: Columns, source: str) -> bool:
    if columns.is_vector(source):
        return False
    return bool(np.isnan(columns.numbers(source)).any())


def _expand(values: Floats, last: int, degree: int, factor: Floats, terms: list[Floats]) -> None:
    """Add the products of features up to ``last`` with ``factor``: those without the last one first."""
    if degree == 0 or last < 0:
        terms.append(factor)
        return
    for power in range(degree + 1):
        _expand(values, last - 1, degree - power, factor, terms)
        # Spark stops at a factor of 0, so that 0 times NaN is 0.
        factor = np.where(factor == 0, 0.0, factor * values[:, last])


def cosines(size: int) -> Floats:
    """The orthonormal basis. Shape: (frequencies, places)."""
    frequency, place = np.arange(size)[:, None], np.arange(size)[None, :]
    basis: Floats = np.cos(np.pi * (2 * place + 1) * frequency / (2 * size)) * np.sqrt(2.0 / size)
    basis[0] /= np.sqrt(2.0)
    return basis
