from __future__ import annotations

import stat
from pathlib import Path

import pytest

from howdah.demo.source import PASSWORD_FILE, open_database
from howdah.errors import CommandError


def test_without_a_url_it_is_an_sqlite_file(tmp_path: Path) -> None:
    found = open_database(None, "funnel_db", tmp_path)

    assert found.url == f"sqlite:///{tmp_path}/funnel_db.sqlite"
    assert found.overrides == {"jdbcUrl": f"jdbc:sqlite:{tmp_path}/funnel_db.sqlite"}
    assert found.profile_properties == {"dbUser": None, "passwordFile": None}


@pytest.mark.parametrize(
    ("url", "jdbc"),
    [
        ("mysql://me:s%40cret@db/shop", "jdbc:mysql://db/shop"),
        ("mariadb://me:s%40cret@db:3307/shop", "jdbc:mariadb://db:3307/shop"),
        ("postgres://me:s%40cret@db/shop", "jdbc:postgresql://db/shop"),
    ],
)
def test_a_url_gives_the_import_its_properties_and_hides_the_password(url: str, jdbc: str) -> None:
    found = open_database(url, "funnel_db", Path("unused"))

    assert found.overrides == {"jdbcUrl": jdbc}
    assert found.profile_properties == {"dbUser": "me", "passwordFile": "${nameNode}" + PASSWORD_FILE}
    assert found.password == "s@cret"
    assert "cret" not in repr(found)


def test_the_password_is_for_its_owner_alone_and_has_no_line_end(tmp_path: Path) -> None:
    open_database("mysql://me:secret@db/shop", "funnel_db", tmp_path).write_password(tmp_path)

    written = tmp_path / PASSWORD_FILE.lstrip("/")
    assert written.read_bytes() == b"secret"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url",
    ["oracle://me@db/shop", "shop", "mysql:///shop", "mysql://db", "mysql://me:secret/1@db/shop", "mysql://[::1/shop"],
)
def test_a_url_of_no_database_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(CommandError, match=r"^H745 ") as caught:
        open_database(url, "funnel_db", Path("unused"))

    assert "secret" not in str(caught.value)
    assert caught.value.diagnostics[0].hint
