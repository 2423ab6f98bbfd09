"""Files that an app names in its own folder and that are not there: Oozie finds out when the action starts.

Oozie takes such an app, so each finding is a lint; who is about to run the app asks :func:`stops_a_run`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import islice

from oozie.language.app_folder import AppFolder, AppKind
from oozie.language.job_rules import SLA_AT_START
from oozie.language.model import Action, App, Bundle, Coordinator, Workflow
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

# Elements of an action that name a file of the app.
FILE_TAGS = frozenset({"script", "jar", "job-xml", "file", "archive"})
MISSING_FILE = "H020"
_MOST_NAMES = 2000  # that are compared with a name that is not there


def missing_files(app: App, name: str, files: Collection[str], properties: Mapping[str, str]) -> Iterator[Diagnostic]:
    """H020 for each file that ``app``, which lies at ``name``, wants from its folder and that is not in ``files``.

    Paths count that are relative or lie below the application path of job.properties; others cannot be seen from here.
    """
    folder = _Folder(posixpath.dirname(name), files, properties)
    match app:
        case Workflow():
            for action in app.actions:
                yield from _of_action(action, name, folder)
        case Coordinator():
            yield from folder.app("workflow", app.app_path, name, app.line, f"coordinator '{app.name}'")
        case Bundle():
            for member in app.members:
                who = f"bundle member '{member.name}'"
                yield from folder.app("coordinator", member.app_path, name, member.line, who)


def stops_a_run(finding: Diagnostic) -> bool:
    """Whether an app with this finding cannot end well: Oozie refuses it or its start, or an action lacks its file."""
    return finding.severity == "error" or finding.code in (MISSING_FILE, SLA_AT_START)


class _Folder(AppFolder):
    """The folder of one app file, and what is said of a file that it lacks."""

    def app(self, kind: AppKind, app_path: str, name: str, line: int, who: str) -> Iterator[Diagnostic]:
        """H020 for an application path below this folder without the file that Oozie looks for there."""
        path = self.local(app_path)
        if path is not None and not self.has(path) and self.definition(app_path, kind) is None:
            yield self.missing(posixpath.normpath(posixpath.join(path, f"{kind}.xml")), name, line, "", who)

    def shown(self, path: str) -> str:
        return posixpath.relpath(path, self.directory or ".")

    @cached_property
    def names(self) -> list[str]:
        """What lies in it, or the first of it: a folder of many apps is not searched for each name that is wrong."""
        below = f"{self.directory}/" if self.directory else ""
        return [self.shown(path) for path in islice((p for p in self.files if p.startswith(below)), _MOST_NAMES)]

    def missing(self, path: str, name: str, line: int, node: str, who: str) -> Diagnostic:
        shown = self.shown(path)
        hint = did_you_mean(shown, self.names, "put it there")  # without the folders above: all have those in common
        message = f"{who} names '{shown}', which is not in the app's folder"
        return Diagnostic(MISSING_FILE, message, hint, name, line, node, severity="lint")


def _of_action(action: Action, name: str, folder: _Folder) -> Iterator[Diagnostic]:
    files = [path for text in action.body.texts("file") for path in text.split(",")]
    links = {path.rpartition("#")[2].strip().rpartition("/")[2] for path in files}
    for element in action.body.children:
        for text in element.text.split(",") if element.tag in FILE_TAGS else ():
            wanted = text.partition("#")[0].strip()
            path = folder.local(wanted)
            # A script or jar may also come from lib/, or under the name of a <file>.
            in_lib = posixpath.normpath(posixpath.join(folder.directory, "lib", wanted))
            if path is None or folder.has(path) or folder.has(in_lib) or (element.tag != "file" and wanted in links):
                continue
            yield folder.missing(path, name, element.line, action.name, f"action '{action.name}'")
