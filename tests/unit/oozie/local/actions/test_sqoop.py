from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from oozie.local.states import JobStatus

ARGS = "".join(
    f"<arg>{word}</arg>"
    for word in ("import", "--connect", "${jdbcUrl}", "--table", "t", "--target-dir", "/raw/t", "-m", "1")
)
SQOOP = '<sqoop xmlns="uri:oozie:sqoop-action:0.4">{more}</sqoop>'


@pytest.fixture
def source(tmp_path):
    """A database of one table, by its JDBC URL."""
    with closing(sqlite3.connect(tmp_path / "source.db")) as database, database:
        database.executescript("create table t (id integer primary key, name text); insert into t values (1, 'a b')")
    database.close()
    return f"jdbc:sqlite:{tmp_path}/source.db"


def run(host, source, more=ARGS):
    return host.run(host.action("a", SQOOP.format(more=more)), properties={"jdbcUrl": source})


def imported(host):
    return "".join(part.read_text() for part in sorted((host.engine.root / "raw" / "t").glob("part-*")))


def test_arguments_go_to_the_importer(host, source):
    job = run(host, source)
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    assert imported(host) == "1,a b\n"


def test_a_command_is_split_at_blanks_and_a_leading_sqoop_is_taken_off(host, source):
    job = run(host, source, "<command>sqoop import --connect ${jdbcUrl}  --table t --target-dir /raw/t -m 1</command>")
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    assert imported(host) == "1,a b\n"


def test_quotes_of_a_command_count_when_the_configuration_says_so(host, source):
    setting = (
        "<configuration><property><name>oozie.action.sqoop.shellsplitter</name><value>true</value></property>"
        "</configuration>"
    )
    text = "import --connect ${jdbcUrl} --table t --where \"name = 'a b'\" --target-dir /raw/t -m 1"
    assert run(host, source, f"{setting}<command>{text}</command>").status is JobStatus.SUCCEEDED
    job = run(host, source, f"{setting}<command>import 'half</command>")
    assert job.actions["a"].error_code == "SQOOP002"


def test_a_failed_import_says_what_the_importer_said(host, source):
    job = run(host, source, ARGS.replace("<arg>t</arg>", "<arg>nope</arg>"))
    action = job.actions["a"]
    assert (job.status, action.error_code) == (JobStatus.KILLED, "1")
    assert action.error_message.startswith(
        "Main Class [org.apache.oozie.action.hadoop.SqoopMain], exit code [1]: H425 the database has no table 'nope' ("
    )


def test_an_unknown_argument_is_named(host, source):
    job = run(host, source, ARGS + "<arg>--tble</arg>")
    assert "H420 sqoop import: unknown argument '--tble'" in job.error_message
