"""How unusual a row is, by the tails of training's columns: no model, no parameter, one pass.

The empirical-cumulative-distribution score: each column gives minus the logarithm of the tail that a value lies in,
and a row has the largest of three sums: over left tails, over right tails, over the tail on the column's longer side.
A category, a null and a NaN have their own share for both tails.

Source: Li, Zhao, Hu, Botta, Ionescu, Chen, "ECOD: Unsupervised Outlier Detection Using Empirical Cumulative
Distribution Functions", 2022; here on histograms in place of the values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from models.profile.drift import Quantiles
from models.profile.histograms import CategoryHistogram, Floats, Histogram, NumberHistogram, label_of


def outlier_scores(columns: Mapping[str, Histogram], rows: Sequence[Mapping[str, object]]) -> Floats:
    """A score of 0 or more for each row, higher for stranger ones; only comparable within one profile. Shape: (rows,).

    A key that a row has not is a null; columns of which training counted nothing give nothing.
    """
    sums = np.zeros((3, len(rows)))
    for name, histogram in columns.items():
        if histogram.rows:
            left, right, leans_left = _tails(histogram, [row.get(name) for row in rows])
            sums += [left, right, left if leans_left else right]
    scores: Floats = sums.max(axis=0)
    return scores


def _tails(histogram: Histogram, values: Sequence[object]) -> tuple[Floats, Floats, bool]:
    """Minus the logarithms of left and right tail of each value, and whether the column's longer tail is the left."""
    # Something that training never saw is as rare as one row more would have been.
    rarest = 1.0 / (histogram.rows + 1)
    if isinstance(histogram, CategoryHistogram):
        shares = dict(zip(histogram.labels, histogram.counts, strict=True))
        found = [histogram.nulls if value is None else shares.get(label_of(value), histogram.other) for value in values]
        logs = -np.log(np.maximum(np.asarray(found) / histogram.rows, rarest))
        return logs, logs, False
    return _number_tails(histogram, values, rarest)


def _number_tails(histogram: NumberHistogram, values: Sequence[object], rarest: float) -> tuple[Floats, Floats, bool]:
    numbers = np.asarray([float(each) if isinstance(each, (int, float)) else math.nan for each in values])
    is_null = np.asarray([not isinstance(each, (int, float)) for each in values], dtype=bool)
    missing = np.where(is_null, histogram.nulls, histogram.nans) / histogram.rows
    counts = np.asarray(histogram.counts, dtype=np.float64)
    quantiles = Quantiles.of(histogram)
    if quantiles is None:
        left = right = np.zeros(len(numbers))
    else:
        known = np.where(np.isnan(numbers), 0.0, numbers)
        place = histogram.place(known)
        below = np.concatenate([[0.0], np.cumsum(counts)])[place]
        inside = counts[place]
        part = _part_of_place(histogram, quantiles, known, place)
        # A place of one value alone lies in both tails, whole.
        left = (below + inside * np.where(np.isnan(part), 1.0, part)) / histogram.rows
        right = (counts.sum() - below - inside * np.where(np.isnan(part), 0.0, part)) / histogram.rows
    is_missing = np.isnan(numbers)
    logs = [-np.log(np.maximum(np.where(is_missing, missing, tail), rarest)) for tail in (left, right)]
    return logs[0], logs[1], quantiles is not None and _leans_left(quantiles)


def _part_of_place(
    histogram: NumberHistogram, quantiles: Quantiles, values: Floats, place: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    """How far into its place each value lies, 0 to 1; NaN for a place of one value."""
    edges = np.asarray(histogram.edges, dtype=np.float64)
    low = np.concatenate([[quantiles.low[0]], edges])[place]
    high = np.concatenate([edges, [quantiles.high[-1]]])[place]
    span = high - low
    part: Floats = np.divide(values - low, span, out=np.full(len(values), math.nan), where=span > 0)
    return np.clip(part, 0.0, 1.0)


def _leans_left(quantiles: Quantiles) -> bool:
    """Whether the third moment is negative: the longer tail is the left one."""
    shares = np.diff(quantiles.tops, prepend=0.0)
    middle = float((shares * (quantiles.low + quantiles.high) / 2).sum())
    low, high = quantiles.low - middle, quantiles.high - middle
    return float((shares * (low + high) * (low * low + high * high)).sum()) < 0
