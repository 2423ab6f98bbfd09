from __future__ import annotations

import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.delimiters import Delimiters
from oozie.local.sqoop.errors import HowdahError

BASE = ("--connect", "jdbc:sqlite:/x.db", "--table", "t")


def parse(*words):
    return parse_arguments([*BASE, *words])


def problem(*words):
    with pytest.raises(HowdahError) as caught:
        parse_arguments(list(words))
    return caught.value.diagnostics[0]


def test_defaults_are_sqoops():
    got = parse()
    assert (got.mappers, got.format, got.null_string, got.delimiters) == (4, "text", "null", Delimiters())


@pytest.mark.parametrize("words", [("-m", "2"), ("-m2",), ("--num-mappers", "2"), ("--num-mappers=2",)])
def test_ways_to_say_mappers(words):
    assert parse(*words).mappers == 2


def test_the_last_format_wins():
    assert parse("--as-parquetfile", "--as-textfile").format == "text"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("--tabel", "did you mean '--table'?"),
        ("--split_by", "did you mean '--split-by'?"),
        ("--num-mapper", "did you mean '--num-mappers'?"),
        ("stray", ""),
        ("-P", "--password-file"),
        ("--connection-manager", "URL"),
        ("--merge-key", "--append"),
        ("--as-sequencefile", "--as-avrodatafile"),
        ("--hive-import", "hive action"),
        ("--hbase-table", "HBase"),
        ("--direct", "leave it out"),
    ],
)
def test_an_argument_that_cannot_be_done_is_named(word, hint):
    found = problem(*BASE, word)
    assert found.code == "H420"
    assert word in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--table", "t"), "--connect is required"),
        (("--connect", "u"), "--table or --query is required"),
        ((*BASE, "--target-dir", "a", "--warehouse-dir", "b"), "incompatible"),
        ((*BASE, "--query", "SELECT 1 WHERE $CONDITIONS", "--target-dir", "a"), "cannot be given together"),
        (("--connect", "u", "--query", "SELECT 1 WHERE $CONDITIONS"), "needs a destination"),
        (("--connect", "u", "--query", "q $CONDITIONS", "--target-dir", "a"), "--split-by is required"),
        (("--connect", "u", "--query", "q", "--target-dir", "a", "-m", "1"), "must contain '$CONDITIONS'"),
        ((*BASE, "--append", "--delete-target-dir"), "cannot be used together"),
        ((*BASE, "--delete-target-dir", "--incremental", "append", "--check-column", "a"), "incremental imports"),
        ((*BASE, "--incremental", "append"), "--check-column is required"),
        ((*BASE, "--check-column", "a"), "needs an incremental import mode"),
        ((*BASE, "--incremental", "sometimes", "--check-column", "a"), "unknown incremental import mode: sometimes"),
        ((*BASE, "--autoreset-to-one-mapper", "--split-by", "a"), "cannot be used together"),
        ((*BASE, "--password", "x", "--password-file", "y"), "only one of"),
        ((*BASE, "-m", "0"), "1 or more"),
        ((*BASE, "-m", "many"), "needs a number, not 'many'"),
        ((*BASE, "--split-by"), "--split-by needs a value"),
        ((*BASE, "--map-column-java", "a"), "cannot read 'a'"),
    ],
)
def test_sqoops_rules(words, message):
    found = problem(*words)
    assert found.code == "H421"
    assert message in found.message
    assert found.hint or "number" in message


def test_alias_says_how_to_do_it_here():
    found = problem(*BASE, "--password-alias", "db.password")
    assert found.code == "H423"
    assert "--password-file" in found.hint


def test_java_arguments_are_accepted_and_said():
    got = parse("--bindir", "/tmp", "--skip-dist-cache", "-D", "mapreduce.job.queuename=daily")
    assert [note.split(" has")[0] for note in got.notes] == [
        "--bindir", "--skip-dist-cache", "-D mapreduce.job.queuename",
    ]  # fmt: skip


def test_a_property_that_changes_rows_is_not_ignored():
    assert problem("-Dsqoop.avro.logical_types.decimal.enable=true", *BASE).code == "H420"
    assert parse("-Dorg.apache.sqoop.splitter.allow_text_splitter=true").is_set(
        "org.apache.sqoop.splitter.allow_text_splitter"
    )


def test_options_file(tmp_path):
    file = tmp_path / "options"
    file.write_text("# the source\n--table\nt\n\n-m\n1\n--where\n'a b'\n")
    got = parse_arguments(["--connect", "u", "--options-file", str(file)])
    assert (got.table, got.mappers, got.where) == ("t", 1, "a b")
    file.write_text("--table\nt\n--where\n'a b\n")
    assert "'a b has no end" in problem("--connect", "u", "--options-file", str(file)).message


def test_delimiters():
    got = parse("--fields-terminated-by", r"\t", "--enclosed-by", '"', "--escaped-by", r"\\").delimiters
    assert got == Delimiters("\t", "\n", '"', "\\", enclose_always=True)
    assert parse("--mysql-delimiters").delimiters == Delimiters(",", "\n", "'", "\\")


def test_password_is_not_shown():
    assert "secret" not in repr(parse("--password", "secret"))
