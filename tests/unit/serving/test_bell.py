"""One worker rings, all look."""

import threading
import time

from serving.bell import SharedBell


def test_who_rings_waits_for_everybody_that_is_there():
    shared = SharedBell(3)
    one, two = shared.part(0), shared.part(1)
    assert one.ring(longest_s=0) == 2
    two.hear(two.rings)
    assert shared.laggards(one.rings) == 1
    one.hear(one.rings)
    assert shared.laggards(one.rings) == 0
    shared.part(2)
    assert one.ring(longest_s=0) == 3
    shared.leave(2)
    shared.leave(1)
    one.hear(one.rings)
    assert shared.laggards(one.rings) == 0


def test_a_look_that_began_before_the_ring_does_not_count():
    shared = SharedBell()
    bell = shared.part(0)
    before = bell.rings
    bell.ring(longest_s=0)
    bell.hear(before)
    assert shared.laggards(bell.rings) == 1


def test_rings_of_a_worker_that_left_still_count():
    shared = SharedBell(2)
    shared.part(0).ring(longest_s=0)
    shared.leave(0)
    shared.part(0).ring(longest_s=0)
    shared.part(1).ring(longest_s=0)
    assert shared.rings == 3


def test_a_watcher_wakes_at_the_ring_long_before_its_time():
    bell = SharedBell().part(0)
    stop = threading.Event()
    seen = bell.rings
    ringer = threading.Timer(0.05, bell.ring, [0])
    ringer.start()
    began = time.monotonic()
    bell.wait(seen, 60, stop)
    assert time.monotonic() - began < 5
    ringer.join()
    began = time.monotonic()
    bell.wait(bell.rings, 0.03, stop)
    stop.set()
    bell.wait(bell.rings, 60, stop)
    assert time.monotonic() - began < 5
