"""A list of jobs: what a page's address asks for, as a question to Oozie, and the pages around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from werkzeug.datastructures import MultiDict

from howdah.console.errors import ConsoleError
from oozie.client import Kind
from oozie.client.values import STATUSES

LENGTHS = (25, 50, 100, 200)
_LENGTH = 50
_MOST_PAGES = 1_000_000

# the console's word -> Oozie's; one page for each
KINDS: Mapping[str, Kind] = MappingProxyType({"workflows": "wf", "coordinators": "coord", "bundles": "bundle"})
Plural: TypeAlias = Literal["workflows", "coordinators", "bundles"]

# what a person may write for a beginning -> how Oozie wants it: an age, a day or a minute
_AGE = re.compile(r"-?(\d{1,4})\s*([dhm])", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d)?Z?")


@dataclass(frozen=True)
class Query:
    """What is to be listed; ``page`` counts from 1. Empty texts and no statuses filter nothing."""

    kind: Kind
    statuses: tuple[str, ...] = ()
    text: str = ""
    user: str = ""
    since: str = ""
    page: int = 1
    length: int = _LENGTH

    @property
    def offset(self) -> int:
        """The first job's number, from 1."""
        return (self.page - 1) * self.length + 1

    @property
    def is_filtered(self) -> bool:
        """Whether some jobs are left out."""
        return bool(self.statuses or self.text or self.user or self.since)

    def filters(self) -> dict[str, str | tuple[str, ...]]:
        """As Oozie's REST API takes them."""
        wanted: dict[str, str | tuple[str, ...]] = {
            "status": self.statuses,
            # Part of a name, a user, an id: what Oozie calls text.
            "text": self.text,
            "user": self.user,
            "startcreatedtime": _begin(self.since) if self.since else "",
        }
        return {name: value for name, value in wanted.items() if value}

    def address(self, page: int) -> dict[str, str | int | list[str]]:
        """The query of the address of another page of the same list."""
        shown: dict[str, str | list[str]] = {
            "status": list(self.statuses),
            "name": self.text,
            "user": self.user,
            "since": self.since,
        }
        kept: dict[str, str | int | list[str]] = {name: value for name, value in shown.items() if value}
        if self.length != _LENGTH:
            kept["length"] = self.length
        if page != 1:
            kept["page"] = page
        return kept


def read_query(kind: Kind, arguments: MultiDict[str, str]) -> Query:
    """The query in an address. Raises: ConsoleError H758."""
    statuses = tuple(status for status in arguments.getlist("status") if status)
    for status in statuses:
        if status not in STATUSES[kind]:
            raise ConsoleError("H758", f"there is no state '{status:.50}'", hint=f"one of {', '.join(STATUSES[kind])}")
    text, user, since = (arguments.get(name, "").strip() for name in ("name", "user", "since"))
    for name, value in (("name", text), ("user", user)):
        if ";" in value or "=" in value:
            hint = "Oozie's filters have no way to write these two letters"
            raise ConsoleError("H758", f"a {name} to look for has no semicolon and no equals sign", hint=hint)
    if since:
        _begin(since)
    length = _number(arguments, "length", _LENGTH)
    return Query(
        kind, statuses, text, user, since, min(max(_number(arguments, "page", 1), 1), _MOST_PAGES),
        length if length in LENGTHS else _LENGTH,
    )  # fmt: skip


def _number(arguments: MultiDict[str, str], name: str, otherwise: int) -> int:
    value = arguments.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,7}", value) else otherwise


def _begin(since: str) -> str:
    """As Oozie takes it. Raises: ConsoleError H758."""
    if age := _AGE.fullmatch(since):
        return f"-{age[1]}{age[2].lower()}"
    if _DAY.fullmatch(since):
        return f"{since}T00:00Z"
    if moment := _MOMENT.fullmatch(since):
        return f"{moment[1]}T{moment[2]}Z"
    hint = "write 2d, 6h or 30m for an age, or 2026-11-21 or 2026-11-21 08:30 in UTC"
    raise ConsoleError("H758", f"'{since:.50}' is no beginning", hint=hint)
