"""Hive's row counts are right after each load, whichever server stands behind the Hive port.

Tez in one process with two tasks at once once gave wrong counts and said nothing: so each count is asked several times,
over several files, and the rows themselves are added up besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from howdah.stack.addresses import Addresses
from storage.webhdfs import WebHdfs
from tests.stack.beeline import beeline
from tests.stack.own_stack import new_stack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PARTS, ROWS, KINDS = 4, 5000, 7
AGAIN = 3
DATABASE = "hive_counts"


@dataclass(frozen=True)
class Load:
    """One statement that loads a table, and the numbers that stand in the table then."""

    statement: str
    table: str
    numbers: list[int]

    @property
    def queries(self) -> list[str]:
        return [
            *[f"SELECT COUNT(*) FROM {self.table}"] * AGAIN,
            f"SELECT SUM(number), COUNT(DISTINCT kind), COUNT(CASE WHEN kind = 3 THEN 1 END) FROM {self.table}",
        ]

    @property
    def answers(self) -> list[int]:
        kinds = [number % KINDS for number in self.numbers]
        return [*[len(self.numbers)] * AGAIN, sum(self.numbers), len(set(kinds)), kinds.count(3)]


ALL, NEXT = list(range(ROWS)), list(range(ROWS, ROWS + 1000))


def loads(place: str) -> list[Load]:
    """One after another, on tables that ``TABLES`` makes."""
    return [
        Load(f"LOAD DATA INPATH '{place}/first' INTO TABLE text_rows", "text_rows", ALL),
        Load(f"LOAD DATA INPATH '{place}/next' INTO TABLE text_rows", "text_rows", ALL + NEXT),
        Load("INSERT INTO TABLE text_rows VALUES (7000, 0), (7003, 3)", "text_rows", [*ALL, *NEXT, 7000, 7003]),
        Load("INSERT INTO TABLE orc_rows SELECT * FROM text_rows", "orc_rows", [*ALL, *NEXT, 7000, 7003]),
        Load("INSERT INTO TABLE orc_rows SELECT * FROM outside", "orc_rows", [*ALL, *NEXT, 7000, 7003, *ALL]),
        Load("INSERT OVERWRITE TABLE orc_rows SELECT * FROM outside WHERE kind <> 3", "orc_rows",
             [number for number in ALL if number % KINDS != 3]),
        Load(f"LOAD DATA INPATH '{place}/over' OVERWRITE INTO TABLE text_rows", "text_rows", NEXT),
    ]  # fmt: skip


def tables(place: str) -> list[str]:
    columns = "(number INT, kind INT)"
    text = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE"
    return [
        f"DROP DATABASE IF EXISTS {DATABASE} CASCADE",
        f"CREATE DATABASE {DATABASE}",
        f"USE {DATABASE}",
        f"CREATE TABLE text_rows {columns} {text}",
        f"CREATE TABLE orc_rows {columns} STORED AS ORC",
        f"CREATE EXTERNAL TABLE outside {columns} {text} LOCATION '{place}/outside'",
    ]


def put_rows(hdfs: WebHdfs, folder: str, numbers: list[int]) -> None:
    for part in range(PARTS):
        with hdfs.create(f"{folder}/part-{part}", overwrite=True) as stream:
            stream.writelines(f"{number},{number % KINDS}\n".encode() for number in numbers[part::PARTS])


def check_counts(addresses: Addresses) -> None:
    hdfs = WebHdfs(addresses.webhdfs, user=addresses.user)
    place = f"/user/{addresses.user}/{DATABASE}"
    hdfs.delete(place, recursive=True)
    for folder, numbers in {"first": ALL, "next": NEXT, "over": NEXT, "outside": ALL}.items():
        put_rows(hdfs, f"{place}/{folder}", numbers)
    report = f"{place}/report"
    steps = loads(place)

    answers = beeline(
        addresses, *tables(place),
        *(text for load in steps for text in (load.statement, *load.queries)),
        f"INSERT OVERWRITE DIRECTORY '{report}' SELECT kind, COUNT(*) FROM outside GROUP BY kind",
        f"DROP DATABASE {DATABASE} CASCADE",
    )  # fmt: skip

    each = len(steps[0].answers)
    found = [list(map(int, answers[at : at + each])) for at in range(0, len(answers), each)]
    assert found == [load.answers for load in steps]
    assert read_report(hdfs, report) == {kind: len(ALL[kind::KINDS]) for kind in range(KINDS)}
    hdfs.delete(place, recursive=True)


def read_report(hdfs: WebHdfs, report: str) -> dict[int, int]:
    """What an INSERT OVERWRITE DIRECTORY wrote: it once said success and wrote nothing."""
    counted: dict[int, int] = {}
    for part in hdfs.list(report):
        if not part.name.startswith(("_", ".")):
            with hdfs.open(part.path) as stream:
                rows = [line.split("\x01") for line in stream.read().decode().splitlines()]
            counted |= {int(kind): int(count) for kind, count in rows}
    return counted


@pytest.fixture(scope="module")
def hive_addresses(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A stack with the Hive project's own server."""
    with new_stack(tmp_path_factory.mktemp("hive") / "stack", "--hive", "hive") as own:
        yield own.addresses


def test_the_spark_thrift_server_counts_right(stack: Addresses) -> None:
    check_counts(stack)


def test_the_hive_projects_own_server_counts_right(hive_addresses: Addresses) -> None:
    check_counts(hive_addresses)


def test_another_session_sees_what_the_first_one_loaded(hive_addresses: Addresses) -> None:
    beeline(hive_addresses, "CREATE TABLE seen (number INT)", "INSERT INTO seen VALUES (1), (2), (3)")

    assert beeline(hive_addresses, *["SELECT COUNT(*) FROM seen"] * AGAIN) == ["3"] * AGAIN
