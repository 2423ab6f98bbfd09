"""Spark's stages that move and scale numbers and vectors: each loader reads one and gives its transform.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns, Form, Transform
from models.scorer.saved import Floats, SavedStage, dense_vector
from models.scorer.vectors import SparseRows, compressed


def imputer(stage: SavedStage) -> Transform:
    """A surrogate for null, and for the value that ``missingValue`` names (NaN, if nothing else was said).

    Spark casts it to the type of the column: among whole numbers a mean is cut off towards zero.
    """
    row = stage.row()
    missing_value = float(stage.parameters["missingValue"])
    plan = [
        (source, target, float(row[source]))
        for source, target in zip(stage.input_columns, stage.output_columns, strict=True)
    ]

    def transform(columns: Columns) -> None:
        for source, target, surrogate in plan:
            values = columns.numbers(source)
            named = np.isnan(values) if math.isnan(missing_value) else values == missing_value
            filling = np.trunc(surrogate) if columns.is_whole(source) else surrogate
            columns[target] = np.where(named | columns.nulls(source), filling, values)

    return transform


def standard_scaler(stage: SavedStage) -> Transform:
    """(value - mean) / deviation; a feature that never varied becomes 0."""
    row = stage.row()
    return _shift_and_scale(
        stage,
        dense_vector(row["mean"]) if stage.parameters["withMean"] else None,
        inverse(dense_vector(row["std"]), 0.0) if stage.parameters["withStd"] else None,
    )


def robust_scaler(stage: SavedStage) -> Transform:
    """(value - median) / range between the quantiles; a feature whose quantiles are equal becomes 0."""
    row = stage.row()
    return _shift_and_scale(
        stage,
        dense_vector(row["median"]) if stage.parameters["withCentering"] else None,
        inverse(dense_vector(row["range"]), 0.0) if stage.parameters["withScaling"] else None,
    )


def max_abs_scaler(stage: SavedStage) -> Transform:
    """value / the largest magnitude that training saw; a feature that was always 0 stays as it is."""
    return _shift_and_scale(stage, None, inverse(dense_vector(stage.row()["maxAbs"]), 1.0))


def elementwise_product(stage: SavedStage) -> Transform:
    """Each feature times its weight."""
    return _shift_and_scale(stage, None, dense_vector(stage.parameters["scalingVec"]))


def idf(stage: SavedStage) -> Transform:
    """A term's frequency times the inverse of the frequency of documents that hold it."""
    return _shift_and_scale(stage, None, dense_vector(stage.row()["idf"]))


def min_max_scaler(stage: SavedStage) -> Transform:
    """Training's range mapped onto [min, max]; a constant feature becomes the middle."""
    row = stage.row()
    low, high = float(stage.parameters["min"]), float(stage.parameters["max"])
    minimum = dense_vector(row["originalMin"])
    spread = dense_vector(row["originalMax"]) - minimum
    scale = np.divide(high - low, spread, out=np.zeros_like(spread), where=spread != 0)

    def rescale(values: Floats) -> Floats:
        check_width(values, minimum)
        moved = np.where(scale != 0, (values - minimum) * scale + low, (low + high) / 2)
        return np.where(np.isnan(values), values, moved)

    return vector_to_vector(stage, rescale, is_compressed=True)


def normalizer(stage: SavedStage) -> Transform:
    """A vector over its p-norm; a vector of norm 0 stays as it is."""
    power = float(stage.parameters["p"])

    def normalise(values: Floats) -> Floats:
        size = np.abs(values)
        if math.isinf(power):
            norm = np.fmax.reduce(size, axis=1, initial=0.0)
        else:
            norm = (size**power).sum(axis=1) ** (1.0 / power)
        unit: Floats = values / np.where(norm == 0, 1.0, norm)[:, None]
        return unit

    return vector_to_vector(stage, normalise, stays_sparse=True)


def vector_to_vector(
    stage: SavedStage, function: Callable[[Floats], Floats], *, stays_sparse: bool = False, is_compressed: bool = False
) -> Transform:
    """The transform that applies ``function`` to the dense vectors of ``inputCol``; a null stays null.

    Spark makes sparse vectors of sparse ones where it says so here, or of those with room, and else dense ones.
    """
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        values = columns.numbers(source)
        if values.ndim != 2:
            raise ScorerError("H231", f"stage {stage.uid} expects a vector in '{source}'")
        moved = np.array(function(values))
        columns.set_with_nulls(target, moved, columns.nulls(source))
        if stays_sparse:
            columns.set_form(target, Form(None, partial(columns.are_sparse, source)))
        elif is_compressed:
            columns.set_form(target, Form(None, partial(compressed, moved, stage.spark_version)))

    return transform


def _shift_and_scale(stage: SavedStage, shift: Floats | None, scale: Floats | None) -> Transform:
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def move(values: Floats) -> Floats:
        check_width(values, shift if shift is not None else scale)
        moved = values if shift is None else values - shift
        return moved if scale is None else moved * scale

    dense = vector_to_vector(stage, move, stays_sparse=shift is None)

    def transform(columns: Columns) -> None:
        vectors = columns.vectors(source)
        if isinstance(vectors, SparseRows) and shift is None:
            columns[target] = vectors if scale is None else vectors.scaled(scale)
        else:
            dense(columns)

    return transform


def check_width(values: Floats, learnt: Floats | None) -> None:
    """Raises: ScoringError where vectors are not as long as what training learnt of them."""
    if learnt is not None and values.shape[1] != len(learnt):
        raise ScoringError("H232", f"a vector has {values.shape[1]} numbers, and this model learnt from {len(learnt)}")


def inverse(values: Floats, of_zero: float) -> Floats:
    """1 over each number, and ``of_zero`` for a 0."""
    return np.divide(1.0, values, out=np.full_like(values, of_zero), where=values != 0)
