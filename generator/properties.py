"""job.properties: the values that an app is submitted with, each group under a comment that explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import jinja2

from generator.coordinator import run_properties, schedule_properties
from generator.errors import DeclarationError, refuse
from generator.profiles import Group, Profile
from generator.secrets import find_password
from generator.values import Workflow
from generator.variables import properties_of
from oozie.language import model
from oozie.language.properties import write_properties
from storage.nearest import did_you_mean

APP_PATH = "appPath"

_TEMPLATES = Path(__file__).parent / "templates"
_REFERENCE = re.compile(r"\$\{([^}$ ]+)\}")
_CALENDAR_NOTE = "The distance between two runs stands in coordinator.xml, since it follows the calendar."
_SCHEDULE_NOTES = {
    "minutes": "When it runs: from start to end (UTC), every `frequency` minutes.",
    "cron": "When it runs: from start to end (UTC), at the times of the cron expression.",
    "calendar": f"When it runs: from start to end (UTC). {_CALENDAR_NOTE}",
}


def job_properties(declaration: Workflow, profile: Profile, app: model.Workflow) -> tuple[Group, ...]:
    """The groups of job.properties, only with what the app needs, directly or through another property.

    What the profile says wins over the declaration's own parameters.

    Raises: DeclarationError H302 for a property that nobody defines, H303 for a password.
    """
    groups = (*profile.groups, *_own_groups(declaration, profile))
    values: dict[str, str | None] = {}
    for group in groups:
        for name, value in group.properties:
            values.setdefault(name, value)
    needed = _closure(_wanted(declaration, profile, app, values), values)
    seen: set[str] = set()
    kept = []
    for group in groups:
        pairs = tuple((n, v) for n, v in group.properties if v is not None and n in needed and n not in seen)
        seen.update(name for name, _ in pairs)
        if pairs:
            kept.append(Group(group.comment, pairs))
    for name, value in ((name, values[name]) for name in sorted(seen)):
        if why := find_password(value or "", name):
            message = f"property '{name}' {why}"
            raise DeclarationError("H303", message, hint="put the password into a file and name it in passwordFile")
    return tuple(kept)


def render(declaration: Workflow, profile: Profile, groups: tuple[Group, ...]) -> str:
    """The text of job.properties."""
    environment = jinja2.Environment(  # noqa: S701 - no HTML: a .properties file has its own escapes
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["comment"] = lambda text: "\n".join(f"# {line}" for line in text.splitlines())
    template = environment.get_template("job.properties.j2")
    return template.render(
        name=declaration.name,
        profile=profile.name,
        groups=groups,
        property=lambda name, value: write_properties([(name, value)]),
    )


def _own_groups(declaration: Workflow, profile: Profile) -> tuple[Group, ...]:
    schedule = declaration.schedule
    kind = "coord" if schedule else "wf"
    groups = []
    if schedule:
        groups.append(Group(_SCHEDULE_NOTES[schedule.frequency.kind], schedule_properties(schedule)))
    if given := tuple(pair for pair in declaration.parameters if pair[1] is not None):
        groups.append(Group("What this workflow is told.", given))
    path = f"${{nameNode}}{profile.folder}/{declaration.name}"
    app = ((APP_PATH, path), (f"oozie.{kind}.application.path", f"${{{APP_PATH}}}"))
    groups.append(Group("Where the app lies on the cluster, and what is submitted.", app))
    return tuple(groups)


def _wanted(
    declaration: Workflow, profile: Profile, app: model.Workflow, values: Mapping[str, str | None]
) -> dict[str, str]:
    """Each property that must have a value in the file, with who wants it."""
    schedule = declaration.schedule
    later = set(run_properties(schedule)) if schedule else set()
    later |= {name for name, value in declaration.parameters if value is None and values.get(name) is None}
    wanted = {name: owner for name, owner in properties_of(app).items() if name not in later}
    if schedule:
        wanted |= {name: "the schedule" for name, _ in schedule_properties(schedule)}
    wanted |= {name: "Oozie" for name, value in values.items() if name.startswith("oozie.") and value is not None}
    for name, owner in wanted.items():
        if values.get(name) is None:
            _refuse_unknown(name, owner, declaration, profile, values)
    return wanted


def _closure(wanted: Mapping[str, str], values: Mapping[str, str | None]) -> set[str]:
    """``wanted`` and every property that their values speak of. Raises: DeclarationError H302."""
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        for other in _REFERENCE.findall(values.get(name) or ""):
            if values.get(other) is None:
                message = f"property '{name}' speaks of '{other}', which is defined nowhere"
                raise DeclarationError("H302", message, hint=f'give it a value: parameters={{"{other}": "..."}}')
            waiting.append(other)
    return needed


def _refuse_unknown(
    name: str, owner: str, declaration: Workflow, profile: Profile, values: Mapping[str, str | None]
) -> None:
    if name in values:
        message = f"'{owner}' needs '{name}', which profile '{profile.name}' has not"
        hint = f"set it: --set {name}=..."
    else:
        message = f"'{owner}' speaks of '{name}', which is defined nowhere"
        hint = did_you_mean(name, values, f'give it a value: parameters={{"{name}": "..."}}')
    raise refuse("H302", message, hint, owner, place=declaration.place)
