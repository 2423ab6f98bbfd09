"""Imports of a SQLite file from beginning to end: rows, files, and a target that is whole or untouched."""

from __future__ import annotations

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import fastavro
import pyarrow.parquet as pq
import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.errors import SourceError, TargetError
from oozie.local.sqoop.importer import run_import
from storage.errors import HowdahError

LINES = (
    b"1,tea,4.50,0.25,true,2026-01-01,2026-01-01 10:00:00.0,00 ff\n"
    b"2,pot, large,19.00,1.0E7,false,2026-01-02,2026-01-02 11:30:00.25,null\n"
    b"3,null,null,null,null,null,null,null\n"
    b"4,line\nbreak,0.05,2.0E-4,true,2026-01-04,2026-01-04 00:00:00.0,\n"
)


def test_text_as_java_prints_it(sqoop):
    assert sqoop("--table", "orders", "-m", "1") == {"_SUCCESS": b"", "part-m-00000": LINES}


def test_one_part_file_a_split(sqoop):
    files = sqoop("--table", "orders", "-m", "2", "--columns", "id")
    assert files == {"_SUCCESS": b"", "part-m-00000": b"1\n2\n", "part-m-00001": b"3\n4\n"}


def test_one_scan_fills_all_parts_where_the_split_column_leads_to_no_range(sqoop):
    arguments = ("--table", "orders", "-m", "3", "--columns", "id,day", "--split-by", "day", "--null-non-string", "-")
    files = sqoop(*arguments)
    assert files == {
        "_SUCCESS": b"", "part-m-00000": b"1,2026-01-01\n", "part-m-00001": b"2,2026-01-02\n",
        "part-m-00002": b"4,2026-01-04\n",
    }  # fmt: skip


def test_one_scan_leaves_out_what_lies_outside_the_boundary(sqoop):
    boundary = ("--split-by", "weight", "--boundary-query", "SELECT 0.2, 1.0")
    files = sqoop("--table", "orders", "-m", "2", "--columns", "id,item", *boundary)
    assert files == {"_SUCCESS": b"", "part-m-00000": b"1,tea\n", "part-m-00001": b""}


def test_a_ready_line_needs_no_arrow(sqoop):
    assert sqoop("--table", "orders", "-m", "1", "--columns", "item,id", "--where", "id < 3")["part-m-00000"] == (
        b"tea,1\npot, large,2\n"
    )


def test_delimiters_and_nulls(sqoop):
    files = sqoop(
        "--table", "orders", "-m", "1", "--columns", "id,item,weight,picture", "--optionally-enclosed-by", '"',
        "--escaped-by", "\\", "--null-string", r"\\N", "--null-non-string", "-",
    )  # fmt: skip
    assert files["part-m-00000"] == (
        b'1,tea,0.25,00 ff\n2,"pot, large",1.0E7,-\n3,\\\\N,-,-\n4,"line\nbreak",2.0E-4,\n'
    )


def test_query_with_conditions(sqoop):
    query = "SELECT o.id, n.b FROM orders o JOIN no_key n ON n.a = o.id WHERE $CONDITIONS"
    files = sqoop("--query", query, "--split-by", "o.id", "-m", "2")
    assert files == {"_SUCCESS": b"", "part-m-00000": b"1,x\n", "part-m-00001": b"2,y\n"}


def test_gzip(sqoop):
    files = sqoop("--table", "orders", "-m", "1", "-z")
    assert gzip.decompress(files["part-m-00000.gz"]) == LINES


def test_avro(sqoop, hdfs):
    sqoop("--table", "orders", "-m", "1", "--as-avrodatafile")
    with (hdfs / "out/part-m-00000.avro").open("rb") as file:
        reader = fastavro.reader(file)
        rows = list(reader)
    assert reader.codec == "null"
    assert rows[1]["price"] == "19.00"
    assert rows[1]["paid"] is False
    assert rows[0]["picture"] == b"\x00\xff"
    assert set(rows[2].values()) == {3, None}


def test_parquet(sqoop, hdfs):
    files = sqoop("--table", "orders", "-m", "2", "--as-parquetfile")
    assert "_SUCCESS" not in files, "Kite writes none"
    tables = [pq.read_table(hdfs / "out" / name) for name in files]
    rows = sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["id"])
    assert [row["item"] for row in rows] == ["tea", "pot, large", None, "line\nbreak"]
    assert tables[0].schema.field("at").type == "int64"


def test_times_count_in_the_local_zone(sqoop, hdfs, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    sqoop("--table", "orders", "-m", "1", "--as-avrodatafile", "--columns", "at")
    with (hdfs / "out/part-m-00000.avro").open("rb") as file:
        assert next(fastavro.reader(file))["at"] == 1767236400000  # 2026-01-01T10:00+07:00


def test_target_must_not_exist(sqoop):
    sqoop("--table", "no_key", "-m", "1")
    with pytest.raises(TargetError, match="already exists"):
        sqoop("--table", "orders", "-m", "1")


def test_delete_target_dir_replaces(sqoop):
    sqoop("--table", "orders", "-m", "3")
    assert set(sqoop("--table", "no_key", "-m", "1", "--delete-target-dir")) == {"_SUCCESS", "part-m-00000"}


def test_append_takes_the_next_numbers(sqoop):
    sqoop("--table", "no_key", "-m", "1")
    files = sqoop("--table", "orders", "-m", "2", "--columns", "id", "--append")
    assert files == {
        "_SUCCESS": b"", "part-m-00000": b"1,x\n2,y\n", "part-m-00001": b"1\n2\n", "part-m-00002": b"3\n4\n",
    }  # fmt: skip


def test_warehouse_dir(hdfs, shop):
    run_import(
        parse_arguments(["--connect", shop, "--warehouse-dir", "hdfs://hw1:8020/wh", "--table", "no_key", "-m1"])
    )
    assert (hdfs / "wh/no_key/part-m-00000").read_bytes() == b"1,x\n2,y\n"


def test_result_says_what_was_written(hdfs, shop):
    result = run_import(parse_arguments(["--connect", shop, "--table", "orders", "--target-dir", "/o", "-m", "2"]))
    assert (result.rows, result.size, len(result.files)) == (4, len(LINES), 2)


def test_more_columns_than_an_expression_is_deep(tmp_path, hdfs):
    file = tmp_path / "wide.db"
    names = [f"c{i}" for i in range(600)]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"CREATE TABLE wide ({', '.join(f'{name} INTEGER' for name in names)})")
        connection.execute(f"INSERT INTO wide VALUES ({', '.join('7' for _ in names)})")
    connection.close()
    run_import(
        parse_arguments(["--connect", f"jdbc:sqlite:{file}", "--table", "wide", "--target-dir", "/w", "-m", "1"])
    )
    assert (hdfs / "w/part-m-00000").read_text() == ",".join("7" for _ in names) + "\n"


def left_over(hdfs):
    return [path.name for path in hdfs.iterdir()]


def test_nothing_is_left_of_an_import_that_fails_half_way(hdfs, shop):
    # The second row is no number for an int of Java.
    with closing(sqlite3.connect(shop.removeprefix("jdbc:sqlite:"))) as connection, connection:
        connection.execute("CREATE TABLE wrong (id INT)")
        connection.execute("INSERT INTO wrong VALUES (1), (3000000000)")
    connection.close()
    with pytest.raises(HowdahError, match=r"H428 column 'id' holds '3000000000'"):
        run_import(
            parse_arguments(
                ["--connect", shop, "--table", "wrong", "--target-dir", "/o", "-m", "1", "--as-avrodatafile"]
            )
        )
    assert left_over(hdfs) == []


def test_the_source_breaks_in_the_middle(hdfs, shop):
    query = "SELECT CASE WHEN id = 4 THEN abs(-9223372036854775808) ELSE id END AS n FROM orders WHERE $CONDITIONS"
    with pytest.raises(SourceError, match=r"H425 the database refuses the query: integer overflow"):
        run_import(parse_arguments(["--connect", shop, "--query", query, "--target-dir", "/o", "-m", "1"]))
    assert left_over(hdfs) == []


def test_kill_leaves_the_target_as_it_was_and_the_next_run_sweeps(hdfs, shop, command):
    target = hdfs / "out"
    target.mkdir()
    (target / "old").write_text("stays")
    # A recursion without end: an import that never finishes.
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE $CONDITIONS"
    arguments = ["--connect", shop, "--query", query, "-m", "1", "--target-dir", "/out", "--delete-target-dir"]
    process = subprocess.Popen(
        [sys.executable, "-m", "oozie.local.sqoop", "import", *arguments],
        env={**os.environ, "HOWDAH_HDFS_ROOT": str(hdfs)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not any(part.stat().st_size for part in hdfs.glob("_out*/part-m-00000")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [path.name for path in target.iterdir()] == ["old"]
    assert len(left_over(hdfs)) == 2, "the killed import's own directory stands beside"

    done = command("--connect", shop, "--table", "no_key", "-m", "1", "--target-dir", "/out", "--delete-target-dir")
    assert done.returncode == 0, done.stderr
    assert left_over(hdfs) == ["out"]
    assert sorted(path.name for path in target.iterdir()) == ["_SUCCESS", "part-m-00000"]


def test_terminated_cleans_up(hdfs, shop):
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE $CONDITIONS"
    process = subprocess.Popen(
        [sys.executable, "-m", "oozie.local.sqoop", "import", "--connect", shop, "--query", query, "-m", "1",
         "--target-dir", "/out"],
        env={**os.environ, "HOWDAH_HDFS_ROOT": str(hdfs)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 20
    while not any(part.stat().st_size for part in hdfs.glob("_out*/part-m-00000")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGTERM
    assert left_over(hdfs) == []
