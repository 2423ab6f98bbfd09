"""MariaDB: what SQLite cannot show. All types are held against the real Sqoop in tests/contract/sqoop."""

# ruff: noqa: E501 - SQL as it is read best
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.importer import run_import
from tests.contract.sqoop.servers import DATABASE, PASSWORD, USER, private_mariadb

pytestmark = pytest.mark.mariadb


@pytest.fixture
def words(mariadb, hdfs):
    """The arguments that connect, the password in a file on HDFS."""
    (hdfs / "user").mkdir()
    (hdfs / "user/.password").write_text(PASSWORD)
    mariadb.run(
        """CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, flag TINYINT(1), bits BIT(3), price DECIMAL(30,2), d DOUBLE,
             at DATETIME(6), day DATE, y YEAR, a VARCHAR(10), b VARCHAR(10) COLLATE utf8mb4_bin, raw VARBINARY(4));
           INSERT INTO t VALUES (1, 1, 5, 12345678901234567890123456.70, 1e7, '2026-01-01 10:00:00.250000', '2026-01-01',
             2026, 'é', '日', x'00ff'), (2, 0, 0, -0.05, 0.1, '2026-01-02', '0001-01-01', 1901, '', 'null', ''),
             (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);""",
        DATABASE,
    )
    return ["--connect", mariadb.jdbc_url, "--username", USER, "--password-file", "/user/.password"]


def run(hdfs, words, *more):
    run_import(parse_arguments([*words, "--target-dir", "/out", "--delete-target-dir", *more]))
    return {path.name: path.read_bytes() for path in (hdfs / "out").iterdir()}


def test_text(hdfs, words):
    assert run(hdfs, words, "--table", "t", "-m", "1")["part-m-00000"].decode() == (
        "1,true,true,12345678901234567890123456.70,1.0E7,2026-01-01 10:00:00.25,2026-01-01,2026,é,日,00 ff\n"
        "2,false,false,-0.05,0.1,2026-01-02 00:00:00.0,0001-01-01,1901,,null,\n"
        "3,null,null,null,null,null,null,null,null,null,null\n"
    )


def test_rows_of_every_length_the_protocol_knows(hdfs, words, mariadb):
    # One, three and four bytes of length, and more than one packet: 250, 251, 65535, 65536 and 17 million bytes.
    mariadb.run(
        """SET GLOBAL max_allowed_packet = 64000000; CREATE OR REPLACE TABLE long_rows (id INT PRIMARY KEY, a LONGTEXT)""",
        DATABASE,
    )
    lengths = (0, 249, 250, 251, 65_534, 65_535, 65_536, 16_777_214, 16_777_215, 17_000_000)
    for number, length in enumerate(lengths):
        mariadb.run(f"INSERT INTO long_rows VALUES ({number}, REPEAT('x', {length}))", DATABASE)
    files = run(hdfs, words, "--table", "long_rows", "-m", "1", "--columns", "a")
    assert [len(line) for line in files["part-m-00000"].split(b"\n")] == [*lengths, 0]


def test_a_row_too_long_for_the_server_is_an_error(hdfs, words, mariadb):
    mariadb.run("SET GLOBAL max_allowed_packet = 64000000", DATABASE)
    mariadb.run("CREATE OR REPLACE TABLE huge (a LONGTEXT); INSERT INTO huge VALUES (REPEAT('x', 17000000))", DATABASE)
    mariadb.run("SET GLOBAL max_allowed_packet = 16777216", DATABASE)
    with start(hdfs, [*words, "--table", "huge", "-m", "1", "--target-dir", "/out"]) as process:
        log = process.stderr.read()
    assert process.returncode == 1
    assert "max_allowed_packet" in log
    assert not (hdfs / "out").exists()


def start(hdfs, words):
    return subprocess.Popen(
        [sys.executable, "-m", "oozie.local.sqoop", "import", *words], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "HOWDAH_HDFS_ROOT": str(hdfs)},
    )  # fmt: skip


def test_wrong_password(hdfs, words):
    (hdfs / "user/.password").write_text("wr0ng\n")
    with start(hdfs, [*words, "--table", "t", "--target-dir", "/out"]) as process:
        log = process.stderr.read()
    assert process.returncode == 1
    assert "H424 " in log
    assert f"refuses user '{USER}'" in log
    assert "ends with a line end, which is part of the password" in log
    assert "wr0ng" not in log
    assert "Traceback" not in log


def test_no_such_database(hdfs, words, mariadb):
    words[1] = mariadb.jdbc_url.replace(DATABASE, "nowhere")
    with start(hdfs, [*words, "--table", "t"]) as process:
        log = process.stderr.read()
    assert log.splitlines()[0].startswith("H424 ")


def test_no_such_table(hdfs, words):
    with start(hdfs, [*words, "--table", "T1"]) as process:
        log = process.stderr.read()
    assert log.splitlines()[:2] == ["H425 the database has no table 'T1'", "      did you mean 't'?"]


def test_the_password_is_in_no_process_list(hdfs, words):
    query = "SELECT SLEEP(2) AS s FROM t WHERE id = 1 AND $CONDITIONS"
    with start(hdfs, [*words, "--query", query, "-m", "1", "--target-dir", "/out", "--verbose"]) as process:
        time.sleep(0.7)
        seen = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
        log = process.stderr.read()
    assert process.returncode == 0, log
    assert PASSWORD.encode() not in seen
    assert PASSWORD not in log


@pytest.mark.slow
def test_server_killed_in_the_middle(hdfs):
    """Nothing stands in the target, and one line says why."""
    with private_mariadb() as server:
        server.run("CREATE TABLE many AS SELECT seq AS id, REPEAT('x', 500) AS a FROM seq_1_to_200000", DATABASE)
        (hdfs / "password").write_text(PASSWORD)
        # Slow enough to be met in the middle: each row waits a little.
        query = "SELECT id, a, SLEEP(0.0001) AS s FROM many WHERE $CONDITIONS"
        words = ["--connect", server.jdbc_url, "--username", USER, "--password-file", "/password", "--query", query,
                 "-m", "2", "--split-by", "id", "--target-dir", "/out"]  # fmt: skip
        with start(hdfs, words) as process:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not sum(p.stat().st_size for p in hdfs.glob("_out*/part-m-*")):
                time.sleep(0.05)
            server.kill()
            log = process.stderr.read()
    assert process.returncode == 1
    assert "H426 the database at 127.0.0.1:" in log
    assert "Traceback" not in log
    assert sorted(path.name for path in hdfs.iterdir()) == ["password"]
