"""Histograms of one column each, with places that training fixed once: counts of parts add up to those of the whole.

A histogram is made anew by counting, never changed. Merging adds integers and takes extremes, so that it does not
matter in which order, or grouped how, parts are merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.errors import ProfileError

Floats = npt.NDArray[np.float64]

# Twentieths, and both ends finer: a tail is long, and its values are not spread evenly over it.
QUANTILES = (0.0, 0.01, *(part / 20 for part in range(1, 20)), 0.99, 1.0)
MOST_LABELS = 50
LONGEST_LABEL = 200  # characters; longer texts are counted with the others


@dataclass(frozen=True)
class NumberHistogram:
    """How often a number fell between which edges.

    ``counts`` has a place more than there are edges: below the first, between each two, above the last. A place holds
    its lower edge and not its upper one, but the place below the last edge holds that too, so that what training saw
    never lies outside. A constant has its value for both of its two edges; no edges make one place for all.
    ``minimum`` and ``maximum`` are of the finite values, None where there was none; an infinite value lies outside.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    nulls: int = 0
    nans: int = 0
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        """Raises: ProfileError H260 for what is no histogram."""
        edges = np.asarray(self.edges, dtype=np.float64)
        rises = bool((np.diff(edges) > 0).all()) or (len(edges) == 2 and edges[0] == edges[1])
        if len(edges) == 1 or not rises or not np.isfinite(edges).all() or len(self.counts) != len(edges) + 1:
            raise _damaged("edges that do not rise, or not one count more than edges")
        _check_counts(*self.counts, self.nulls, self.nans)
        extremes = (self.minimum, self.maximum)
        known = [each for each in extremes if each is not None]
        if len(known) == 1 or not np.isfinite(known).all() or (known and known[0] > known[1]):
            raise _damaged("a minimum and a maximum that cannot be")

    @staticmethod
    def empty(edges: Sequence[float]) -> NumberHistogram:
        """Nothing counted."""
        return NumberHistogram(tuple(map(float, edges)), (0,) * (len(edges) + 1))

    @property
    def rows(self) -> int:
        """All that was counted, nulls too."""
        return sum(self.counts) + self.nulls + self.nans

    def of(self, values: Iterable[object]) -> NumberHistogram:
        """The same places with ``values`` in them, and nothing else; what is no number is counted with the nulls."""
        given = list(values)
        numbers = np.asarray([float(each) for each in given if isinstance(each, (int, float))], dtype=np.float64)
        known = numbers[~np.isnan(numbers)]
        counts = np.bincount(self.place(known), minlength=len(self.counts))
        finite = known[np.isfinite(known)]
        return replace(
            self,
            counts=tuple(map(int, counts)),
            nulls=len(given) - len(numbers),
            nans=len(numbers) - len(known),
            minimum=float(finite.min()) if len(finite) else None,
            maximum=float(finite.max()) if len(finite) else None,
        )

    def place(self, values: Floats) -> npt.NDArray[np.int64]:
        """Which of the counts each value, none of them NaN, belongs to."""
        if not self.edges:
            return np.zeros(len(values), dtype=np.int64)
        places = np.searchsorted(np.asarray(self.edges), values, side="right")
        return np.where(values == self.edges[-1], len(self.edges) - 1, places).astype(np.int64)

    def merged(self, other: Histogram) -> NumberHistogram:
        """Both together. Raises: ProfileError H261 where their places differ."""
        if not isinstance(other, NumberHistogram) or other.edges != self.edges:
            raise _strangers()
        lows = [each for each in (self.minimum, other.minimum) if each is not None]
        highs = [each for each in (self.maximum, other.maximum) if each is not None]
        return NumberHistogram(
            self.edges,
            tuple(map(sum, zip(self.counts, other.counts, strict=True))),
            self.nulls + other.nulls,
            self.nans + other.nans,
            min(lows, default=None),
            max(highs, default=None),
        )

    def frequencies(self, other: Histogram) -> tuple[Floats, Floats]:
        """The counts of both, place by place, nulls and NaN as places of their own. Raises: ProfileError H261."""
        if not isinstance(other, NumberHistogram) or other.edges != self.edges:
            raise _strangers()
        return _floats(*self.counts, self.nulls, self.nans), _floats(*other.counts, other.nulls, other.nans)


@dataclass(frozen=True)
class CategoryHistogram:
    """How often each known text occurred, all others together, and nulls; a boolean is the text true or false."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    other: int = 0
    nulls: int = 0

    def __post_init__(self) -> None:
        """Raises: ProfileError H260 for what is no histogram."""
        if not all(isinstance(label, str) for label in self.labels):
            raise _damaged("a label that is no text")
        if len(set(self.labels)) != len(self.labels) or len(self.counts) != len(self.labels):
            raise _damaged("a label that stands twice, or not one count for each label")
        _check_counts(*self.counts, self.other, self.nulls)

    @staticmethod
    def empty(labels: Iterable[str]) -> CategoryHistogram:
        """Nothing counted."""
        names = tuple(labels)
        return CategoryHistogram(names, (0,) * len(names))

    @property
    def rows(self) -> int:
        """All that was counted, nulls too."""
        return sum(self.counts) + self.other + self.nulls

    def of(self, values: Iterable[object]) -> CategoryHistogram:
        """The same places with ``values`` in them, and nothing else."""
        found = Counter(None if value is None else label_of(value) for value in values)
        nulls = found.pop(None, 0)
        counts = tuple(found.pop(label, 0) for label in self.labels)
        return replace(self, counts=counts, other=sum(found.values()), nulls=nulls)

    def merged(self, other: Histogram) -> CategoryHistogram:
        """Both together. Raises: ProfileError H261 where their labels differ."""
        if not isinstance(other, CategoryHistogram) or other.labels != self.labels:
            raise _strangers()
        counts = tuple(map(sum, zip(self.counts, other.counts, strict=True)))
        return CategoryHistogram(self.labels, counts, self.other + other.other, self.nulls + other.nulls)

    def frequencies(self, other: Histogram) -> tuple[Floats, Floats]:
        """The counts of both, label by label, then all others and nulls. Raises: ProfileError H261."""
        if not isinstance(other, CategoryHistogram) or other.labels != self.labels:
            raise _strangers()
        return _floats(*self.counts, self.other, self.nulls), _floats(*other.counts, other.other, other.nulls)


Histogram: TypeAlias = NumberHistogram | CategoryHistogram


def quantile_edges(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Edges from a column's :data:`QUANTILES`, the lowest and the highest value among them: equal ones count once."""
    distinct = sorted({float(each) + 0.0 for each in quantiles if np.isfinite(each)})  # + 0.0: no negative zero
    return tuple(distinct * 2 if len(distinct) == 1 else distinct)


def label_of(value: object) -> str:
    """The text that stands for a category's value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _floats(*counts: int) -> Floats:
    return np.asarray(counts, dtype=np.float64)


def _check_counts(*counts: int) -> None:
    if any(type(count) is not int or count < 0 for count in counts):
        raise _damaged("a count that is none")


def _damaged(what: str) -> ProfileError:
    return ProfileError("H260", f"a histogram has {what}", hint="publish the model again: training writes its profile")


def _strangers() -> ProfileError:
    message = "histograms of different places cannot be put together or compared"
    return ProfileError("H261", message, hint="count both by the places of one profile")
