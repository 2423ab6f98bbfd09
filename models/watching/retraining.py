"""Requests for a retraining: a file a day, for which a coordinator's instance of that day waits as for any data.

::

    <root>/funnel/retraining/2026-11-21/request.json   which incident asks, and why; made once, never changed

A day has one file and its instance runs once, so that a day has one retraining, however many incidents ask for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone

from models.errors import WatchError
from models.manifest import format_time
from models.names import check_name
from storage.errors import PathExistsError, PathNotFoundError
from storage.filesystem import FileSystem, join_path

REQUEST_NAME = "request.json"
REQUEST_FORMAT = 1

_FOLDER = "retraining"
_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True)
class Request:
    """``id`` is the incident's; ``time`` is ISO 8601 in UTC."""

    id: str
    model: str
    version: int
    time: str
    why: str

    def to_json(self) -> str:
        """The request as a file."""
        return json.dumps({"format": REQUEST_FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"


class Retraining:
    """The requests for one model, below ``root``."""

    def __init__(self, filesystem: FileSystem, root: str, model: str, now: Callable[[], datetime]) -> None:
        """Raises: ModelNameError."""
        self._filesystem = filesystem
        self._folder = join_path(root, check_name(model), _FOLDER)
        self._model, self._now = model, now

    def ask(self, incident: str, version: int, why: str) -> str:
        """Ask for a retraining on this day, unless the incident has asked before; says what there is now.

        Raises: WatchError H266, StorageError.
        """
        asked = next((day for day, request in self._requests() if request == incident), "")
        if asked:
            return f"asked for already, on {asked}"
        now = self._now()
        day = now.astimezone(timezone.utc).date().isoformat()
        request = Request(incident, self._model, version, format_time(now), why)
        try:
            with self._filesystem.create(self._path(day)) as stream:
                stream.write(request.to_json().encode())
        except PathExistsError:
            return f"the one of {day} was asked for by {self._read(day)}"
        return f"asked for, on {day}"

    def _requests(self) -> Iterator[tuple[str, str]]:
        """Day and id of every request, the newest first."""
        try:
            days = [each.name for each in self._filesystem.list(self._folder) if each.is_directory]
        except PathNotFoundError:
            return  # nobody has asked yet
        for day in reversed(days):
            if self._filesystem.exists(self._path(day)):
                yield day, self._read(day)

    def _read(self, day: str) -> str:
        path = self._path(day)
        with self._filesystem.open(path) as stream:
            text = stream.read(_LARGEST)
        try:
            return str(json.loads(text)["id"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise WatchError(
                "H266", "a request for a retraining cannot be read", hint="somebody edited it: delete it", path=path
            ) from error

    def _path(self, day: str) -> str:
        return join_path(self._folder, day, REQUEST_NAME)
