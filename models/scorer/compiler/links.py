"""How the graph says the links and families of generalised linear models, as models/scorer/links has them.

Source: org.apache.spark.ml.regression.GeneralizedLinearRegression.FamilyAndLink.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from models.scorer.compiler.graph import Graph, not_compilable
from models.scorer.links import DEFAULT_LINKS, LARGEST, NAMED_VARIANCES, TINY
from models.scorer.saved import SavedStage

_Function = Callable[[Graph, str], str]

# There is no probit: ONNX Runtime has no error function in float64.
_INVERSES: Mapping[str, _Function] = MappingProxyType(
    {
        "cloglog": lambda graph, eta: graph.add("Sub", 1.0, graph.add("Exp", graph.add("Neg", graph.add("Exp", eta)))),
        "identity": lambda _, eta: eta,
        "inverse": lambda graph, eta: graph.add("Div", 1.0, eta),
        "log": lambda graph, eta: graph.add("Exp", eta),
        "logit": lambda graph, eta: graph.add(
            "Div", 1.0, graph.add("Add", 1.0, graph.add("Exp", graph.add("Neg", eta)))
        ),
        "sqrt": lambda graph, eta: graph.add("Mul", eta, eta),
    }
)


def fitted(stage: SavedStage, graph: Graph, eta: str) -> str:
    """The mean of a linear predictor. Raises: ScorerError H233 for a link that ONNX has not."""
    family = str(stage.parameters["family"]).lower()
    if family == "tweedie":
        variance, power = float(stage.parameters["variancePower"]), stage.parameters.get("linkPower")
        exponent = 1.0 - variance if power is None else float(power)
        mean = graph.add("Exp", eta) if exponent == 0 else graph.add("Pow", eta, 1.0 / exponent)
        return _projected(graph, NAMED_VARIANCES.get(variance, "tweedie"), mean)
    link = str(stage.parameters.get("link") or DEFAULT_LINKS.get(family, "")).lower()
    if link not in _INVERSES:
        raise not_compilable(stage, f"its link is '{link}'")
    return _projected(graph, family, _INVERSES[link](graph, eta))


def _projected(graph: Graph, family: str, mean: str) -> str:
    if family == "binomial":
        return graph.add("Where", graph.add("IsNaN", mean), mean, graph.add("Clip", mean, TINY, 1.0 - TINY))
    if family == "gaussian":
        largest = graph.add("Where", graph.add("Greater", mean, 0.0), LARGEST, -LARGEST)
        return graph.add("Where", graph.add("IsInf", mean), largest, mean)
    above = graph.add("Where", graph.add("Less", mean, TINY), TINY, mean)
    return graph.add("Where", graph.add("Equal", above, np.inf), LARGEST, above)
