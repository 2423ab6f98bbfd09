"""What Sqoop reads and writes, by its options."""

from __future__ import annotations

import pytest

from oozie.language.dataflow.sqoop import sqoop
from oozie.language.dataflow.uses import Doing, Surroundings
from oozie.language.model import Element

DB = "--connect jdbc:mysql://db/shop?useSSL=false"


def done(command: str, scripts: dict[str, str] | None = None, **properties: str) -> Doing:
    return sqoop(
        Element("sqoop", children=(Element("command", text=command),)), Surroundings(properties, scripts or {})
    )


def told(doing: Doing) -> list[str]:
    return [f"{use.how} {use.what} {use.name}" for use in doing.uses]


@pytest.mark.parametrize(
    ("command", "does", "uses"),
    [
        (
            f"import -D a=b {DB} --table orders --target-dir /raw/orders --delete-target-dir -m 1",
            "imports table orders from jdbc:mysql://db/shop",
            ["reads database table orders", "replaces path /raw/orders"],
        ),
        (
            f"import {DB} --table o --warehouse-dir /raw/ --incremental append --check-column id",
            "imports table o from jdbc:mysql://db/shop, only rows that are new by id",
            ["reads database table o", "writes path /raw/o"],
        ),
        (
            f"import {DB} --table o --hive-import --hive-database h --hive-overwrite --hive-table x",
            "imports table o from jdbc:mysql://db/shop into Hive table h.x",
            ["reads database table o", "replaces table h.x"],
        ),
        (
            "import --throw-on-error --connect=jdbc:mysql://db/shop --table o --target-dir=/raw/o",
            "imports table o from jdbc:mysql://db/shop",
            ["reads database table o", "writes path /raw/o"],
        ),
        (
            f"export {DB} --export-dir /out --table t --staging-table s --update-key id",
            "exports /out into table t of jdbc:mysql://db/shop, updating rows by id",
            ["reads path /out", "writes database table s", "writes database table t"],
        ),
        (f"import-all-tables {DB} --warehouse-dir /raw", "imports every table of jdbc:mysql://db/shop",
         ["reads database table every table", "writes path /raw"]),
        ("merge --new-data /n --onto /o --target-dir /t --merge-key id", "merges new rows onto older ones by id",
         ["reads path /n", "reads path /o", "writes path /t"]),
        ("job --exec nightly", "runs the saved Sqoop job 'nightly'", []),
        ("version", "runs Sqoop's version", []),
        ("", "runs Sqoop", []),
    ],
)  # fmt: skip
def test_a_tool_by_its_options(command: str, does: str, uses: list[str]) -> None:
    doing = done(command)

    assert doing.does == does
    assert told(doing) == uses


def test_the_tables_of_a_query() -> None:
    arguments = (
        "import",
        "--connect",
        "jdbc:x",
        "--query",
        "SELECT * FROM a JOIN b WHERE $CONDITIONS",
        "--target-dir",
        "/t",
    )
    body = Element("sqoop", children=tuple(Element("arg", text=text) for text in arguments))

    assert told(sqoop(body, Surroundings({}, {}))) == [
        "reads database table a", "reads database table b", "writes path /t",
    ]  # fmt: skip


def test_an_import_without_a_directory_says_where_it_goes() -> None:
    doing = done(f"import {DB} --table o")

    assert told(doing) == ["reads database table o", "writes path /user/<who runs it>/o"]
    assert "home" in doing.notes[0]


def test_an_options_file_is_read_and_missed() -> None:
    lines = "import\n# what\n--table\n${table}\n--target-dir\n/t\n"

    assert told(done("--options-file o.txt", {"o.txt": lines}, table="x")) == [
        "reads database table x",
        "writes path /t",
    ]
    assert done("import --options-file o.txt").notes[-1] == "its options in o.txt are not here, so they are not known"


def test_a_password_in_the_url_is_not_shown() -> None:
    assert "hunter2" not in str(done("import --connect jdbc:mysql://u:hunter2@db/shop --table t"))
