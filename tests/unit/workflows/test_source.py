import sqlite3
from contextlib import closing

import pytest

from workflows.errors import SampleError
from workflows.source import Table, clear_tables, connect

THINGS = Table("things", (("id", "INTEGER"), ("na me", "VARCHAR(8)"), ("price", "DOUBLE PRECISION")), ("id",))


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM things ORDER BY id").fetchall()


def test_rows_are_added_and_taken_away_in_one_transaction(tmp_path):
    path = tmp_path / "new" / "shop.sqlite"
    with connect(f"sqlite:///{path}") as source:
        source.create(THINGS)
        assert source.insert(THINGS, ((i, f"n{i}", None) for i in range(12_000))) == 12_000
    with connect(f"sqlite://{path}") as source:
        source.create(THINGS)
        source.delete(THINGS, "id", 2, 12_000)
    assert rows(path) == [(0, "n0", None), (1, "n1", None)]
    with pytest.raises(KeyError), connect(f"sqlite:///{path}") as source:
        source.clear(THINGS)
        raise KeyError
    assert len(rows(path)) == 2


def test_a_database_that_refuses_is_one_line_without_the_password(tmp_path):
    (tmp_path / "folder.sqlite").mkdir()
    with (
        pytest.raises(SampleError, match=r"H761 sqlite://.*unable to open"),
        connect(f"sqlite:///{tmp_path}/folder.sqlite"),
    ):
        pass
    with pytest.raises(SampleError) as caught, connect("mysql://me:secret@127.0.0.1:1/db"):
        pass
    assert str(caught.value).startswith("H761 mysql://127.0.0.1/db: ")
    assert "secret" not in str(caught.value)
    with pytest.raises(SampleError) as caught, connect("postgresql://me:secret@127.0.0.1:1/db"):
        pass
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_occurs_twice_leaves_nothing_behind(tmp_path):
    with pytest.raises(SampleError, match="H761"), connect(f"sqlite:///{tmp_path}/a.sqlite") as source:
        source.create(THINGS)
        source.insert(THINGS, [(1, "a", 1.0), (1, "b", 2.0)])
    with connect(f"sqlite:///{tmp_path}/a.sqlite") as source:
        source.create(THINGS)
    assert rows(tmp_path / "a.sqlite") == []


def test_another_kind_of_database_is_refused():
    with pytest.raises(SampleError, match="H760 no source database is known for 'oracle://'"), connect("oracle://x/y"):
        pass


@pytest.mark.parametrize("url", ["mysql://me:secret/1@db/shop", "postgresql://[::1/shop"])
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(SampleError, match="H760 the URL's host or port cannot be read") as caught, connect(url):
        pass
    assert "secret" not in str(caught.value)


def test_a_table_says_how_spark_declares_it():
    assert THINGS.spark_columns == "id INT, na me STRING, price DOUBLE"


def test_tables_are_emptied_and_made_where_they_are_not_there(tmp_path):
    url = f"sqlite:///{tmp_path}/shop.db"
    table = Table("visits", (("id", "INTEGER"),), primary_key=("id",))
    for _ in range(2):
        clear_tables(url, (table,))
        with connect(url) as source:
            assert source.insert(table, [(1,), (2,)]) == 2
