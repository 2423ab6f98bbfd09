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

from oozie.local.errors import ActionError, failure
from oozie.local.globs import match_paths
from oozie.local.mounts import hdfs_root, to_local
from storage.errors import StorageError

_OCTAL_LENGTH, _SYMBOLIC_LENGTH = 3, 10
# Those that Oozie lets an action use by default. Source: oozie.service.HadoopAccessorService.supported.filesystems.
_SCHEMES = frozenset({"hdfs", "hftp", "webhdfs", "viewfs", "swebhdfs", "abfs", "abfss", "adl", "s3a", "gs"})


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
    recovery: bool = False
    glob_max: int = 50_000  # oozie.action.fs.glob.max is the server's to say

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
        """Make a directory and its parents; whatever has that name already is taken for it."""
        path = self._path(values["path"])
        if not path.exists():
            self._make(path)

    def move(self, values: Mapping[str, str]) -> None:
        """Rename; several sources go into a directory."""
        source, found = self._full(values["source"]), self._matches(values["source"])
        target, place = values["target"], self._target(source, values["target"])
        if not found:
            if self.recovery:
                return
            raise failure("FS006", f"move, source path [{source}] does not exist")
        if len(found) > 1 and not place.is_dir():
            raise ActionError("FS012", "move, could not rename multiple sources to the same target name")
        for path in found:
            if not self._rename(path, place / path.name if place.is_dir() else place) and not self.recovery:
                shown = self._uri(source, path)
                raise failure("FS008", f"move, could not move [{shown}] to [{target}]")
        _say(f"moved {source} to {target}")

    def _rename(self, path: Path, place: Path) -> bool:
        """As the NameNode renames: onto itself nothing happens, onto another or into itself it does not."""
        if path == place and path.is_file():
            return True
        if place.exists() or not place.parent.is_dir() or path in (place, *place.parents):
            return False
        path.rename(place)
        return True

    def _target(self, source: str, target: str) -> Path:
        """Where a move leads: on the source's name node, a relative path lies in the user's home."""
        authority, other = urlsplit(source)[:2], urlsplit(target)[:2]
        if any(other) and other != authority:
            raise failure("FS007", "move, target NN URI different from that of source")
        return to_local(target, self.root)

    def chmod(self, values: Mapping[str, str]) -> None:
        """Set permissions, of a directory's files too unless ``dir-files`` says no."""
        affected = list(self._affected("chmod", values))
        for path in affected:
            path.chmod(_mode(values["permissions"], self._full(values["path"])))

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
            raise failure("Exception", f"{self._full(values['path'])} is a directory")
        if path.exists() and path.stat().st_size:
            raise failure("Exception", f"{self._full(values['path'])} must be a zero-length file")
        self._make(path.parent)
        path.touch()

    def setrep(self, values: Mapping[str, str]) -> None:
        """Say that one disk keeps one copy."""
        self._resolved(values["path"], "")
        _say(f"replication {values.get('replication-factor', '')} of {values['path']}: one disk keeps one copy")

    def _make(self, folder: Path) -> None:
        """A directory and its parents. Raises: ActionError for a parent that is a file."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (NotADirectoryError, FileExistsError) as error:
            file = next(parent for parent in (folder, *folder.parents) if parent.is_file())
            shown = f"/{file.relative_to(self.root)}" if file.is_relative_to(self.root) else str(file)
            raise failure("ParentNotDirectoryException", f"{shown} (is not a directory)") from error

    def _affected(self, operation: str, values: Mapping[str, str]) -> Iterator[Path]:
        found = self._matches(values["path"])
        if not found:
            raise failure("FS009", f"{operation}, path(s) that matches [{self._full(values['path'])}] does not exist")
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
        """Where ``uri`` lies."""
        return to_local(self._full(uri), self.root)

    def _full(self, uri: str) -> str:
        """``uri`` with its scheme."""
        if self.name_node:
            self._resolved(self.name_node, "")  # looked at before anything is done
        return self._resolved(uri, self.name_node)

    def _resolved(self, uri: str, name_node: str) -> str:
        """Without a scheme it belongs to the name-node, without a name-node it must have one."""
        if not uri:
            raise failure("IllegalArgumentException", "Can not create a Path from an empty string")
        parts = urlsplit(uri)
        if name_node and not (parts.scheme and parts.netloc):
            if not parts.path.startswith("/"):
                raise failure("FS011", f"Path [{uri}] cannot be relative")
            node = urlsplit(name_node)
            uri = f"{node.scheme}://{node.netloc}{uri}"
        elif not parts.scheme:
            raise failure("FS001", f"Missing scheme in path [{uri}]")
        elif parts.scheme not in _SCHEMES:
            reason = f"E0904: Scheme [{parts.scheme}] not supported in uri [{uri}]"
            raise failure("HadoopAccessorException", reason)
        path = urlsplit(uri).path
        if ":" in path:
            reason = f"Pathname {path} from {uri} is not a valid DFS filename."
            raise failure("IllegalArgumentException", reason)
        return uri

    def _uri(self, like: str, path: Path) -> str:
        """``path`` as a URI on the name node of ``like``."""
        parts = urlsplit(like)
        place = f"/{path.relative_to(self.root)}" if path.is_relative_to(self.root) else str(path)
        return f"{parts.scheme}://{parts.netloc}{place}"


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
    """Permissions as ``755`` or ``-rwxr-xr-x``, where whatever is no ``-`` grants."""
    if len(text) == _SYMBOLIC_LENGTH:
        return int("".join("0" if char == "-" else "1" for char in text[1:]), 2)
    if len(text) != _OCTAL_LENGTH:
        raise failure("FS010", f"chmod, path [{path}] invalid permissions mask [{text}]")
    user, group, other = (ord(char) - ord("0") for char in text)
    number = str(user * 100 + group * 10 + other)
    try:
        return int(number, 8)
    except ValueError as error:
        raise failure("NumberFormatException", f'For input string: "{number}" under radix 8') from error


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
            raise failure("FS014", f"Permission denied: {error.filename}") from error
        except StorageError as error:
            raise failure("IllegalArgumentException", error.diagnostics[0].message) from error
        except OSError as error:
            raise failure("IOException", f"{values['operation']}: {error}") from error
    return 0


if __name__ == "__main__":
    launch = Path(sys.argv[1])
    try:
        sys.exit(_main(launch))
    except ActionError as error:
        (launch / "error.json").write_text(json.dumps({"code": error.code, "message": error.message}), "utf-8")
        sys.exit(f"{error.code}: {error.message}")
