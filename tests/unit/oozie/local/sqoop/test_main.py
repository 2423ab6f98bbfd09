"""The command that an action starts: exit codes, one-line errors, and a password that is never seen."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest


def test_log(command, shop):
    done = command("--connect", shop, "--table", "orders", "--target-dir", "/out", "-m", "2")
    assert done.returncode == 0
    assert "INFO sqoop: Retrieved 4 records." in done.stderr
    assert "Wrote 2 part files" in done.stderr


CASES = [
    (("--table", "ordrs"), "H425 the database has no table 'ordrs'", "did you mean 'orders'?"),
    (("--table", "orders", "--columns", "id,itm"), "H425 there is no column 'itm'", "did you mean 'item'?"),
    (("--table", "orders", "--where", "nonsense here"), "H425 the database refuses the query", ""),
    (("--table", "no_key", "-m", "2"), "H421 no primary key could be found for table no_key", "--split-by"),
    (("--table", "orders", "--password-file", "/user/x/.password"), "H423 --password-file", "here it lies at"),
    (("--table", "orders", "--compression-codec", "lzo"), "H421 --compression-codec lzo", "gzip"),
    (("--table", "orders", "--driver", "oracle.jdbc.OracleDriver"), "H421 --driver", "org.sqlite.JDBC"),
    (("--table", "orders", "--driver", "org.postgresql.Driver"), "H421 --driver", "org.sqlite.JDBC"),
    (
        ("--table", "orders", "--split-by", "item", "-m", "2"),
        "H421 generating splits for the textual column",
        "choose a number",
    ),
    (("--table", "orders", "--tble", "x"), "H420 sqoop import: unknown argument '--tble'", "--table"),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), CASES)
def test_errors(command, shop, hdfs, arguments, message, hint):
    done = command("--connect", shop, "--target-dir", "/out", *arguments)
    lines = [line for line in done.stderr.splitlines() if " sqoop: " not in line]
    assert done.returncode == 1
    assert lines[0].startswith(message)
    assert hint in lines[1]
    assert len(lines) == 2
    assert list(hdfs.iterdir()) == []


def test_only_import_is_known(command):
    done = command(tool="export")
    assert done.returncode == 1
    assert done.stderr.startswith("H420 sqoop: the tool 'export'")


def test_no_such_file(command, tmp_path):
    done = command("--connect", f"jdbc:sqlite:{tmp_path}/no.db", "--table", "t", "--target-dir", "/out")
    assert done.stderr.startswith("H424 there is no SQLite file")


def test_not_a_database(command, tmp_path):
    (tmp_path / "no.db").write_text("this is no database, but it is long enough to be read as the header of one")
    done = command("--connect", f"jdbc:sqlite:{tmp_path}/no.db", "--table", "t", "--target-dir", "/out")
    assert done.stderr.startswith("H424 cannot read")


def test_server_down(command):
    done = command(
        "--connect", "jdbc:mysql://127.0.0.1:1/d", "--username", "u", "--password", "s3cret", "--table", "t"
    )  # fmt: skip
    assert done.returncode == 1
    assert "H424 no answer from the database at 127.0.0.1:1/d" in done.stderr
    assert "s3cret" not in done.stderr


def test_incremental_prints_the_next_value(command, shop):
    arguments = ["--connect", shop, "--table", "orders", "--target-dir", "/out", "-m", "1", "--columns", "id",
                 "--incremental", "append", "--check-column", "id", "--last-value"]  # fmt: skip
    done = command(*arguments, "2")
    assert done.returncode == 0, done.stderr
    assert "  --last-value 4" in done.stderr
    with closing(sqlite3.connect(shop.removeprefix("jdbc:sqlite:"))) as connection, connection:
        connection.execute("INSERT INTO orders (id) VALUES (9)")
    connection.close()
    assert "  --last-value 9" in command(*arguments, "4").stderr
    assert "No new rows detected since last import." in command(*arguments, "9").stderr
