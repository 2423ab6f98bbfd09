"""What is tracked, before it is a table: answers and facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Literal

Source = Literal["service", "batch"]
Probability = Sequence[float] | None


@dataclass(frozen=True)
class Answered:
    """One request, or one batch of rows, that one version answered.

    ``time_us`` is in microseconds since 1970 (UTC). ``manifest`` is the digest of the version's manifest, ``classes``
    what its probabilities are of, empty for a regression. ``keys`` are what facts will know the rows by, None where
    nothing is. ``answers`` are prediction and probability, one a row.
    """

    request_id: str
    time_us: int
    source: Source
    model: str
    version: int
    manifest: str
    classes: Sequence[str]
    inputs: Sequence[Mapping[str, object]]
    answers: Sequence[tuple[float, Probability]]
    keys: Sequence[str | None] | None = None
    first_row: int = 0


@dataclass(frozen=True)
class Fact:
    """What was to be predicted, as it turned out: of a row of a request, or of whatever a ``key`` means.

    Units: ``happened_us`` and ``time_us`` in microseconds since 1970 (UTC).
    """

    model: str
    request_id: str | None
    row: int | None
    key: str | None
    happened_us: int
    time_us: int
    label: str | None
    value: float | None


def day_of(time_us: int) -> date:
    """The day, in UTC, of a time in microseconds since 1970."""
    return datetime.fromtimestamp(time_us // 1_000_000, timezone.utc).date()


def as_key(value: object) -> str | None:
    """What a fact is matched by: a text as it stands, a whole number without its point, None for none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value)
