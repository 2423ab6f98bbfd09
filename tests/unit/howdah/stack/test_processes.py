"""Processes that are started, found again and ended; never one that only has their number."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from howdah.stack.processes import Command, Processes, Record, end, records_of

_STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def python(code: str, folder: Path) -> Command:
    return Command((sys.executable, "-c", code), {"WHO": "me"}, folder)


@pytest.fixture
def processes(tmp_path):
    (tmp_path / "run").mkdir()
    made = Processes(tmp_path / "run")
    yield made
    for file in (tmp_path / "run").glob("*.json"):
        made.stop(file.stem, term_s=0)


def wait_for(text: str, log: Path) -> None:
    deadline = time.monotonic() + 10
    while text not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_service_runs_in_a_session_of_its_own(processes, tmp_path):
    log = tmp_path / "a.log"
    code = "import os, sys, time; print(os.getcwd(), os.environ['WHO'], file=sys.stderr, flush=True); time.sleep(60)"

    record = processes.start("a", python(code, tmp_path / "work"), log)

    wait_for(f"{tmp_path / 'work'} me", log)
    assert processes.is_alive("a")
    assert os.getsid(record.pid) == record.pid
    assert processes.stop("a", term_s=10)
    assert not record.is_alive
    assert processes.record("a") is None


def test_another_program_finds_what_was_started(processes, tmp_path):
    record = processes.start("a", python("import time; time.sleep(60)", tmp_path), tmp_path / "a.log")

    assert Processes(tmp_path / "run").record("a") == record
    assert Processes(tmp_path / "run").is_alive("a")


def test_what_does_not_hear_term_is_killed(processes, tmp_path):
    record = processes.start("a", python(_STUBBORN, tmp_path), tmp_path / "a.log")
    wait_for("ready", tmp_path / "a.log")

    began = time.monotonic()
    assert processes.stop("a", term_s=0.3)

    assert not record.is_alive
    assert 0.3 <= time.monotonic() - began < 5


def test_a_service_that_ended_by_itself(processes, tmp_path):
    processes.start("a", python("raise SystemExit(3)", tmp_path), tmp_path / "a.log")
    deadline = time.monotonic() + 10
    while processes.is_alive("a") and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not processes.is_alive("a")
    assert processes.exit_status("a") == 3
    assert processes.record("a") is not None  # it was never stopped: it died
    assert processes.stop("a", term_s=1)


def test_a_number_that_is_another_process_now_is_left_alone(processes, tmp_path):
    record = processes.start("a", python("import time; time.sleep(60)", tmp_path), tmp_path / "a.log")
    file = tmp_path / "run" / "a.json"
    before = file.read_text()
    file.write_text(json.dumps({**json.loads(before), "start_ticks": record.start_ticks - 1}))

    assert not processes.is_alive("a")
    assert processes.stop("a", term_s=1)

    assert record.is_alive
    file.write_text(before)


def test_a_record_of_before_the_machine_was_started_anew(processes, tmp_path):
    record = processes.start("a", python("import time; time.sleep(60)", tmp_path), tmp_path / "a.log")

    assert not replace(record, boot="another").is_alive


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_record_that_is_none(processes, tmp_path, text):
    (tmp_path / "run" / "a.json").write_text(text)

    assert processes.record("a") is None
    assert processes.stop("a", term_s=1)


def test_the_log_of_the_last_time_is_kept(processes, tmp_path):
    log = tmp_path / "a.log"
    for word in ("first", "second", "third"):
        processes.start("a", python(f"print({word!r})", tmp_path), log)
        wait_for(word, log)
        processes.stop("a", term_s=5)

    assert (log.read_text(), log.with_name("a.log.1").read_text()) == ("third\n", "second\n")


def test_several_are_ended_at_once(processes, tmp_path):
    records = [processes.start(name, python(_STUBBORN, tmp_path), tmp_path / f"{name}.log") for name in ("a", "b", "c")]
    for name in ("a", "b", "c"):
        wait_for("ready", tmp_path / f"{name}.log")
    found = records_of([record.pid for record in records])

    assert found == records
    began = time.monotonic()
    assert end(found, term_s=0.3, kill_s=5)
    assert time.monotonic() - began < 3
    assert records_of([record.pid for record in records]) == []


def test_what_cannot_be_ended_is_said():
    # The first process of the system hears no signal that it has no handler for; nobody here may end it.
    class Stays(Record):
        @property
        def is_alive(self) -> bool:
            return True

        def send(self, number: signal.Signals) -> None:
            pass

    assert not end([Stays(1, 0, "")], term_s=0.1, kill_s=0.1)
