"""From a folder with an app on this machine to the place below the HDFS root where the app is run from.

What the cluster does: the files are put first, then the copy that lies there is submitted.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.check import check_file
from oozie.language.errors import AppError
from oozie.language.missing_files import stops_a_run
from oozie.language.properties import read_properties, resolve_properties, write_properties
from oozie.local.app_files import content, refuse
from oozie.local.errors import RunError
from oozie.local.mounts import DEFAULT_HOST, to_local
from oozie.local.submission import COORDINATOR_PATH, WORKFLOW_PATH
from storage.login import login_name

PROPERTIES_FILE = "job.properties"
_LEFT_OUT = frozenset({"__pycache__"})
_PATHS = {"coordinator": COORDINATOR_PATH, "workflow": WORKFLOW_PATH}


@dataclass(frozen=True)
class AppFolder:
    """An app as it lies in a folder: what it is, its resolved properties, where they say that it goes."""

    folder: Path
    kind: Literal["workflow", "coordinator"]
    app_path: str
    properties: Mapping[str, str]

    @property
    def definition(self) -> Path:
        """The file that is submitted."""
        name = self.app_path.rpartition("/")[2]
        return self.folder / (name if name.endswith(".xml") else f"{self.kind}.xml")


def read_app_folder(folder: Path, overrides: Mapping[str, str]) -> AppFolder:
    """Look at an app's folder; ``overrides`` go over its job.properties.

    Raises: RunError H408 for no such folder, H406 for one without an app, H409 for a bundle; AppError for properties
    that cannot be read.
    """
    if not folder.is_dir():
        what = f"{folder} is no folder" if folder.exists() else f"there is no folder {folder}"
        raise RunError("H408", what, hint="name the folder that holds workflow.xml")
    file = folder / PROPERTIES_FILE
    given = {**(read_properties(_text(file), str(file)) if file.is_file() else {}), **overrides}
    properties = resolve_properties(given if "user.name" in given else {"user.name": login_name(), **given})
    if APPLICATION_PATHS["bundle"] in properties:
        raise RunError(
            "H409", f"{folder} is a bundle: it does not run locally yet", hint="run its coordinators one by one"
        )
    kind = _kind(folder, properties)
    home = f"hdfs://{DEFAULT_HOST}/user/{properties['user.name']}/apps/{folder.resolve().name}"
    app = AppFolder(folder, kind, properties.get(_PATHS[kind], home).rstrip("/"), properties)
    if not app.definition.is_file():
        raise RunError(
            "H406", f"there is no {app.definition.name} in {folder}", hint="'howdah generate' writes an app's files"
        )
    return app


def unused_properties(app: AppFolder, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that no XML or properties file of the app speaks of; Oozie's own are always of use.

    Raises: RunError H408 for what cannot be read.
    """
    texts = [_text(app.folder / name) for name in _files(app.folder) if name.endswith((".xml", ".properties"))]
    return [name for name in names if not name.startswith("oozie.") and not any(name in text for text in texts)]


def check_app(app: AppFolder) -> None:
    """Refuse what Oozie would refuse, and what names a file that the folder lacks.

    Raises: AppError with all of it, RunError H408 for what cannot be read.
    """
    files = _Folder(app.folder, app.properties)
    names = [app.definition.name]
    if app.kind == "coordinator" and "workflow.xml" in files:
        names.append("workflow.xml")
    problems = [
        replace(finding, path=str(app.folder / finding.path))
        for name in names
        for finding in check_file(files, name).findings
        if stops_a_run(finding)
    ]
    if problems:
        raise AppError.of(problems)


class _Folder(Mapping[str, bytes]):
    """The files of an app's folder, read when asked for; job.properties with the overrides in it."""

    def __init__(self, folder: Path, properties: Mapping[str, str]) -> None:
        self._folder = folder
        self._names = {*_files(folder), PROPERTIES_FILE}
        self._properties = write_properties(properties).encode()

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        return self._properties if name == PROPERTIES_FILE else content(self._folder / name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


def _kind(folder: Path, properties: Mapping[str, str]) -> Literal["workflow", "coordinator"]:
    """What the properties submit, else what lies in the folder."""
    if COORDINATOR_PATH in properties:
        return "coordinator"
    if WORKFLOW_PATH in properties:
        return "workflow"
    return "coordinator" if (folder / "coordinator.xml").is_file() else "workflow"


def deploy(app: AppFolder, target_path: str, root: Path, state: Path) -> list[str]:
    """Copy what changed to ``target_path`` below ``root``; gives the names of the files that were copied.

    Each file appears whole or not at all. A file that an earlier call put there and that is gone from the folder is
    deleted; other files there are nobody's business.

    Raises: RunError H408 for a folder that cannot be read, H412 when a file cannot be copied.
    """
    place = to_local(target_path, root)
    target = place.parent if place.suffix == ".xml" else place
    record = state / "deployed" / f"{hashlib.sha256(str(target).encode()).hexdigest()[:16]}.json"
    names = sorted(_files(app.folder))
    try:
        before: list[str] = json.loads(record.read_text("utf-8")) if record.is_file() else []
        copied = [name for name in names if _copy(app.folder / name, target / name)]
        for name in set(before) - set(names):
            (target / name).unlink(missing_ok=True)
        if before != names:
            record.parent.mkdir(parents=True, exist_ok=True)
            _replace(record, json.dumps(names).encode())
    except OSError as error:
        raise RunError(
            "H412", f"{app.folder} cannot be copied to {target}: {error.strerror or error}", hint="is the disk full?"
        ) from error
    return copied


def _files(folder: Path) -> Iterator[str]:
    """The names of all files below ``folder``, hidden ones and caches left out. Raises: RunError H408."""
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _LEFT_OUT]
        for name in files:
            if not name.startswith("."):
                yield str((Path(place) / name).relative_to(folder))


def _text(file: Path) -> str:
    return content(file).decode("utf-8", "replace")


def _copy(source: Path, target: Path) -> bool:
    if (
        target.is_file()
        and source.stat().st_size == target.stat().st_size
        and source.read_bytes() == target.read_bytes()
    ):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, whole)
    shutil.copymode(source, whole)
    whole.replace(target)
    return True


def _replace(file: Path, content: bytes) -> None:
    whole = file.with_suffix(".new")
    whole.write_bytes(content)
    whole.replace(file)
