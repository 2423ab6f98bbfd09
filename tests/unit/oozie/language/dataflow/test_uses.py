"""One thing touched twice is one thing."""

from __future__ import annotations

import pytest

from oozie.language.dataflow.uses import Use, merged


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hdfs://nn:8020/data/x", "/data/x"),
        ("${nameNode}/data/x", "/data/x/"),
        ("/data/x/*", "/data/x"),
        ("/data/x/part-*", "/data/x"),
        ("hdfs://${host}:8020/data/x", "/data/x"),
    ],
)
def test_the_name_node_and_the_part_files_do_not_tell_paths_apart(one: str, other: str) -> None:
    assert Use("reads", "path", one).key == Use("writes", "path", other).key


@pytest.mark.parametrize(("one", "other"), [("/data/x", "/data/xy"), ("s3://a/x", "s3://b/x"), ("/a", "/A")])
def test_other_paths_are_others(one: str, other: str) -> None:
    assert Use("reads", "path", one).key != Use("reads", "path", other).key


def test_tables_do_not_care_for_capitals_but_for_their_database() -> None:
    assert Use("reads", "table", "Shop.Orders").key == Use("writes", "table", "shop.orders").key
    assert Use("reads", "table", "orders").key != Use("reads", "database table", "orders", where="jdbc:a").key


def test_what_is_deleted_and_written_is_replaced() -> None:
    uses = merged([Use("deletes", "path", "/out"), Use("writes", "path", "/out/"), Use("deletes", "path", "/tmp/x")])

    assert [(use.how, use.name) for use in uses] == [("replaces", "/out/"), ("deletes", "/tmp/x")]


def test_a_mention_of_what_is_known_says_nothing_new() -> None:
    uses = merged([Use("deletes", "path", "/out"), Use("mentions", "path", "/out"), Use("mentions", "path", "/in")])

    assert [(use.how, use.name) for use in uses] == [("deletes", "/out"), ("mentions", "/in")]


@pytest.mark.parametrize(
    ("said", "is_output"), [("--output", True), ("targetDir", True), ("--input", False), ("", False)]
)
def test_the_name_of_an_option_may_say_that_it_is_an_output(said: str, is_output: bool) -> None:
    assert Use("mentions", "path", "/x", said).is_output_like is is_output
