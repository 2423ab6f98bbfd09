"""The links and families of generalised linear models, as far as a prediction needs them.

Source: org.apache.spark.ml.regression.GeneralizedLinearRegression.FamilyAndLink.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from models.errors import ScorerError
from models.scorer.saved import Floats

Function: TypeAlias = Callable[[Floats], Floats]

TINY = 1e-16  # Spark's epsilon
LARGEST = float(np.finfo(np.float64).max)
_erf = np.vectorize(math.erf, otypes=[np.float64])


def _probit(eta: Floats) -> Floats:
    below: Floats = 0.5 * (1.0 + _erf(eta / math.sqrt(2.0)))
    return below


_INVERSES: Mapping[str, Function] = MappingProxyType(
    {
        "cloglog": lambda eta: 1.0 - np.exp(-np.exp(eta)),
        "identity": lambda eta: eta,
        "inverse": lambda eta: 1.0 / eta,
        "log": np.exp,
        "logit": lambda eta: 1.0 / (1.0 + np.exp(-eta)),
        "probit": _probit,
        "sqrt": lambda eta: eta * eta,
    }
)


def _above_zero(mean: Floats) -> Floats:
    return np.where(mean < TINY, TINY, np.where(mean == np.inf, LARGEST, mean))


_FAMILIES: Mapping[str, Function] = MappingProxyType(
    {
        "binomial": lambda mean: np.where(np.isnan(mean), mean, np.clip(mean, TINY, 1.0 - TINY)),
        "gamma": _above_zero,
        "gaussian": lambda mean: np.where(np.isinf(mean), np.copysign(LARGEST, mean), mean),
        "poisson": _above_zero,
    }
)
DEFAULT_LINKS: Mapping[str, str] = MappingProxyType(
    {"binomial": "logit", "gamma": "inverse", "gaussian": "identity", "poisson": "log"}
)
# A Tweedie family of these variance powers is one of the others.
NAMED_VARIANCES: Mapping[float, str] = MappingProxyType({0.0: "gaussian", 1.0: "poisson", 2.0: "gamma"})


def fitted(parameters: Mapping[str, Any]) -> Function:
    """The mean of a linear predictor, of the family and the link that a saved model's parameters name.

    Raises: ScorerError H231 for a family or a link that there is not.
    """
    family = str(parameters["family"]).lower()
    try:
        if family == "tweedie":
            inverse, project = _tweedie(float(parameters["variancePower"]), parameters.get("linkPower"))
        else:
            project = _FAMILIES[family]
            inverse = _INVERSES[str(parameters.get("link") or DEFAULT_LINKS[family]).lower()]
    except KeyError as error:
        raise ScorerError("H231", f"there is no family or link named {error}") from error

    def mean(eta: Floats) -> Floats:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return project(inverse(eta))

    return mean


def _tweedie(variance_power: float, link_power: float | None) -> tuple[Function, Function]:
    named = NAMED_VARIANCES.get(variance_power)
    project = _FAMILIES[named] if named else _above_zero
    power = 1.0 - variance_power if link_power is None else float(link_power)
    return _INVERSES["log"] if power == 0 else lambda eta: np.power(eta, 1.0 / power), project
