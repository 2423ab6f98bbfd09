"""A few threads for each version, deadlines, calls that hang, and threads that go."""

import gc
import threading
import time
import weakref

import pytest

from serving.speculation.lanes import MOST_WAITING, Lanes, Load

PATIENCE_S = 10.0
SOON = 1.0  # a deadline on the test's clock


class Clock:
    time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lanes(clock):
    return Lanes(threads=2, hang_s=30.0, clock=clock)


@pytest.fixture
def loaded(shop, registry):
    shop.publish()
    registry.look()
    return registry.states["funnel"].loaded


def until(is_so):
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)


class Calls:
    """Calls to a lane that return when they are told to."""

    def __init__(self, lanes):
        self._lanes = lanes
        self.releases = []
        self.begun = []
        self.ended = []
        self.expired = []

    def submit(self, loaded, deadline=SOON):
        """What the lane says to one more call, whose number is how many there were before."""
        number = len(self.releases)
        self.releases.append(threading.Event())

        def call():
            self.begun.append(number)
            self.releases[number].wait(PATIENCE_S)
            self.ended.append(number)

        return self._lanes.submit(loaded, call, lambda: self.expired.append(number), deadline)

    def begin(self, loaded, deadline=SOON):
        """A call that runs."""
        assert self.submit(loaded, deadline) == ""
        until(lambda: len(self.releases) - 1 in self.begun)

    def end(self, number):
        self.releases[number].set()
        until(lambda: number in self.ended)


@pytest.fixture
def calls(lanes):
    calls = Calls(lanes)
    yield calls
    for release in calls.releases:
        release.set()


def test_calls_beyond_the_threads_wait_their_turn(lanes, loaded, calls):
    calls.begin(loaded)
    calls.begin(loaded)
    assert calls.submit(loaded) == ""
    assert lanes.load(loaded) == Load(waiting=1, running=2)
    calls.end(1)
    calls.end(2)
    assert calls.begun == [0, 1, 2]


def test_a_call_that_waited_beyond_its_deadline_never_begins(loaded, calls, clock):
    calls.begin(loaded, deadline=5.0)
    calls.begin(loaded, deadline=5.0)
    calls.submit(loaded, deadline=1.0)
    calls.submit(loaded, deadline=3.0)
    clock.time = 2.0
    calls.end(0)
    until(lambda: 3 in calls.begun)
    assert (calls.expired, calls.begun) == ([2], [0, 1, 3])


def test_nobody_waits_for_a_version_all_of_whose_threads_are_overdue(lanes, loaded, calls, clock):
    calls.begin(loaded, deadline=1.0)
    calls.begin(loaded, deadline=9.0)
    clock.time = 2.0
    assert calls.submit(loaded, deadline=3.0) == ""
    clock.time = 9.5
    assert calls.submit(loaded, deadline=10.5) == "busy, 2 calls are overdue"
    calls.end(1)
    until(lambda: lanes.load(loaded) == Load(running=1))
    assert calls.submit(loaded, deadline=10.5) == ""


def test_not_more_than_a_number_wait(loaded, calls):
    calls.begin(loaded)
    calls.begin(loaded)
    said = [calls.submit(loaded) for _ in range(MOST_WAITING + 1)]
    assert said == [""] * MOST_WAITING + [f"busy, {MOST_WAITING} calls wait"]


def test_calls_that_hang_are_written_off_but_not_without_end(lanes, loaded, calls, clock):
    calls.begin(loaded)
    calls.begin(loaded)
    clock.time = 29.0
    assert calls.submit(loaded, 29.5) == "busy, 2 calls are overdue"
    for clock.time in (31.0, 31.5):
        calls.begin(loaded, clock.time + 1)
    assert lanes.load(loaded) == Load(running=2, written_off=2)
    clock.time = 99.0
    assert calls.submit(loaded, 99.5) == "busy, 2 calls are overdue, 2 more hang"


def test_a_call_that_was_written_off_opens_the_version_again_when_it_returns(lanes, loaded, calls, clock):
    for clock.time in (0.0, 0.0, 40.0, 40.0):
        calls.begin(loaded, clock.time + 1)
    calls.end(0)
    until(lambda: lanes.load(loaded) == Load(running=2, written_off=1))
    clock.time = 80.0
    calls.begin(loaded, 81.0)
    assert lanes.load(loaded) == Load(running=2, written_off=2)


def test_what_hangs_leaves_the_threads_of_other_versions_alone(shop, registry, loaded, calls):
    calls.begin(loaded)
    calls.begin(loaded)
    shop.publish()
    registry.look()
    calls.begin(registry.states["funnel"].loaded)


def test_a_version_that_was_never_called_has_no_load(lanes, loaded):
    assert lanes.load(loaded) == Load()


def test_idle_threads_keep_no_version_in_memory_and_end_with_it(shop, registry, lanes):
    shop.publish()
    registry.look()
    workers = []
    done = threading.Event()

    def call():
        workers.append(threading.current_thread())
        done.set()

    assert lanes.submit(registry.states["funnel"].loaded, call, call, SOON) == ""
    assert done.wait(PATIENCE_S)
    gone = weakref.ref(registry.states["funnel"].loaded)
    shop.publish()
    registry.look()
    until(lambda: gc.collect() >= 0 and gone() is None)
    workers[0].join(PATIENCE_S)
    assert not workers[0].is_alive()
