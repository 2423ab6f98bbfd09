"""Counts over workers that live, die and are replaced."""

import math
import subprocess
import sys
from datetime import datetime, timezone

import pytest

from models.manifest import Manifest
from serving.loading import Loaded
from serving.statistics import BOUNDS_S, OTHERS, SharedCounts, Tally

SINCE = datetime(2026, 11, 21, tzinfo=timezone.utc)


def loaded(name="funnel", version=1):
    manifest = Manifest(name, version, "2026-01-01T00:00:00Z", (), (), {})
    return Loaded(manifest, manifest.digest, scorer=None, signature=None, since=SINCE, folder=None)


def test_durations_are_counted_with_their_extremes_and_their_buckets():
    shared = SharedCounts()
    counts = shared.part(0)
    for duration in (0.004, 0.0002, 20.0):
        counts.count_answer(loaded(), duration, records=2)
    counts.count_refusal(loaded())
    counts.count_failure(loaded())
    tally = shared.totals()["funnel", 1]
    assert (tally.answers, tally.records, tally.refused, tally.failed) == (3, 6, 1, 1)
    assert (tally.shortest_s, tally.longest_s) == (0.0002, 20.0)
    assert tally.duration_s == pytest.approx(20.0042)
    assert tally.since == SINCE.timestamp()
    assert {bound: count for bound, count in zip(BOUNDS_S, tally.buckets, strict=True) if count} == {
        0.00025: 1,
        0.005: 1,
        math.inf: 1,
    }


def test_a_duration_at_a_bound_is_below_it():
    counts = SharedCounts().part(0)
    counts.count_answer(loaded(), 0.1, records=1)
    assert counts.totals()["funnel", 1].buckets[BOUNDS_S.index(0.1)] == 1


def test_quantiles_are_bounds_of_the_histogram_and_never_above_the_longest():
    counts = SharedCounts().part(0)
    assert Tally().quantile_s(0.5) is None
    for duration in [0.0003] * 98 + [0.02, 0.03]:
        counts.count_answer(loaded(), duration, records=1)
    tally = counts.totals()["funnel", 1]
    assert (tally.quantile_s(0.5), tally.quantile_s(0.99), tally.quantile_s(1)) == (0.0005, 0.025, 0.03)


def test_versions_are_apart_and_all_workers_add_up():
    shared = SharedCounts(3)
    for slot in range(3):
        shared.part(slot).count_answer(loaded(), 0.001 * (slot + 1), records=1)
    shared.part(1).count_answer(loaded(version=2), 0.5, records=1)
    totals = shared.totals()
    assert list(totals) == [("funnel", 1), ("funnel", 2)]
    assert (totals["funnel", 1].answers, totals["funnel", 2].answers) == (3, 1)
    assert (totals["funnel", 1].shortest_s, totals["funnel", 1].longest_s) == (0.001, 0.003)


# A process of its own: to fork one that has threads is an error in newer Pythons.
LIVES = """
import os
from serving.statistics import SharedCounts
from tests.unit.serving.test_statistics import loaded

shared = SharedCounts(2)
for lives in range(1, 4):
    child = os.fork()
    if child == 0:
        counts = shared.part(1)
        for _ in range(5):
            counts.count_answer(loaded(), 0.001, records=1)
        os.kill(os.getpid(), 9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    print(shared.totals()["funnel", 1].answers)
"""


def test_a_killed_process_leaves_its_counts_to_its_successor():
    done = subprocess.run([sys.executable, "-c", LIVES], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.stderr) == (["5", "10", "15"], "")


def test_more_versions_than_there_is_room_for_are_counted_together():
    shared = SharedCounts()
    counts = shared.part(0)
    for version in range(1, 601):
        counts.count_answer(loaded(version=version), 0.001, records=1)
    totals = shared.totals()
    assert sum(tally.answers for tally in totals.values()) == 600
    assert totals[OTHERS].answers == 600 - 511
    again = shared.part(0)
    again.count_answer(loaded(version=600), 0.001, records=1)
    assert shared.totals()[OTHERS].answers == 600 - 510


def test_the_longest_name_has_room():
    name = "n" * 64
    counts = SharedCounts().part(0)
    counts.count_answer(loaded(name, 10**15 - 1), 0.001, records=1)
    assert list(counts.totals()) == [(name, 10**15 - 1)]
