"""The real chain, Sqoop → Hive → Spark, as the generator writes it: run, and killed at any moment."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

import workflows.funnel
from generator.app import generate
from generator.profiles import LOCAL
from generator.writing import write_app
from models.repository import Repository
from oozie.local.engine import Engine
from oozie.local.events import Finished, Launched
from storage.local import LocalDisk
from workflows.funnel import sample

ACTIONS = ("import-funnel", "summary-report", "train-model")
SESSIONS = 800
KILLS = 30


@pytest.fixture
def chain(tmp_path, monkeypatch):
    """The command line of ``howdah run`` for the generated app on a small sample, and its state folder."""
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    write_app(generate(Path(workflows.funnel.__file__).parent, LOCAL), tmp_path / "funnel")
    database, state = tmp_path / "funnel.sqlite", tmp_path / "state"
    sample.load(f"sqlite:///{database}", sessions=SESSIONS)
    options = ["--set", f"jdbcUrl=jdbc:sqlite:{database}", "--state", str(state)]
    return [sys.executable, "-m", "howdah", "run", str(tmp_path / "funnel"), *options], state


def processes_of(state):
    """The pids of every process of an action of ``state``."""
    mark, found = f"HOWDAH_LAUNCH={state}/".encode(), []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it ended, or is another user's
            if mark in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


class Run:
    """One ``howdah run``, and the lines that it says."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        self.said = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line)
            self.lines.put(line)

    def kill(self):
        """End it unless it has ended; whether it had to be killed."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        return self.process.returncode == -signal.SIGKILL

    def await_action(self, timeout_s):
        """Until it says something of an action, or the time is over, or it ends."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(queue.Empty):
                line = self.lines.get(timeout=0.01)
                if any(name in line for name in ACTIONS):
                    return

    def await_end(self, timeout_s):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout_s)


def kill_somewhere(run, moments, kills):
    """Every tenth kill just after something has happened, the first of them in the import; the others anywhere."""
    if kills % 10 == 0:
        run.await_action(timeout_s=60)
        time.sleep(moments.choice((0, moments.uniform(0, 0.02), moments.uniform(0, 0.3))) if kills else 0)
    else:
        run.await_end(moments.uniform(0.1, 0.7 if kills % 4 == 1 else 2.5))
    return run.kill()


def events_by_job(state):
    with Engine(state) as engine:
        rows = engine.journal.jobs(kind="W")
        return {row.id: (row, engine.journal.events(row.id)) for row in rows}


def moment_of(state):
    """What had happened last when ``howdah run`` was killed."""
    if not (state / "journal.db").exists():
        return "before anything"
    jobs = list(events_by_job(state).values())
    if not jobs or not jobs[-1][1]:
        return "a job made"
    last = jobs[-1][1][-1]
    return f"{type(last).__name__} {getattr(last, 'node', '')}".strip()


def check_side_effects(state, job_id):
    """Every action has one launch, whose log tells one whole run of it."""
    folder = state / "actions" / job_id
    launches = sorted(str(launch.relative_to(folder)) for launch in folder.glob("*/*"))
    assert launches == [f"{name}/1" for name in ACTIONS]
    log = {name: (folder / name / "1" / "log").read_text() for name in ACTIONS}
    assert log["import-funnel"].count("Retrieved ") == 1
    assert log["train-model"].count("howdah.train: published funnel version") == 1
    statements = log["summary-report"].count("Time taken:")
    assert statements == (Path(workflows.funnel.__file__).parent / "summary_report.hql").read_text().count(";\n")


@pytest.mark.spark
@pytest.mark.slow
def test_killed_at_thirty_moments_the_chain_ends_the_same(chain):
    command, state = chain
    moments, kills, moments_hit = random.Random(11), 0, Counter()
    while kills < KILLS:
        run = Run(command)
        if kill_somewhere(run, moments, kills):
            kills += 1
            moments_hit[moment_of(state)] += 1
        else:
            assert run.process.returncode == 0, "".join(run.said)
    last = subprocess.run(command, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stdout + last.stderr
    assert processes_of(state) == []
    jobs = events_by_job(state)
    for row, events in jobs.values():
        assert row.status == "SUCCEEDED"
        for kind in (Launched, Finished):
            assert Counter(event.node for event in events if isinstance(event, kind)) == dict.fromkeys(ACTIONS, 1)
        check_side_effects(state, row.id)
    models = Repository(LocalDisk(state / "hdfs"), "/user/refinedzone/models")
    assert models.versions("funnel") == list(range(1, len(jobs) + 1))
    assert sorted(models.manifest("funnel", version).run["id"] for version in models.versions("funnel")) == sorted(jobs)
    assert {f"Launched {name}" for name in ACTIONS} <= set(moments_hit), f"{len(jobs)} chains: {moments_hit}"


def test_a_failed_import_mails_its_reason_and_kills(chain, tmp_path):
    command, state = chain
    (tmp_path / "funnel.sqlite").unlink()
    sqlite3.connect(tmp_path / "funnel.sqlite").close()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "H425 the database has no table 'mysql_funnel'" in " ".join(done.stdout.split())
    assert "KILLED in" in " ".join(done.stdout.split())
    lines = [line for line in done.stdout.splitlines() if not line.startswith("logs in ")]  # a path is never cut
    assert max(map(len, lines)) <= 80
    [mail] = (state / "outbox").glob("*.eml")
    assert "H425 the database has no table 'mysql_funnel'" in mail.read_text()


@pytest.mark.spark
@pytest.mark.slow
def test_a_failed_report_is_passed_over_and_told(chain, tmp_path):
    command, state = chain
    script = tmp_path / "funnel" / "summary_report.hql"
    script.write_text(script.read_text().replace("SELECT", "SELEKT"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "summary-report failed and was passed over: exit code [1]:" in " ".join(done.stdout.split())
    assert "PARSE_SYNTAX_ERROR" in " ".join(done.stdout.split())
    assert Repository(LocalDisk(state / "hdfs"), "/user/refinedzone/models").versions("funnel") == [1]
