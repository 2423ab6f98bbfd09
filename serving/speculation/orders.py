"""In which order members are preferred: by a metric of their manifests, or by a draw that a key decides."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

from models.comparison import direction
from models.manifest import Manifest

_DRAWS = 2**64


def rank_by_metric(manifests: Sequence[Manifest | None], metric: str) -> list[int]:
    """Places of the members, the best by ``metric`` first; those without it last.

    One with nothing loaded leads: it may be the best, and an answer of the others has to say so.
    Empty when the manifests do not say whether higher or lower is better.
    """
    known = [manifest for manifest in manifests if manifest]
    better = direction(metric, known)
    if not better:
        return []
    sign = -1.0 if better == "higher" else 1.0

    def worth(place: int) -> float:
        manifest = manifests[place]
        if manifest is None:
            return -math.inf
        value = manifest.metrics.get(metric)
        return math.inf if value is None else sign * value

    return sorted(range(len(manifests)), key=worth)


def draw(weights: Mapping[str, float], key: str, group: str) -> list[int]:
    """Places in ``weights`` of the members, first the one that ``key`` draws by its weight; the others stand in.

    The same key draws the same member, in every process and after every restart. When a weight grows, keys move to
    that member only. Weight 0 is never drawn and stands in last. Source: weighted rendezvous hashing.
    """
    scores = [_score(weight, key, group, member) for member, weight in weights.items()]
    return sorted(range(len(scores)), key=lambda place: scores[place])


def _score(weight: float, key: str, group: str, member: str) -> float:
    digest = hashlib.sha256(f"{group}\0{member}\0{key}".encode("utf-8", "surrogatepass")).digest()
    chance = (int.from_bytes(digest[:8], "big") + 0.5) / _DRAWS
    return -math.log(chance) / weight if weight > 0 else math.inf
