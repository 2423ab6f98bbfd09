"""The metrics of versions side by side, and which version is the better one by each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.manifest import Direction, Manifest

# What metrics of these names mean everywhere; a manifest's own word goes before it.
_KNOWN: dict[str, Direction] = {
    **dict.fromkeys(
        ("accuracy", "precision", "recall", "f1", "auc", "area_under_roc", "area_under_pr", "r2", "silhouette"),
        "higher",
    ),
    **dict.fromkeys(("rmse", "mse", "mae", "mape", "log_loss", "logloss", "brier", "loss"), "lower"),
}
_NOT_THE_MODELS = "baseline."


@dataclass(frozen=True)
class Row:
    """One metric: ``values`` in the order of the versions, None where a version has it not.

    ``better`` is empty where nothing says which direction is good, and where the manifests do not agree; ``best`` are
    the versions with the best value, empty where there is no direction or only one value.
    """

    metric: str
    values: tuple[float | None, ...]
    better: Direction | str
    best: tuple[int, ...]


def compare(manifests: Sequence[Manifest]) -> list[Row]:
    """A row for each metric that any of ``manifests`` has, in the order of their names."""
    names = sorted({name for manifest in manifests for name in manifest.metrics})
    return [_row(name, manifests) for name in names]


def direction(metric: str, manifests: Sequence[Manifest]) -> Direction | str:
    """Which value of ``metric`` is better: the manifests' word, else what such a name means everywhere, else empty."""
    said = {manifest.better[metric] for manifest in manifests if metric in manifest.better}
    if said:
        return said.pop() if len(said) == 1 else ""
    # "f1.purchase" is the f1 of one class. A baseline is of the data: no version is better for it.
    return _KNOWN.get(metric.partition(".")[0], "") if not metric.startswith(_NOT_THE_MODELS) else ""


def _row(metric: str, manifests: Sequence[Manifest]) -> Row:
    values = tuple(manifest.metrics.get(metric) for manifest in manifests)
    better = direction(metric, manifests)
    known = [value for value in values if value is not None]
    best: tuple[int, ...] = ()
    if better and len(known) > 1:
        wanted = max(known) if better == "higher" else min(known)
        best = tuple(each.version for each, value in zip(manifests, values, strict=True) if value == wanted)
    return Row(metric, values, better, best)
