"""What follows from an observation: incidents open and close, and each response is made once for each incident.

An alert goes out after a claim, under the incident's id: who is killed between sending and noting it leaves a claim
that runs out, and the next one sends it again under the same id, by which the receiver knows it. A rollback is one by
the model's own log: it happens only while the incident's version is the champion, so nobody makes it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from models.lifecycle import Lifecycle
from models.source import CHAMPION
from models.watching.incidents import Incident, Incidents, Step
from models.watching.observation import Finding, Observation
from models.watching.policy import Kind, Policy
from storage.errors import HowdahError

Outcome: TypeAlias = Literal["done", "already done", "waiting", "failed"]

_MOST_WORDS = 20
_LONGEST_TEXT = 900


@dataclass(frozen=True)
class Alert:
    """What is told: ``id`` is the incident's, the same however often it is sent."""

    id: str
    model: str
    version: int
    kind: Kind
    opened: str
    findings: tuple[Finding, ...]

    @property
    def subject(self) -> str:
        """One line."""
        return f"{self.model}@{self.version}: {self.kind} past its threshold"


class Channel(Protocol):
    """A way by which alerts go out; ``step`` is how the log of incidents calls it."""

    @property
    def step(self) -> Step:
        """``line``, ``webhook`` or ``mail``."""

    def send(self, alert: Alert) -> str:
        """Deliver ``alert`` and say where to, in a few words. Raises: HowdahError."""


@dataclass(frozen=True)
class Made:
    """What came of one step for one incident."""

    incident: str
    kind: Kind
    step: Step
    outcome: Outcome
    text: str


@dataclass(frozen=True)
class Result:
    """``opened`` and ``closed`` are ids; ``open`` is what is open now, of the version that was observed."""

    open: tuple[Incident, ...]
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    made: tuple[Made, ...]


class Responder:
    """Does what ``policy`` says about one model."""

    def __init__(self, policy: Policy, incidents: Incidents, lifecycle: Lifecycle, channels: Sequence[Channel]) -> None:
        self._policy = policy
        self._incidents = incidents
        self._lifecycle = lifecycle
        self._channels = {channel.step: channel for channel in channels}

    def respond(self, observation: Observation) -> Result:
        """Open, close and respond. Raises: WatchError, StorageError; what a response raises is told in the result."""
        before = self._incidents.open()
        closed = tuple(each.id for each in before if self._close(each, observation))
        kinds = tuple(dict.fromkeys(finding.kind for finding in observation.findings))
        incidents = [self._incidents.begin(kind, observation.version, _words(observation, kind)) for kind in kinds]
        made = tuple(
            self._make(incident, step, observation) for incident in incidents for step in self._steps(incident.kind)
        )
        known = {each.id for each in before}
        opened = tuple(each.id for each in incidents if each.id not in known)
        now = tuple(each for each in self._incidents.open() if each.version == observation.version)
        return Result(now, opened, closed, made)

    def _close(self, incident: Incident, observation: Observation) -> bool:
        if incident.version not in {observation.version, *observation.in_use}:
            reason = f"version {incident.version} is not in use any more"
        elif incident.version == observation.version and _is_quiet(incident.kind, observation):
            reason = "it is below its threshold again"
        else:
            return False
        self._incidents.close(incident, reason)
        return True

    def _steps(self, kind: Kind) -> list[Step]:
        steps: list[Step] = []
        for response in self._policy.responses.get(kind, ()):
            steps += ["rollback"] if response == "rollback" else self._channels
        return steps

    def _make(self, incident: Incident, step: Step, observation: Observation) -> Made:
        def made(outcome: Outcome, text: str = "") -> Made:
            return Made(incident.id, incident.kind, step, outcome, text)

        if step in incident.done:
            return made("already done")
        if not self._incidents.claim(incident, step):
            return made("waiting", "another watch is at it, or it failed less than an hour ago")
        try:
            text = (
                self._roll_back(incident, observation)
                if step == "rollback"
                else self._channels[step].send(_alert(incident, observation))
            )
        except HowdahError as error:
            text = str(error.diagnostics[0])[:_LONGEST_TEXT]
            self._incidents.fail(incident, step, text)
            return made("failed", text)
        self._incidents.finish(incident, step, text)
        return made("done", text)

    def _roll_back(self, incident: Incident, observation: Observation) -> str:
        why = f"{_words(observation, incident.kind)} (incident {incident.id})"
        entry = self._lifecycle.roll_back_from(observation.model, observation.version, why)
        if entry is None:
            return f"the {CHAMPION} is not version {observation.version} any more"
        return f"the {CHAMPION} is version {entry.versions[0]} again"


def _is_quiet(kind: Kind, observation: Observation) -> bool:
    return kind in observation.judged and all(finding.kind != kind for finding in observation.findings)


def _alert(incident: Incident, observation: Observation) -> Alert:
    findings = tuple(finding for finding in observation.findings if finding.kind == incident.kind)
    return Alert(incident.id, observation.model, observation.version, incident.kind, incident.opened, findings)


def _words(observation: Observation, kind: Kind) -> str:
    found = [finding.words for finding in observation.findings if finding.kind == kind]
    more = f"; and {len(found) - _MOST_WORDS} more" if len(found) > _MOST_WORDS else ""
    return ("; ".join(found[:_MOST_WORDS]) + more)[:_LONGEST_TEXT]
