"""What a policy sees of a request, and what it says: values without threads, clocks or models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vote:
    """What one member says of one record: a class or a number, None where it gives no number that JSON has."""

    prediction: str | float | None
    probabilities: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def confidence(self) -> float | None:
        """The probability of what is predicted; None for a model without probabilities."""
        return self.probabilities.get(self.prediction) if isinstance(self.prediction, str) else None


@dataclass(frozen=True)
class Standing:
    """One member at one moment: in (``votes``, one a record), out for good (``problem``), or neither yet."""

    member: str
    votes: tuple[Vote, ...] = ()
    problem: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether it may still come in."""
        return not self.votes and not self.problem

    @property
    def excuse(self) -> str:
        """Why its votes do not count."""
        return f"{self.member}: {self.problem or 'not in time'}"


@dataclass(frozen=True)
class Decision:
    """For each record the place of the member whose answer is the answer; no places when nobody is in.

    ``reasons`` say why this is not the answer that the policy gives with every member there and in time: without any,
    the answer is not degraded.
    """

    places: tuple[int, ...]
    reasons: tuple[str, ...] = ()
