"""What an action has to do with data, as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from oozie.language.filling import without_expressions

How: TypeAlias = Literal["reads", "writes", "replaces", "deletes", "mentions"]
What: TypeAlias = Literal["path", "local path", "table", "database table"]

_NAME_NODE = re.compile(
    r"(?:hdfs|webhdfs|viewfs)://[^/$]*(?:\$\{[^}]*\}[^/$]*)*(?=/)|\$\{\s*(?:name_?node|nn)\s*\}", re.I
)
_PART_FILES = re.compile(r"/(?:\*+|part-?[\w\-\[\]{}]*\*?)$")
_OUTPUT = re.compile(r"out|target|dest|sink|save|write|result", re.IGNORECASE)


@dataclass(frozen=True)
class Use:
    """One thing that an action touches.

    ``replaces`` is writing over what was there. ``mentions`` says no more than that the name stands in the action's
    arguments: a program alone knows what it does with it. ``said`` is the option or the variable that the name goes
    by, ``where`` the database of a database table, by its JDBC URL.
    """

    how: How
    what: What
    name: str
    said: str = ""
    where: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What two uses of the same thing have in common: the name node and ``/*`` behind a directory do not count."""
        if self.what != "path":
            return self.what, self.name.lower(), self.where
        name = _PART_FILES.sub("", _NAME_NODE.sub("", self.name).rstrip("/"))
        return self.what, name or "/", ""

    @property
    def is_output_like(self) -> bool:
        """Whether what is merely mentioned goes by the name of an output."""
        return bool(_OUTPUT.search(self.said))


@dataclass(frozen=True)
class Doing:
    """What an action does: ``does`` a part of a sentence that begins with a verb, ``notes`` what cannot be told."""

    does: str
    uses: tuple[Use, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What is known beside an action: ``properties`` of its job, and ``scripts`` of its folder by name."""

    properties: Mapping[str, str]
    scripts: Mapping[str, str]

    @cached_property
    def sayable(self) -> Surroundings:
        """The same with the properties alone that have a value before the job runs."""
        return replace(self, properties=without_expressions(self.properties))


def merged(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Each use once, in order; what is deleted first and then written is replaced."""
    found = list(dict.fromkeys(uses))
    written = {use.key for use in found if use.how in ("writes", "replaces")}
    deleted = {use.key for use in found if use.how == "deletes"}
    result: dict[tuple[str, tuple[str, str, str]], Use] = {}
    for use in found:
        how: How = use.how
        if how == "deletes" and use.key in written:
            continue
        if how == "writes" and use.key in deleted:
            how = "replaces"
        kept = Use(how, use.what, use.name, use.said, use.where)
        if how == "writes" and ("replaces", use.key) in result:
            continue
        result.setdefault((how, use.key), kept)
        if how == "replaces":
            result.pop(("writes", use.key), None)
    known = {use.key for use in result.values() if use.how != "mentions"}
    return tuple(use for use in result.values() if use.how != "mentions" or use.key not in known)
