"""Counts over all workers: none is lost with its worker, none is there twice."""

import multiprocessing
import os
import signal
import threading

import pytest

from serving.speculation.collector import Outcome, Reply
from serving.speculation.counts import SharedCounts
from serving.speculation.group import Group
from serving.speculation.votes import Decision, Vote

GROUP = Group("group", "shadow", ("main", "shadow"), 1.0)


def reply(*said):
    return Reply(tuple(map(Vote, said)), latency_s=0.001)


def members(counts):
    """Member and version → what is not 0."""
    told = counts.totals().as_json()["members"]
    return {
        (one.pop("member"), one.pop("version")): {name: number for name, number in one.items() if number}
        for one in map(dict, told)
    }


@pytest.fixture
def shared():
    return SharedCounts(GROUP, slots=3)


def test_a_group_that_was_never_asked(shared):
    assert shared.totals().as_json() == {"requests": 0, "degraded": 0, "defaulted": 0, "unanswered": 0, "members": []}


def test_a_request_and_what_it_came_to(shared):
    counts = shared.part(0)
    outcome = Outcome(Decision((0, 0)), (reply("x", "y"), None), in_time=True)
    counts.count_asked(0, 1)
    counts.count_asked(1, 7)
    counts.count_ended(0, 1, outcome.replies[0], outcome, late=False)
    counts.count_ended(1, 7, reply("x", "z"), outcome, late=True)
    counts.count_decided(degraded=True, defaulted=False, unanswered=False)
    assert members(shared) == {
        ("main", 1): {"asked": 1, "in_time": 1, "used": 2},
        ("shadow", 7): {"asked": 1, "late": 1, "compared": 2, "agreed": 1},
    }
    told = shared.totals().as_json()
    assert (told["requests"], told["degraded"], told["defaulted"], told["unanswered"]) == (1, 1, 0, 0)


def test_numbers_are_compared_by_their_difference(shared):
    outcome = Outcome(Decision((0, 0)), (reply(1.0, 2.0), None), in_time=True)
    shared.part(0).count_ended(1, 1, reply(1.5, 2.0), outcome, late=False)
    assert members(shared)["shadow", 1] == {"in_time": 1, "compared": 2, "agreed": 1, "difference": 0.5}


def test_what_was_no_answer(shared):
    counts = shared.part(0)
    outcome = Outcome(Decision(()), (None, None), in_time=False)
    counts.count_ended(0, 1, Reply(problem="fails"), outcome, late=True)
    counts.count_ended(0, 1, Reply(problem="refuses", refusal=ValueError()), outcome, late=False)
    counts.count_unbegun(0, 1)
    assert members(shared) == {("main", 1): {"failed": 1, "refused": 1, "busy": 1}}


def test_all_workers_are_added_up_and_a_successor_goes_on(shared):
    for slot in (0, 2, 2):
        counts = shared.part(slot)
        counts.count_asked(0, 1)
        counts.count_decided(degraded=False, defaulted=True, unanswered=False)
    assert members(counts) == {("main", 1): {"asked": 3}}
    assert (counts.totals().requests["requests"], counts.totals().requests["defaulted"]) == (3, 3)


def test_versions_beyond_the_rows_share_the_last_one(shared):
    counts = shared.part(0)
    for version in [*range(1, 20), 1, 19]:
        counts.count_asked(1, version)
    told = members(shared)
    assert (len(told), told["shadow", 1], told["shadow", None]) == (16, {"asked": 2}, {"asked": 5})


def test_threads_lose_nothing(shared):
    counts = shared.part(0)

    def work():
        for _ in range(500):
            counts.count_asked(0, 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert members(shared) == {("main", 1): {"asked": 2000}}


@pytest.mark.slow
def test_a_killed_worker_leaves_its_counts(shared):
    def work():
        shared.part(1).count_asked(0, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert members(shared) == {("main", 1): {"asked": 1}}
