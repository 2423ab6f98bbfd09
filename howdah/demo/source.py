"""The demo's source database: an SQLite file of its own, or the one that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from howdah.errors import CommandError

_JDBC_NAMES = {"mysql": "mysql", "mariadb": "mariadb", "postgresql": "postgresql", "postgres": "postgresql"}
_HINT = "such as mysql://user:password@127.0.0.1:3306/funnel_db or postgresql://..."
PASSWORD_FILE = "/user/oozielib/source.password"  # noqa: S105 a path in HDFS


@dataclass(frozen=True)
class Database:
    """``url`` for the loader, ``overrides`` for the run's properties; the password is in neither log nor property."""

    url: str = field(repr=False)
    shown: str
    overrides: Mapping[str, str]
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def profile_properties(self) -> dict[str, str | None]:
        """What the profile has to define, so that the import logs in."""
        return {
            "dbUser": self.user or None,
            "passwordFile": "${nameNode}" + PASSWORD_FILE if self.password else None,
        }

    def write_password(self, hdfs: Path) -> None:
        """Put the password where the import looks for it, readable by its owner alone, with no line end after it."""
        if self.password:
            target = hdfs / PASSWORD_FILE.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=0o600)
            target.write_text(self.password, encoding="utf-8")


def open_database(url: str | None, name: str, folder: Path) -> Database:
    """The database at ``url``, or without one SQLite file ``name`` in ``folder``.

    Raises: CommandError H745 for a URL that names no database.
    """
    if url is None:
        file = (folder / f"{name}.sqlite").resolve()
        return Database(f"sqlite:///{file}", f"SQLite file {file.name}", {"jdbcUrl": f"jdbc:sqlite:{file}"})
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Neither the URL nor Python's message is shown: a password with a slash in it is what it took for the port.
        raise CommandError(
            "H745", "the URL's host or port cannot be read", hint=f"{_HINT}; / in a password is %2F"
        ) from None
    kind = _JDBC_NAMES.get(parts.scheme)
    if kind is None or not parts.hostname or not parts.path.strip("/"):
        raise CommandError("H745", f"'{parts.scheme or url}' is no source database", hint=_HINT)
    place = f"{parts.hostname}:{port}" if port else parts.hostname
    shown = f"{kind}://{place}{parts.path}"
    return Database(
        url, shown, {"jdbcUrl": f"jdbc:{shown}"}, unquote(parts.username or ""), unquote(parts.password or "")
    )
