"""How the graph says the stages between texts, numbers and indices of categories, as models/scorer/categories has them.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import math

import numpy as np
from onnx import numpy_helper

from models.scorer.categories import indexed_categories
from models.scorer.compiler.graph import ML, NULL_TEXT, Graph, Piece, Value, column_pieces, not_compilable
from models.scorer.saved import Floats, SavedStage


def imputer(stage: SavedStage, graph: Graph) -> None:
    """All columns at once: a surrogate for null, and for the value that is named as missing."""
    row = stage.row()
    whole_columns = [graph.is_whole(source) for source in stage.input_columns]
    surrogates = np.asarray([float(row[source]) for source in stage.input_columns])
    surrogates = np.where(whole_columns, np.trunc(surrogates), surrogates)
    missing_value = float(stage.parameters["missingValue"])
    if any(graph.value(source).width != 1 for source in stage.input_columns):
        raise not_compilable(stage, "it imputes vectors")
    block = graph.block(stage.input_columns)
    if math.isnan(missing_value):
        missing = graph.add("IsNaN", block)
    else:
        nulls = [mask for source in stage.input_columns if (mask := graph.nulls(source)) is not None]
        if len(nulls) != len(surrogates):
            raise not_compilable(stage, "it imputes columns that stages have made")
        missing = graph.add("Or", graph.add("Equal", block, missing_value), graph.add("Concat", *nulls, axis=1))
    filled = graph.add("Where", missing, surrogates, block)
    whole = math.isnan(missing_value) and not np.isnan(surrogates).any()
    for target, piece in zip(stage.output_columns, column_pieces(filled, len(surrogates)), strict=True):
        graph.put(target, Value((piece,), is_vector=False, whole=whole))


def string_indexer(stage: SavedStage, graph: Graph) -> None:
    """A text becomes its label's index; an indexer whose index nobody reads, that of a label, is left out."""
    keeps = stage.parameters["handleInvalid"] == "keep"
    columns = zip(stage.input_columns, stage.output_columns, stage.row()["labelsArray"], strict=True)
    for source, target, labels in columns:
        if target not in graph.read_later:
            if not keeps:
                graph.leave_unread(source)
            continue
        if not labels or NULL_TEXT in labels:
            raise not_compilable(stage, f"'{source}' has no labels that a table could hold")
        unknown = float(len(labels))
        index = graph.add(
            "LabelEncoder",
            graph.text(source),
            domain=ML,
            keys_tensor=numpy_helper.from_array(np.asarray(labels, dtype=object), ""),
            values_tensor=numpy_helper.from_array(np.arange(unknown), ""),
            default_tensor=numpy_helper.from_array(np.asarray([unknown]), ""),
        )
        if not keeps:
            graph.refuse(graph.add("Equal", index, unknown))
        count = len(labels) + keeps
        graph.set(target, index, 1, is_vector=False, whole=True, below=count, categories=(count,))


def index_to_string(stage: SavedStage, graph: Graph) -> None:
    """No number comes of it; all that there is to say is which index has no label."""
    (source,), (target,) = stage.input_columns, stage.output_columns
    labels = stage.parameters.get("labels") or []
    if not labels or target in graph.read_later:
        raise not_compilable(stage, "a stage reads its text, or its labels are another stage's")
    value = graph.value(source)
    if value.below is None or value.below > len(labels):
        index = graph.join(value.pieces)
        wrong = graph.add(
            "Or", graph.add("LessOrEqual", index, -1.0), graph.add("GreaterOrEqual", index, float(len(labels)))
        )
        nulls = graph.nulls(source)
        graph.refuse(wrong if nulls is None else graph.add("And", wrong, graph.add("Not", nulls)))
    graph.put_text(target)


def one_hot_encoder(stage: SavedStage, graph: Graph) -> None:
    """An index becomes a line of zeros with a one at its place."""
    keeps, drops = stage.parameters["handleInvalid"] == "keep", bool(stage.parameters["dropLast"])
    columns = zip(stage.input_columns, stage.output_columns, stage.row()["categorySizes"], strict=True)
    for source, target, saved_size in columns:
        value, size = graph.value(source), int(saved_size)
        width = size + keeps - drops
        index, nulls = graph.join(value.pieces), graph.nulls(source)
        if value.below is None or value.below > size:
            valid = graph.add("And", graph.add("GreaterOrEqual", index, 0.0), graph.add("Less", index, float(size)))
            if not keeps:
                invalid = graph.add("Not", valid)
                graph.refuse(invalid if nulls is None else graph.add("And", invalid, graph.add("Not", nulls)))
            index = graph.add("Where", valid, index, float(size))
        # Not lines of a table: of ten thousand categories that would hold a hundred million numbers.
        vectors = graph.number_of(graph.add("Equal", graph.whole_number_of(index), np.arange(width)[None]))
        graph.set(
            target,
            vectors,
            width,
            is_vector=True,
            nulls=nulls,
            whole=True,
            categories=(1,) * width,
            sparse=graph.always,
        )


def vector_indexer(stage: SavedStage, graph: Graph) -> None:
    """Each feature that is a category is looked up in its codes; the others pass."""
    source, target = stage.parameters["inputCol"], stage.parameters["outputCol"]
    keeps = stage.parameters["handleInvalid"] == "keep"
    values, value = graph.vectors(stage, source), graph.value(source)
    width = value.width
    pieces = column_pieces(values, width)
    maps = {int(feature): dict(codes) for feature, codes in stage.row()["categoryMaps"]}
    for feature, codes in maps.items():
        column = graph.join([pieces[feature]])
        keys = np.asarray([list(codes)], dtype=np.float64)
        places = np.asarray([list(codes.values())], dtype=np.float64)
        matches = graph.number_of(graph.add("Equal", column, keys))
        unknown = graph.add("Equal", graph.sum(matches, 1), 0.0)
        indexed = graph.sum(graph.add("Mul", matches, places), 1)
        zeros = None if value.sparse is None else graph.add("And", value.sparse(), graph.add("Equal", column, 0.0))
        if zeros is not None:
            unknown = graph.add("And", unknown, graph.add("Not", zeros))
        if not keeps:
            graph.refuse(unknown)
        indexed = graph.add("Where", unknown, float(len(codes)), indexed)
        if zeros is not None:
            indexed = graph.add("Where", zeros, 0.0, indexed)
        pieces[feature] = Piece(indexed, 0, 1, 1)
    categories = indexed_categories(stage, maps, value.categories or (1,) * width)
    graph.set(
        target,
        graph.join(pieces),
        width,
        is_vector=True,
        nulls=value.nulls,
        categories=categories,
        sparse=value.sparse,
    )


def bucketizer(stage: SavedStage, graph: Graph) -> None:
    """How many splits a number reaches, less one; the last bucket is closed, and a NaN has one of its own."""
    arrays = stage.parameters.get("splitsArray") or [stage.parameters["splits"]]
    invalid = stage.parameters["handleInvalid"]
    for source, target, saved in zip(stage.input_columns, stage.output_columns, arrays, strict=True):
        splits = np.asarray([float(split) for split in saved])
        values, nulls = graph.block([source]), graph.nulls(source)
        missing = graph.add("IsNaN", values)
        if invalid == "error" and nulls is not None:
            graph.refuse(graph.add("And", missing, graph.add("Not", nulls)))
        elif invalid != "keep":
            graph.refuse(missing)
        index = _bucket(graph, values, splits)
        index = graph.add("Where", missing, len(splits) - 1.0, index)
        categories = (len(splits) - 1,)
        graph.set(target, index, 1, is_vector=False, nulls=nulls, whole=True, below=len(splits), categories=categories)


def _bucket(graph: Graph, values: str, splits: Floats) -> str:
    if 0.0 in splits:
        values = graph.negative_zeros_below(values)
    low, high = float(splits[0]), float(splits[-1])
    graph.refuse(graph.add("Or", graph.add("Less", values, low), graph.add("Greater", values, high)))
    reached = graph.sum(graph.number_of(graph.add("GreaterOrEqual", values, splits[None, :])), 1)
    return graph.add("Min", graph.add("Sub", reached, 1.0), len(splits) - 2.0)


def binarizer(stage: SavedStage, graph: Graph) -> None:
    """1 above the threshold, else 0, also for NaN; a null stays null in Spark 3 and is 0 from Spark 4 on."""
    sources = stage.input_columns
    limits = stage.parameters.get("thresholds") or [stage.parameters["threshold"]] * len(sources)
    nulls_stay = stage.spark_version.startswith("3.")
    for source, target, limit in zip(sources, stage.output_columns, map(float, limits), strict=True):
        value = graph.value(source)
        tensor = graph.join(value.pieces)
        if value.is_vector and limit < 0:
            above = graph.add("Not", graph.add("LessOrEqual", tensor, limit))
        else:
            above = graph.add("Greater", tensor, limit)
        nulls = graph.nulls(source) if nulls_stay or value.is_vector else None
        found = graph.number_of(above)
        pieces = (Piece(found, 0, value.width, value.width),)
        graph.set(
            target,
            found,
            value.width,
            is_vector=value.is_vector,
            nulls=nulls,
            whole=True,
            sparse=graph.compressed(pieces, stage.spark_version) if value.is_vector else None,
        )
