"""Which of the jars that the user names go into the custom share lib, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from oozie.client.sharelib.jars import Jar, jar_called

# Action type -> the part of the server's share lib that it takes; all others have none, or one of their own name.
_PARTS = {"map-reduce": "mapreduce-streaming"}
_NO_PART = frozenset({"fs", "email", "ssh", "sub-workflow", "java", "shell"})
# Every action's launcher has it.
_EVERYWHERE = "oozie"


@dataclass(frozen=True)
class LeftOut:
    """A jar that stays here, and why."""

    jar: Jar
    reason: str


@dataclass(frozen=True)
class Selection:
    """What goes, and what does not."""

    kept: tuple[Jar, ...]
    left_out: tuple[LeftOut, ...]


def parts_for(types: Iterable[str], properties: Mapping[str, str]) -> list[str]:
    """The parts of the share lib that actions of these types take.

    Source: oozie.action.sharelib.for.TYPE, oozie.use.system.libpath.
    """
    if properties.get("oozie.use.system.libpath", "").strip().lower() != "true":
        return []
    found = [_EVERYWHERE]
    for each in types:
        own = properties.get(f"oozie.action.sharelib.for.{each}", "")
        if own.strip():
            found += [part.strip() for part in own.split(",") if part.strip()]
        elif each not in _NO_PART:
            found.append(_PARTS.get(each, each))
    return list(dict.fromkeys(found))


def select(jars: Sequence[Jar], present: Mapping[str, Iterable[str]], *, keep: Collection[str] = ()) -> Selection:
    """Choose among ``jars``, given what is there: the place that has it -> names of files.

    ``keep`` are names of jars that go whatever conflicts with them.
    """
    there = {jar.key: (jar, place) for place, names in present.items() for jar in map(jar_called, names)}
    newest: dict[str, Jar] = {}
    for jar in jars:
        if jar.key not in newest or jar.age > newest[jar.key].age:
            newest[jar.key] = jar
    kept, left_out = [], []
    for jar in jars:
        reason = "" if jar.name in keep else _against(jar, newest[jar.key], there.get(jar.key))
        if reason:
            left_out.append(LeftOut(jar, reason))
        else:
            kept.append(jar)
    return Selection(tuple(kept), tuple(left_out))


def _against(jar: Jar, newest: Jar, there: tuple[Jar, str] | None) -> str:
    """Why a jar may not go; "" where it may."""
    if jar.brings_hadoop:
        return "it brings classes of Hadoop's own, which the cluster has at its version"
    if there is not None:
        other, place = there
        if not jar.version or not other.version or jar.version == other.version:
            return f"{place} has it already, as {other.name}"
        return f"{place} has version {other.version} of it, and two versions of one artifact conflict"
    if newest is not jar:
        if newest.version == jar.version:
            return f"{newest.name} is the same"
        return f"{newest.name} is newer, and two versions of one artifact conflict"
    return ""
