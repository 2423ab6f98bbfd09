"""The properties of a job, so that they name the version of the app that it is to read.

What the properties say of the app's own folder and files is led to the version; what lies below that folder and is no
part of the app (``models/``, output) stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oozie.client.deployment.source import AppSource, SourceFolder
from oozie.client.deployment.versions import FOLDER
from oozie.language import document
from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.model import Element
from oozie.language.schema_tables import KINDS
from storage.errors import Diagnostic, HowdahError

# The application paths are Oozie's own business: they always name the version.
_ALWAYS = frozenset(APPLICATION_PATHS.values())
_SHOWN = 80
_ENDS = r"\s,;'\"<>|()"
_VARIABLE = re.compile(
    r"\$\{\s*(?:(?P<name>[A-Za-z_]\w*)|(?:wf|coord|bundle):conf\(\s*['\"](?P<quoted>[^'\"]+)['\"]\s*\)"
    r"|(?P<function>wf:appPath)\(\s*\))\s*\}"
)
_PART = Literal["root", "file", "data"]


@dataclass(frozen=True)
class Use:
    """A text of an app's XML, and where it stands."""

    text: str
    path: str
    line: int
    tag: str


def texts(source: AppSource) -> Iterator[Use]:
    """Every text and attribute of the app's XML files, those that are no app or configuration left out."""
    files = SourceFolder(source)
    for name in files:
        if not name.endswith(".xml"):
            continue
        try:
            root = document.parse(files[name], name)
        except HowdahError:
            continue  # the check of the folder says so
        if root.tag == "configuration" or root.tag in KINDS:
            yield from _texts(root, name)


def _texts(root: Element, path: str) -> Iterator[Use]:
    for element in root.walk():
        for text in element.written:
            if text.strip():
                yield Use(text.strip(), path, element.line, element.tag)


class Relocation:
    """From the folder that an app belongs to, to the folder ``target`` with a version of it."""

    def __init__(self, source: AppSource, target: str) -> None:
        self._source = source
        self._target = target
        self._uses = list(texts(source))
        self._folders = {
            "/".join(name.split("/")[:end]) for name in source.paths for end in range(1, name.count("/") + 1)
        }
        self._pattern = _mentions_of(source.root)

    def properties(self) -> dict[str, str]:
        """The job's properties, with each other put in, for the version."""
        return {name: self._moved(name, value) for name, value in self._source.properties.items()}

    def problems(self) -> Iterator[Diagnostic]:
        """H814 for each text that would lead a job somewhere else than where it means."""
        moved = self.properties()
        in_version = _mentions_of(self._target)
        for use in self._uses:
            text = _substitute(use.text, moved, self._target)
            for match in self._pattern.finditer(text):
                rest = match["rest"] or ""
                if rest.startswith(f"/{FOLDER}/"):
                    continue
                if self._part(rest) == "file" or (self._part(rest) == "root" and use.tag == "app-path"):
                    hint = f"write ${{{self._name_of_root()}}}{rest} there, or submit with --in-place"
                    yield _problem(use, f"'{match[0]}' names the app's folder by its full path", hint)
            for match in in_version.finditer(text):
                if self._part(match["rest"] or "") == "data":
                    hint = (
                        f"name it by a property that is not the app's folder ({self._source.root}), or use --in-place"
                    )
                    what = use.text if len(use.text) <= _SHOWN else f"{use.text[: _SHOWN - 3]}..."
                    yield _problem(use, f"'{what}' lies in the app's folder and is no file of the app", hint)

    def _moved(self, name: str, value: str) -> str:
        def moved(match: re.Match[str]) -> str:
            rest = match["rest"] or ""
            part = self._part(rest)
            if part == "data" or (part == "root" and name not in _ALWAYS and self._is_for_data(name)):
                return match[0]
            return f"{match['authority'] or ''}{self._target}{rest}"

        return self._pattern.sub(moved, value)

    def _is_for_data(self, name: str) -> bool:
        """Whether the app uses a property, which holds the app's folder, for other things than its own files."""
        parts = []
        for use in self._uses:
            for match in _VARIABLE.finditer(use.text):
                if name not in (match["name"], match["quoted"]):
                    continue
                rest = re.match(rf"[^{_ENDS}]*", use.text[match.end() :])
                part = self._part(_substitute(rest[0] if rest else "", self._source.properties, ""))
                parts.append("file" if part == "root" and use.tag == "app-path" else part)
        return "data" in parts and "file" not in parts

    def _part(self, rest: str) -> _PART:
        """What lies at ``rest`` below the app's folder: the folder itself, a file of the app, or something else."""
        inner = rest.partition("#")[0].strip("/")
        if not inner:
            return "root"
        if "${" in inner:  # as far as it can be told
            inner = inner.partition("${")[0].rpartition("/")[0]
            return "file" if inner in self._folders else "data"
        if inner in self._source.paths or inner in self._folders:
            return "file"
        return "file" if "*" in inner and inner.partition("*")[0].rpartition("/")[0] in {"", *self._folders} else "data"

    def _name_of_root(self) -> str:
        """The property that holds the app's folder and nothing else."""
        for name, value in self._source.properties.items():
            match = self._pattern.fullmatch(value)
            if match and not match["rest"] and name not in _ALWAYS:
                return name
        return "wf:appPath()"


def _mentions_of(folder: str) -> re.Pattern[str]:
    """Finds ``folder`` as a path, with what follows below it."""
    return re.compile(
        rf"(?<![\w/.-])(?P<authority>[A-Za-z][\w+.-]*://[^/{_ENDS}]*)?{re.escape(folder)}"
        rf"(?P<rest>/[^{_ENDS}]*)?(?=$|[{_ENDS}])"
    )


def _substitute(text: str, properties: Mapping[str, str], app_path: str) -> str:
    def value(match: re.Match[str]) -> str:
        if match["function"]:
            return app_path or match[0]
        return properties.get(match["name"] or match["quoted"], match[0])

    return _VARIABLE.sub(value, text)


def _problem(use: Use, message: str, hint: str) -> Diagnostic:
    return Diagnostic("H814", message, hint, use.path, use.line)
