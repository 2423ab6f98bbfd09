"""Spark's stages that put vectors together, choose from them and multiply them out.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Flags, Form, Transform
from models.scorer.saved import Floats, SavedStage, dense_matrix
from models.scorer.scaling import vector_to_vector
from models.scorer.vectors import Ints, compressed, dot, side_by_side, take, width


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
        vectors = side_by_side([columns.vectors(source) for source in sources])
        columns[target] = vectors
        categories = tuple(count for source in sources for count in _categories(columns, source))
        columns.set_form(target, Form(categories, partial(compressed, vectors, stage.spark_version)))

    return transform


def interaction(stage: SavedStage) -> Transform:
    """Every product of one number of each column, of which an index of categories is first a vector with a single 1.

    How many categories an index has is what the stage that made it noted, as in Spark.
    """
    sources, target = stage.input_columns, stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        values, entered = np.ones((len(columns), 1)), np.ones((len(columns), 1), dtype=bool)
        for source in reversed(sources):
            factor, present = _encoded(columns, source)
            values = (factor[:, :, None] * values[:, None, :]).reshape(len(columns), -1)
            entered = (present[:, :, None] & entered[:, None, :]).reshape(len(columns), -1)
        # What a sparse vector does not hold is 0 times anything, also NaN.
        product = np.where(entered, values, 0.0)
        columns[target] = product
        columns.set_form(target, Form((1,) * product.shape[1], partial(compressed, product, stage.spark_version)))

    return transform


def _encoded(columns: Columns, source: str) -> tuple[Floats, Flags]:
    """A column as Interaction multiplies it, and which of the numbers Spark comes across. Shape: (rows, numbers)."""
    matrix, nulls = columns.matrix(source), columns.nulls(source)
    counts = columns.form(source).categories
    if nulls.any():
        raise ScoringError("H232", f"'{source}' is missing, and this model cannot do without it")
    if counts is None and columns.is_vector(source):
        raise ScoringError("H232", f"of '{source}' it is not known which numbers are categories, as Spark has to know")
    present = ~columns.are_sparse(source)[:, None] | (matrix != 0)
    parts, entered = [], []
    for place, count in enumerate(counts or (1,)):
        column, there = matrix[:, place], present[:, place]
        if count <= 1:
            parts.append(column[:, None])
            entered.append(there[:, None])
            continue
        ones = (column[:, None] == np.arange(count)) & there[:, None]
        wrong = there & ~ones.any(axis=1)
        if wrong.any():
            raise ScoringError("H232", f"'{source}' is {column[wrong][0]}, no index of {count} categories")
        parts.append(ones.astype(np.float64))
        entered.append(ones)
    return np.concatenate(parts, axis=1), np.concatenate(entered, axis=1)


def _categories(columns: Columns, source: str) -> tuple[int, ...]:
    """What an assembler notes of a column: of a vector of which nothing is known, plain numbers."""
    return columns.form(source).categories or (1,) * width(columns.vectors(source))


def vector_slicer(stage: SavedStage) -> Transform:
    """The features at the given places, in the given order. Raises: ScorerError H230 where they are given by name."""
    if stage.parameters.get("names"):
        raise ScorerError(
            "H230", f"stage {stage.uid} chooses features by name", hint="a saved model has no names: slice by indices"
        )
    return _choose(stage, stage.parameters["inputCol"], np.asarray(stage.parameters["indices"], dtype=np.int64), None)


def feature_selector(stage: SavedStage) -> Transform:
    """The features that training selected, in the order in which they stand."""
    selected = np.sort(np.asarray(stage.row()["selectedFeatures"], dtype=np.int64))
    return _choose(stage, stage.parameters["featuresCol"], selected, selected_categories(stage, len(selected)))


def selected_categories(stage: SavedStage, count: int) -> tuple[int, ...] | None:
    """What a selector notes where nothing is known of its features: that they are numbers, or categories uncounted."""
    is_plain = (
        stage.short_name == "VarianceThresholdSelectorModel" or stage.parameters.get("featureType") == "continuous"
    )
    return (1,) * count if is_plain else None


def pca(stage: SavedStage) -> Transform:
    """The vector along the principal components; Spark does not centre it."""
    components = np.ascontiguousarray(dense_matrix(stage.row()["pc"]).T)
    return vector_to_vector(stage, lambda values: dot(values, components))


def polynomial_expansion(stage: SavedStage) -> Transform:
    """All products of up to ``degree`` features, in Spark's order."""
    degree = int(stage.parameters["degree"])

    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        values, sparse = columns.numbers(source), columns.are_sparse(source)
        if values.ndim != 2:
            raise ScorerError("H231", f"stage {stage.uid} expects a vector in '{source}'")
        terms: list[Floats] = []
        absent = sparse[:, None] & (values == 0)
        _expand(values, absent, values.shape[1] - 1, degree, np.ones(len(values)), terms)
        columns.set_with_nulls(target, np.stack(terms[1:], axis=1), columns.nulls(source))
        columns.set_form(target, Form(None, lambda: sparse))

    return transform


def dct(stage: SavedStage) -> Transform:
    """The discrete cosine transform II, scaled to be its own transpose's inverse."""
    inverse = bool(stage.parameters["inverse"])

    def turn(values: Floats) -> Floats:
        basis = cosines(values.shape[1])
        # Spark's transform is a fast one, in which each number meets each other.
        values = np.where(np.isinf(values), np.nan, values) if values.shape[1] > 1 else values
        turned: Floats = values @ (basis if inverse else basis.T)
        return turned

    return vector_to_vector(stage, turn)


def _choose(stage: SavedStage, source: str, features: Ints, of_unknown: tuple[int, ...] | None) -> Transform:
    target = stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        vectors = columns.vectors(source)
        if len(features) and features.max() >= width(vectors):
            raise ScorerError("H231", f"stage {stage.uid} chooses from more features than '{source}' has")
        columns.set_with_nulls(target, np.array(take(vectors, features)), columns.nulls(source))
        known = columns.form(source).categories
        categories = of_unknown if known is None else tuple(known[feature] for feature in features)
        columns.set_form(target, Form(categories, partial(columns.are_sparse, source)))

    return transform


def _has_nan(columns: Columns, source: str) -> bool:
    if columns.is_vector(source):
        return False
    return bool(np.isnan(columns.numbers(source)).any())


def _expand(values: Floats, absent: Flags, last: int, degree: int, factor: Floats, terms: list[Floats]) -> None:
    """Add the products of features up to ``last`` with ``factor``: those without the last one first."""
    if degree == 0 or last < 0:
        terms.append(factor)
        return
    for power in range(degree + 1):
        _expand(values, absent, last - 1, degree - power, factor, terms)
        # Spark stops at a factor of 0, and passes over what a sparse vector does not hold: 0 times NaN is 0.
        factor = np.where((factor == 0) | absent[:, last], 0.0, factor * values[:, last])


def cosines(size: int) -> Floats:
    """The orthonormal basis. Shape: (frequencies, places)."""
    frequency, place = np.arange(size)[:, None], np.arange(size)[None, :]
    basis: Floats = np.cos(np.pi * (2 * place + 1) * frequency / (2 * size)) * np.sqrt(2.0 / size)
    basis[0] /= np.sqrt(2.0)
    return basis
