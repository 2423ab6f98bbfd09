"""Rows as records bring them, turned into columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter


def by_columns(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> list[Sequence[object]] | None:
    """The values of all rows, a column for each name; None where a row lacks one."""
    try:
        if len(names) < 2:
            return [[row[name] for row in rows] for name in names]
        return list(zip(*map(itemgetter(*names), rows), strict=True)) if rows else [() for _ in names]
    except KeyError:
        return None
