"""JDBC URLs: which database, where, as whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from oozie.local.sqoop.errors import ConnectError

_SCHEMES = {"mysql": "mysql", "mariadb": "mysql", "postgresql": "postgresql", "sqlite": "sqlite"}
_PORTS = {"mysql": 3306, "postgresql": 5432, "sqlite": 0}

# Parameters of the URL that count here; others are named in the log.
_PARAMETERS = {
    "mysql": frozenset({"tinyInt1isBit", "zeroDateTimeBehavior", "useSSL", "requireSSL", "sslMode", "connectTimeout"}),
    "postgresql": frozenset({"ssl", "sslmode", "currentSchema"}),
    "sqlite": frozenset[str](),
}
_ZERO_AS_NULL = frozenset({"converttonull", "convert_to_null"})

# Driver classes that mean one of the databases above; all of them are read without Java.
DRIVERS = {
    "com.mysql.jdbc.Driver": "mysql",
    "com.mysql.cj.jdbc.Driver": "mysql",
    "org.mariadb.jdbc.Driver": "mysql",
    "org.postgresql.Driver": "postgresql",
    "org.sqlite.JDBC": "sqlite",
}


@dataclass(frozen=True)
class Source:
    """A database to read. ``database`` is a path for SQLite; the password is never shown."""

    kind: str
    database: str
    host: str = ""
    port: int = 0
    username: str = ""
    password: str = field(default="", repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it is, for messages: no user, no password."""
        return self.database if self.kind == "sqlite" else f"{self.host}:{self.port}/{self.database}"

    @property
    def unused_parameters(self) -> tuple[str, ...]:
        """Names of parameters that change nothing here."""
        return tuple(sorted(set(self.parameters) - _PARAMETERS[self.kind]))

    def flag(self, name: str, default: bool) -> bool:
        """A true-or-false parameter of the URL."""
        return {"true": True, "yes": True, "false": False, "no": False}.get(
            self.parameters.get(name, "").lower(), default
        )

    def with_credentials(self, username: str | None, password: str | None) -> Source:
        """What ``--username`` and the password arguments say wins over the URL."""
        return replace(
            self,
            username=self.username if username is None else username,
            password=self.password if password is None else password,
        )


def parse_jdbc_url(url: str) -> Source:
    """The source that ``url`` names.

    Raises: ConnectError H422; the message never holds the URL's own credentials.
    """
    match = re.match(r"jdbc:([a-z0-9]+):(.*)\Z", url, re.DOTALL)
    if match is None or match[1] not in _SCHEMES:
        name = url.split("/", 1)[0] if match is None else f"jdbc:{match[1]}:"
        raise ConnectError(
            "H422",
            f"--connect knows no database '{name}'",
            hint="jdbc:mysql://HOST/DB, jdbc:mariadb://HOST/DB, jdbc:postgresql://HOST/DB or jdbc:sqlite:FILE",
        )
    kind = _SCHEMES[match[1]]
    return _parse_file(match[2]) if kind == "sqlite" else _parse_server(kind, match[1], match[2])


def _parse_file(rest: str) -> Source:
    path, _, query = rest.partition("?")
    if not path or path == ":memory:":
        raise ConnectError("H422", "--connect names no SQLite file", hint="jdbc:sqlite:/path/to/file.db")
    return Source("sqlite", path.removeprefix("file:"), parameters=dict(parse_qsl(query)))


def _parse_server(kind: str, scheme: str, rest: str) -> Source:
    example = f"jdbc:{scheme}://HOST:PORT/DATABASE"
    if not rest.startswith("//"):
        raise ConnectError("H422", "--connect has no '//' after the database's name", hint=example)
    try:
        parts = urlsplit(rest)
        port = parts.port or _PORTS[kind]
    except ValueError as error:
        raise ConnectError("H422", f"--connect has a bad host or port ({error})", hint=example) from None
    if "," in parts.netloc:
        raise ConnectError("H422", "--connect names several hosts", hint="name one: this import reads one server")
    if not parts.path.strip("/"):
        raise ConnectError("H422", "--connect names no database", hint=example)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parameters.get("zeroDateTimeBehavior", "convertToNull").lower() not in _ZERO_AS_NULL:
        raise ConnectError(
            "H422",
            "zeroDateTimeBehavior can only be convertToNull here",
            hint="it is what Sqoop sets when it is left out",
        )
    return Source(
        kind,
        unquote(parts.path.strip("/")),
        parts.hostname or "localhost",
        port,
        unquote(parts.username or "") or parameters.pop("user", ""),
        unquote(parts.password or "") or parameters.pop("password", ""),
        parameters,
    )
