"""Spark's feature stages in numpy: each loader reads a saved stage and gives a transform of columns.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.columns import Columns
from models.scorer.saved import Floats, SavedStage, dense_vector

Transform: TypeAlias = Callable[[Columns], None]


def imputer(stage: SavedStage) -> Transform:
    """A surrogate for what is missing: null, NaN, or the value that ``missingValue`` names."""
    row = stage.row()
    missing_value = float(stage.parameters["missingValue"])
    plan = [
        (source, target, float(row[source]))
        for source, target in zip(stage.input_columns, stage.output_columns, strict=True)
    ]

    def transform(columns: Columns) -> None:
        for source, target, surrogate in plan:
            values = columns.numbers(source)
            missing = np.isnan(values)
            if not math.isnan(missing_value):
                missing |= values == missing_value
            columns[target] = np.where(missing, surrogate, values)

    return transform


def string_indexer(stage: SavedStage) -> Transform:
    """A text becomes its label's index; unknown and null as ``handleInvalid`` says.

    A column that no row brings is skipped with its output, as Spark skips an indexer whose input is absent.
    """
    handle_invalid = stage.parameters["handleInvalid"]
    plan = [
        (source, target, {label: float(index) for index, label in enumerate(labels)})
        for source, target, labels in zip(
            stage.input_columns, stage.output_columns, stage.row()["labelsArray"], strict=True
        )
    ]

    def transform(columns: Columns) -> None:
        for source, target, index_of in plan:
            if source not in columns and handle_invalid != "keep":
                continue
            keep = float(len(index_of))
            indexed = [index_of.get(text, keep) if text is not None else keep for text in columns.texts(source)]
            if handle_invalid != "keep" and keep in indexed:
                wrong = columns.texts(source)[indexed.index(keep)]
                raise ScoringError("H232", f"'{source}' is {wrong!r}, which training never saw")
            columns[target] = np.asarray(indexed, dtype=np.float64)

    return transform


def one_hot_encoder(stage: SavedStage) -> Transform:
    """An index becomes a vector with a single 1; the last category, or the invalid one, may be dropped."""
    keep_invalid = stage.parameters["handleInvalid"] == "keep"
    drop_last = bool(stage.parameters["dropLast"])
    plan = [
        (source, target, int(size), int(size) + keep_invalid - drop_last)
        for source, target, size in zip(
            stage.input_columns, stage.output_columns, stage.row()["categorySizes"], strict=True
        )
    ]

    def transform(columns: Columns) -> None:
        for source, target, size, width in plan:
            values, nulls = columns.numbers(source), columns.nulls(source)
            invalid = ~nulls & ~((values >= 0) & (values < size) & (values == np.floor(values)))
            if invalid.any() and not keep_invalid:
                raise ScoringError("H232", f"'{source}' is {values[invalid][0]}, training saw indices below {size}")
            index = np.where(invalid | nulls, size, values).astype(np.int64)
            vectors = np.zeros((len(index), width))
            inside = index < width
            vectors[np.flatnonzero(inside), index[inside]] = 1.0
            columns.set_with_nulls(target, vectors, nulls)

    return transform


def vector_assembler(stage: SavedStage) -> Transform:
    """Columns side by side in one vector; a null or NaN is an error unless ``handleInvalid`` is keep."""
    sources, target = stage.input_columns, stage.parameters["outputCol"]
    keep_invalid = stage.parameters["handleInvalid"] == "keep"

    def transform(columns: Columns) -> None:
        assembled = np.concatenate([columns.matrix(source) for source in sources], axis=1)
        if not keep_invalid and np.isnan(assembled).any():
            missing = [source for source in sources if np.isnan(columns.matrix(source)).any()]
            raise ScoringError("H232", f"'{missing[0]}' is missing, and this model cannot do without it")
        columns[target] = assembled

    return transform


def standard_scaler(stage: SavedStage) -> Transform:
    """(value - mean) / deviation; a feature that never varied becomes 0."""
    row = stage.row()
    deviation = dense_vector(row["std"])
    scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=deviation != 0)
    if not stage.parameters["withStd"]:
        scale = np.ones_like(deviation)
    shift = dense_vector(row["mean"]) if stage.parameters["withMean"] else np.zeros_like(deviation)
    return _vector_to_vector(stage, lambda values: (values - shift) * scale)


def min_max_scaler(stage: SavedStage) -> Transform:
    """Training's range mapped onto [min, max]; a constant feature becomes the middle."""
    row = stage.row()
    low, high = float(stage.parameters["min"]), float(stage.parameters["max"])
    minimum = dense_vector(row["originalMin"])
    spread = dense_vector(row["originalMax"]) - minimum
    scale = np.divide(high - low, spread, out=np.zeros_like(spread), where=spread != 0)

    def rescale(values: Floats) -> Floats:
        moved = np.where(scale != 0, (values - minimum) * scale + low, (low + high) / 2)
        return np.where(np.isnan(values), values, moved)

    return _vector_to_vector(stage, rescale)


def bucketizer(stage: SavedStage) -> Transform:
    """A number becomes its bucket's index: [a, b) each, the last one closed, an extra one for NaN when kept.

    A null stays null whatever ``handleInvalid`` says: Spark does not call the function for it.
    """
    arrays = stage.parameters.get("splitsArray") or [stage.parameters["splits"]]
    keep_invalid = stage.parameters["handleInvalid"] == "keep"
    plan = [
        (source, target, np.asarray([float(split) for split in splits]))
        for source, target, splits in zip(stage.input_columns, stage.output_columns, arrays, strict=True)
    ]

    def transform(columns: Columns) -> None:
        for source, target, splits in plan:
            values, nulls = columns.numbers(source), columns.nulls(source)
            missing = np.isnan(values)
            outside = ~missing & ((values < splits[0]) | (values > splits[-1]))
            if outside.any():
                raise ScoringError("H232", f"'{source}' is {values[outside][0]}, outside {splits[0]} to {splits[-1]}")
            if (missing & ~nulls).any() and not keep_invalid:
                raise ScoringError("H232", f"'{source}' is NaN, and this model has no bucket for that")
            index = np.searchsorted(splits, values, side="right") - 1
            index = np.where(values == splits[-1], len(splits) - 2, index)
            columns.set_with_nulls(target, np.where(missing, len(splits) - 1.0, index), nulls)

    return transform


def _vector_to_vector(stage: SavedStage, function: Callable[[Floats], Floats]) -> Transform:
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]

    def transform(columns: Columns) -> None:
        values = columns.numbers(source)
        if values.ndim != 2:
            raise ScorerError("H231", f"stage {stage.uid} expects a vector in '{source}'")
        columns[target] = function(values)

    return transform
