"""Each app here beside its trace: ``<case>.xml``, and ``<case>.path`` with the nodes that it enters.

A trace is properties (``x=3``), then a line a node (``name STATUS [code] [-> transition]``), then the job's status with
the beginning of its message. Branches of a fork may be entered in any order; the lines are compared as a set.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from oozie.local.engine import Engine

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.path"))
NAME_NODE = "hdfs://hw1:8020"


class JumpingClock:
    """A clock for which every wait is over at once: it jumps to the moment that is waited for."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def now(self):
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def seconds_until(self, moment):
        self.moment = max(self.moment, moment)
        return 0.0


def line_of(action):
    parts = [action.name, action.status.value, action.error_code if action.status.value != "KILLED" else ""]
    text = " ".join(filter(None, parts))
    transition = f" -> {action.transition}" if action.transition else ""
    retries = f" ({action.retries} retries)" if action.retries else ""
    return text + transition + retries


@pytest.mark.parametrize("case", CASES)
def test_enters_these_nodes(case, tmp_path):
    *lines, last = (HERE / f"{case}.path").read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines if "=" in line)
    status, _, message = last.partition(" ")
    with Engine(tmp_path, clock=JumpingClock()) as engine:
        app = engine.root / "apps" / case
        app.mkdir(parents=True)
        shutil.copyfile(HERE / f"{case}.xml", app / "workflow.xml")
        addresses = {"nameNode": NAME_NODE, "jobTracker": "hw1:8032"}
        job = engine.run(engine.submit(f"{NAME_NODE}/apps/{case}", {**addresses, **properties}))
    assert sorted(map(line_of, job.actions.values())) == sorted(line for line in lines if "=" not in line)
    assert job.status.value == status
    assert job.error_message.startswith(message)
