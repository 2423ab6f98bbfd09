"""What can be said of an app before anything is sent: what Oozie would refuse, and what would hurt later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from oozie.client.deployment.relocation import Relocation, Use, texts
from oozie.client.deployment.source import JOB_PROPERTIES, AppSource, SourceFolder
from oozie.language.check import check_folder
from oozie.language.el.submission import COORDINATOR_CONSTANTS
from oozie.language.lints import property_lints
from oozie.language.missing_files import stops_a_run
from oozie.language.model import Coordinator
from oozie.language.reader import examine
from oozie.language.submission import resolve_coordinator
from storage.errors import Diagnostic, HowdahError
from storage.nearest import did_you_mean

_UNDEFINED = "H019"
_NAME = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
# Constants of Oozie's EL that stand alone: of workflows, of datasets, of Hadoop's counters, of SLA.
_CONSTANTS = COORDINATOR_CONSTANTS | {"true", "false", "null"}


def preflight(source: AppSource, relocation: Relocation | None, *, overrides: Mapping[str, str]) -> list[Diagnostic]:
    """Errors first, then lints; ``relocation`` is None where the app is put into its folder as it stands."""
    found = [
        replace(finding, severity="error") if stops_a_run(finding) else finding
        for app in check_folder(SourceFolder(source))
        for finding in app.findings
        if finding.code != _UNDEFINED  # here it stops the submit: H815
    ]
    if not any(finding.path == JOB_PROPERTIES for finding in found):
        found += [replace(lint, path=JOB_PROPERTIES) for lint in property_lints(source.given)]
    uses = list(texts(source))
    if not any(finding.severity == "error" for finding in found):
        found += _schedule(source)
        found += _undefined(source, uses)
        if relocation is not None:
            found += relocation.problems()
    found += _unread(source, uses, overrides)
    unique = list(dict.fromkeys(found))
    unique.sort(key=lambda finding: finding.severity == "lint")
    return [replace(f, path=str(source.folder / f.path)) if f.path else f for f in unique]


def _schedule(source: AppSource) -> list[Diagnostic]:
    """What Oozie finds when it puts the properties into a coordinator; nothing where that needs other files."""
    if source.kind != "coordinator":
        return []
    app = examine(source.read(source.definition), source.definition)[0]
    if not isinstance(app, Coordinator) or app.includes or app.input_logic or app.input_combination:
        return []
    try:
        resolve_coordinator(app, source.properties)
    except HowdahError as error:
        return [replace(each, path=each.path or source.definition) for each in error.diagnostics]
    return []


def _undefined(source: AppSource, uses: list[Use]) -> Iterator[Diagnostic]:
    """H815 for each name that stands in ``${...}`` and that neither properties nor any XML of the app defines."""
    known = {*source.properties, *_CONSTANTS, *(use.text for use in uses if use.tag == "name")}
    said = set()
    for use in uses:
        for name in _NAME.findall(use.text):
            if name in known or name in said:
                continue
            said.add(name)
            hint = did_you_mean(name, source.properties, f"add {name}=... to {JOB_PROPERTIES}, or --set {name}=...")
            yield Diagnostic("H815", f"nothing defines the property '{name}'", hint, use.path, use.line)


def _unread(source: AppSource, uses: list[Use], overrides: Mapping[str, str]) -> Iterator[Diagnostic]:
    """H816 for each property that nothing in the app speaks of; names with a dot may be Hadoop's or Oozie's own."""
    spoken = "\n".join([*(use.text for use in uses), *source.given.values()])
    words = set(re.findall(r"[A-Za-z_]\w*", spoken))
    for name in source.given:
        if "." in name or name in words:
            continue
        others = [known for known in source.given if known not in overrides]
        hint = did_you_mean(name, others, "take it out, or see how the app spells it") if name in overrides else ""
        yield Diagnostic("H816", f"nothing reads the property '{name}'", hint, JOB_PROPERTIES, severity="lint")
