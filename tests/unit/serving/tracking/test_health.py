import os

from serving.tracking.counts import Dropped, SharedDrops
from serving.tracking.health import find_tracking_problems, report_tracking
from serving.tracking.segments import Segment
from tests.unit.serving.tracking.conftest import ask

NOTHING = Dropped(0, None)


def test_all_is_well(place):
    tracker = place.track()
    ask(tracker, "r1")
    settings = tracker.settings

    assert find_tracking_problems(settings, tracker.dropped) == []
    told = report_tracking(settings, tracker.dropped)
    assert told == {
        "root": str(place.root), "waiting_segments": 1, "waiting_bytes": told["waiting_bytes"], "dropped": 0,
        "delivered": 0, "damaged": 0,
    }  # fmt: skip
    assert told["waiting_bytes"] > 100
    place.stop()
    place.deliver()
    assert report_tracking(settings, tracker.dropped) == told | {
        "waiting_segments": 0,
        "waiting_bytes": 0,
        "delivered": 1,
    }


def test_what_is_dropped_is_counted_over_all_workers_and_said(place):
    drops = SharedDrops(2)
    first = place.track(drops=drops.part(0), spool_bytes=10)
    ask(first, "r1")
    ask(place.track(drops=drops.part(1), spool_bytes=10), "r2", rows=[{"hits": 1.0}] * 2)

    (problem,) = find_tracking_problems(first.settings, first.dropped)
    assert (problem.code, "3 rows were dropped" in problem.message) == ("H544", True)
    assert report_tracking(first.settings, first.dropped)["dropped"] == 3


def test_what_waits_is_said_with_the_reason(place):
    place.root.write_text("a file")
    tracker = place.track()
    ask(tracker, "r1")
    place.stop()
    place.deliver()

    (problem,) = find_tracking_problems(tracker.settings, NOTHING)
    assert (problem.code, "wait on this machine: H102" in problem.message) == ("H545", True)
    assert report_tracking(tracker.settings, NOTHING)["waiting_segments"] == 1


def test_damage_is_said(place):
    folder = place.settings().folder
    folder.mkdir(parents=True)
    segment = Segment(folder, "0" * 32, 1)
    os.write(segment._descriptor, b"rubbish\n")
    segment.close()
    place.deliver()

    (problem,) = find_tracking_problems(place.settings(), NOTHING)
    assert (problem.code, problem.message) == ("H546", "1 tracked records were damaged and are lost")


def test_without_a_spool_nothing_is_known(place):
    assert report_tracking(place.settings(), NOTHING)["waiting_bytes"] == 0
    assert find_tracking_problems(place.settings(), NOTHING) == []
