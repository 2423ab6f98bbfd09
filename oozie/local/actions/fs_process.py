"""The process of an fs action: does its operations one after another on the HDFS root, with Oozie's error codes.

Source: org.apache.oozie.action.hadoop.FsActionExecutor.
"""

from __future__ import annotations

import grp
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from oozie.local.errors import ActionError
from oozie.local.globs import match_paths
from oozie.local.mounts import hdfs_root, to_local
from storage.errors import StorageError

_SYMBOLIC_LENGTH = 10


def _say(line: str) -> None:
    """One line of the action's log."""
    sys.stdout.write(line + "\n")


@dataclass(frozen=True)
class FileOperations:
    """An fs action's operations on ``root``. ``recovery``: an earlier launch was lost half-way.

    Raises: ActionError FS001 to FS014 as Oozie.
    """

    root: Path
    name_node: str
    user: str
    glob_max: int
    recovery: bool = False

    def delete(self, values: Mapping[str, str]) -> None:
        """Delete what matches; nothing is fine."""
        for path in self._matches(values["path"]):
            if values.get("skip-trash") == "false":
                trash = self.root / "user" / self.user / ".Trash" / "Current" / path.relative_to(self.root)
                trash.parent.mkdir(parents=True, exist_ok=True)
                path.rename(trash if not trash.exists() else trash.with_name(f"{trash.name}{os.getpid()}"))
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def mkdir(self, values: Mapping[str, str]) -> None:
        """Make a directory and its parents."""
        path = self._path(values["path"])
        if not path.exists():
            try:
                path.mkdir(parents=True)
            except NotADirectoryError as error:
                raise ActionError("ParentNotDirectoryException", f"mkdir, a parent of {path} is a file") from error

    def move(self, values: Mapping[str, str]) -> None:
        """Rename; several sources go into a directory."""
        source, target = self._path(values["source"]), self._path(values["target"])
        found = self._matches(values["source"])
        if not found:
            if self.recovery:
                return
            raise ActionError("FS006", f"move, source path [{values['source']}] does not exist")
        if len(found) > 1 and not target.is_dir():
            raise ActionError("FS012", "move, could not rename multiple sources to the same target name")
        for path in found:
            place = target / path.name if target.is_dir() else target
            is_possible = not place.exists() and place.parent.is_dir() and path not in (place, *place.parents)
            if not is_possible and not self.recovery:
                raise ActionError("FS008", f"move, could not move [{values['source']}] to [{values['target']}]")
            if is_possible:
                path.rename(place)
        _say(f"moved {source} to {target}")

    def chmod(self, values: Mapping[str, str]) -> None:
        """Set permissions, of a directory's files too unless ``dir-files`` says no."""
        mode = _mode(values["permissions"], values["path"])
        for path in self._affected("chmod", values):
            path.chmod(mode)

    def chgrp(self, values: Mapping[str, str]) -> None:
        """Set the group where this machine knows it; the log says where it does not."""
        for path in self._affected("chgrp", values):
            if _has_group(values["group"]):
                shutil.chown(path, group=values["group"])
            else:
                _say(f"group '{values['group']}' does not exist on this machine: {path} keeps its own")

    def touchz(self, values: Mapping[str, str]) -> None:
        """Make an empty file, or give one a new time."""
        path = self._path(values["path"])
        if path.is_dir():
            raise ActionError("Exception", f"{values['path']} is a directory")
        if path.exists() and path.stat().st_size:
            raise ActionError("Exception", f"{values['path']} must be a zero-length file")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def setrep(self, values: Mapping[str, str]) -> None:
        """Say that one disk keeps one copy."""
        self._path(values["path"])
        _say(f"replication {values.get('replication-factor', '')} of {values['path']}: one disk keeps one copy")

    def _affected(self, operation: str, values: Mapping[str, str]) -> Iterator[Path]:
        found = self._matches(values["path"])
        if not found:
            raise ActionError("FS009", f"{operation}, path(s) that matches [{values['path']}] does not exist")
        includes_files = values.get("dir-files", "true").lower() == "true"
        for path in found:
            if includes_files and path.is_dir():
                yield from _below(path, is_recursive=values["recursive"] == "true")
            yield path

    def _matches(self, uri: str) -> list[Path]:
        found = match_paths(self._path(uri))
        if len(found) > self.glob_max:
            raise ActionError("FS013", "too many globbed files/dirs to do FS operation")
        return found

    def _path(self, uri: str) -> Path:
        """Where ``uri`` lies; without a scheme it belongs to the name-node, without a name-node it must have one."""
        parts = urlsplit(uri)
        if not parts.scheme:
            if not self.name_node:
                raise ActionError("FS001", f"Missing scheme in path [{uri}]")
            if not uri.startswith("/"):
                raise ActionError("FS011", f"Path [{uri}] cannot be relative")
        try:
            return to_local(uri, self.root)
        except StorageError as error:
            raise ActionError("E0904", f"Scheme [{parts.scheme}] not supported in uri [{uri}]") from error


def _has_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def _below(folder: Path, *, is_recursive: bool) -> Iterator[Path]:
    for child in sorted(folder.iterdir()):
        if is_recursive and child.is_dir() and not child.is_symlink():
            yield from _below(child, is_recursive=True)
        yield child


def _mode(text: str, path: str) -> int:
    """Permissions as ``755`` or ``-rwxr-xr-x``."""
    if len(text) == 3 and all(char in "01234567" for char in text):
        return int(text, 8)
    if len(text) == _SYMBOLIC_LENGTH and all(
        char in f"-{flag}" for char, flag in zip(text[1:], "rwx" * 3, strict=True)
    ):
        return int("".join("0" if char == "-" else "1" for char in text[1:]), 2)
    raise ActionError("FS010", f"chmod, path [{path}] invalid permissions mask [{text}]")


def _main(folder: Path) -> int:
    request: dict[str, Any] = json.loads((folder / "request.json").read_text("utf-8"))
    operations: list[dict[str, str]] = request.pop("operations")
    files = FileOperations(hdfs_root(), **request)
    table: dict[str, Callable[[Mapping[str, str]], None]] = {
        "delete": files.delete, "mkdir": files.mkdir, "move": files.move, "chmod": files.chmod,
        "touchz": files.touchz, "chgrp": files.chgrp, "setrep": files.setrep,
    }  # fmt: skip
    for values in operations:
        _say(" ".join(f"{name}={value}" for name, value in values.items()))
        try:
            table[values["operation"]](values)
        except PermissionError as error:
            raise ActionError("FS014", f"Permission denied: {error.filename}") from error
        except OSError as error:
            raise ActionError("IOException", f"{values['operation']}: {error}") from error
    return 0


if __name__ == "__main__":
    launch = Path(sys.argv[1])
    try:
        sys.exit(_main(launch))
    except ActionError as failure:
        (launch / "error.json").write_text(json.dumps({"code": failure.code, "message": failure.message}), "utf-8")
        sys.exit(f"{failure.code}: {failure.message}")
