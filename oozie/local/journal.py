"""The journal: every event of every job in SQLite, written before its effect.

A killed engine loses nothing: the definition, the configuration and the events of a job give its state again
(:meth:`Journal.load`). One engine at a time holds the state folder; its lock is the kernel's, so that even a kill -9
releases it.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from oozie.local.errors import JournalError, RunError, StateInUseError
from oozie.local.events import Event, from_json, to_json
from storage.locks import take_lock

_VERSION = 1  # of the schema, and of what the events mean
_SCHEMA = """
create table if not exists jobs (
    number integer primary key autoincrement,
    id text not null unique,
    kind text not null,
    name text not null,
    user text not null,
    app_path text not null,
    definition blob not null,
    configuration text not null,
    created text not null,
    nominal_time text,
    parent text not null,
    status text not null
);
create index if not exists jobs_by_app on jobs (app_path, kind);
create index if not exists jobs_by_parent on jobs (parent);
create table if not exists events (
    number integer primary key autoincrement,
    job text not null references jobs (id),
    event text not null
);
create index if not exists events_by_job on events (job, number);
"""


@dataclass(frozen=True)
class JobRow:
    """A job as it was submitted, and its last known status. ``kind`` is W (workflow) or C (coordinator)."""

    id: str
    kind: Literal["W", "C"]
    name: str
    user: str
    app_path: str
    definition: bytes
    configuration: Mapping[str, str]
    created: datetime
    nominal_time: datetime | None
    parent: str
    status: str


class Journal:
    """The jobs and events below one state folder; use it as a context manager.

    Raises: StateInUseError H400 when another engine holds the folder, JournalError H401 for a file that is no journal,
    H402 when it cannot be written, H431 for one of another version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = _lock(folder)
        self._path = folder / "journal.db"
        try:
            with self._readable(), ExitStack() as undo:
                self._database = sqlite3.connect(self._path, isolation_level=None)
                undo.callback(self._database.close)
                # FULL: an event is on the disk before its effect, whatever happens to the machine.
                self._database.execute("pragma journal_mode = wal")
                self._database.execute("pragma synchronous = full")
                self._require_version()
                self._database.executescript(_SCHEMA)
                undo.pop_all()
        except JournalError:
            os.close(self._lock)
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require_version(self) -> None:
        (version,) = self._database.execute("pragma user_version").fetchone()
        if self._database.execute("select 1 from sqlite_master").fetchone() is None:
            self._database.execute(f"pragma user_version = {_VERSION}")
        elif version != _VERSION:
            raise JournalError(
                "H431", f"the journal {self._path} was written by another version of howdah",
                hint=f"move {self.folder} away to start afresh, or name another folder with --state",
            )  # fmt: skip

    def close(self) -> None:
        """Let go of the state folder."""
        self._database.close()
        os.close(self._lock)

    def create(
        self,
        kind: Literal["W", "C"],
        *,
        name: str,
        user: str,
        app_path: str,
        definition: bytes,
        configuration: Mapping[str, str],
        created: datetime,
        nominal_time: datetime | None = None,
        parent: str = "",
    ) -> JobRow:
        """Record a new job in PREP and give it Oozie's kind of id: number, start of the engine, W or C."""
        with self._readable(), self._transaction():
            (last,) = self._database.execute("select coalesce(max(number), 0) from jobs").fetchone()
            job_id = f"{last + 1:07d}-{created:%y%m%d%H%M%S}{created.microsecond // 1000:03d}-howdah-{kind}"
            row = JobRow(
                job_id,
                kind,
                name,
                user,
                app_path,
                definition,
                dict(configuration),
                created,
                nominal_time,
                parent,
                "PREP",
            )
            self._database.execute(
                "insert into jobs (id, kind, name, user, app_path, definition, configuration, created, nominal_time,"
                " parent, status) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.id, kind, name, user, app_path, definition, json.dumps(row.configuration), created.isoformat(),
                    nominal_time.isoformat() if nominal_time else None, parent, row.status,
                ),
            )  # fmt: skip
        return row

    def append(self, job_id: str, event: Event, status: str) -> None:
        """Write ``event`` and the status of the job after it, in one transaction."""
        with self._readable(), self._transaction():
            self._database.execute("insert into events (job, event) values (?, ?)", (job_id, to_json(event)))
            self._database.execute("update jobs set status = ? where id = ? and status <> ?", (status, job_id, status))

    def set_status(self, job_id: str, status: str) -> None:
        """Write the status of a job that has no events of its own (a coordinator)."""
        with self._readable():
            self._database.execute("update jobs set status = ? where id = ?", (status, job_id))

    def update(self, job_id: str, definition: bytes, configuration: Mapping[str, str]) -> None:
        """Write what a coordinator has become: the actions to come are made of this."""
        with self._readable():
            self._database.execute(
                "update jobs set definition = ?, configuration = ? where id = ?",
                (definition, json.dumps(dict(configuration)), job_id),
            )

    def events(self, job_id: str) -> list[Event]:
        """The events of one job, oldest first."""
        with self._readable():
            lines = self._database.execute(
                "select event from events where job = ? order by number", (job_id,)
            ).fetchall()
            return [from_json(line) for (line,) in lines]

    def job(self, job_id: str) -> JobRow:
        """One job. Raises: RunError H404 when there is none of that id."""
        rows = self._select("where id = ?", job_id)
        if not rows:
            raise RunError("H404", f"there is no job {job_id}", hint="'howdah run' prints the ids of its jobs")
        return rows[0]

    def jobs(self, *, kind: str = "", app_path: str = "", parent: str | None = None) -> list[JobRow]:
        """The jobs that match, oldest first; "" and None match all."""
        return self._select(
            "where (? = '' or kind = ?) and (? = '' or app_path = ?) and (? is null or parent = ?) order by number",
            kind, kind, app_path, app_path, parent, parent,
        )  # fmt: skip

    def children(self, coordinator_id: str) -> list[JobRow]:
        """The workflow jobs of a coordinator's actions (``ID@1``, ``ID@2`` ...), oldest first."""
        return self._select(
            "where substr(parent, 1, ?) = ? order by number", len(coordinator_id) + 1, coordinator_id + "@"
        )

    def _select(self, where: str, *values: object) -> list[JobRow]:
        columns = "id, kind, name, user, app_path, definition, configuration, created, nominal_time, parent, status"
        with self._readable():
            rows = self._database.execute(f"select {columns} from jobs {where}", values).fetchall()  # noqa: S608 (no outside text)
            return [_row(*row) for row in rows]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("rollback")
            raise
        self._database.execute("commit")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what SQLite says into our errors."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise JournalError(
                "H402", f"the journal {self._path} cannot be written: {error}", hint="is the disk full or read-only?"
            ) from error
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
            raise JournalError(
                "H401", f"the journal {self._path} is damaged: {error}",
                hint=f"move {self.folder} away to start afresh; its logs and files stay readable",
            ) from error  # fmt: skip


def _row(
    job_id: str, kind: Literal["W", "C"], name: str, user: str, app_path: str, definition: bytes, configuration: str,
    created: str, nominal_time: str | None, parent: str, status: str,
) -> JobRow:  # fmt: skip
    return JobRow(
        job_id, kind, name, user, app_path, definition, json.loads(configuration), datetime.fromisoformat(created),
        datetime.fromisoformat(nominal_time) if nominal_time else None, parent, status,
    )  # fmt: skip


def _lock(folder: Path) -> int:
    """Hold ``folder`` for this process alone, until it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        hint = "free some space" if error.errno == errno.ENOSPC else "name another folder with --state"
        raise JournalError("H402", f"the state folder {folder} cannot be used: {error.strerror}", hint=hint) from error
    holder = take_lock(descriptor)
    if holder is not None:
        os.close(descriptor)
        raise StateInUseError(
            "H400", f"another howdah (pid {holder}) works in {folder}",
            hint="wait for it, end it, or name another folder with --state",
        )  # fmt: skip
    return descriptor
