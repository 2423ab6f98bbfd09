"""The policies: from who is in by now, and the time left, to a decision, or to None while waiting may change it.

Each is a pure function of the members in the order of the group's file. It must decide once no time is left or nobody
is pending. A member that is out for good never keeps it waiting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from serving.speculation.votes import Decision, Standing, Vote

Members = Sequence[Standing]
Policy = Callable[[Members, float], "Decision | None"]


def prefer(order: Sequence[int]) -> Policy:
    """The first member of ``order`` that answers: it alone is waited for, the next ones stand in for it.

    ``order`` are places of members; one that is not named never answers.
    """

    def decide(members: Members, time_left_s: float) -> Decision | None:
        passed_over: list[str] = []
        for place in order:
            member = members[place]
            if member.votes:
                return Decision((place,) * len(member.votes), tuple(passed_over))
            if member.is_pending and time_left_s > 0:
                return None
            passed_over.append(member.excuse)
        return Decision((), tuple(passed_over))

    return decide


def majority(quorum: int, order: Sequence[int], *, by_confidence: bool = False) -> Policy:
    """For each record what most members say; decided at once where ``quorum`` of them say the same.

    ``quorum`` is more than half of the members, so that no later vote can overturn it. Where it is not reached, most
    votes win; of two with as many, with ``by_confidence``, the one whose voters are the surer; then the one whose
    voter comes first in ``order``. The answer shown is that voter's.
    """
    rank = {place: index for index, place in enumerate(order)}

    def decide(members: Members, time_left_s: float) -> Decision | None:
        voters = [place for place in order if members[place].votes]
        may_wait = _may_wait(members, time_left_s)
        if not voters:
            return None if may_wait else _nobody(members)
        places, split = [], []
        for record in range(len(members[voters[0]].votes)):
            camps = _camps(members, voters, record)
            largest = max(camps, key=lambda camp: _weight(camp, members, record), default=[])
            if len(largest) < quorum:
                if may_wait:
                    return None
                split.append(record)
            places.append(largest[0] if largest else voters[0])
        if not split:
            return Decision(tuple(places))
        return Decision(tuple(places), (_no_quorum(split, quorum), *_excuses(members)))

    def _weight(camp: list[int], members: Members, record: int) -> tuple[float, ...]:
        sureness = sum(members[place].votes[record].confidence or 0.0 for place in sorted(camp)) if by_confidence else 0
        return len(camp), sureness, -rank[camp[0]]

    return decide


def median(members: Members, time_left_s: float) -> Decision | None:
    """For each record the middle one of the numbers; of two middle ones that of the member that stands first."""
    if _may_wait(members, time_left_s):
        return None
    voters = _voters(members)
    if not voters:
        return _nobody(members)
    places = [
        _middle([(_number(members[place].votes[record]), place) for place in voters], voters[0])
        for record in range(len(members[voters[0]].votes))
    ]
    mute = [members[place] for place in voters if None in map(_number, members[place].votes)]
    return Decision(tuple(places), (*_excuses(members), *(f"{member.member}: gives no number" for member in mute)))


def most_confident(members: Members, time_left_s: float) -> Decision | None:
    """For each record what the surest member says; of two that are as sure, the one that stands first."""
    if _may_wait(members, time_left_s):
        return None
    voters = _voters(members)
    if not voters:
        return _nobody(members)
    places = [
        max(voters, key=lambda place: (_sureness(members[place].votes[record]), -place))
        for record in range(len(members[voters[0]].votes))
    ]
    mute = [members[place] for place in voters if all(vote.confidence is None for vote in members[place].votes)]
    return Decision(
        tuple(places), (*_excuses(members), *(f"{member.member}: gives no probabilities" for member in mute))
    )


def _may_wait(members: Members, time_left_s: float) -> bool:
    return time_left_s > 0 and any(member.is_pending for member in members)


def _voters(members: Members) -> list[int]:
    return [place for place, member in enumerate(members) if member.votes]


def _excuses(members: Members) -> tuple[str, ...]:
    return tuple(member.excuse for member in members if not member.votes)


def _nobody(members: Members) -> Decision:
    return Decision((), _excuses(members))


def _camps(members: Members, voters: Sequence[int], record: int) -> list[list[int]]:
    """The voters of each class, those of ``voters`` that name one."""
    camps: dict[str | float, list[int]] = defaultdict(list)
    for place in voters:
        said = members[place].votes[record].prediction
        if said is not None:
            camps[said].append(place)
    return list(camps.values())


def _no_quorum(split: Sequence[int], quorum: int) -> str:
    where = f"record {split[0]}" if len(split) == 1 else f"{len(split)} records, first at {split[0]}"
    return f"no {quorum} members say the same: {where}"


def _middle(numbers: list[tuple[float | None, int]], otherwise: int) -> int:
    """The place of the middle number; ``otherwise`` without any."""
    known = sorted((number, place) for number, place in numbers if number is not None)
    if not known:
        return otherwise
    return min(place for _, place in known[(len(known) - 1) // 2 : len(known) // 2 + 1])


def _number(vote: Vote) -> float | None:
    return vote.prediction if isinstance(vote.prediction, float) else None


def _sureness(vote: Vote) -> float:
    return -1.0 if vote.confidence is None else vote.confidence
