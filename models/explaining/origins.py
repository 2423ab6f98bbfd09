"""Which input of a model each feature of a vector was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from models.errors import ExplanationError
from models.scorer.columns import Columns
from models.scorer.saved import SavedStage
from models.scorer.vectors import width

# One name where all features of a column come from one input, however many they are; else a name a feature.
Origin: TypeAlias = str | list[str]

_SEVERAL = ""  # no input is called that

# These give each feature from the feature in the same place, or all from a column of one.
_PLACE_BY_PLACE = frozenset(
    {
        "Binarizer",
        "Bucketizer",
        "ElementwiseProduct",
        "IDFModel",
        "ImputerModel",
        "IndexToString",
        "MaxAbsScalerModel",
        "MinMaxScalerModel",
        "OneHotEncoderModel",
        "RobustScalerModel",
        "StandardScalerModel",
        "StringIndexerModel",
        "VectorIndexerModel",
    }
)
_SELECTORS = frozenset({"ChiSqSelectorModel", "UnivariateFeatureSelectorModel", "VarianceThresholdSelectorModel"})


def find_origins(stages: Sequence[SavedStage], columns: Columns, features: str) -> Origin:
    """The input of each feature in column ``features``, which ``stages`` made in ``columns``.

    Raises: ExplanationError H262 where a stage mixes inputs, so that a feature is of several.
    """
    found: dict[str, Origin] = {}
    for stage in stages:
        found.update(_step(stage, columns, found))
    origin = found.get(features, features)
    if _SEVERAL in ([origin] if isinstance(origin, str) else origin):
        raise ExplanationError(
            "H262",
            f"'{features}' has features that are made from several inputs at once",
            hint="only what each input gives by itself can be said exactly",
        )
    return origin


def _step(stage: SavedStage, columns: Columns, found: Mapping[str, Origin]) -> dict[str, Origin]:
    """The origins of the columns that ``stage`` adds."""
    targets = _names(stage, "outputCols", "outputCol", "predictionCol")
    sources = _names(stage, "inputCols", "inputCol", "featuresCol")
    origins = [found.get(source, source) for source in sources]
    kind = stage.short_name
    if kind == "VectorAssembler":
        return {targets[0]: _joined(origins, [width(columns.vectors(source)) for source in sources])}
    if kind == "VectorSlicer" or kind in _SELECTORS:
        return {targets[0]: _chosen(origins[0], _choice(stage))}
    if kind in _PLACE_BY_PLACE:
        return dict(zip(targets, origins, strict=True))
    inputs = {name for origin in origins for name in ([origin] if isinstance(origin, str) else origin)}
    # Whatever a stage does with one input alone, what comes of it is of that input.
    return dict.fromkeys(targets, inputs.pop() if len(inputs) == 1 else _SEVERAL)


def _names(stage: SavedStage, *parameters: str) -> list[str]:
    """The columns that the first of ``parameters`` names that the stage has."""
    found: str | Sequence[str] = next((stage.parameters[name] for name in parameters if stage.parameters.get(name)), [])
    return [found] if isinstance(found, str) else list(found)


def _joined(origins: Sequence[Origin], widths: Sequence[int]) -> Origin:
    parts = [
        [origin] * size if isinstance(origin, str) else origin for origin, size in zip(origins, widths, strict=True)
    ]
    return [name for part in parts for name in part]


def _chosen(origin: Origin, places: Sequence[int]) -> Origin:
    return origin if isinstance(origin, str) else [origin[place] for place in places]


def _choice(stage: SavedStage) -> list[int]:
    if stage.short_name == "VectorSlicer":
        return [int(place) for place in stage.parameters["indices"]]
    return [int(place) for place in np.sort(np.asarray(stage.row()["selectedFeatures"], dtype=np.int64))]
