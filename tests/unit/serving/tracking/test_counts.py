import subprocess
import sys

from serving.tracking.counts import SharedDrops


def test_workers_are_added_up_and_those_that_ended_too():
    shared = SharedDrops(2)
    first, second = shared.part(0), shared.part(1)
    first.add(3)
    first.add(4)
    second.add(1)
    successor = shared.part(1)
    successor.add(2)

    assert (first.dropped, successor.dropped) == (7, 2)
    assert first.total().count == second.total().count == 10
    assert 0 <= first.total().last_s < 5


def test_nothing_dropped_was_never():
    total = SharedDrops().part(0).total()

    assert (total.count, total.last_s) == (0, None)


# A process of its own: to fork one that has threads is an error in newer Pythons.
DIES = """
import os
from serving.tracking.counts import SharedDrops

shared = SharedDrops(2)
child = os.fork()
if child == 0:
    shared.part(1).add(5)
    os.kill(os.getpid(), 9)
os.waitpid(child, 0)
print(shared.part(0).total().count)
"""


def test_what_a_killed_worker_dropped_is_known_to_the_others():
    done = subprocess.run([sys.executable, "-c", DIES], capture_output=True, text=True, check=True)

    assert done.stdout == "5\n"
