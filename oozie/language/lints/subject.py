"""What a lint looks at, and what it says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Generic, TypeVar

from oozie.language.app_folder import AppFolder
from oozie.language.model import Action, App, Workflow
from storage.errors import Diagnostic

# Every lint there is; docs/lints.md has them all.
LINTS = frozenset(
    {"H003", *(f"H{number:03}" for number in range(10, 21)), *(f"H{number:03}" for number in range(22, 30))}
)
_VARIABLE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
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
        return _VARIABLE.sub(lambda match: self.known.get(match[1], match[0]), text.strip())

    def siblings(self, suffix: str) -> Iterator[str]:
        """The files beside the app whose names end so, the app itself left out."""
        for name in self.files:
            if name.endswith(suffix) and name != self.path and posixpath.dirname(name) == self.folder.directory:
                yield name

    def libraries(self) -> list[str]:
        """The names of the jars in the app's lib/, which Oozie puts on every action's class path."""
        below = posixpath.join(self.folder.directory, "lib", "")
        return [name[len(below) :] for name in self.files if name.startswith(below) and name.endswith(".jar")]


def lint(code: str, message: str, hint: str, line: int = 0, node: str = "") -> Diagnostic:
    """One finding of a lint."""
    return Diagnostic(code, message, hint, line=line, node=node, severity="lint")


def settings(app: Workflow, action: Action) -> dict[str, str]:
    """The configuration of an action over that of <global>, as they are written."""
    shared = app.global_section.configuration() if app.global_section is not None else {}
    return {name.strip(): value.strip() for name, value in {**shared, **action.body.configuration()}.items()}


def counted(number: int, noun: str) -> str:
    """``1 action``, ``2 actions``."""
    return f"{number} {noun}{'s' * (number != 1)}"
