"""How the graph says the stages that assemble, scale and choose, as models/scorer/scaling and assembly have them.

Source: the classes of org.apache.spark.ml.feature with the same names.
"""

from __future__ import annotations

import math

import numpy as np

from models.scorer.assembly import cosines
from models.scorer.compiler.graph import Graph, Piece, Value, not_compilable
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
    graph.put(stage.parameters["outputCol"], Value(pieces, is_vector=True, whole=all(value.whole for value in values)))


def vector_slicer(stage: SavedStage, graph: Graph) -> None:
    """The features at the given places."""
    if stage.parameters.get("names"):
        raise not_compilable(stage, "it chooses features by name")
    _choose(stage, graph, stage.parameters["inputCol"], [int(place) for place in stage.parameters["indices"]])


def feature_selector(stage: SavedStage, graph: Graph) -> None:
    """The features that training selected."""
    _choose(stage, graph, stage.parameters["featuresCol"], sorted(map(int, stage.row()["selectedFeatures"])))


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
    _put_vector(stage, graph, moved, len(minimum))


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
    _put_vector(stage, graph, graph.add("Div", values, norm), graph.value(source).width)


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
    _expand(graph, columns, len(columns) - 1, degree, "", terms, value.whole)
    _put_vector(stage, graph, graph.add("Concat", *terms[1:], axis=1), count)


def _expand(
    graph: Graph, columns: list[str], last: int, degree: int, factor: str, terms: list[str], whole: bool
) -> None:
    """Add the products of columns up to ``last`` with ``factor``, of which an empty name is 1."""
    if degree == 0 or last < 0:
        terms.append(factor)
        return
    for power in range(degree + 1):
        _expand(graph, columns, last - 1, degree - power, factor, terms, whole)
        if power == degree:
            break
        if not factor:
            factor = columns[last]
            continue
        product = graph.add("Mul", factor, columns[last])
        # Spark stops at a factor of 0, so that 0 times NaN is 0.
        factor = product if whole else graph.add("Where", graph.add("Equal", factor, 0.0), 0.0, product)


def _choose(stage: SavedStage, graph: Graph, source: str, features: list[int]) -> None:
    values, value = graph.vectors(stage, source), graph.value(source)
    if features and max(features) >= value.width:
        raise not_compilable(stage, f"it chooses from more features than '{source}' has")
    chosen = graph.add("Gather", values, np.asarray(features, dtype=np.int64), axis=1)
    target = stage.parameters["outputCol"]
    graph.set(target, chosen, len(features), is_vector=True, nulls=value.nulls, whole=value.whole)


def _shift_and_scale(stage: SavedStage, graph: Graph, shift: Floats | None, scale: Floats | None) -> None:
    source = stage.parameters["inputCol"]
    sizes = {len(each) for each in (shift, scale) if each is not None}
    values = graph.vectors(stage, source, *sizes)
    moved = values if shift is None else graph.add("Sub", values, shift)
    moved = moved if scale is None else graph.add("Mul", moved, scale)
    _put_vector(stage, graph, moved, graph.value(source).width)


def _put_vector(stage: SavedStage, graph: Graph, tensor: str, width: int) -> None:
    nulls = graph.value(stage.parameters["inputCol"]).nulls
    graph.set(stage.parameters["outputCol"], tensor, width, is_vector=True, nulls=nulls)
