"""The apps at a path of this machine, with all that can be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import click

from howdah.disk_folder import DiskFolder
from oozie.language.dataflow import Doing
from oozie.language.explanation import (
    BundleFacts,
    CoordinatorFacts,
    WorkflowSteps,
    explain_bundle,
    explain_coordinator,
    explain_workflow,
)
from oozie.language.family import Family, Link, Member
from oozie.language.filling import unknown_names
from oozie.language.model import App as Model
from oozie.language.model import Bundle, Coordinator, Dataset, Workflow
from storage.errors import Diagnostic, one_line

# What a dataset has instead of a date, and what Oozie sets itself.
_KNOWN_LATER = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "user.name"})


@dataclass(frozen=True)
class ToldWorkflow:
    """What a workflow does, step by step; ``doings`` are by the name of the action."""

    model: Workflow
    facts: WorkflowSteps
    doings: Mapping[str, Doing]


@dataclass(frozen=True)
class ToldCoordinator:
    """When a coordinator runs and what it waits for; ``datasets`` are those of the files that it includes."""

    model: Coordinator
    facts: CoordinatorFacts
    datasets: tuple[Dataset, ...]


@dataclass(frozen=True)
class ToldBundle:
    """Which coordinators a bundle holds."""

    model: Bundle
    facts: BundleFacts


Told: TypeAlias = ToldWorkflow | ToldCoordinator | ToldBundle


@dataclass(frozen=True)
class App:
    """One app and what its files say; ``told`` is None where it cannot be read, and ``findings`` say why.

    ``path`` is its file in the folder, ``shown`` as the user would write it; ``unknown`` are the properties that are
    used and that nothing here defines.
    """

    path: str
    shown: str
    kind: str
    name: str
    findings: tuple[Diagnostic, ...]
    told: Told | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    started_by: tuple[str, ...] = ()
    links: Mapping[str, Link] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether Oozie would take it."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def unknown(self) -> tuple[str, ...]:
        """In the order in which they are used."""
        found = dict.fromkeys(name for text in self._texts() for name in unknown_names(text))
        return tuple(name for name in found if name not in _KNOWN_LATER and name not in self.properties)

    def _texts(self) -> list[str]:
        texts: list[str] = []
        match self.told:
            case ToldWorkflow(doings=doings):
                texts = [part for one in doings.values() for part in (one.does, *(use.name for use in one.uses))]
            case ToldCoordinator(facts=facts):
                schedule = facts.schedule
                texts = [schedule.frequency, schedule.start, schedule.end, schedule.timezone]
                texts += [data.uri for data in (*facts.waits_for, *facts.makes)]
        return [*texts, *(link.app_path for link in self.links.values())]


def apps_at(path: Path, properties: Mapping[str, str]) -> list[App]:
    """The app at ``path`` and what it starts, or all the apps below it; each before those that it starts.

    Raises: click.UsageError where there is none, HowdahError for a file that cannot be read.
    """
    folder, name = (path, "") if path.is_dir() else (path.parent, path.name)
    files = DiskFolder(folder)
    family = Family(files, name, properties, folder.resolve().name)
    apps = [_app(family, member, folder) for member in family.in_order()]
    if not name:
        apps += [_hidden(refusal) for refusal in files.refusals]
    if not apps:
        raise click.UsageError(f"there is no Oozie app in {path}")
    return apps


def _hidden(refusal: Diagnostic) -> App:
    """What stands for the apps of a folder that cannot be looked into."""
    shown = one_line(refusal.path)
    return App(shown, shown, "unknown", shown, (refusal,))


def _app(family: Family, member: Member, folder: Path) -> App:
    shown = one_line(str(folder / member.path))
    findings = tuple(
        replace(one, path=one_line(str(folder / (one.path or member.path))))
        for one in member.checked.findings
        if one.severity == "error"
    )
    if member.app is None:
        return App(member.path, shown, member.checked.kind, member.path, findings)
    links = family.links(member)
    return App(
        member.path, shown, member.checked.kind, " ".join(member.app.name.split()), findings,
        _told(family, member, member.app, links), member.properties, tuple(member.started_by), links,
    )  # fmt: skip


def _told(family: Family, member: Member, app: Model, links: Mapping[str, Link]) -> Told:
    match app:
        case Workflow():
            doings = {name: _with_link(done, links.get(name)) for name, done in family.doings(member).items()}
            return ToldWorkflow(app, explain_workflow(app, doings, member.properties), doings)
        case Coordinator():
            datasets = family.included(member)
            return ToldCoordinator(app, explain_coordinator(app, member.properties, links[""], datasets), datasets)
        case Bundle():
            return ToldBundle(app, explain_bundle(app, member.properties, links))


def _with_link(done: Doing, link: Link | None) -> Doing:
    """Which file here the workflow of a sub-workflow action is."""
    if link is None:
        return done
    found = f"is {link.path}" if link.path else "is not here, so what it reads and writes is not known"
    note = f"{link.app_path} {found}"  # in a picture the notes of all actions stand together
    return replace(done, notes=(*done.notes, note))
