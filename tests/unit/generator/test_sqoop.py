from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from generator.declare import sqoop, sqoop_import
from generator.errors import DeclarationError

URL = "jdbc:mysql://db/shop"


def _import(**arguments: Any) -> list[str]:
    step = sqoop_import("i", **{"connect": URL, "table": "t", "target_dir": "/raw"} | arguments)
    return list(step.body.texts("arg"))


def test_the_usual_import() -> None:
    words = _import(username="u", password_file="/p", delete_target_dir=True, fields_terminated_by="\t", mappers=1)

    assert words == (
        f"import --connect {URL} --username u --password-file /p --table t --target-dir /raw --delete-target-dir "
        r"--fields-terminated-by \t --null-string \\N --null-non-string \\N -m 1"
    ).split(" ")


def test_every_argument_reaches_sqoop() -> None:
    words = _import(
        table=None,
        query="SELECT a FROM t WHERE $CONDITIONS",
        target_dir=None,
        warehouse_dir="/w",
        password_alias="p",
        driver="D",
        columns=("a", "b"),
        where="a > 1",
        split_by="a",
        boundary_query="SELECT 1, 2",
        mappers=4,
        append=True,
        incremental="append",
        check_column="a",
        last_value="7",
        lines_terminated_by="\n",
        enclosed_by='"',
        optionally_enclosed_by="'",
        escaped_by="\\",
        compress=True,
        compression_codec="gzip",
        fetch_size=100,
        map_column_java={"a": "String", "b": "Long"},
        options=("--verbose",),
    )
    pairs = dict(pairwise(words))

    expected = {
        "--query": "SELECT a FROM t WHERE $CONDITIONS",
        "--warehouse-dir": "/w",
        "--password-alias": "p",
        "--driver": "D",
        "--columns": "a,b",
        "--where": "a > 1",
        "--split-by": "a",
        "--boundary-query": "SELECT 1, 2",
        "-m": "4",
        "--incremental": "append",
        "--check-column": "a",
        "--last-value": "7",
        "--lines-terminated-by": r"\n",
        "--enclosed-by": '"',
        "--optionally-enclosed-by": "'",
        "--escaped-by": "\\",
        "--compression-codec": "gzip",
        "--fetch-size": "100",
        "--map-column-java": "a=String,b=Long",
    }
    assert {key: pairs[key] for key in expected} == expected
    assert {"--append", "--compress", "--verbose"} <= set(words)
    assert words[-1] == "--verbose"


@pytest.mark.parametrize(("file_format", "word"), [("avro", "--as-avrodatafile"), ("parquet", "--as-parquetfile")])
def test_only_text_needs_words_for_null(file_format: str, word: str) -> None:
    words = _import(file_format=file_format)

    assert word in words
    assert "--null-string" not in words


@pytest.mark.parametrize(
    ("character", "word"), [("\t", r"\t"), ("\x01", r"\001"), ("\x7f", r"\0177"), ("|", "|"), (r"\t", r"\t")]
)
def test_delimiters_are_written_as_sqoop_reads_them(character: str, word: str) -> None:
    words = _import(fields_terminated_by=character)

    assert words[words.index("--fields-terminated-by") + 1] == word


def test_arguments_are_never_one_command() -> None:
    assert sqoop("s", args=("eval", "--query", "SELECT 1")).body.first("command") is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"password": "tiger"},
        {"password": "${dbPassword}"},
        {"options": ("--password", "tiger")},
        {"options": ("--password=tiger",)},
        {"options": ("-password", "tiger")},
        {"connect": "jdbc:mysql://scott:tiger@db/shop"},
        {"connect": "jdbc:mysql://db/shop?user=scott&password=tiger"},
        {"connect": "jdbc:sqlserver://db;user=scott;password=tiger"},
        {"connect": "jdbc:oracle:thin:scott/tiger@//db:1521/shop"},
        {"configuration": {"javax.jdo.option.ConnectionPassword": "tiger"}},
    ],
)
def test_a_password_is_refused_in_any_form(arguments: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError) as caught:
        _import(**arguments)

    assert caught.value.code == "H303"
    assert "tiger" not in str(caught.value)
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ({"table": None}, "H302", "one of table= and query="),
        ({"query": "SELECT 1 WHERE $CONDITIONS"}, "H302", "one of table= and query="),
        ({"table": None, "query": "SELECT 1", "mappers": 1}, "H302", "$CONDITIONS"),
        ({"table": None, "query": "SELECT 1 WHERE $CONDITIONS"}, "H302", "split_by="),
        ({"target_dir": None}, "H302", "one of target_dir= and warehouse_dir="),
        ({"append": True, "delete_target_dir": True}, "H302", "exclude each other"),
        ({"incremental": "append"}, "H302", "belong together"),
        ({"incremental": "sometimes", "check_column": "a"}, "H301", "incremental is 'sometimes'"),
        ({"file_format": "orc"}, "H301", "file_format is 'orc'"),
        ({"mappers": 0}, "H301", "mappers is 0"),
        ({"fetch_size": "many"}, "H301", "fetch_size is 'many'"),
        ({"connect": 1}, "H301", "connect is 1"),
        ({"options": "--verbose"}, "H301", "options is '--verbose'"),
        ({"columns": ("a", 1)}, "H301", "columns is 1"),
    ],
)
def test_what_sqoop_would_refuse_is_refused(arguments: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        _import(**arguments)

    assert caught.value.code == code
    assert words in caught.value.diagnostics[0].message


def test_a_tool_is_needed() -> None:
    with pytest.raises(DeclarationError, match="args is empty"):
        sqoop("s", args=())
