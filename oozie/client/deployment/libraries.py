"""The folders of oozie.libpath: which of them the custom share lib goes into, and what lies in the others."""

from __future__ import annotations

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.source import AppSource, split_uri
from oozie.client.deployment.submission import LIBRARY_PATH
from storage.errors import PathNotFoundError, StorageError
from storage.filesystem import FileSystem


def library_paths(source: AppSource) -> list[str]:
    """The folders of oozie.libpath in HDFS, in order."""
    found = []
    for each in source.properties.get(LIBRARY_PATH, "").split(","):
        if each.strip():
            try:
                found.append(split_uri(each)[1])
            except StorageError as error:
                message = f"{LIBRARY_PATH}: {error.diagnostics[0].message}"
                raise DeploymentError("H813", message, hint="write it as /user/NAME/lib") from None
    return found


def home_of(source: AppSource) -> str:
    """Where versions of the custom share lib lie: the first folder of oozie.libpath, else the app's own."""
    return next(iter(library_paths(source)), source.root)


def elsewhere(filesystem: FileSystem, source: AppSource) -> dict[str, list[str]]:
    """The files that lie in the folders of oozie.libpath, by folder."""
    return {path: names for path in library_paths(source) if (names := _files(filesystem, path))}


def check_home(filesystem: FileSystem, home: str) -> None:
    """Refuse a folder with files in it: Oozie ships all that lies there, our versions too, with each action.

    Raises: DeploymentError H822.
    """
    names = [name for name in _files(filesystem, home) if name.endswith((".jar", ".so", ".zip"))]
    if names:
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        hint = f"give them with --lib too, and a folder of its own: --set {LIBRARY_PATH}={home}/howdah"
        raise DeploymentError("H822", f"'{home}' holds {names[0]}{others}, put there by somebody else", hint=hint)


def _files(filesystem: FileSystem, path: str) -> list[str]:
    try:
        return [status.name for status in filesystem.list(path) if not status.is_directory]
    except PathNotFoundError:
        return []
