"""An Oozie app out of a declaration and a profile: paths to bytes, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from generator.actions import JOBS_ARCHIVE
from generator.archive import ROOT, jobs_archive
from generator.coordinator import lower_schedule
from generator.errors import GenerationError, refuse
from generator.loader import load_declaration
from generator.passes import lower
from generator.profiles import LOCAL, Profile
from generator.properties import job_properties, render
from generator.steps import read_shipped
from generator.tree import walk
from generator.values import ActionStep, Workflow
from generator.verbatim.files import generate_verbatim
from generator.verbatim.values import VerbatimApp
from oozie.language.check import check_folder
from oozie.language.missing_files import stops_a_run
from oozie.language.writer import write
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

WORKFLOW_XML = "workflow.xml"
COORDINATOR_XML = "coordinator.xml"
JOB_PROPERTIES = "job.properties"

# Files that are made, not copied.
_MADE: Mapping[str, Callable[[], bytes]] = {JOBS_ARCHIVE: jobs_archive}


def generate(
    source: Path | Workflow | VerbatimApp, profile: Profile = LOCAL, *, folder: Path | None = None
) -> dict[str, bytes]:
    """The app that a workflow's folder, or a declaration itself, means at ``profile``: path in the app to bytes.

    Files that the declaration names are looked for in ``folder`` (by default the declaration's own), then in this
    distribution.

    Raises: DeclarationError, GenerationError.
    """
    declaration = load_declaration(source) if isinstance(source, Path) else source
    beside = folder or (source if isinstance(source, Path) else Path(declaration.place[0]).parent)
    if isinstance(declaration, VerbatimApp):
        return generate_verbatim(declaration, profile, beside)
    app = lower(declaration, profile)
    groups = job_properties(declaration, profile, app)
    files = {JOB_PROPERTIES: render(declaration, profile, groups).encode(), WORKFLOW_XML: write(app)}
    if declaration.schedule:
        files[COORDINATOR_XML] = write(lower_schedule(declaration, declaration.schedule, profile))
    files |= _named_files(declaration, beside, frozenset(files))
    _check(files, declaration)
    return files


def _check(files: Mapping[str, bytes], declaration: Workflow) -> None:
    """What Oozie would refuse at submission is refused here already. Raises: GenerationError."""
    given_later = {name for name, value in declaration.parameters if value is None}
    places = {step.name: step.place for step in walk(declaration.steps)}
    found = [
        _placed(finding, places.get(finding.node))
        for app in check_folder(files)
        for finding in app.findings
        if stops_a_run(finding) and not (finding.code == "E0738" and given_later)
    ]
    if found:
        raise GenerationError.of(found)


def _placed(finding: Diagnostic, place: tuple[str, int] | None) -> Diagnostic:
    """The line of the declaration where a step is to blame, since the XML is not written yet."""
    return replace(finding, path=place[0], line=place[1]) if place else finding


def _named_files(declaration: Workflow, folder: Path, taken: frozenset[str]) -> dict[str, bytes]:
    """The files that the actions name, by their path in the app, sorted. Raises: DeclarationError."""
    origins: dict[str, str] = {}
    found: dict[str, bytes] = {}
    for step in walk(declaration.steps):
        if not isinstance(step, ActionStep):
            continue
        for name, origin in step.needs:
            if name in taken or origins.setdefault(name, origin) != origin:
                other = origins.get(name, "the app's own file")
                message = f"two files would be called '{name}' in the app: '{origin}' and {other}"
                raise refuse("H316", message, "rename one of them", step.name, place=step.place)
            if name not in found:
                found[name] = _MADE[origin]() if origin in _MADE else _read(origin, folder, step)
    return dict(sorted(found.items()))


def _read(origin: str, folder: Path, step: ActionStep) -> bytes:
    path = next((place / origin for place in (folder, ROOT) if (place / origin).is_file()), None)
    if path is None:
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        hint = did_you_mean(origin, names, f"it should stand in {folder}/")
        raise refuse("H314", f"'{step.name}' names '{origin}', which is not there", hint, step.name, place=step.place)
    return read_shipped(path, step.place, step.name)
