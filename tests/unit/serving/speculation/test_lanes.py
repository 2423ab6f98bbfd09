"""Threads that are bounded, calls that hang, and slots that come back."""

import threading

import pytest

from serving.speculation.lanes import Lanes, Load

PATIENCE_S = 10.0


class Clock:
    time = 0.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lanes(clock):
    return Lanes(slots=2, hang_s=30.0, clock=clock)


@pytest.fixture
def loaded(shop, registry):
    shop.publish()
    registry.look()
    return registry.states["funnel"].loaded


class Calls:
    """Calls that return when they are told to."""

    def __init__(self):
        self.events = []
        self.threads = []

    def __call__(self):
        event = threading.Event()
        begun = threading.Event()

        def call():
            self.threads.append(threading.current_thread())
            begun.set()
            assert event.wait(PATIENCE_S)

        self.events.append(event)
        call.begun = begun
        return call

    def end(self, number):
        self.events[number].set()
        self.threads[number].join(PATIENCE_S)
        assert not self.threads[number].is_alive()


@pytest.fixture
def calls():
    calls = Calls()
    yield calls
    for number in range(len(calls.threads)):
        calls.end(number)


def start(lanes, loaded, calls):
    call = calls()
    refusal = lanes.start(loaded, call)
    if not refusal:
        assert call.begun.wait(PATIENCE_S)
    return refusal


def test_no_more_calls_at_once_than_slots(lanes, loaded, calls):
    assert [start(lanes, loaded, calls) for _ in range(3)] == ["", "", "busy with 2 calls"]
    assert lanes.load(loaded) == Load(running=2)


def test_a_slot_comes_back_with_its_call(lanes, loaded, calls):
    start(lanes, loaded, calls)
    start(lanes, loaded, calls)
    calls.end(0)
    assert lanes.load(loaded) == Load(running=1)
    assert start(lanes, loaded, calls) == ""


def test_a_call_that_fails_gives_its_slot_back(lanes, loaded, recwarn):
    failed = []

    def fail():
        failed.append(threading.current_thread())
        raise SystemExit

    assert lanes.start(loaded, fail) == ""
    while not failed:
        pass
    failed[0].join(PATIENCE_S)
    assert lanes.load(loaded) == Load()


def test_calls_that_hang_are_written_off_but_not_without_end(lanes, loaded, calls, clock):
    start(lanes, loaded, calls)
    start(lanes, loaded, calls)
    clock.time = 29.0
    assert start(lanes, loaded, calls) == "busy with 2 calls"
    calls.events.pop()
    clock.time = 31.0
    assert start(lanes, loaded, calls) == ""
    assert lanes.load(loaded) == Load(running=1, written_off=2)
    assert start(lanes, loaded, calls) == ""
    clock.time = 99.0
    assert start(lanes, loaded, calls) == "busy with 2 calls and 2 that hang"
    calls.events.pop()


def test_a_call_that_was_written_off_opens_the_version_again_when_it_returns(lanes, loaded, calls, clock):
    for clock.time in (0.0, 0.0, 40.0, 40.0):
        assert start(lanes, loaded, calls) == ""
    calls.end(0)
    assert lanes.load(loaded) == Load(running=2, written_off=1)
    clock.time = 80.0
    assert start(lanes, loaded, calls) == ""
    assert lanes.load(loaded) == Load(running=2, written_off=2)


def test_each_version_has_slots_of_its_own_and_its_lane_goes_with_it(lanes, shop, registry, loaded, calls):
    start(lanes, loaded, calls)
    start(lanes, loaded, calls)
    shop.publish()
    registry.look()
    assert start(lanes, registry.states["funnel"].loaded, calls) == ""


def test_a_version_that_was_never_called_has_no_load(lanes, loaded):
    assert lanes.load(loaded) == Load()
