from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timezone

import pytest

from oozie.local.errors import JournalError, RunError, StateInUseError
from oozie.local.events import Finished, Started
from oozie.local.journal import Journal

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)

HOLD = """
import pathlib, sys, time
from oozie.local.journal import Journal
journal = Journal(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""

# A limit on the size of files stands for a full disk.
FILL = """
import pathlib, resource, signal, sys
from datetime import datetime, timezone
from oozie.local.errors import JournalError
from oozie.local.events import Finished
from oozie.local.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)
journal = Journal(pathlib.Path(sys.argv[1]))
row = journal.create("W", name="w", user="me", app_path="/a", definition=b"", configuration={}, created=T0)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for _ in range(1000):
        journal.append(row.id, Finished(T0, "a", "OK", data={"x": "y" * 1000}), "RUNNING")
except JournalError as error:
    print(error.code)
"""


def create(journal, **changes):
    values = {
        "name": "w",
        "user": "me",
        "app_path": "/a",
        "definition": b"<w/>",
        "configuration": {"x": "1"},
        "created": T0,
    }
    return journal.create(changes.pop("kind", "W"), **{**values, **changes})


def test_ids_are_oozies(tmp_path):
    with Journal(tmp_path) as journal:
        assert create(journal).id == "0000001-260101000000000-howdah-W"
        assert create(journal, kind="C").id == "0000002-260101000000000-howdah-C"


def test_events_and_jobs_survive(tmp_path):
    events = [Started(T0), Finished(T0, "a", "ERROR", "FAILED/KILLED", "1", "bäd\nline", {"k": "v"})]
    with Journal(tmp_path) as journal:
        row = create(journal, nominal_time=T0, parent="C@1")
        for event in events:
            journal.append(row.id, event, "RUNNING")
    with Journal(tmp_path) as journal:
        assert journal.events(row.id) == events
        again = journal.job(row.id)
    assert (again.status, again.nominal_time, again.configuration) == ("RUNNING", T0, {"x": "1"})


def test_jobs_by_app_parent_and_coordinator(tmp_path):
    with Journal(tmp_path) as journal:
        one, two = create(journal), create(journal, app_path="/b", parent="0-C@2")
        assert [row.id for row in journal.jobs(app_path="/a")] == [one.id]
        assert [row.id for row in journal.jobs(parent="")] == [one.id]
        assert [row.id for row in journal.children("0-C")] == [two.id]


def test_an_unknown_job(tmp_path):
    with Journal(tmp_path) as journal, pytest.raises(RunError) as caught:
        journal.job("nope")
    assert caught.value.code == "H404"


def test_one_engine_at_a_time(tmp_path):
    with Journal(tmp_path), pytest.raises(StateInUseError) as caught:
        Journal(tmp_path)
    assert caught.value.code == "H400"


def test_a_killed_engine_lets_go(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(StateInUseError, match=str(process.pid)):
        Journal(tmp_path)
    process.kill()
    process.wait()
    process.stdout.close()
    Journal(tmp_path).close()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_journal_is_said(tmp_path, content):
    (tmp_path / "journal.db").write_bytes(content)
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path)
    assert caught.value.code == "H401"


def test_a_damaged_event_is_said(tmp_path):
    with Journal(tmp_path) as journal:
        row = create(journal)
        with closing(sqlite3.connect(tmp_path / "journal.db")) as other, other:
            other.execute("insert into events (job, event) values (?, 'nonsense')", (row.id,))
        other.close()
        with pytest.raises(JournalError) as caught:
            journal.events(row.id)
    assert caught.value.code == "H401"


def test_a_full_disk_is_said(tmp_path):
    process = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert process.stdout == "H402\n", process.stderr


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path / "file" / "state")
    assert caught.value.code == "H402"


def test_a_journal_of_another_version_is_said(tmp_path):
    with closing(sqlite3.connect(tmp_path / "journal.db")) as other, other:
        other.executescript("create table jobs (id text); pragma user_version = 99")
    other.close()
    with pytest.raises(JournalError, match="another version") as caught:
        Journal(tmp_path)
    assert caught.value.code == "H431"
