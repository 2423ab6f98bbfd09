"""Which picture shows an app: its control flow, or its data flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from howdah.reading_apps import App
from oozie.language.dataflow import Use, inputs_of, outputs_of
from oozie.language.drawing import Box, Diagram, diagram_of
from oozie.language.drawing.data import Actor, data_diagram, without_data
from oozie.language.drawing.schedules import bundle_diagram, coordinator_actor, coordinator_diagram
from oozie.language.model import Coordinator, Workflow

_MOST_NAMED = 12
_MOST_NOTES = 6


def picture_of(app: App, apps: Sequence[App], view: str) -> tuple[Diagram, list[str]]:
    """The ``control`` or the ``data`` flow of an app among ``apps``, and what is said below it."""
    return (_control if view == "control" else _data)(app, apps)


def _control(app: App, apps: Sequence[App]) -> tuple[Diagram, list[str]]:
    """What comes after what, and what is said below it."""
    by_path = {one.path: one for one in apps}
    if isinstance(app.model, Workflow):
        return replace(diagram_of(app.model), subject="Workflow"), _unknown(app)
    if app.coordinator is not None:
        started = by_path.get(app.coordinator.starts.path)
        return coordinator_diagram(app.name, app.coordinator, started.name if started else ""), _unknown(app)
    assert app.bundle is not None
    known = {name: by_path[link.path] for name, link in app.links.items() if link.path in by_path}
    facts = {name: one.coordinator for name, one in known.items() if one.coordinator is not None}
    workflows = {name: by_path[one.starts.path].name for name, one in facts.items() if one.starts.path in by_path}
    return bundle_diagram(app.name, app.bundle, facts, workflows), _unknown(app)


def _data(app: App, apps: Sequence[App]) -> tuple[Diagram, list[str]]:
    """Which data goes where, and what is said below it."""
    by_path = {one.path: one for one in apps}
    actors = _actors(app, by_path)
    notes = list(dict.fromkeys(note for done in app.doings.values() for note in done.notes))
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES:] = [f"and {len(notes) - _MOST_NOTES} notes more: see howdah explain"]
    names = without_data(actors)
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        notes.append(f"No data is known of: {', '.join(names[:_MOST_NAMED])}{more}.")
    return data_diagram(app.name, actors, f"Data flow of {app.kind}"), [*notes, *_unknown(app)]


def _actors(app: App, by_path: dict[str, App]) -> list[Actor]:
    if isinstance(app.model, Workflow):
        return [
            Actor(Box(action.name, "action", action.name, action.type), _uses_of_action(app, action.name, by_path))
            for action in app.model.actions
        ]
    if app.coordinator is not None:
        return [_coordinator_actor(app, app.name, by_path)]
    members = app.bundle.coordinators if app.bundle is not None else ()
    return [
        _coordinator_actor(by_path[member.starts.path], member.name, by_path)
        for member in members
        if member.starts.path in by_path
    ]


def _coordinator_actor(app: App, name: str, by_path: dict[str, App]) -> Actor:
    if not isinstance(app.model, Coordinator) or app.coordinator is None:
        return Actor(Box(name, "coordinator", name), ())
    inputs = inputs_of(app.model, app.properties, app.datasets)
    outputs = outputs_of(app.model, app.properties, app.datasets)
    return coordinator_actor(name, inputs, outputs, _all_uses(by_path.get(app.coordinator.starts.path), by_path, set()))


def _uses_of_action(app: App, name: str, by_path: dict[str, App]) -> tuple[Use, ...]:
    """What the action touches; a sub-workflow what its own actions do."""
    own = app.doings[name].uses if name in app.doings else ()
    link = app.links.get(name)
    return (*own, *_all_uses(by_path.get(link.path), by_path, {app.path})) if link else own


def _all_uses(app: App | None, by_path: dict[str, App], seen: set[str]) -> list[Use]:
    if app is None or app.path in seen:
        return []
    seen.add(app.path)
    uses = [use for done in app.doings.values() for use in done.uses]
    inner = [use for link in app.links.values() for use in _all_uses(by_path.get(link.path), by_path, seen)]
    return [*uses, *inner]


def _unknown(app: App) -> list[str]:
    return [f"Not known here: {', '.join(app.unknown[:_MOST_NAMED])}."] if app.unknown else []
