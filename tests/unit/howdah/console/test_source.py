"""Oozie is asked once for all who look, and never waited for too long."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from howdah.console.errors import ConsoleError
from howdah.console.logs import Log
from howdah.console.source import FOR_GOOD, Source
from oozie.client import OozieClient

LONG_S = 30.0
NOWHERE = "http://localhost:9/oozie"


def wait_until(is_so: Callable[[], object]) -> None:
    """An answer is weighed after it was given."""
    end = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def source() -> Iterator[Source]:
    # Nothing is asked of it: a client connects when it is used.
    with closing(Source(lambda: OozieClient(NOWHERE, user="root"), patience_s=0.05)) as source:
        yield source


def test_an_answer_is_kept_as_long_as_it_is_fresh(source: Source) -> None:
    asked: list[int] = []

    def ask(fresh_s: float) -> int:
        return source.ask("key", lambda _: asked.append(1) or len(asked), fresh_s=fresh_s)

    assert [ask(LONG_S), ask(LONG_S)] == [1, 1]
    source.forget()
    assert ask(0.0) == 2
    assert ask(0.0) == 3


def test_many_who_ask_at_once_are_one_question(source: Source) -> None:
    go, asked, answers = threading.Event(), [], []

    def slow(_: OozieClient) -> str:
        asked.append(1)
        go.wait(5)
        return "answer"

    askers = [
        threading.Thread(target=lambda: answers.append(source.ask("k", slow, fresh_s=LONG_S, within_s=5)))
        for _ in range(6)
    ]
    for each in askers:
        each.start()
    while not asked:
        time.sleep(0.001)
    go.set()
    for each in askers:
        each.join()

    assert (len(asked), answers) == (1, ["answer"] * 6)


def test_who_has_waited_long_enough_is_told_and_finds_the_answer_later(source: Source) -> None:
    go = threading.Event()
    with pytest.raises(ConsoleError) as caught:
        source.ask("k", lambda _: go.wait(5) and "late", fresh_s=LONG_S)
    assert caught.value.code == "H751"

    go.set()
    assert source.ask("k", lambda _: "other", fresh_s=LONG_S, within_s=5) == "late"


def test_a_slow_question_holds_up_no_other(source: Source) -> None:
    go = threading.Event()
    for number in range(3):
        with pytest.raises(ConsoleError):
            source.ask(number, lambda _: go.wait(5), fresh_s=LONG_S, within_s=0.001)

    assert source.ask("quick", lambda _: 1, fresh_s=LONG_S, within_s=5) == 1
    go.set()


def test_slow_logs_hold_up_no_job(source: Source) -> None:
    go = threading.Event()
    for number in range(20):
        with pytest.raises(ConsoleError):
            source.ask_log(number, lambda _: go.wait(5), fresh_s=LONG_S, within_s=0.001)

    assert source.ask("jobs", lambda _: 1, fresh_s=LONG_S, within_s=2) == 1
    go.set()


class Now:
    """A clock that stands."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def small(now: Now) -> Iterator[Source]:
    """Keeps 10,000 bytes."""
    with closing(Source(lambda: OozieClient(NOWHERE), patience_s=5, most_bytes=10_000, clock=now)) as source:
        yield source


def test_what_is_no_longer_fresh_is_dropped_though_nobody_asks_for_it(small: Source, now: Now) -> None:
    class Lines(list[str]):
        """A list that can be watched."""

    kept = weakref.ref(small.ask_log("log", lambda _: Lines(["x"]), fresh_s=20.0))
    now.seconds = 19.0
    small.ask("other", lambda _: 1, fresh_s=1.0)
    assert kept() is not None
    now.seconds = 21.0
    small.ask("another", lambda _: 1, fresh_s=1.0)

    gc.collect()
    assert kept() is None


def test_of_what_is_fresh_no_more_is_kept_than_there_is_room_for(small: Source) -> None:
    asked: list[int] = []

    def log(number: int) -> Log:
        return small.ask_log(number, lambda _: asked.append(number) or Log("log", ("x" * 999,) * 3), fresh_s=LONG_S)

    for number in (1, 2, 1, 3):
        log(number)
    small.ask("settle", lambda _: 1, fresh_s=LONG_S)
    assert asked == [1, 2, 3]
    log(4)
    wait_until(lambda: log(2) and asked[-1] == 2)  # was looked at for longest

    assert asked[:5] == [1, 2, 3, 4, 2]


def test_an_answer_that_is_too_large_to_keep_is_given_all_the_same(small: Source) -> None:
    assert len(small.ask_log("log", lambda _: {"a": ["x" * 20_000]}, fresh_s=LONG_S)["a"][0]) == 20_000


def test_a_failure_is_raised_and_not_kept(source: Source) -> None:
    def fail(_: OozieClient) -> None:
        raise ConsoleError("H750", "no")

    with pytest.raises(ConsoleError):
        source.ask("k", fail, fresh_s=0.0, within_s=5)
    assert source.ask("k", lambda _: "well", fresh_s=0.0, within_s=5) == "well"


def test_a_glance_gives_what_is_there_and_leaves_out_what_failed(source: Source) -> None:
    go = threading.Event()

    def fail(_: OozieClient) -> str:
        raise ConsoleError("H750", "no")

    questions = {"quick": lambda _: "here", "slow": lambda _: go.wait(5) and "there", "bad": fail}
    first = source.glance(questions, within_s=0.2)
    go.set()

    assert first == {"quick": "here"}
    assert source.glance(questions, within_s=5) == {"quick": "here", "slow": "there"}
    source.forget()  # what never changes is kept
    assert source.ask("quick", lambda _: "again", fresh_s=FOR_GOOD) == "here"


def test_after_a_change_everything_is_asked_anew(source: Source) -> None:
    source.ask("state", lambda _: "RUNNING", fresh_s=LONG_S, within_s=5)

    source.do(lambda _: None)

    assert source.ask("state", lambda _: "KILLED", fresh_s=LONG_S, within_s=5) == "KILLED"


def test_also_after_a_change_that_failed(source: Source) -> None:
    source.ask("state", lambda _: "RUNNING", fresh_s=LONG_S, within_s=5)

    def refuse(_: OozieClient) -> None:
        raise ConsoleError("H755", "no")

    with pytest.raises(ConsoleError):
        source.do(refuse)
    assert source.ask("state", lambda _: "KILLED", fresh_s=LONG_S, within_s=5) == "KILLED"
