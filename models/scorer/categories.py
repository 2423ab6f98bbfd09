"""Spark's stages between texts, numbers and indices of categories: each loader reads one and gives its transform.

``handleInvalid`` is the same everywhere: keep gives the invalid its own index, error and skip refuse the row (Spark
fails on it or drops it, and an answer is owed for every row).

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from models.errors import ScoringError
from models.scorer.columns import Columns, Form, Transform
from models.scorer.saved import Floats, SavedStage
from models.scorer.vectors import compressed


def string_indexer(stage: SavedStage) -> Transform:
    """A text becomes its label's index; unknown and null as ``handleInvalid`` says.

    A column that no row brings is skipped with its output, as Spark skips an indexer whose input is absent.
    """
    keeps = stage.parameters["handleInvalid"] == "keep"
    plan = [
        (source, target, {label: float(index) for index, label in enumerate(labels)})
        for source, target, labels in zip(
            stage.input_columns, stage.output_columns, stage.row()["labelsArray"], strict=True
        )
    ]

    def transform(columns: Columns) -> None:
        for source, target, index_of in plan:
            if source not in columns and not keeps:
                continue
            texts, unknown = columns.texts(source), float(len(index_of))
            indexed = [index_of.get(text, unknown) if text is not None else unknown for text in texts]
            if not keeps and unknown in indexed:
                wrong = texts[indexed.index(unknown)]
                raise ScoringError("H232", f"'{source}' is {wrong!r}, which training never saw")
            columns[target] = np.asarray(indexed, dtype=np.float64)
            columns.set_labels(target, [*index_of, "__unknown"] if keeps else list(index_of))
            columns.set_form(target, Form((len(index_of) + keeps,)))

    return transform


def index_to_string(stage: SavedStage) -> Transform:
    """An index becomes its label: one of ``labels``, else one of the indexer's that made the column."""
    (source,), (target,) = stage.input_columns, stage.output_columns
    own: list[str] = stage.parameters.get("labels") or []

    def transform(columns: Columns) -> None:
        labels: Sequence[str] = own or columns.labels(source)
        values, nulls = columns.numbers(source), columns.nulls(source)
        # A double becomes an int as Java casts it: towards zero, and NaN is 0.
        index = np.trunc(np.nan_to_num(values)).astype(np.int64)
        wrong = ~nulls & ((index < 0) | (index >= len(labels)))
        if wrong.any():
            raise ScoringError("H232", f"'{source}' is {values[wrong][0]}, and there are {len(labels)} labels")
        columns.set_texts(
            target, [None if null else labels[place] for place, null in zip(index.tolist(), nulls, strict=True)]
        )

    return transform


def one_hot_encoder(stage: SavedStage) -> Transform:
    """An index becomes a vector with a single 1; the last category, or the invalid one, may be dropped."""
    keeps = stage.parameters["handleInvalid"] == "keep"
    drop_last = bool(stage.parameters["dropLast"])
    plan = [
        (source, target, int(size), int(size) + keeps - drop_last)
        for source, target, size in zip(
            stage.input_columns, stage.output_columns, stage.row()["categorySizes"], strict=True
        )
    ]

    def transform(columns: Columns) -> None:
        for source, target, size, width in plan:
            values, nulls = columns.numbers(source), columns.nulls(source)
            invalid = ~nulls & ~((values >= 0) & (values < size))
            if invalid.any() and not keeps:
                raise ScoringError("H232", f"'{source}' is {values[invalid][0]}, training saw indices below {size}")
            index = np.where(invalid | nulls, size, values)
            vectors = np.zeros((len(index), width))
            inside = index < width
            # Towards zero, as Spark does: a fraction belongs to the index below it.
            vectors[np.flatnonzero(inside), index[inside].astype(np.int64)] = 1.0
            columns.set_with_nulls(target, vectors, nulls)
            columns.set_form(target, Form((1,) * width, columns.always))

    return transform


def vector_indexer(stage: SavedStage) -> Transform:
    """In a vector, the features that training took for categories become indices; the others stay."""
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]
    keeps = stage.parameters["handleInvalid"] == "keep"
    maps = {int(feature): dict(codes) for feature, codes in stage.row()["categoryMaps"]}

    def transform(columns: Columns) -> None:
        values = columns.matrix(source)
        # Where Spark holds the vector as a sparse one it leaves the zeros alone, also such as training never saw.
        zeros_stay = columns.are_sparse(source)
        indexed = values.copy()
        for feature, codes in maps.items():
            column = values[:, feature]
            indexed[:, feature] = [codes.get(value, -1) for value in column.tolist()]
            zeros = zeros_stay & (column == 0)
            indexed[zeros, feature] = 0
            unknown = indexed[:, feature] < 0
            if unknown.any() and not keeps:
                raise ScoringError("H232", f"'{source}' has {column[unknown][0]} in place {feature}, unknown to it")
            indexed[unknown, feature] = len(codes)
        columns.set_with_nulls(target, indexed, columns.nulls(source))
        given = columns.form(source).categories or (1,) * values.shape[1]
        columns.set_form(target, Form(indexed_categories(stage, maps, given), lambda: zeros_stay))

    return transform


def indexed_categories(
    stage: SavedStage, maps: Mapping[int, Mapping[float, int]], given: Sequence[int]
) -> tuple[int, ...]:
    """How many categories a VectorIndexer notes for each feature; two of them are noted as a number is.

    That of the invalid, which it keeps, is among them in Spark 4.3, not in 4.2.
    """
    counts_invalid = not stage.spark_version.startswith(("3.", "4.0", "4.1", "4.2"))
    keeps = counts_invalid and stage.parameters["handleInvalid"] == "keep"
    counts = list(given)
    for feature, codes in maps.items():
        counts[feature] = 1 if len(codes) == 2 and not keeps else len(codes) + keeps
    return tuple(counts)


def bucketizer(stage: SavedStage) -> Transform:
    """A number becomes its bucket's index: [a, b) each, the last one closed, an extra one for NaN when kept.

    A null stays null unless rows are skipped: Spark does not call the function for it.
    """
    arrays = stage.parameters.get("splitsArray") or [stage.parameters["splits"]]
    invalid = stage.parameters["handleInvalid"]
    plan = [
        (source, target, np.asarray([float(split) for split in splits]))
        for source, target, splits in zip(stage.input_columns, stage.output_columns, arrays, strict=True)
    ]

    def transform(columns: Columns) -> None:
        for source, target, splits in plan:
            values, nulls = columns.numbers(source), columns.nulls(source)
            missing = np.isnan(values)
            refused = {"keep": missing & False, "error": missing & ~nulls, "skip": missing}[invalid]
            if refused.any():
                raise ScoringError("H232", f"'{source}' is missing or NaN, and this model has no bucket for that")
            columns.set_with_nulls(target, _buckets(source, values, splits), nulls)
            # The bucket of NaN is not among those that Spark notes with the column.
            columns.set_form(target, Form((len(splits) - 1,)))

    return transform


def _buckets(source: str, values: Floats, splits: Floats) -> Floats:
    missing, highest = np.isnan(values), values == splits[-1]
    # Java's search puts -0.0 below 0.0: the nearest number below zero stands for it.
    values = np.where((values == 0) & np.signbit(values), -np.nextafter(0.0, 1.0), values)
    outside = ~missing & ~highest & ((values < splits[0]) | (values > splits[-1]))
    if outside.any():
        raise ScoringError("H232", f"'{source}' is {values[outside][0]}, outside {splits[0]} to {splits[-1]}")
    index = np.searchsorted(splits, values, side="right") - 1
    index = np.where(highest, len(splits) - 2, index)
    found: Floats = np.where(missing, len(splits) - 1.0, index)
    return found


def binarizer(stage: SavedStage) -> Transform:
    """1 above the threshold, else 0, also for NaN; a null stays null in Spark 3 and is 0 from Spark 4 on."""
    sources = stage.input_columns
    limits: list[Any] = stage.parameters.get("thresholds") or [stage.parameters["threshold"]] * len(sources)
    plan = list(zip(sources, stage.output_columns, [float(limit) for limit in limits], strict=True))
    nulls_stay = stage.spark_version.startswith("3.")

    def transform(columns: Columns) -> None:
        for source, target, limit in plan:
            values = columns.numbers(source)
            # In a vector, under a threshold below zero, Spark asks which values do not exceed it, and NaN does.
            above = ~(values <= limit) if values.ndim == 2 and limit < 0 else values > limit
            nulls = columns.nulls(source) & (nulls_stay or values.ndim == 2)
            found = above.astype(np.float64)
            columns.set_with_nulls(target, found, nulls)
            if values.ndim == 2:
                columns.set_form(target, Form(None, partial(compressed, found, stage.spark_version)))

    return transform
