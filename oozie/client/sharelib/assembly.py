"""The jars of one app put together: those that the user names, those of its ``lib/``, and the drivers that it needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oozie.client.sharelib.drivers import (
    DRIVERS,
    Driver,
    check_drivers,
    fetch_driver,
    find_driver,
    imports_of,
    missing_hint,
)
from oozie.client.sharelib.errors import LibraryError
from oozie.client.sharelib.jars import Jar, jar_called, read_jar
from oozie.client.sharelib.selection import LeftOut, parts_for, select
from oozie.language.errors import AppError
from oozie.language.model import Workflow
from oozie.language.reader import examine
from storage.errors import Diagnostic

# Oozie puts on the class path what lies in lib/ beside a workflow.
_IN_LIB = re.compile(r"(?:.*/)?lib/[^/]+\.jar")


@dataclass(frozen=True)
class Wishes:
    """What the user says of jars: ``named`` go into the custom share lib, ``keep`` are names that stay in spite of all.

    A driver that is missing is taken from ``cache`` or from Maven's ``repository``; with ``fetch`` from Maven Central.
    """

    named: Sequence[Path] = ()
    keep: frozenset[str] = frozenset()
    fetch: bool = False
    cache: Path = Path()
    repository: Path = Path()


@dataclass(frozen=True)
class Assembly:
    """``library`` are the jars for the custom share lib, ``without`` the files of the app that stay here."""

    library: tuple[Jar, ...]
    without: frozenset[str]
    left_out: tuple[LeftOut, ...]
    added: tuple[Driver, ...]
    findings: tuple[Diagnostic, ...]


def workflows_in(files: Mapping[str, bytes]) -> Iterator[tuple[str, Workflow]]:
    """The workflows of a folder with apps, those that cannot be read left out."""
    for name in files:
        if name.endswith(".xml"):
            try:
                app = examine(files[name], name)[0]
            except AppError:
                continue
            if isinstance(app, Workflow):
                yield name, app


def assemble(
    files: Mapping[str, bytes],
    paths: Mapping[str, Path],
    properties: Mapping[str, str],
    wishes: Wishes,
    *,
    share_lib: Callable[[str], Iterable[str]],
    elsewhere: Mapping[str, Iterable[str]],
) -> Assembly:
    """Choose the jars of an app.

    ``paths`` are its files on this machine; ``share_lib`` gives the files of a part of the server's share lib,
    ``elsewhere`` those of the other folders of oozie.libpath.

    Raises: LibraryError H823 to H825.
    """
    workflows = dict(workflows_in(files))
    types = {action.type for app in workflows.values() for action in app.actions}
    present = {f"share lib '{part}'": _names(share_lib(part)) for part in parts_for(sorted(types), properties)}
    present |= {place: _names(names) for place, names in elsewhere.items()}
    own = {read_jar(path): name for name, path in paths.items() if _IN_LIB.fullmatch(name)}
    named = [read_jar(path) for path in wishes.named]
    selection = select([*own, *named], present, keep=wishes.keep)
    there = [jar_called(name) for names in present.values() for name in names]
    imports = [each for app in workflows.values() for each in imports_of(app, properties)]
    missing, traps = check_drivers(imports, [*selection.kept, *there])
    drivers = [read_jar(_obtain(driver, wishes)) for driver in missing]
    left_out = selection.left_out
    return Assembly(
        library=(*(jar for jar in selection.kept if jar not in own), *drivers),
        without=frozenset(own[each.jar] for each in left_out if each.jar in own),
        left_out=left_out,
        added=tuple(missing),
        findings=tuple(traps),
    )


def _names(files: Iterable[str]) -> list[str]:
    return [posixpath.basename(file) for file in files if file.endswith(".jar")]


def _obtain(driver: Driver, wishes: Wishes) -> Path:
    found = find_driver(driver, wishes.cache, wishes.repository)
    if found:
        return found
    if wishes.fetch:
        return fetch_driver(driver, wishes.cache)
    prefix = next(prefix for prefix, each in DRIVERS.items() if each is driver)
    message = f"the app reads {prefix} and nobody has a driver for {driver.database}"
    raise LibraryError("H824", message, hint=f"--fetch-driver takes it from Maven Central; or {missing_hint(driver)}")
