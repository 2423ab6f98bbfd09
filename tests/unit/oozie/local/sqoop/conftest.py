from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.importer import run_import


@pytest.fixture
def hdfs(tmp_path, monkeypatch):
    """An HDFS root of the test's own."""
    root = tmp_path / "hdfs"
    root.mkdir()
    monkeypatch.setenv("HOWDAH_HDFS_ROOT", str(root))
    return root


@pytest.fixture
def shop(tmp_path):
    """A SQLite database with a few rows of every kind, as a JDBC URL."""
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(
            """
            CREATE TABLE orders (id INTEGER PRIMARY KEY, item VARCHAR(20), price DECIMAL(10,2), weight DOUBLE,
              paid TINYINT(1), day DATE, at DATETIME, picture BLOB);
            INSERT INTO orders VALUES
              (1,'tea',4.5,0.25,1,'2026-01-01','2026-01-01 10:00:00',X'00ff'),
              (2,'pot, large',19,1e7,0,'2026-01-02','2026-01-02 11:30:00.250',NULL),
              (3,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
              (4,'line
break',0.05,2e-4,1,'2026-01-04','2026-01-04 00:00:00',X'');
            CREATE TABLE no_key (a INTEGER, b TEXT);
            INSERT INTO no_key VALUES (1,'x'),(2,'y');
            """
        )
    connection.close()
    return f"jdbc:sqlite:{file}"


@pytest.fixture
def sqoop(hdfs, shop):
    """Import in this process; gives what was written, file by file."""

    def run(*arguments: str, target: str = "/out") -> dict[str, bytes]:
        run_import(parse_arguments(["--connect", shop, "--target-dir", target, *arguments]))
        return files_of(hdfs / target.lstrip("/"))

    return run


def files_of(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


@pytest.fixture
def command(hdfs):
    """Import in a process of its own, as an Oozie action does."""

    def run(*arguments: str, tool: str = "import") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "oozie.local.sqoop", tool, *arguments],
            capture_output=True, text=True, check=False, env={**os.environ, "HOWDAH_HDFS_ROOT": str(hdfs)},
        )  # fmt: skip

    return run
