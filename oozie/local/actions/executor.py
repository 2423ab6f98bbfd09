"""What an executor gets and gives: an action with everything resolved in, a command out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.language.model import Element
from oozie.local.errors import ActionError
from oozie.local.mounts import to_local
from oozie.local.states import WorkflowJob
from oozie.local.supervisor import Command
from storage.errors import StorageError

_PACKAGES = Path(__file__).parents[3]


@dataclass(frozen=True)
class ActionRun:
    """One launch of one action: its resolved body and where it may work.

    ``configuration`` is what job-xml and configuration say together; ``app`` the app's folder on this machine; ``root``
    the HDFS root; ``work`` the launch's current directory; ``is_recovery`` whether an earlier launch of the same
    attempt was lost half-way.
    """

    job: WorkflowJob
    name: str
    body: Element
    configuration: Mapping[str, str]
    app: Path
    root: Path
    state: Path
    folder: Path
    is_recovery: bool = False

    @property
    def work(self) -> Path:
        """The current directory of the action's process."""
        return self.folder / "work"

    def text(self, tag: str, default: str = "") -> str:
        """The trimmed text of the body's first child ``tag``."""
        return self.body.text_of(tag, default).strip()

    def texts(self, tag: str) -> tuple[str, ...]:
        """The trimmed texts of all of the body's children ``tag``."""
        return tuple(text.strip() for text in self.body.texts(tag))

    def setting(self, name: str, default: str = "") -> str:
        """A property of the action's configuration, else of the job's, else ``default``."""
        return self.configuration.get(name, self.job.configuration.get(name, default))

    def local(self, uri: str) -> Path:
        """The file that ``uri`` means; a relative path lies in the app.

        Raises: ActionError JA008 for a scheme that is not known.
        """
        try:
            return to_local(uri, self.root) if ":" in uri or uri.startswith("/") else self.app / uri
        except StorageError as error:
            raise ActionError("JA008", f"{error.diagnostics[0].message}") from error

    def existing(self, uri: str) -> Path:
        """As :meth:`local`. Raises: ActionError JA008 when there is nothing."""
        path = self.local(uri)
        if not path.exists():
            raise ActionError("JA008", f"File does not exist: {uri}")
        return path

    def log(self, line: str) -> None:
        """Write one line of our own to the action's log, before its process starts."""
        with (self.folder / "log").open("a", encoding="utf-8") as stream:
            stream.write(f"[howdah] {line}\n")


def own_process(module: str, run: ActionRun) -> Command:
    """The launch of one of our own modules, which gets the launch's folder.

    It needs nothing but the standard library and this package: without the search for more it starts in half the time.
    """
    return Command(
        (sys.executable, "-S", "-m", module, str(run.folder)), {"PYTHONPATH": str(_PACKAGES), "PYTHONSAFEPATH": "1"}
    )


@dataclass(frozen=True)
class Executor:
    """How one type of action is run: ``prepare`` gives the command, ``error_code`` Oozie's code for an exit status.

    ``prepare`` raises ActionError.
    """

    prepare: Callable[[ActionRun], Command]
    error_code: Callable[[int], str]
