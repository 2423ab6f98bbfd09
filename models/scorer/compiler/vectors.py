"""How the graph says the stages that assemble, scale and choose, as models/scorer/scaling and assembly have them.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from models.scorer.assembly import cosines, selected_categories
from models.scorer.compiler.graph import Graph, Piece, Value, column_pieces, not_compilable
from models.scorer.saved import Floats, SavedStage, dense_matrix, dense_vector
from models.scorer.scaling import inverse

_MOST_TERMS = 200


def vector_assembler(stage: SavedStage, graph: Graph) -> None:
    """Places side by side: no node of its own but for what is to be refused."""
    values = [graph.value(source) for source in stage.input_columns]
    if stage.parameters["handleInvalid"] != "keep":
        open_numbers = [piece for value in values if not value.is_vector and not value.whole for piece in value.pieces]
        if open_numbers:
            graph.refuse(graph.add("IsNaN", graph.join(open_numbers)))
        for value in values:
            if value.is_vector:
                graph.refuse(value.nulls)
    pieces = tuple(piece for value in values for piece in value.pieces)
    categories = tuple(count for value in values for count in value.categories or (1,) * value.width)
    graph.put(
        stage.parameters["outputCol"],
        Value(
            pieces,
            is_vector=True,
            whole=all(value.whole for value in values),
            categories=categories,
            sparse=graph.compressed(pieces, stage.spark_version),
        ),
    )


def interaction(stage: SavedStage, graph: Graph) -> None:
    """Every product of one number of each column; an index of categories is first a vector with a single 1."""
    values, entered, width = graph.constant(np.ones((1, 1))), None, 1
    for source in reversed(stage.input_columns):
        factor, present, count = _encoded(stage, graph, source)
        values = _outer(graph, "Mul", factor, values, count * width)
        if present is not None or entered is not None:
            ones = graph.constant(np.ones((1, 1), dtype=bool))
            wide = count * width if present and entered else count if present else width
            entered = _outer(graph, "And", present or ones, entered or ones, wide)
        width *= count
    if entered is not None:  # what a sparse vector does not hold is 0 times anything, also NaN
        values = graph.add("Where", entered, values, 0.0)
    pieces = (Piece(values, 0, width, width),)
    graph.put(
        stage.parameters["outputCol"],
        Value(pieces, is_vector=True, categories=(1,) * width, sparse=graph.compressed(pieces, stage.spark_version)),
    )


def vector_slicer(stage: SavedStage, graph: Graph) -> None:
    """The features at the given places."""
    if stage.parameters.get("names"):
        raise not_compilable(stage, "it chooses features by name")
    _choose(stage, graph, stage.parameters["inputCol"], [int(place) for place in stage.parameters["indices"]], None)


def feature_selector(stage: SavedStage, graph: Graph) -> None:
    """The features that training selected."""
    selected = sorted(map(int, stage.row()["selectedFeatures"]))
    _choose(stage, graph, stage.parameters["featuresCol"], selected, selected_categories(stage, len(selected)))


def standard_scaler(stage: SavedStage, graph: Graph) -> None:
    """(value - mean) / deviation."""
    row = stage.row()
    shift = dense_vector(row["mean"]) if stage.parameters["withMean"] else None
    _shift_and_scale(
        stage, graph, shift, inverse(dense_vector(row["std"]), 0.0) if stage.parameters["withStd"] else None
    )


def robust_scaler(stage: SavedStage, graph: Graph) -> None:
    """(value - median) / range."""
    row = stage.row()
    shift = dense_vector(row["median"]) if stage.parameters["withCentering"] else None
    scale = inverse(dense_vector(row["range"]), 0.0) if stage.parameters["withScaling"] else None
    _shift_and_scale(stage, graph, shift, scale)


def max_abs_scaler(stage: SavedStage, graph: Graph) -> None:
    """value / the largest magnitude."""
    _shift_and_scale(stage, graph, None, inverse(dense_vector(stage.row()["maxAbs"]), 1.0))


def elementwise_product(stage: SavedStage, graph: Graph) -> None:
    """Each feature times its weight."""
    _shift_and_scale(stage, graph, None, dense_vector(stage.parameters["scalingVec"]))


def idf(stage: SavedStage, graph: Graph) -> None:
    """A term's frequency times its weight."""
    _shift_and_scale(stage, graph, None, dense_vector(stage.row()["idf"]))


def min_max_scaler(stage: SavedStage, graph: Graph) -> None:
    """Training's range mapped onto [min, max]; a constant feature becomes the middle."""
    row = stage.row()
    low, high = float(stage.parameters["min"]), float(stage.parameters["max"])
    minimum = dense_vector(row["originalMin"])
    spread = dense_vector(row["originalMax"]) - minimum
    scale = np.divide(high - low, spread, out=np.zeros_like(spread), where=spread != 0)
    values = graph.vectors(stage, stage.parameters["inputCol"], len(minimum))
    moved = graph.add("Add", graph.add("Mul", graph.add("Sub", values, minimum), scale), low)
    if not scale.all():
        moved = graph.add("Where", scale != 0, moved, (low + high) / 2)
        moved = graph.add("Where", graph.add("IsNaN", values), values, moved)
    pieces = (Piece(moved, 0, len(minimum), len(minimum)),)
    _put_vector(stage, graph, moved, len(minimum), graph.compressed(pieces, stage.spark_version))


def normalizer(stage: SavedStage, graph: Graph) -> None:
    """A vector over its p-norm; a vector of norm 0 stays as it is."""
    power = float(stage.parameters["p"])
    source = stage.parameters["inputCol"]
    values = graph.vectors(stage, source)
    size = graph.add("Abs", values)
    if math.isinf(power):
        known = graph.add("Where", graph.add("IsNaN", size), 0.0, size)
        norm = graph.add("ReduceMax", known, np.array([1]))
    else:
        norm = graph.add("Pow", graph.sum(graph.add("Pow", size, power), 1), 1.0 / power)
    norm = graph.add("Where", graph.add("Equal", norm, 0.0), 1.0, norm)
    value = graph.value(source)
    _put_vector(stage, graph, graph.add("Div", values, norm), value.width, value.sparse)


def pca(stage: SavedStage, graph: Graph) -> None:
    """The vector along the principal components."""
    components = np.ascontiguousarray(dense_matrix(stage.row()["pc"]))
    values = graph.vectors(stage, stage.parameters["inputCol"], len(components))
    _put_vector(stage, graph, graph.add("MatMul", values, components), components.shape[1])


def dct(stage: SavedStage, graph: Graph) -> None:
    """The discrete cosine transform II, or its inverse."""
    source = stage.parameters["inputCol"]
    values, width = graph.vectors(stage, source), graph.value(source).width
    basis = cosines(width)
    if width > 1:  # Spark's transform is a fast one, in which each number meets each other
        values = graph.add("Where", graph.add("IsInf", values), np.nan, values)
    _put_vector(stage, graph, graph.add("MatMul", values, basis if stage.parameters["inverse"] else basis.T), width)


def polynomial_expansion(stage: SavedStage, graph: Graph) -> None:
    """All products of up to ``degree`` features, in Spark's order."""
    source, degree = stage.parameters["inputCol"], int(stage.parameters["degree"])
    graph.vectors(stage, source)
    value = graph.value(source)
    count = math.comb(value.width + degree, degree) - 1
    if count > _MOST_TERMS:
        raise not_compilable(stage, f"{count} products are more than {_MOST_TERMS}")
    places = [
        Piece(piece.tensor, piece.start + at, 1, piece.total) for piece in value.pieces for at in range(piece.width)
    ]
    columns = [graph.join([place]) for place in places]
    terms: list[str] = []
    absent = None
    if value.sparse is not None and not value.whole:
        absent = [graph.add("And", value.sparse(), graph.add("Equal", column, 0.0)) for column in columns]
    _expand(graph, columns, absent, len(columns) - 1, degree, "", terms, value.whole)
    _put_vector(stage, graph, graph.add("Concat", *terms[1:], axis=1), count, value.sparse)


def _expand(graph: Graph, columns: list[str], absent: list[str] | None, last: int, degree: int, factor: str,
            terms: list[str], whole: bool) -> None:  # fmt: skip
    """Add the products of columns up to ``last`` with ``factor``, of which an empty name is 1."""
    if degree == 0 or last < 0:
        terms.append(factor)
        return
    for power in range(degree + 1):
        _expand(graph, columns, absent, last - 1, degree - power, factor, terms, whole)
        if power == degree:
            break
        if not factor:
            factor = columns[last]
            continue
        product = graph.add("Mul", factor, columns[last])
        if whole:
            factor = product
            continue
        # Spark stops at a factor of 0, and passes over what a sparse vector does not hold: 0 times NaN is 0.
        none = graph.add("Equal", factor, 0.0)
        none = none if absent is None else graph.add("Or", none, absent[last])
        factor = graph.add("Where", none, 0.0, product)


def _choose(
    stage: SavedStage, graph: Graph, source: str, features: list[int], of_unknown: tuple[int, ...] | None
) -> None:
    values, value = graph.vectors(stage, source), graph.value(source)
    if features and max(features) >= value.width:
        raise not_compilable(stage, f"it chooses from more features than '{source}' has")
    chosen = graph.add("Gather", values, np.asarray(features, dtype=np.int64), axis=1)
    target = stage.parameters["outputCol"]
    known = value.categories
    graph.set(
        target,
        chosen,
        len(features),
        is_vector=True,
        nulls=value.nulls,
        whole=value.whole,
        categories=of_unknown if known is None else tuple(known[feature] for feature in features),
        sparse=value.sparse,
    )


def _shift_and_scale(stage: SavedStage, graph: Graph, shift: Floats | None, scale: Floats | None) -> None:
    source = stage.parameters["inputCol"]
    sizes = {len(each) for each in (shift, scale) if each is not None}
    values = graph.vectors(stage, source, *sizes)
    moved = values if shift is None else graph.add("Sub", values, shift)
    moved = moved if scale is None else graph.add("Mul", moved, scale)
    value = graph.value(source)
    _put_vector(stage, graph, moved, value.width, value.sparse if shift is None else None)


def _put_vector(
    stage: SavedStage, graph: Graph, tensor: str, width: int, sparse: Callable[[], str] | None = None
) -> None:
    nulls = graph.value(stage.parameters["inputCol"]).nulls
    graph.set(stage.parameters["outputCol"], tensor, width, is_vector=True, nulls=nulls, sparse=sparse)


def _encoded(stage: SavedStage, graph: Graph, source: str) -> tuple[str, str | None, int]:
    """A column as Interaction multiplies it, which of the numbers Spark comes across (None: all), and how many."""
    value = graph.value(source)
    if value.is_vector and value.categories is None:
        raise not_compilable(stage, f"of '{source}' it is not known which numbers are categories")
    counts = value.categories or (1,)
    graph.refuse(graph.nulls(source))
    columns = graph.join(value.pieces)
    present = None
    if value.sparse is not None:
        present = graph.add("Not", graph.add("And", value.sparse(), graph.add("Equal", columns, 0.0)))
    if max(counts) <= 1:
        return columns, present, len(counts)
    parts, entered = [], []
    for place, count in enumerate(counts):
        column = graph.join([column_pieces(columns, len(counts))[place]])
        there = None if present is None else graph.join([column_pieces(present, len(counts))[place]])
        if count <= 1:
            parts.append(column)
            entered.append(there or graph.add("Equal", column, column))
            continue
        ones = graph.add("Equal", column, np.arange(float(count))[None, :])
        wrong = graph.add("Equal", graph.sum(graph.number_of(ones), 1), 0.0)
        graph.refuse(wrong if there is None else graph.add("And", wrong, there))
        ones = ones if there is None else graph.add("And", ones, there)
        parts.append(graph.number_of(ones))
        entered.append(ones)
    return graph.add("Concat", *parts, axis=1), graph.add("Concat", *entered, axis=1), sum(max(1, n) for n in counts)


def _outer(graph: Graph, operator: str, left: str, right: str, width: int) -> str:
    product = graph.add(
        operator, graph.add("Unsqueeze", left, np.array([2])), graph.add("Unsqueeze", right, np.array([1]))
    )
    return graph.add("Reshape", product, np.array([-1, width]))
