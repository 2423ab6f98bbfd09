"""Histograms as the bars of a small picture: where each one stands, and what it is called."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.profile.histograms import Histogram, NumberHistogram
from serving.statistics import BOUNDS_S, Tally

# In the picture's own units; it is as wide as its card.
WIDTH = 360
HEIGHT = 90
_FILLED = 0.84  # of a place; the rest is the gap to the next one
_LOWEST = 1.0  # what was hit at all can be seen


@dataclass(frozen=True)
class Bar:
    """One bar of series ``series`` (0 or 1); ``x``, ``y``, ``width`` and ``height`` in the picture's units."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """``places`` are the names of the places, ``shares`` of each of them what each series has there, 0 to 1."""

    places: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]

    @property
    def bars(self) -> list[Bar]:
        """Every bar that is not empty, the highest as high as the picture."""
        largest = max((share for place in self.shares for share in place), default=0.0)
        return [
            self._bar(index, series, share / largest)
            for index, place in enumerate(self.shares)
            for series, share in enumerate(place)
            if share > 0
        ]

    def _bar(self, index: int, series: int, relative: float) -> Bar:
        slot = WIDTH / len(self.places)
        width = slot * _FILLED / len(self.shares[index])
        height = max(relative * HEIGHT, _LOWEST)
        x = index * slot + slot * (1 - _FILLED) / 2 + series * width
        return Bar(series, round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2))


def chart_latency(tally: Tally) -> Chart | None:
    """Answers by how long they took, without the empty ends; None where nothing was answered."""
    hit = [index for index, count in enumerate(tally.buckets) if count]
    if not hit:
        return None
    shown = range(max(hit[0] - 1, 0), min(hit[-1] + 2, len(BOUNDS_S)))
    names = [f"up to {bound * 1000:g} ms" if math.isfinite(bound) else "longer" for bound in BOUNDS_S]
    return Chart(
        tuple(names[index] for index in shown), tuple((tally.buckets[index] / tally.answers,) for index in shown)
    )


def chart_drift(training: Histogram, recent: Histogram) -> Chart:
    """Training's rows beside recent ones, place by place. Raises: ProfileError H261 where their places differ."""
    before, now = (counts / max(counts.sum(), 1.0) for counts in training.frequencies(recent))
    pairs = list(zip(_places(training), before.tolist(), now.tolist(), strict=True))
    # What is out of the ordinary stands at the ends, and only where it happened.
    ends = _ends(training)
    shown = [each for index, each in enumerate(pairs) if index not in ends or each[1] or each[2]]
    return Chart(tuple(name for name, _, _ in shown), tuple((one, other) for _, one, other in shown))


def _places(histogram: Histogram) -> Sequence[str]:
    """The names of what ``frequencies`` counts."""
    if not isinstance(histogram, NumberHistogram):
        return [label or "(empty text)" for label in histogram.labels] + ["others", "unknown"]
    edges = [f"{edge:.4g}" for edge in histogram.edges]
    if not edges:
        return ["any", "unknown", "not a number"]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"below {edges[0]}", *between, f"above {edges[-1]}", "unknown", "not a number"]


def _ends(histogram: Histogram) -> frozenset[int]:
    if not isinstance(histogram, NumberHistogram):
        return frozenset({len(histogram.labels), len(histogram.labels) + 1})
    count = len(histogram.counts)
    return frozenset({count, count + 1, *((0, count - 1) if histogram.edges else ())})
