"""The folder of one app file, and where it will lie on the cluster: which path of the app means which file here."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from oozie.language.filling import fill

AppKind: TypeAlias = Literal["workflow", "coordinator", "bundle"]

# What is submitted -> the property that names where it lies, a folder or its file.
APPLICATION_PATHS: Mapping[AppKind, str] = MappingProxyType(
    {
        "workflow": "oozie.wf.application.path",
        "coordinator": "oozie.coord.application.path",
        "bundle": "oozie.bundle.application.path",
    }
)


class AppFolder:
    """``directory`` among ``files``, whose paths are slash-separated and start at the same root."""

    def __init__(self, directory: str, files: Collection[str], properties: Mapping[str, str]) -> None:
        self.directory = directory
        self.files = files
        self.properties = properties
        self.roots = []
        for kind, name in APPLICATION_PATHS.items():
            if value := properties.get(name, ""):
                path = _scheme_and_path(value)[1].rstrip("/")
                self.roots.append(posixpath.dirname(path) if path.endswith(f"/{kind}.xml") else path)

    def filled(self, text: str) -> str:
        """A path with the properties that are known put in."""
        return fill(text, self.properties)

    def local(self, text: str) -> str | None:
        """Where among the files a path lies; None where that cannot be told, or it lies elsewhere."""
        path = self.filled(text)
        if not path or "${" in path:
            return None
        scheme, below = _scheme_and_path(path)
        if not scheme and not path.startswith("/"):
            return posixpath.normpath(posixpath.join(self.directory, path))
        for root in self.roots:
            if root and (below + "/").startswith(root + "/"):
                return posixpath.normpath(posixpath.join(self.directory, below[len(root) :].lstrip("/")))
        return None

    def definition(self, app_path: str, kind: AppKind) -> str | None:
        """The file of the app at ``app_path``, which names it or its folder; None where it is not among the files."""
        path = self.local(app_path)
        places = () if path is None else (path, posixpath.normpath(posixpath.join(path, f"{kind}.xml")))
        return next((place for place in places if place in self.files), None)

    def has(self, path: str) -> bool:
        """Whether a path that :meth:`local` gave is there; what lies above the files cannot be seen and counts."""
        return path.startswith("../") or path in self.files


def _scheme_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as hdfs://[x: Oozie finds out when it goes there, we cannot see it from here
        return "unknown", ""
    return parts.scheme, parts.path
