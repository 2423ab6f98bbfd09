"""A group: a name under which several models answer, and the policy by which they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.manifest import Manifest
from serving.speculation.orders import draw, rank_by_metric
from serving.speculation.policies import Policy, majority, median, most_confident, prefer

TieBreak = Literal["order", "confidence", "quality"]
Manifests = Sequence["Manifest | None"]


@dataclass(frozen=True)
class Group:
    """What the groups file says of one group. ``members`` are names in the registry, in the order of preference.

    ``default`` is the answer when nobody is in by the deadline; None when there is none. The options below it are those
    of one policy each: see :data:`KINDS`.
    """

    name: str
    policy: str
    members: tuple[str, ...]
    deadline_s: float
    description: str = ""
    default: str | float | None = None
    quorum: int = 0
    tie_break: TieBreak = "order"
    metric: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What its policy needs and does."""
        return KINDS[self.policy]


@dataclass(frozen=True)
class Kind:
    """One policy by name: the fewest members that it takes, what they must predict, the options that it has.

    ``alone`` says whether one member that fits is enough for an answer; else two that agree in what they take and give.
    With ``is_silent`` what all but the first member say is recorded and never shown.
    ``make`` gives the policy of one request, from the group, its members' manifests, and the request's key.
    """

    make: Callable[[Group, Manifests, str], Policy]
    fewest: int = 2
    target: Literal["class", "number", ""] = ""
    options: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    alone: bool = True
    is_silent: bool = False


def _smart_or_fast(group: Group, _manifests: Manifests, _key: str) -> Policy:
    return prefer(range(len(group.members)))


def _shadow(_group: Group, _manifests: Manifests, _key: str) -> Policy:
    return prefer([0])


def _best_quality(group: Group, manifests: Manifests, _key: str) -> Policy:
    return prefer(rank_by_metric(manifests, group.metric) or range(len(group.members)))


def _canary(group: Group, _manifests: Manifests, key: str) -> Policy:
    weights = {member: group.weights[member] for member in group.members}  # the file has them in any order
    return prefer(draw(weights, key, group.name))


def _majority(group: Group, manifests: Manifests, _key: str) -> Policy:
    ranked = rank_by_metric(manifests, group.metric) if group.tie_break == "quality" else []
    order = ranked or range(len(group.members))
    quorum = group.quorum or len(group.members) // 2 + 1
    return majority(quorum, order, by_confidence=group.tie_break == "confidence")


def _median(_group: Group, _manifests: Manifests, _key: str) -> Policy:
    return median


def _best_confidence(_group: Group, _manifests: Manifests, _key: str) -> Policy:
    return most_confident


KINDS: Mapping[str, Kind] = {
    "smart-or-fast": Kind(_smart_or_fast),
    "majority": Kind(
        _majority, fewest=3, target="class", options=frozenset({"quorum", "tie_break", "metric"}), alone=False
    ),
    "best-quality": Kind(_best_quality, options=frozenset({"metric"}), required=frozenset({"metric"})),
    "best-confidence": Kind(_best_confidence, target="class", alone=False),
    "median": Kind(_median, fewest=3, target="number", alone=False),
    "canary": Kind(_canary, options=frozenset({"weights"}), required=frozenset({"weights"})),
    "shadow": Kind(_shadow, is_silent=True),
}
