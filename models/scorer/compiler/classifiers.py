"""How the graph says classification models: raw scores, probabilities and the prediction, ties and thresholds included.

Each raw function gives scores of shape (rows, classes); what follows is the same for all, as in
models/scorer/classifiers. Source: org.apache.spark.ml.classification.ProbabilisticClassificationModel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from models.scorer.classifiers import layers_of, logit, models_of, normalise, threshold
from models.scorer.compiler import trees
from models.scorer.compiler.graph import Graph, not_compilable
from models.scorer.compiler.regressors import factorisation, linear, product_of_present
from models.scorer.saved import SavedStage, dense_matrix, dense_vector, is_sparse
from models.scorer.trees import read_forest

_Raw = Callable[[SavedStage, Graph], str]
_Function = Callable[[Graph, str], str]


def sigmoid(graph: Graph, raw: str) -> str:
    """The chances of two classes by the raw score of the second."""
    chance = graph.add("Div", 1.0, graph.add("Add", 1.0, graph.add("Exp", graph.add("Neg", _second(graph, raw)))))
    return graph.add("Concat", graph.add("Sub", 1.0, chance), chance, axis=1)


def softmax(graph: Graph, raw: str) -> str:
    """The shares of the exponentials; the first infinite score takes all, as in models.scorer.classifiers."""
    shifted = graph.add("Exp", graph.add("Sub", raw, graph.add("ReduceMax", raw, np.array([1]))))
    share = graph.add("Div", shifted, graph.sum(shifted, 1))
    endless = graph.add("Equal", raw, np.inf)
    count = graph.add("CumSum", graph.number_of(endless), np.array(1))
    first = graph.add("And", endless, graph.add("Equal", count, 1.0))
    rest = graph.add("Where", first, 1.0, graph.add("Mul", raw, 0.0))
    is_endless = graph.add("Greater", graph.sum(graph.number_of(endless), 1), 0.0)
    return graph.add("Where", is_endless, rest, share)


def shares(graph: Graph, raw: str) -> str:
    """Each score's share of their sum, and 0 where that is 0."""
    total = graph.sum(raw, 1)
    none = graph.add("Equal", total, 0.0)
    return graph.add("Where", none, 0.0, graph.add("Div", raw, graph.add("Where", none, 1.0, total)))


def _logistic(stage: SavedStage, graph: Graph) -> str:
    row = stage.row()
    weights = dense_matrix(row["coefficientMatrix"])
    features = graph.vectors(stage, stage.parameters["featuresCol"], weights.shape[1])
    if is_sparse(row["coefficientMatrix"]):
        products = product_of_present(graph, features, weights)
    else:
        products = graph.add("MatMul", features, np.ascontiguousarray(weights.T))
    margins = graph.add("Add", products, dense_vector(row["interceptVector"]))
    return margins if row["isMultinomial"] else _two_sided(graph, margins)


def _linear_svc(stage: SavedStage, graph: Graph) -> str:
    row = stage.row()
    return _two_sided(graph, linear(stage, graph, row["coefficients"], float(row["intercept"])))


def _decision_tree(stage: SavedStage, graph: Graph) -> str:
    forest = read_forest(stage)
    features = _features(stage, graph)
    trees.put_leaves(stage, graph, forest, features)
    counts = trees.leaf_table(graph, forest, features, forest.statistics)
    return graph.add("Squeeze", counts, np.array([1]))


def _random_forest(stage: SavedStage, graph: Graph) -> str:
    forest = read_forest(stage)
    features = _features(stage, graph)
    trees.put_leaves(stage, graph, forest, features)
    chances = trees.leaf_table(graph, forest, features, normalise(forest.statistics))
    return graph.sum(chances, 1, keep=False)


def _boosted(stage: SavedStage, graph: Graph) -> str:
    forest, features = read_forest(stage), _features(stage, graph)
    trees.put_leaves(stage, graph, forest, features)
    return _two_sided(graph, trees.margin(graph, forest, features))


def _factorisation(stage: SavedStage, graph: Graph) -> str:
    return _two_sided(graph, factorisation(stage, graph))


def _perceptron(stage: SavedStage, graph: Graph) -> str:
    layers = layers_of(stage)
    values = graph.vectors(stage, stage.parameters["featuresCol"], layers[0][0].shape[1])
    for number, (matrix, bias) in enumerate(layers):
        if number:
            values = graph.add("Div", 1.0, graph.add("Add", 1.0, graph.add("Exp", graph.add("Neg", values))))
        values = graph.add("Add", graph.add("MatMul", values, np.ascontiguousarray(matrix.T)), bias)
    return values


def _naive_bayes(stage: SavedStage, graph: Graph) -> str:
    row, kind = stage.row(), stage.parameters["modelType"]
    pi, theta = dense_vector(row["pi"]), dense_matrix(row["theta"])
    features = graph.vectors(stage, stage.parameters["featuresCol"], theta.shape[1])
    if kind == "gaussian":
        sigma = dense_matrix(row["sigma"])
        apart = graph.add("Sub", graph.add("Unsqueeze", features, np.array([1])), theta[None])
        distance = graph.sum(graph.add("Div", graph.add("Mul", apart, apart), sigma[None]), 2, keep=False)
        spread = np.log(sigma).sum(axis=1)
        return graph.add("Sub", pi, graph.add("Div", graph.add("Add", distance, spread), 2.0))
    if kind == "bernoulli":
        is_bit = graph.add("Or", graph.add("Equal", features, 0.0), graph.add("Equal", features, 1.0))
        graph.refuse(graph.add("Not", is_bit))
        absent = np.log1p(-np.exp(theta))
        products = graph.add("MatMul", features, np.ascontiguousarray((theta - absent).T))
        return graph.add("Add", products, pi + absent.sum(axis=1))
    graph.refuse(graph.add("Not", graph.add("GreaterOrEqual", features, 0.0)))
    products = graph.add("MatMul", features, np.ascontiguousarray(theta.T))
    if kind != "complement":
        return graph.add("Add", products, pi)
    highest = graph.add("ReduceMax", products, np.array([1]))
    total = graph.sum(graph.add("Exp", graph.add("Sub", products, highest)), 1)
    return graph.add("Sub", products, graph.add("Add", graph.add("Log", total), highest))


@dataclass(frozen=True)
class _Kind:
    """How a class of models scores, and what makes chances of the scores; None where it has none."""

    raw: _Raw
    chances: _Function | None


_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "DecisionTreeClassificationModel": _Kind(_decision_tree, shares),
        "FMClassificationModel": _Kind(_factorisation, sigmoid),
        "GBTClassificationModel": _Kind(_boosted, lambda graph, raw: sigmoid(graph, graph.add("Mul", raw, 2.0))),
        "LinearSVCModel": _Kind(_linear_svc, None),
        "LogisticRegressionModel": _Kind(_logistic, sigmoid),
        "MultilayerPerceptronClassificationModel": _Kind(_perceptron, softmax),
        "NaiveBayesModel": _Kind(_naive_bayes, softmax),
        "RandomForestClassificationModel": _Kind(_random_forest, shares),
    }
)
CLASSIFIERS = tuple(_KINDS)


def classifier(stage: SavedStage, graph: Graph) -> None:
    """The columns that a classification model adds."""
    kind, parameters = _KINDS[stage.short_name], stage.parameters
    chances, limit = kind.chances, None
    if stage.short_name == "LinearSVCModel":
        limit = float(parameters["threshold"])
    elif stage.short_name == "LogisticRegressionModel":
        if stage.row()["isMultinomial"]:
            chances = softmax
        else:
            limit = logit(threshold(parameters))
    raw = kind.raw(stage, graph)
    # Chances come of as many scores as there are classes; what the manifest needs is their number.
    width = _classes(stage)
    graph.set(parameters["rawPredictionCol"], raw, width, is_vector=True)
    probability = None if chances is None else chances(graph, raw)
    if probability is not None:
        graph.set(parameters["probabilityCol"], probability, width, is_vector=True)
    prediction = _decide(graph, parameters.get("thresholds"), raw, probability, limit)
    graph.set(parameters["predictionCol"], prediction, 1, is_vector=False, whole=True, below=width, categories=(width,))


def one_vs_rest(stage: SavedStage, graph: Graph) -> None:
    """Of several binary models, each for one class, the one with the highest score."""
    source = stage.parameters["featuresCol"]
    scores = []
    for model in models_of(stage):
        kind = _KINDS.get(model.short_name)
        if kind is None:
            raise not_compilable(stage, f"it asks a {model.short_name}")
        scores.append(_second(graph, kind.raw(model.with_parameters(featuresCol=source), graph)))
    raw = graph.add("Concat", *scores, axis=1)
    if stage.parameters.get("rawPredictionCol"):
        graph.set(stage.parameters["rawPredictionCol"], raw, len(scores), is_vector=True)
    best, count = highest(graph, raw), len(scores)
    graph.set(stage.parameters["predictionCol"], best, 1, is_vector=False, whole=True, below=count, categories=(count,))


def _decide(graph: Graph, limits: list[float] | None, raw: str, probability: str | None, limit: float | None) -> str:
    if limit is not None:
        return graph.number_of(graph.add("Greater", _second(graph, raw), limit))
    if not limits or probability is None:
        return highest(graph, raw)
    # Over a threshold of 0 any probability is the highest, but none is never the answer.
    scaled = graph.add("Div", probability, np.asarray(limits, dtype=np.float64))
    scores = graph.add("Where", graph.add("IsNaN", scaled), -np.inf, scaled)
    return graph.number_of(graph.add("ArgMax", scores, axis=1, keepdims=1))


def highest(graph: Graph, scores: str) -> str:
    """The place of the highest score, as models.scorer.classifiers has it. Shape: (rows, 1)."""
    unknown = graph.add("IsNaN", scores)
    place = graph.add("ArgMax", graph.add("Where", unknown, -np.inf, scores), axis=1, keepdims=1)
    first = graph.add("Slice", unknown, np.array([0]), np.array([1]), np.array([1]))
    return graph.number_of(graph.add("Where", first, np.array([[0]]), place))


def _classes(stage: SavedStage) -> int:
    name = stage.short_name
    if name == "LogisticRegressionModel":
        row = stage.row()
        return len(dense_vector(row["interceptVector"])) if row["isMultinomial"] else 2
    if name == "NaiveBayesModel":
        return len(dense_vector(stage.row()["pi"]))
    if name == "MultilayerPerceptronClassificationModel":
        return int(stage.parameters["layers"][-1])
    if name in ("DecisionTreeClassificationModel", "RandomForestClassificationModel"):
        return int(read_forest(stage).statistics.shape[1])
    return 2


def _second(graph: Graph, raw: str) -> str:
    return graph.add("Slice", raw, np.array([1]), np.array([2]), np.array([1]))


def _two_sided(graph: Graph, margin: str) -> str:
    return graph.add("Concat", graph.add("Neg", margin), margin, axis=1)


def _features(stage: SavedStage, graph: Graph) -> str:
    return graph.vectors(stage, stage.parameters["featuresCol"])
