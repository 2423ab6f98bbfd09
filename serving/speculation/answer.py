"""What a client is told: the answer, whose it is, what every member did, and why it is degraded where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serving.body import Question
from serving.errors import ServingError
from serving.loading import Loaded
from serving.speculation.collector import Outcome, Reply
from serving.speculation.group import Group
from serving.speculation.votes import Vote

_SHOWN_CHARACTERS = 500


@dataclass(frozen=True)
class Asked:
    """One request to a group with its members' versions, None where there is none, and what came of it."""

    group: Group
    question: Question
    members: tuple[Loaded | None, ...]
    outcome: Outcome

    @property
    def is_defaulted(self) -> bool:
        """Whether nobody gave an answer that could be taken."""
        return not self.outcome.decision.places

    @property
    def is_degraded(self) -> bool:
        """Whether the answer is not the one that the policy gives with every member there and in time."""
        return bool(self.outcome.decision.reasons)


def read_votes(answer: Mapping[str, Any], records: int) -> Reply:
    """What a member's own answer says, as votes; a reply with a problem where it does not fit the question."""
    found = answer.get("predictions", [answer])
    if len(found) != records:
        return Reply(problem=f"gives {len(found)} answers to {records} records")
    votes = tuple(Vote(one["prediction"], one.get("probabilities", {})) for one in found)
    told = {key: value for key, value in answer.items() if key not in ("prediction", "probabilities", "predictions")}
    return Reply(votes, told)


def find_refusal(asked: Asked) -> Exception | None:
    """Why there is no answer at all: the records' fault where members say so, else the group's."""
    if not asked.is_defaulted:
        return None
    replies = asked.outcome.replies
    refusals = [reply.refusal for reply in replies if reply and reply.refusal]
    if refusals and (asked.group.default is None or len(refusals) == len(replies)):
        return refusals[0]
    if asked.group.default is not None:
        return None
    told = "; ".join(asked.outcome.decision.reasons)[:_SHOWN_CHARACTERS]
    wait = f"within {_milliseconds(asked.group.deadline_s)} ms " if not asked.outcome.in_time else ""
    hint = "see GET /models; a default in the groups file would be the answer here"
    return ServingError("H561", f"no member of '{asked.group.name}' can answer {wait}({told})", hint=hint)


def describe(asked: Asked) -> dict[str, object]:
    """The answer, but for the request's id and time: like a single model's, and ``group`` beside it."""
    answers = _answers(asked)
    told: dict[str, object] = dict(answers[0]) if asked.question.single else {"predictions": answers}
    told["warnings"] = _warnings(asked)
    told["group"] = {
        "name": asked.group.name,
        "policy": asked.group.policy,
        "deadline_ms": _milliseconds(asked.group.deadline_s),
        "degraded": asked.is_degraded,
        "reasons": list(asked.outcome.decision.reasons),
        "members": [_member(asked, place) for place in range(len(asked.members))],
    }
    return told


def _answers(asked: Asked) -> list[dict[str, object]]:
    """Each record's prediction, with the member that it comes from."""
    group, decision = asked.group, asked.outcome.decision
    if asked.is_defaulted:
        nobody = dict.fromkeys(("member", "model", "version", "manifest"))
        return [{"prediction": group.default, **nobody, "engine": "default"} for _ in asked.question.records]
    votes, told = {}, {}
    for place in set(decision.places):
        reply = asked.outcome.replies[place] or Reply()
        votes[place] = reply.votes
        told[place] = {"member": group.members[place], **reply.told}
        told[place].pop("warnings", None)
    return [{**_shown(votes[place][record]), **told[place]} for record, place in enumerate(decision.places)]


def _shown(vote: Vote) -> dict[str, object]:
    shown: dict[str, object] = {"prediction": vote.prediction}
    return {**shown, "probabilities": vote.probabilities} if vote.probabilities else shown


def _warnings(asked: Asked) -> list[object]:
    """Those of every member that gave an answer, each once."""
    found: list[object] = []
    for place in sorted(set(asked.outcome.decision.places)):
        reply = asked.outcome.replies[place]
        warnings = reply.told.get("warnings") if reply else None
        found += [each for each in warnings if each not in found] if isinstance(warnings, list) else []
    return found


def _member(asked: Asked, place: int) -> dict[str, object]:
    loaded, reply = asked.members[place], asked.outcome.replies[place]
    told: dict[str, object] = {
        "member": asked.group.members[place],
        "version": loaded.manifest.version if loaded else None,
        "manifest": loaded.digest if loaded else None,
        "state": _state(reply, in_time=asked.outcome.in_time),
        "latency_ms": _milliseconds(reply.latency_s) if reply and reply.latency_s is not None else None,
        "problem": (reply.problem or None) if reply else None,
    }
    if reply and reply.votes and (place == 0 or not asked.group.kind.is_silent):
        votes = [vote.prediction for vote in reply.votes]
        return {**told, "vote": votes[0]} if asked.question.single else {**told, "votes": votes}
    return told


def _state(reply: Reply | None, *, in_time: bool) -> str:
    if reply is None:
        return "not awaited" if in_time else "late"
    if reply.votes:
        return "answered"
    return "refused" if reply.refusal else "unavailable" if reply.latency_s is None else "failed"


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
