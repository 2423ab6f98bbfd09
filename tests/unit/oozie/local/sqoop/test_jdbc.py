from __future__ import annotations

import pytest

from oozie.local.sqoop.errors import ConnectError
from oozie.local.sqoop.jdbc import parse_jdbc_url


def test_mysql():
    got = parse_jdbc_url("jdbc:mysql://u:p%40ss@db.example:3307/funnel_db?tinyInt1isBit=false&useUnicode=true")
    assert (got.kind, got.host, got.port, got.database) == ("mysql", "db.example", 3307, "funnel_db")
    assert (got.username, got.password) == ("u", "p@ss")
    assert got.flag("tinyInt1isBit", True) is False
    assert got.unused_parameters == ("useUnicode",)


@pytest.mark.parametrize(
    ("url", "kind", "port"),
    [("jdbc:mariadb://h/d", "mysql", 3306), ("jdbc:postgresql://h/d?user=u&password=p", "postgresql", 5432)],
)
def test_servers(url, kind, port):
    assert (parse_jdbc_url(url).kind, parse_jdbc_url(url).port) == (kind, port)


def test_sqlite():
    assert parse_jdbc_url("jdbc:sqlite:/a/b.db").database == "/a/b.db"


@pytest.mark.parametrize(
    "url",
    ["", "mysql://h/d", "jdbc:oracle:thin:@h:1521:x", "jdbc:mysql:h/d", "jdbc:mysql://h", "jdbc:mysql://h:port/d",
     "jdbc:mysql://h1,h2/d", "jdbc:sqlite:", "jdbc:sqlite::memory:", "jdbc:mysql://h/d?zeroDateTimeBehavior=round"],
)  # fmt: skip
def test_bad(url):
    with pytest.raises(ConnectError, match="H422") as caught:
        parse_jdbc_url(url)
    assert caught.value.diagnostics[0].hint


def test_a_password_is_never_shown():
    assert "s3cret" not in repr(parse_jdbc_url("jdbc:mysql://u:s3cret@h/d"))
    for url in ("jdbc:nosuch://u:s3cret@h/d", "jdbc:mysql://u:s3cret@h:x/d", "jdbc:mysql://u:s3cret@h"):
        with pytest.raises(ConnectError) as caught:
            parse_jdbc_url(url)
        assert "s3cret" not in str(caught.value)
