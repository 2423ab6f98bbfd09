"""A registry of members that do what a test says: answer, fail, or wait until they are let go."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from models.scorer.interface import Answer
from serving.body import Question
from serving.loading import Loader
from serving.prediction import predict
from serving.registry import Registry
from serving.speculation.asking import Speculation
from serving.speculation.group import Group
from serving.speculation.lanes import Lanes
from serving.statistics import SharedCounts

PATIENCE_S = 10.0
SOON_S = 0.03
SLACK_S = 5.0  # what a busy machine may take to wake a thread
ENDS = ("in_time", "late", "failed", "refused", "busy")
CLASSES = ("leave", "buy")


class Time:
    """The real clock, and a way to let all deadlines pass at once."""

    gone_s = 0.0

    def __call__(self):
        return time.monotonic() + self.gone_s

    def pass_by(self):
        self.gone_s += PATIENCE_S + 1


@dataclass
class Member:
    """A scorer that plays what ``play`` holds: rows in, answers out. Its first call is the registry's warm-up."""

    plays: dict[str, Callable]
    name: str
    first: Answer
    engine: str = "puppet"
    is_warm: bool = False

    def score(self, rows):
        if not self.is_warm:
            self.is_warm = True
            return [self.first] * len(rows)
        return self.plays[self.name](rows)


@dataclass
class Team:
    """Members by name, each published in a real repository, and groups over them."""

    shop: object
    folder: object
    clock: Callable
    plays: dict[str, Callable] = field(default_factory=dict)
    time: Time = field(default_factory=Time)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    released: threading.Event = field(default_factory=threading.Event)
    groups: list[Speculation] = field(default_factory=list)
    statistics: object = field(default_factory=lambda: SharedCounts().part(0))

    def __post_init__(self):
        loader = Loader(self._open, self.folder)
        self.registry = Registry({"repository": self.shop.repository}, loader, now=self.clock)

    def _open(self, folder):
        said = json.loads((folder / "answer.json").read_text())
        first = Answer(0.0, (1.0, 0.0)) if said["probability"] else Answer(0.0)
        return Member(self.plays, said["prediction"], first)

    def publish(self, name, play, *, classes=CLASSES, **manifest):
        """A version of ``name`` that answers as ``play`` says."""
        self.plays[name] = play
        probability = [1.0] if classes else None
        version = self.shop.publish(name, prediction=name, probability=probability, classes=classes, **manifest)
        self.registry.look()
        return version

    def says(self, prediction, *probability):
        """Answers at once."""
        return lambda rows: [Answer(float(prediction), probability or None)] * len(rows)

    def hangs(self, prediction=0.0):
        """Answers when the test lets go, and not before."""

        def play(rows):
            self.begun.release()
            assert self.released.wait(PATIENCE_S)
            return [Answer(float(prediction))] * len(rows)

        return play

    def is_last(self, play):
        """Waits for the other member to hang; with what this one does, the time is up."""

        def do(rows):
            assert self.begun.acquire(timeout=PATIENCE_S)
            try:
                return play(rows)
            finally:
                self.time.pass_by()

        return do

    def dies(self, rows):
        raise RuntimeError("the trees are gone")

    def group(self, policy, *members, deadline_s=PATIENCE_S, threads=4, **options):
        """A service of one group, named ``group``."""
        group = Group("group", policy, members, deadline_s, **options)
        lanes = Lanes(threads, clock=self.time)
        self.groups.append(Speculation(self.registry, [group], self.predict, lanes=lanes, clock=self.time))
        return self.groups[-1]

    def predict(self, loaded, question):
        return predict(loaded, question, self.statistics, None)

    def let_go(self):
        """Let those that hang go on, and wait until all calls have ended."""
        self.released.set()
        end = time.monotonic() + PATIENCE_S
        while not all(self.is_settled(speculation) for speculation in self.groups):
            assert time.monotonic() < end
            time.sleep(0.001)

    @staticmethod
    def is_settled(speculation):
        members = speculation.report("group")["counts"]["members"]
        return all(one["asked"] == sum(one[end] for end in ENDS) for one in members)


@pytest.fixture
def team(shop, tmp_path, clock):
    team = Team(shop, tmp_path / "cache", clock)
    yield team
    team.let_go()


@pytest.fixture
def ask(record):
    """One record of a request to the group, or several."""

    def ask(speculation, *records, key="user-1"):
        question = (
            Question("group", list(records), single=False) if records else Question("group", [record], single=True)
        )
        return speculation.answer("group", question, key)

    return ask


def states(answer):
    return {member["member"]: member["state"] for member in answer["group"]["members"]}


def counts(speculation):
    return {(one["member"], one["version"]): one for one in speculation.report("group")["counts"]["members"]}
