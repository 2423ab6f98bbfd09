"""The apps of a folder together: which bundle has which coordinators, which coordinator starts which workflow.

A path on the cluster leads to a folder here by job.properties, or, where that cannot say, by its last names: people
keep apps beside each other here as they lie there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Literal, TypeAlias

from oozie.language import reader
from oozie.language.app_folder import AppFolder, AppKind
from oozie.language.check import Checked, check_file, check_folder, job_of
from oozie.language.dataflow import Surroundings, doing, handed_down
from oozie.language.dataflow.uses import Doing
from oozie.language.errors import AppError
from oozie.language.filling import fill
from oozie.language.handing_down import configuration_for, inherits
from oozie.language.included_files import included_files
from oozie.language.model import App, Bundle, Coordinator, Dataset, Workflow
from oozie.language.properties import resolve_properties
from storage.errors import HowdahError

Trust: TypeAlias = Literal["path", "name", "only"]

_APP_PATH = re.compile(r"\A\$\{\s*wf:appPath\(\)\s*\}")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_DEEPEST = 8
_MOST_NAMES = 20_000


@dataclass(frozen=True)
class Link:
    """The app that another one starts: ``path`` is its file here, "" where none was found.

    ``trust`` says how it was found: by its whole path, by the last names of it, or since there is no other.
    """

    app_path: str
    path: str = ""
    trust: Trust = "path"


@dataclass
class Member:
    """One app file; ``app`` is None where it cannot be read, and ``checked`` says why.

    ``properties`` are those that its job gets, ``started_by`` the files of the apps that start it.
    """

    path: str
    checked: Checked
    app: App | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    started_by: list[str] = field(default_factory=list)


class Family:
    """The apps among ``files``; ``name`` is one of them, or all are meant.

    ``given`` are properties over those of job.properties, ``root`` is what the folder of the files is called.
    """

    def __init__(
        self, files: Mapping[str, bytes], name: str = "", given: Mapping[str, str] = _NOTHING, root: str = ""
    ) -> None:
        self._files = files
        self._given = given
        # A file may lie in a folder with a million others; a folder that is named is meant as a whole.
        self._names = frozenset(islice(files, _MOST_NAMES) if name else files) | ({name} if name else set())
        self._documents = [
            (one, f"{root}/{one}".lstrip("/").split("/")) for one in sorted(self._names) if one.endswith(".xml")
        ]
        checked = [check_file(files, name)] if name else check_folder(files)
        self.members = {one.path: self._member(one) for one in checked}
        for path in list(self.members):
            self._follow(path, 0)

    def in_order(self) -> Iterator[Member]:
        """Every member, each followed by those that it starts."""
        said: set[str] = set()
        roots = [path for path, member in self.members.items() if not set(member.started_by) - {path}]
        for path in (*roots, *self.members):
            yield from self._with_started(path, said)

    def links(self, member: Member) -> dict[str, Link]:
        """What ``member`` starts: by the name of a bundle's coordinator, of an action, or "" for a coordinator's."""
        match member.app:
            case Bundle():
                return {one.name: self._link(member, one.app_path, "coordinator") for one in member.app.members}
            case Coordinator():
                return {"": self._link(member, member.app.app_path, "workflow")}
            case Workflow():
                return {
                    action.name: self._link(member, action.body.text_of("app-path"), "workflow")
                    for action in member.app.actions
                    if action.type == "sub-workflow"
                }
            case None:
                return {}

    def doings(self, member: Member) -> dict[str, Doing]:
        """What each action of a workflow does, by its name."""
        if not isinstance(member.app, Workflow):
            return {}
        app = member.app
        around = Surroundings(member.properties, _Scripts(self._folder(member), self._files))
        return {action.name: doing(action, app, around) for action in app.actions}

    def included(self, member: Member) -> tuple[Dataset, ...]:
        """The datasets of the files that a coordinator includes, as far as they lie here."""
        if not isinstance(member.app, Coordinator):
            return ()
        return included_files(member.app, member.path, self._folder(member), self._files).datasets

    def _member(self, checked: Checked) -> Member:
        member = Member(checked.path, checked)
        try:
            data = self._files[checked.path]
            member.app = reader.examine(data, checked.path)[0] if data else None
        except HowdahError:
            return member  # what is wrong stands among the findings
        beside = job_of(self._files, checked.path, checked.kind).properties or {}
        member.properties = _with_defaults(member.app, {**beside, **self._given})
        return member

    def _folder(self, member: Member) -> AppFolder:
        return AppFolder(posixpath.dirname(member.path), self._names, member.properties)

    def _follow(self, path: str, depth: int) -> None:
        """Take in what the app at ``path`` starts, and hand its properties down."""
        member = self.members[path]
        included = self.included(member)
        for name, link in self.links(member).items():
            if not link.path or depth > _DEEPEST:
                continue
            if link.path not in self.members:
                self.members[link.path] = self._member(check_file(self._files, link.path))
            child = self.members[link.path]
            if path not in child.started_by:
                child.started_by.append(path)
                child.properties = _with_defaults(child.app, {**child.properties, **_handed_to(name, member, included)})
                self._follow(link.path, depth + 1)

    def _link(self, member: Member, app_path: str, kind: AppKind) -> Link:
        # Where an app lies is its own folder here.
        filled = _APP_PATH.sub(".", fill(app_path, member.properties))
        default = f"{kind}.xml"
        path = self._folder(member).definition(filled, kind)
        if path is not None and path != member.path:
            return Link(filled, path)
        return self._by_last_names(filled, member.path, default) or self._only(member, filled, default) or Link(filled)

    def _by_last_names(self, filled: str, own: str, default: str) -> Link | None:
        """The file whose path has the most names in common with the end of ``filled``."""
        wanted = filled.rstrip("/")
        parts = (wanted if wanted.endswith(".xml") else f"{wanted}/{default}").split("/")
        shared = {name: _in_common(parts, names) for name, names in self._documents if name != own}
        # The file's own name alone says nothing, unless it is not the usual one.
        least = 1 if parts[-1] != default else 2
        most = max(shared.values(), default=0)
        best = [name for name, count in shared.items() if count == most]
        return Link(filled, best[0], "name") if most >= least and len(best) == 1 else None

    def _only(self, member: Member, filled: str, default: str) -> Link | None:
        """The one beside a coordinator or a bundle, where nothing else can be meant."""
        beside = posixpath.join(posixpath.dirname(member.path), default)
        if isinstance(member.app, Workflow) or beside not in self._names or beside == member.path:
            return None
        return Link(filled, beside, "only")

    def _with_started(self, path: str, said: set[str]) -> Iterator[Member]:
        if path in said:
            return
        said.add(path)
        yield self.members[path]
        for link in self.links(self.members[path]).values():
            if link.path in self.members:
                yield from self._with_started(link.path, said)


def _handed_to(name: str, member: Member, included: tuple[Dataset, ...]) -> dict[str, str]:
    """The properties that ``member`` hands down to the app that it starts as ``name``."""
    match member.app:
        case None:
            return {}
        case Coordinator():
            return handed_down(member.app, member.properties, included)
        case Workflow() if not any(action.name == name and inherits(action) for action in member.app.actions):
            return configuration_for(member.app, name, member.properties)
        case _:
            return {**member.properties, **configuration_for(member.app, name, member.properties)}


def _with_defaults(app: App | None, properties: Mapping[str, str]) -> Mapping[str, str]:
    """``properties`` over the defaults of the app's formal parameters."""
    defaults = {one.name.strip(): one.value.strip() for one in (app.parameters if app else ()) if one.value}
    try:
        return resolve_properties({**defaults, **properties})
    except AppError:  # in a circle: howdah validate says so, and each stays as it is written
        return {**defaults, **properties}


def _in_common(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count


class _Scripts(Mapping[str, str]):
    """The texts of the files in an app's folder, by the name that the app gives them."""

    def __init__(self, folder: AppFolder, files: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._files = files

    def __getitem__(self, name: str) -> str:
        for path in self._places(name.partition("#")[0].strip()):
            if path is not None and path in self._folder.files:
                try:
                    return self._files[path].decode("utf-8", "replace")
                except HowdahError as error:
                    raise KeyError(name) from error
        raise KeyError(name)

    def _places(self, name: str) -> Iterator[str | None]:
        """Where it may lie: where its path says, in lib/, else by as many of its last names as are here."""
        yield self._folder.local(name)
        parts = name.split("/")
        for first in range(len(parts)):
            end = "/".join(parts[first:])
            yield posixpath.normpath(posixpath.join(self._folder.directory, end))
            yield posixpath.normpath(posixpath.join(self._folder.directory, "lib", end))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._folder.files))

    def __len__(self) -> int:
        return len(self._folder.files)
