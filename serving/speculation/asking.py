"""Groups at work: a request to one is asked of its members at once, and answered by its policy before its deadline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import ReferenceType, WeakSet, ref

from models.errors import ScoringError
from models.manifest import Manifest
from serving.body import Question
from serving.errors import ServingError, SignatureError
from serving.loading import Loaded
from serving.registry import Registry
from serving.speculation.answer import Asked, describe, find_refusal, read_votes
from serving.speculation.collector import Collector, Outcome, Reply
from serving.speculation.counts import Counts, Totals, make_counts
from serving.speculation.fitness import Fit, check_fit
from serving.speculation.group import Group
from serving.speculation.lanes import Lanes, Load
from storage.errors import Diagnostic, HowdahError

# How one version answers a question, as a client would get it.
Predict = Callable[[Loaded, Question], Mapping[str, Any]]

_log = logging.getLogger(__name__)


class Speculation:
    """The groups of a service, over the versions that its registry has in memory at each request's begin.

    ``names`` are the groups', in the order of their file; ``counts`` is what this worker counts in, by the same names.
    """

    def __init__(
        self,
        registry: Registry,
        groups: Sequence[Group],
        predict: Predict,
        *,
        counts: Mapping[str, Counts] | None = None,
        lanes: Lanes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        own = counts or {name: shared.part(0) for name, shared in make_counts(groups).items()}
        self._groups = {group.name: _Running(group, own[group.name]) for group in groups}
        self.names = tuple(self._groups)
        self._predict = predict
        self._lanes = lanes or Lanes()
        self._clock = clock
        self._failed: WeakSet[Loaded] = WeakSet()

    def totals(self) -> Mapping[str, Totals]:
        """What all workers have counted, by group."""
        return {name: running.counts.totals() for name, running in self._groups.items()}

    def answer(self, name: str, question: Question, key: str) -> dict[str, object]:
        """What the group ``name`` answers, but for the request's id and time; ``key`` is what a canary draws by.

        Raises: SignatureError, ScoringError where the records fit no member; ServingError H561 without an answer in
        time, H562 for members that do not fit together.
        """
        deadline = self._clock() + self._groups[name].group.deadline_s
        running = self._groups[name]
        asked = self._ask(running, question, key, deadline)
        refusal = find_refusal(asked)
        running.counts.count_decided(
            degraded=asked.is_degraded,
            defaulted=asked.is_defaulted and refusal is None,
            unanswered=refusal is not None,
        )
        if refusal is not None:
            raise refusal
        return describe(asked)

    def manifest(self, name: str) -> Manifest:
        """That of the first member that fits: it says what the group ``name`` takes and gives.

        Raises: ServingError H561 where no member is loaded, H562 where they do not fit together.
        """
        running = self._groups[name]
        group, members = running.group, members_of(running.group, self._registry)
        fit = running.fit(members)
        if fit.refusal:
            raise _unfit(group, fit)
        for loaded, problem in zip(members, fit.problems, strict=True):
            if loaded and not problem:
                return loaded.manifest
        absences = "; ".join(f"{member}: {_absence(member, self._registry)}" for member in group.members)
        raise ServingError("H561", f"no member of '{name}' can answer ({absences})"[:500], hint="see GET /models")

    def report(self, name: str) -> dict[str, object]:
        """One group as it stands: its members, what is wrong with them, and what all workers have counted."""
        running = self._groups[name]
        group, members = running.group, members_of(running.group, self._registry)
        fit = running.fit(members)
        return {
            "name": group.name,
            "policy": group.policy,
            "description": group.description,
            "deadline_ms": round(group.deadline_s * 1000, 3),
            "default": group.default,
            "problem": fit.refusal or None,
            "members": [
                {
                    "member": member,
                    "version": loaded.manifest.version if loaded else None,
                    "weight": group.weights.get(member),
                    "problem": problem or (None if loaded else _absence(member, self._registry)),
                    "calls": self._lanes.load(loaded) if loaded else Load(),
                }
                for member, loaded, problem in zip(group.members, members, fit.problems, strict=True)
            ],
            "counts": running.counts.totals().as_json(),
        }

    def _ask(self, running: _Running, question: Question, key: str, deadline: float) -> Asked:
        group, members = running.group, members_of(running.group, self._registry)
        fit = running.fit(members)
        if fit.refusal:
            running.counts.count_decided(degraded=False, defaulted=False, unanswered=True)
            raise _unfit(group, fit)
        manifests = [
            loaded.manifest if loaded and not problem else None
            for loaded, problem in zip(members, fit.problems, strict=True)
        ]
        policy = group.kind.make(group, manifests, key)
        collector = Collector(group.members, policy, partial(self._note_late, running, members), self._clock)
        for place, (loaded, problem) in enumerate(zip(members, fit.problems, strict=True)):
            if loaded is None or problem:
                collector.put(place, Reply(problem=problem or _absence(group.members[place], self._registry)))
            else:
                self._begin(running, place, loaded, question, collector, deadline)
        outcome = collector.wait(deadline)
        for place, reply in enumerate(outcome.replies):
            self._note(running, members, place, reply, outcome, late=False)
        return Asked(group, question, members, outcome)

    def _begin(
        self, running: _Running, place: int, loaded: Loaded, question: Question, collector: Collector, deadline: float
    ) -> None:
        version = loaded.manifest.version

        def call() -> None:
            collector.put(place, self._call(loaded, question))

        def expire() -> None:
            running.counts.count_unbegun(place, version)
            collector.put(place, Reply(problem="busy, not begun in time"))

        running.counts.count_asked(place, version)
        busy = self._lanes.submit(loaded, call, expire, deadline)
        if busy:
            running.counts.count_unbegun(place, version)
            collector.put(place, Reply(problem=busy))

    def _call(self, loaded: Loaded, question: Question) -> Reply:
        """In a thread of its own: the member's reply, whatever comes of it."""
        began = self._clock()
        try:
            found = read_votes(self._predict(loaded, question), len(question.records))
        except (SignatureError, ScoringError) as error:
            found = Reply(problem=f"refuses the records: {error.diagnostics[0].message}", refusal=error)
        except HowdahError as error:
            found = Reply(problem=f"fails: {error.diagnostics[0]}")
        except (Exception, SystemExit) as error:
            # A model can fail in any way; the others answer without it, so nothing else would tell.
            self._log_once(loaded)
            found = Reply(problem=f"fails: {type(error).__name__}")
        return Reply(found.votes, found.told, found.problem, found.refusal, self._clock() - began)

    def _log_once(self, loaded: Loaded) -> None:
        """The first failure of a version, with its traceback; those after it are counted."""
        if loaded not in self._failed:
            self._failed.add(loaded)
            _log.exception("%s version %d fails", loaded.manifest.name, loaded.manifest.version)

    def _note_late(
        self, running: _Running, members: Sequence[Loaded | None], place: int, reply: Reply, outcome: Outcome
    ) -> None:
        self._note(running, members, place, reply, outcome, late=True)

    def _note(
        self,
        running: _Running,
        members: Sequence[Loaded | None],
        place: int,
        reply: Reply | None,
        outcome: Outcome,
        *,
        late: bool,
    ) -> None:
        """Count a reply that a call brought; who was never called has no latency."""
        loaded = members[place]
        if reply is None or reply.latency_s is None or loaded is None:
            return
        running.counts.count_ended(place, loaded.manifest.version, reply, outcome, late=late)


def members_of(group: Group, registry: Registry) -> tuple[Loaded | None, ...]:
    """The versions that answer for the members of ``group`` just now, None where there is none."""
    states = registry.states
    found = [states.get(name) for name in group.members]
    return tuple(state.loaded if state else None for state in found)


def find_group_problems(group: Group, registry: Registry) -> list[Diagnostic]:
    """What keeps members, or the group as a whole, from answering just now."""
    members = members_of(group, registry)
    fit = check_fit(group, [loaded.manifest if loaded else None for loaded in members])
    hint = f"GET /groups/{group.name} shows its members"
    found = []
    for member, loaded, problem in zip(group.members, members, fit.problems, strict=True):
        if problem:
            found.append(Diagnostic("H562", f"{member}: {problem}", hint))
        elif loaded is None:
            found.append(Diagnostic("H511", f"{member}: {_absence(member, registry)}", hint))
    return [*found, Diagnostic("H562", fit.refusal, hint)] if fit.refusal else found


def _unfit(group: Group, fit: Fit) -> ServingError:
    told = "; ".join(
        f"{member} {problem}" for member, problem in zip(group.members, fit.problems, strict=True) if problem
    )
    message = f"group '{group.name}' cannot answer: {fit.refusal}" + (f" ({told})" if told else "")
    return ServingError("H562", message, hint=f"GET /groups/{group.name} shows its members")


def _absence(member: str, registry: Registry) -> str:
    state = registry.states.get(member)
    reason = f": {state.problem.message}" if state and state.problem else ""
    return f"has no version to answer with{reason}"


class _Running:
    """A group with what is known of it: its counts, and how the versions fit that were last looked at."""

    def __init__(self, group: Group, counts: Counts) -> None:
        self.group = group
        self.counts = counts
        # References that keep no version in memory.
        self._fit: tuple[tuple[ReferenceType[Loaded] | None, ...], Fit] | None = None

    def fit(self, members: Sequence[Loaded | None]) -> Fit:
        """:func:`check_fit`, made anew when a version has changed."""
        versions = tuple(ref(loaded) if loaded else None for loaded in members)
        known = self._fit
        if known and known[0] == versions:
            return known[1]
        manifests: list[Manifest | None] = [loaded.manifest if loaded else None for loaded in members]
        fit = check_fit(self.group, manifests)
        self._fit = (versions, fit)
        return fit
