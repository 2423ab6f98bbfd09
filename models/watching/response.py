"""What follows from an observation: incidents open and close, and each response is made once for each incident.

An alert goes out after a claim, under the incident's id: who is killed between sending and noting it leaves a claim
that runs out, and the next one sends it again under the same id, by which the receiver knows it. A rollback is one by
the model's own log: it happens only while the incident's version is the champion, so nobody makes it twice. A
retraining is asked for by a file that bears the incident's id, and is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from models.lifecycle import Lifecycle
from models.source import CHAMPION
from models.watching.incidents import Incident, Incidents, Step
from models.watching.observation import Observation
from models.watching.policy import Kind, Policy
from models.watching.retraining import Retraining
from storage.errors import HowdahError

Outcome: TypeAlias = Literal["done", "already done", "waiting", "failed"]

_LONGEST_TEXT = 900


@dataclass(frozen=True)
class Alert:
    """What is told: ``id`` is the incident's, the same however often it is sent; ``findings`` are sentences."""

    id: str
    model: str
    version: int
    kind: Kind
    opened: str
    findings: tuple[str, ...]

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
    """``opened`` and ``closed`` are ids, ``open`` is what is open now; ``made`` has a row an incident and step."""

    open: tuple[Incident, ...]
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    made: tuple[Made, ...]


class Responder:
    """Does what ``policy`` says about one model."""

    def __init__(
        self,
        policy: Policy,
        incidents: Incidents,
        lifecycle: Lifecycle,
        retraining: Retraining,
        channels: Sequence[Channel],
    ) -> None:
        self._policy = policy
        self._incidents = incidents
        self._lifecycle = lifecycle
        self._retraining = retraining
        self._channels = {channel.step: channel for channel in channels}

    def respond(self, observation: Observation) -> Result:
        """Open, respond and close. Raises: WatchError, StorageError; what a step raises is told in the result.

        An incident that is over is closed when its steps are made: a mail that did not go out before the rollback, or
        a retraining that somebody was killed before asking for, is not forgotten.
        """
        known = {each.id for each in self._incidents.open()}
        for kind in dict.fromkeys(finding.kind for finding in observation.findings):
            words = [finding.words for finding in observation.findings if finding.kind == kind]
            self._incidents.begin(kind, observation.version, words)
        incidents = self._incidents.open()
        made: list[Made] = []
        closed: list[str] = []
        for incident in incidents:
            outcomes = [self._make(incident, step, observation.model) for step in self._steps(incident, observation)]
            made += outcomes
            reason = _why_over(incident, observation)
            if reason and all(each.outcome in ("done", "already done") for each in outcomes):
                self._incidents.close(incident, reason)
                closed.append(incident.id)
        opened = tuple(each.id for each in incidents if each.id not in known)
        return Result(self._incidents.open(), opened, tuple(closed), tuple(made))

    def _steps(self, incident: Incident, observation: Observation) -> list[Step]:
        """What the policy says; of what is quiet again people are told, but nothing is changed for it."""
        responses = self._policy.responses.get(incident.kind, ())
        if _is_quiet(incident, observation):
            responses = tuple(each for each in responses if each == "alert")
        steps: list[Step] = []
        for response in responses:
            steps += self._channels if response == "alert" else [response]
        return steps

    def _make(self, incident: Incident, step: Step, model: str) -> Made:
        def made(outcome: Outcome, text: str = "") -> Made:
            return Made(incident.id, incident.kind, step, outcome, text)

        if step in incident.done:
            return made("already done")
        if not self._incidents.claim(incident, step):
            return made("waiting", "another watch is at it, or it failed less than an hour ago")
        try:
            text = self._do(step, incident, model)
        except HowdahError as error:
            text = str(error.diagnostics[0])[:_LONGEST_TEXT]
            self._incidents.fail(incident, step, text)
            return made("failed", text)
        self._incidents.finish(incident, step, text)
        return made("done", text)

    def _do(self, step: Step, incident: Incident, model: str) -> str:
        why = "; ".join(incident.findings)[:_LONGEST_TEXT]
        if step == "rollback":
            entry = self._lifecycle.roll_back_from(model, incident.version, f"{why} (incident {incident.id})")
            if entry is None:
                return f"the {CHAMPION} is not version {incident.version} any more"
            return f"the {CHAMPION} is version {entry.versions[0]} again"
        if step == "retrain":
            return self._retraining.ask(incident.id, incident.version, why)
        alert = Alert(incident.id, model, incident.version, incident.kind, incident.opened, incident.findings)
        return self._channels[step].send(alert)


def _why_over(incident: Incident, observation: Observation) -> str:
    """Empty while it goes on, or while nobody can say."""
    if incident.version not in {observation.version, *observation.in_use}:
        return f"version {incident.version} is not in use any more"
    return "it is below its threshold again" if _is_quiet(incident, observation) else ""


def _is_quiet(incident: Incident, observation: Observation) -> bool:
    is_measured = incident.version == observation.version and incident.kind in observation.judged
    return is_measured and all(finding.kind != incident.kind for finding in observation.findings)
