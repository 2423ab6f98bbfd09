"""An app put into the very folder that its application path names, as ``hdfs dfs -put`` would.

For apps that others call by that path, or that keep data in it. Nothing that runs sees the change, since it is made
only while no unfinished job reads the folder; and nothing starts on a half, since the definitions are taken out before
the first file changes and come back last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

from oozie.client.client import OozieClient
from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.jobs import texts_of, unfinished_jobs
from oozie.client.deployment.source import LocalFile, split_uri
from oozie.client.deployment.versions import FOLDER, Observer, VersionFolder
from storage.errors import PathNotFoundError, StorageError
from storage.filesystem import join_path

_RECORD = "in-place.json"


class InPlace:
    """The app's folder, and what earlier submits put into it."""

    def __init__(self, folder: VersionFolder, files: Mapping[str, LocalFile]) -> None:
        self._folder = folder
        self._filesystem = folder.filesystem
        self._files = files
        self._record = join_path(folder.folder, _RECORD)
        known = self._known()
        lengths = {name: self._length(name) for name in {*files, *known}}
        self.changed = [
            name
            for name, file in files.items()
            if lengths[name] != file.length or known.get(name) != [file.length, file.sha256]
        ]
        self.removed = [name for name in known if name not in files and lengths[name] is not None]

    def stage(self, observe: Observer) -> str:
        """Send what changed to a place beside the app."""
        return self._folder.stage({name: self._files[name] for name in self.changed}, observe)

    def publish(self, staged: str) -> None:
        """Put it into the folder. Needs the lock. Raises: DeploymentError H818 where it has changed meanwhile."""
        now = InPlace(self._folder, self._files)
        if (now.changed, now.removed) != (self.changed, self.removed):
            hint = "submit it again"
            raise DeploymentError("H818", f"somebody else has changed {self._folder.root} meanwhile", hint=hint)
        definitions = [name for name in self._files if name.endswith(".xml")]
        if self.changed or self.removed:
            stay = [name for name in definitions if name not in self.changed]
            for name in stay:  # they come back with the others, so that they too are missing meanwhile
                self._move(join_path(self._folder.root, name), join_path(staged, name))
            for name in {*definitions, *self.removed}:
                self._filesystem.delete(join_path(self._folder.root, name))
            last = [name for name in [*self.changed, *stay] if name in definitions]
            for name in [*(name for name in self.changed if name not in definitions), *last]:
                self._move(join_path(staged, name), join_path(self._folder.root, name))
            content = {name: [file.length, file.sha256] for name, file in sorted(self._files.items())}
            self._folder.write(self._record, json.dumps(content, indent=1).encode() + b"\n")
        self._folder.discard(staged)

    def _move(self, source: str, target: str) -> None:
        self._filesystem.make_directory(target.rpartition("/")[0])
        self._filesystem.rename(source, target, overwrite=True)

    def _known(self) -> dict[str, list[object]]:
        try:
            with self._filesystem.open(self._record) as stream:
                found = json.loads(stream.read())
        except (PathNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _length(self, name: str) -> int | None:
        with suppress(PathNotFoundError):
            return self._filesystem.status(join_path(self._folder.root, name)).length
        return None


def check_unused(client: OozieClient, root: str) -> None:
    """Refuse to change a folder that an unfinished job reads. Raises: DeploymentError H819."""
    for job in unfinished_jobs(client):
        for text in texts_of(job):
            try:
                path = split_uri(text)[1]
            except StorageError:
                continue
            if (path + "/").startswith(root + "/") and f"/{FOLDER}/" not in path:
                message = f"{job.id} ({job.app_name}, {job.status}) reads {root}"
                hint = "wait until it has ended or kill it; without --in-place nothing that runs is touched"
                raise DeploymentError("H819", message, hint=hint)
