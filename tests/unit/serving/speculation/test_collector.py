"""Replies from threads until a policy decides; never later than the deadline."""

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from serving.speculation.collector import Collector, Reply
from serving.speculation.policies import majority, most_confident, prefer
from serving.speculation.votes import Vote

SLACK_S = 5.0
BUY = Reply((Vote("buy"),), latency_s=0.001)
LEAVE = Reply((Vote("leave"),), latency_s=0.001)
DEAD = Reply(problem="is dead", latency_s=0.001)


def collector(*members, policy=None, late=None):
    late = [] if late is None else late
    return Collector(members, policy or prefer(range(len(members))), lambda *reply: late.append(reply))


def soon(after_s=0.02):
    return time.monotonic() + after_s


def test_the_decision_is_made_with_the_reply_that_brings_it():
    one = collector("smart", "fast")
    thread = threading.Thread(target=one.put, args=(0, BUY))
    thread.start()
    outcome = one.wait(soon(10))
    thread.join()
    assert (outcome.decision.places, outcome.in_time, outcome.replies) == ((0,), True, (BUY, None))


def test_replies_that_came_before_the_waiting_count():
    one = collector("smart", "fast")
    one.put(1, LEAVE)
    one.put(0, DEAD)
    assert one.wait(soon(10)).decision.places == (1,)


def test_silence_ends_at_the_deadline():
    one = collector("smart", "fast")
    deadline = soon()
    outcome = one.wait(deadline)
    assert deadline <= time.monotonic() < deadline + SLACK_S
    assert (outcome.decision.places, outcome.in_time) == ((), False)


def test_a_deadline_that_has_passed_takes_what_is_there():
    one = collector("smart", "fast")
    one.put(1, LEAVE)
    assert one.wait(time.monotonic() - 1).decision.places == (1,)


def test_what_comes_later_is_handed_on_and_changes_nothing():
    late = []
    one = collector("smart", "fast", late=late)
    one.put(1, LEAVE)
    outcome = one.wait(soon())
    one.put(0, BUY)
    assert late == [(0, BUY, outcome)]
    assert outcome.replies == (None, LEAVE)


def test_every_reply_is_seen_once_in_time_or_late():
    """Replies race with the deadline: none is lost, none is counted twice."""
    for _ in range(50):
        late = []
        members = [f"m{place}" for place in range(4)]
        one = collector(*members, policy=most_confident, late=late)
        gate = threading.Barrier(5)

        def bring(place, one=one, gate=gate):
            gate.wait()
            one.put(place, BUY)

        threads = [threading.Thread(target=bring, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        gate.wait()
        outcome = one.wait(time.monotonic() + 0.0001)
        for thread in threads:
            thread.join()
        in_time = [place for place, reply in enumerate(outcome.replies) if reply]
        assert sorted(in_time + [place for place, _, _ in late]) == [0, 1, 2, 3]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([BUY, LEAVE, DEAD, None]), min_size=3, max_size=5))
def test_whatever_comes_the_answer_is_a_members_or_none_and_in_time(replies):
    """None stays silent for ever."""
    one = collector(*map(str, range(len(replies))), policy=majority(len(replies) // 2 + 1, range(len(replies))))
    deadline = soon(0.005)
    for place, reply in enumerate(replies):
        if reply:
            one.put(place, reply)
    outcome = one.wait(deadline)
    assert time.monotonic() < deadline + SLACK_S
    assert all(replies[place].votes for place in outcome.decision.places)
    assert bool(outcome.decision.places) == any(reply and reply.votes for reply in replies)
