r"""The imports that ours and the real Sqoop 1.4.7 must do alike.

A case is one command line without connection and target; ``then`` are command lines that follow it on the same target.
"""

# ruff: noqa: E501 - a table reads best with one line a case
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    arguments: tuple[str, ...]
    then: tuple[tuple[str, ...], ...] = ()
    url: str = ""
    # Sqoop adds files in the order in which the file system lists them; only HDFS lists them by name.
    any_order: bool = False


TEXTS = ("--table", "texts", "-m", "1")

CASES = (
    # every type
    Case("text-types", ("--table", "types", "-m", "1")),
    Case("avro-types", ("--table", "types", "-m", "1", "--as-avrodatafile")),
    Case("parquet-types", ("--table", "types", "-m", "1", "--as-parquetfile")),
    Case("tinyint1-as-number", ("--table", "types", "-m", "1", "--columns", "id,bool1,bool1u"), url="?tinyInt1isBit=false"),
    Case("zero-dates", ("--table", "zero_dates", "-m", "1")),
    Case("character-sets", ("--table", "latin", "-m", "1")),
    # text, hostile
    Case("plain-text", TEXTS),
    Case("null-strings", (*TEXTS, "--null-string", r"\\N", "--null-non-string", "-")),
    Case("tabs", (*TEXTS, "--fields-terminated-by", r"\t")),
    Case("octal-and-hexadecimal", (*TEXTS, "--fields-terminated-by", r"\0001", "--lines-terminated-by", r"\0x3b")),
    Case("enclosed", (*TEXTS, "--enclosed-by", '"')),
    Case("optionally-enclosed", (*TEXTS, "--optionally-enclosed-by", r"\"", "--escaped-by", r"\\")),
    Case("enclosed-and-escaped", (*TEXTS, "--enclosed-by", "'", "--escaped-by", r"\\", "--null-string", r"\\N")),
    Case("escaped", (*TEXTS, "--escaped-by", r"\\", "--null-string", r"\\N", "--null-non-string", r"\\N")),
    Case("mysql-delimiters", (*TEXTS, "--mysql-delimiters")),
    Case("delimiter-in-numbers", (*TEXTS, "--fields-terminated-by", "-", "--escaped-by", "0")),
    Case("delimiter-in-dates", ("--table", "events", "-m", "1", "--fields-terminated-by", ":", "--optionally-enclosed-by", "|")),
    # which rows and columns
    Case("columns", ("--table", "types", "-m", "1", "--columns", "vc, id,d")),
    Case("where", ("--table", "numbers", "-m", "2", "--where", "neg > 0 OR id = 3")),
    Case("query-one-mapper", ("--query", "SELECT id, de AS price FROM numbers WHERE id < 10 AND $CONDITIONS", "-m", "1")),
    Case("query-split", ("--query", "SELECT n.id, t.name FROM numbers n JOIN numbers t ON t.id = n.id WHERE $CONDITIONS", "--split-by", "n.id", "-m", "3")),
    Case("query-aggregate", ("--query", "SELECT flag, COUNT(*) AS n, SUM(de) AS s, AVG(f) AS a, MAX(dt) AS m FROM numbers WHERE $CONDITIONS GROUP BY flag", "-m", "1")),
    Case("query-avro", ("--query", "SELECT id, de AS price FROM numbers WHERE $CONDITIONS", "-m", "1", "--as-avrodatafile")),
    Case("boundary-query", ("--table", "numbers", "--boundary-query", "SELECT 10, 50", "-m", "3")),
    # splits by every type of key
    Case("four-splits", ("--table", "numbers")),
    Case("more-mappers-than-rows", ("--table", "two", "-m", "6")),
    Case("empty-table", ("--table", "empty_table")),
    Case("empty-table-avro", ("--table", "empty_table", "--as-avrodatafile")),
    Case("split-negative", ("--table", "numbers", "--split-by", "neg", "-m", "7")),
    Case("split-with-nulls", ("--table", "numbers", "--split-by", "nul", "-m", "3")),
    Case("split-decimal", ("--table", "numbers", "--split-by", "de", "-m", "3")),
    Case("split-date", ("--table", "numbers", "--split-by", "da", "-m", "5")),
    Case("split-datetime", ("--table", "numbers", "--split-by", "dt", "-m", "3")),
    Case("split-time", ("--table", "numbers", "--split-by", "ti", "-m", "3")),
    Case("split-boolean", ("--table", "numbers", "--split-by", "flag", "-m", "4")),
    Case("split-text", ("-Dorg.apache.sqoop.splitter.allow_text_splitter=true", "--table", "numbers", "--split-by", "name", "-m", "3")),
    Case("split-limit", ("--table", "numbers", "--split-by", "id", "-m", "2", "--split-limit", "20")),
    Case("one-mapper-without-key", ("--table", "nokey", "--autoreset-to-one-mapper")),
    # compression
    Case("gzip", ("--table", "numbers", "-m", "2", "-z")),
    Case("deflate", ("--table", "numbers", "-m", "2", "--compression-codec", "deflate", "-z")),
    Case("bzip2-by-class", ("--table", "numbers", "-m", "1", "--compression-codec", "org.apache.hadoop.io.compress.BZip2Codec")),
    Case("avro-deflate", ("--table", "numbers", "-m", "2", "--as-avrodatafile", "-z")),
    Case("parquet-compressed", ("--table", "numbers", "-m", "2", "--as-parquetfile", "-z")),
    # names and mapped types
    Case("odd-names-avro", ("--table", "odd", "-m", "1", "--as-avrodatafile")),
    Case("class-name-avro", ("--table", "two", "-m", "1", "--as-avrodatafile", "--class-name", "org.example.Two")),
    Case("package-name-avro", ("--table", "two", "-m", "1", "--as-avrodatafile", "--package-name", "org.example")),
    Case("mapped-to-text", ("--table", "types", "-m", "1", "--columns", "id,big,de,f,d,da,dt,dt3,ti,ti3,y,bool1,bit8", "--map-column-java", "id=String,big=String,de=String,da=String,dt=String,dt3=String,ti=String,ti3=String,y=String,f=String,d=String,bool1=String")),
    Case("mapped-numbers", ("--table", "numbers", "-m", "1", "--columns", "id,neg,de,flag", "--map-column-java", "id=Long,de=Double,flag=Integer")),
    Case("mapped-avro", ("--table", "numbers", "-m", "1", "--columns", "id,neg,de,flag", "--map-column-java", "id=Long,de=Double,flag=Integer", "--as-avrodatafile")),
    # on top of what is there
    Case("append", ("--table", "numbers", "-m", "2"), then=(("--table", "two", "-m", "2", "--append"),), any_order=True),
    Case("append-to-nothing", ("--table", "two", "-m", "2", "--append"), any_order=True),
    Case("append-gzip", ("--table", "two", "-m", "2", "-z"), then=(("--table", "two", "-m", "1", "-z", "--append"),), any_order=True),
    Case("replace", ("--table", "numbers", "-m", "3"), then=(("--table", "two", "-m", "1", "--delete-target-dir"),)),
    Case("incremental-append", ("--table", "events", "-m", "2", "--incremental", "append", "--check-column", "id", "--last-value", "7"), any_order=True),
    Case("incremental-append-date", ("--table", "events", "-m", "2", "--incremental", "append", "--check-column", "updated", "--last-value", "2026-01-01 09:00:00"), any_order=True),
    Case("incremental-query", ("--query", "SELECT * FROM events WHERE $CONDITIONS", "-m", "1", "--incremental", "append", "--check-column", "id", "--last-value", "15")),
    Case("incremental-lastmodified", ("--table", "events", "-m", "1", "--incremental", "lastmodified", "--check-column", "updated", "--last-value", "2026-01-01 09:00:00")),
    Case("incremental-nothing-new", ("--table", "events", "-m", "1"), then=(("--table", "events", "-m", "1", "--incremental", "append", "--check-column", "id", "--last-value", "20"),)),
)  # fmt: skip

# What the real Sqoop refuses, ours refuses.
REFUSED = (
    Case("no-such-table", ("--table", "nowhere", "-m", "1")),
    Case("no-such-column", ("--table", "two", "-m", "1", "--columns", "id,zz")),
    Case("no-key", ("--table", "nokey", "-m", "2")),
    Case("query-without-split-by", ("--query", "SELECT * FROM two WHERE $CONDITIONS", "-m", "2")),
    Case("query-without-conditions", ("--query", "SELECT * FROM two", "-m", "1")),
    Case("table-and-query", ("--query", "SELECT * FROM two WHERE $CONDITIONS", "--table", "two", "-m", "1")),
    Case("append-and-delete", ("--table", "two", "-m", "1", "--append", "--delete-target-dir")),
    Case("check-column-alone", ("--table", "two", "-m", "1", "--check-column", "id")),
    Case("incremental-alone", ("--table", "two", "-m", "1", "--incremental", "append")),
    Case("incremental-text", ("--table", "two", "-m", "1", "--incremental", "append", "--check-column", "a")),
    Case("split-text-unasked", ("--table", "numbers", "-m", "2", "--split-by", "name")),
    Case("bad-delimiter", ("--table", "two", "-m", "1", "--fields-terminated-by", r"\q")),
    Case("mapped-unknown-column", ("--table", "two", "-m", "1", "--map-column-java", "zz=String")),
    Case("bad-null-string", ("--table", "two", "-m", "1", "--null-string", r"\N")),
    Case("autoreset-and-split-by", ("--table", "two", "--autoreset-to-one-mapper", "--split-by", "id")),
    Case("target-exists", ("--table", "two", "-m", "1"), then=(("--table", "two", "-m", "1"),)),
)  # fmt: skip

# Where the two part on purpose, with what Sqoop does; docs/sqoop.md says why.
DIFFERENT = (
    (Case("split-float", ("--table", "differences", "--columns", "id,f", "--split-by", "f", "-m", "4")), "loses rows"),
    (Case("bigint-unsigned", ("--table", "differences", "--columns", "bigu", "-m", "1")), "fails"),
    (Case("time-over-a-day", ("--table", "differences", "--columns", "ti", "-m", "1")), "fails"),
)
