"""What a lint looks at, and what it says."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar, runtime_checkable

from oozie.language.app_folder import AppFolder
from oozie.language.filling import fill
from oozie.language.model import App
from storage.errors import Diagnostic

# Every lint there is; docs/lints.md has them all.
LINTS = frozenset(
    {"H003", *(f"H{number:03}" for number in range(10, 21)), *(f"H{number:03}" for number in range(22, 31))}
)
_NOTHING: Mapping[str, str] = MappingProxyType({})
_T = TypeVar("_T", bound=App, covariant=True)


@dataclass(frozen=True)
class Subject(Generic[_T]):
    """An app, where it lies and what lies there with it.

    ``properties`` are the job's, resolved, with defaults and what is handed down; None where no job.properties stands
    beside the app, so that nobody knows them.
    """

    app: _T
    path: str
    files: Mapping[str, bytes]
    properties: Mapping[str, str] | None

    @property
    def known(self) -> Mapping[str, str]:
        """The properties as far as they are known."""
        return self.properties or _NOTHING

    @cached_property
    def folder(self) -> AppFolder:
        """Where the app lies."""
        return AppFolder(posixpath.dirname(self.path), self.files, self.known)

    def filled(self, text: str) -> str:
        """``text`` with the properties that are known; expressions that are more than a name stay."""
        return fill(text, self.known)

    def siblings(self, suffix: str) -> Iterator[str]:
        """The files beside the app whose names end so, the app itself left out."""
        directory = self.folder.directory
        for name in _names_in(self.files, directory):
            path = posixpath.join(directory, name)
            if name.endswith(suffix) and path != self.path:
                yield path

    @cached_property
    def libraries(self) -> list[str]:
        """The names of the jars in the app's lib/, which Oozie puts on every action's class path."""
        names = _names_in(self.files, posixpath.join(self.folder.directory, "lib"))
        return [name for name in names if name.endswith(".jar")]


@runtime_checkable
class Directories(Protocol):
    """Files that know what lies in one directory without a look at all of them."""

    def names_in(self, directory: str) -> Sequence[str]:
        """The names of the files in ``directory``, "" being the root, without those further down."""


def _names_in(files: Mapping[str, bytes], directory: str) -> Sequence[str]:
    if isinstance(files, Directories):
        return files.names_in(directory)
    return [posixpath.basename(path) for path in files if posixpath.dirname(path) == directory]


def lint(code: str, message: str, hint: str, line: int = 0, node: str = "") -> Diagnostic:
    """One finding of a lint."""
    return Diagnostic(code, message, hint, line=line, node=node, severity="lint")


def counted(number: int, noun: str) -> str:
    """``1 action``, ``2 actions``."""
    return f"{number} {noun}{'s' * (number != 1)}"
