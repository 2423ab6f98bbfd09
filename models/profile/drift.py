"""How far recent values of a column lie from training's, by their histograms.

What is not defined is None: every measure where one side has no rows, and those of order (Kolmogorov-Smirnov,
Wasserstein) where one side has nothing but nulls, or the column is a category. Nulls, NaN, values outside of training's
range and texts that training did not know are places of their own, so that PSI, Jensen-Shannon and chi-square see them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.profile.histograms import Floats, Histogram, NumberHistogram

SMALLEST_SHARE = 1e-4  # a place that one side never hit counts as hit that often: else one row alone were infinite


@dataclass(frozen=True)
class Drift:
    """All measures of one column; 0 is no difference, and ``chi_square_p`` is 1 then.

    Units: ``wasserstein`` is in the column's own unit, ``wasserstein_scaled`` in training's standard deviations;
    Jensen-Shannon is the distance of base 2, and with Kolmogorov-Smirnov lies between 0 and 1; ``nulls`` is the share
    of nulls and NaN now less that of training.
    """

    psi: float | None
    jensen_shannon: float | None
    chi_square: float | None
    chi_square_p: float | None
    kolmogorov_smirnov: float | None
    wasserstein: float | None
    wasserstein_scaled: float | None
    nulls: float | None


def measure(training: Histogram, recent: Histogram) -> Drift:
    """Every measure of ``recent`` against ``training``. Raises: ProfileError H261 where their places differ."""
    before, now = training.frequencies(recent)
    if not before.sum() or not now.sum():
        return Drift(*[None] * 8)
    statistic, chance = chi_square(before, now)
    ordered = _ordered(training, recent)
    return Drift(
        population_stability(before, now),
        jensen_shannon(before, now),
        statistic,
        chance,
        *ordered,
        _missing(recent) - _missing(training),
    )


def population_stability(before: Floats, now: Floats) -> float:
    """The population stability index of two rows of counts."""
    p, q = (np.maximum(counts / counts.sum(), SMALLEST_SHARE) for counts in (before, now))
    # A place that neither side hit says nothing.
    return max(float(((q - p) * np.log(q / p)).sum()), 0.0)


def jensen_shannon(before: Floats, now: Floats) -> float:
    """The Jensen-Shannon distance, of base 2: the root of the divergence from the mean of both."""
    p, q = before / before.sum(), now / now.sum()
    middle = (p + q) / 2
    divergence = sum(float((part[part > 0] * np.log2(part[part > 0] / middle[part > 0])).sum()) / 2 for part in (p, q))
    return math.sqrt(min(max(divergence, 0.0), 1.0))


def chi_square(before: Floats, now: Floats) -> tuple[float, float]:
    """Pearson's statistic of both counts being of one distribution, and the chance of one as large or larger."""
    table = np.stack([before, now])[:, (before + now) > 0]
    if table.shape[1] < 2:
        return 0.0, 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, chi_square_survival(statistic, table.shape[1] - 1)


def chi_square_survival(statistic: float, freedom: int) -> float:
    """The chance that chi-square of ``freedom`` degrees exceeds ``statistic``: the closed form for whole degrees."""
    x = statistic / 2
    # Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1), from Q(1/2, x) = erfc(sqrt x) or Q(1, x) = e^-x
    power = 0.5 if freedom % 2 else 1.0
    chance = math.erfc(math.sqrt(x)) if freedom % 2 else math.exp(-x)
    while power < freedom / 2 and x > 0:
        chance += math.exp(power * math.log(x) - x - math.lgamma(power + 1))
        power += 1
    return 1.0 if x <= 0 else min(chance, 1.0)


def kolmogorov_smirnov(before: Floats, now: Floats) -> float:
    """The largest distance of the distributions at the edges: never above that of the values themselves."""
    distance = np.abs(np.cumsum(before) / before.sum() - np.cumsum(now) / now.sum())
    return float(distance[:-1].max(initial=0.0))


@dataclass(frozen=True)
class Quantiles:
    """A histogram's quantile function: values are spread evenly between the edges that they fell between.

    Shape: ``tops`` (places that were hit,), the cumulative shares, the last one 1; ``low``, ``high`` likewise, the
    values between which a place lies.
    """

    tops: Floats
    low: Floats
    high: Floats

    @staticmethod
    def of(histogram: NumberHistogram) -> Quantiles | None:
        """None where no value was counted."""
        counts = np.asarray(histogram.counts, dtype=np.float64)
        if not counts.sum():
            return None
        edges = np.asarray(histogram.edges, dtype=np.float64)
        known = [each for each in (histogram.minimum, histogram.maximum) if each is not None]
        extremes = np.concatenate([edges, known])
        if not len(extremes):
            return None  # nothing but infinities, and no edge
        low = np.concatenate([[extremes.min()], edges])
        high = np.concatenate([edges, [extremes.max()]])
        hit = counts > 0
        tops = np.cumsum(counts[hit]) / counts.sum()
        tops[-1] = 1.0
        return Quantiles(tops, low[hit], high[hit])

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        shares = np.diff(self.tops, prepend=0.0)
        middle = float((shares * (self.low + self.high) / 2).sum())
        low, high = self.low - middle, self.high - middle
        return math.sqrt(max(float((shares * (low * low + low * high + high * high) / 3).sum()), 0.0))

    def between(self, start: Floats, end: Floats) -> tuple[Floats, Floats]:
        """The values at both ends of stretches, none of which reaches over the border of two places."""
        place = np.minimum(np.searchsorted(self.tops, (start + end) / 2), len(self.tops) - 1)
        bottoms = np.concatenate([[0.0], self.tops[:-1]])[place]
        slope = (self.high[place] - self.low[place]) / (self.tops[place] - bottoms)
        return self.low[place] + slope * (start - bottoms), self.low[place] + slope * (end - bottoms)


def wasserstein(before: Quantiles, now: Quantiles) -> float:
    """The area between both quantile functions, exactly, in the column's unit."""
    tops = np.union1d(before.tops, now.tops)
    starts = np.concatenate([[0.0], tops[:-1]])
    (low, high), (other_low, other_high) = before.between(starts, tops), now.between(starts, tops)
    first, last = low - other_low, high - other_high
    # The difference is a straight line over each stretch; where it changes its sign it makes two triangles.
    sizes = np.abs(first) + np.abs(last)
    crossing = first * last < 0
    squares = np.divide(first**2 + last**2, sizes, out=np.zeros_like(sizes), where=crossing)
    return float(((tops - starts) * np.where(crossing, squares, sizes) / 2).sum())


def _ordered(training: Histogram, recent: Histogram) -> tuple[float | None, float | None, float | None]:
    """Kolmogorov-Smirnov, Wasserstein, and that in standard deviations of training."""
    if not isinstance(training, NumberHistogram) or not isinstance(recent, NumberHistogram):
        return None, None, None
    before, now = Quantiles.of(training), Quantiles.of(recent)
    if before is None or now is None:
        return None, None, None
    counts = [np.asarray(each.counts, dtype=np.float64) for each in (training, recent)]
    distance, deviation = wasserstein(before, now), before.deviation
    return kolmogorov_smirnov(*counts), distance, distance / deviation if deviation else None


def _missing(histogram: Histogram) -> float:
    nans = histogram.nans if isinstance(histogram, NumberHistogram) else 0
    return (histogram.nulls + nans) / histogram.rows
