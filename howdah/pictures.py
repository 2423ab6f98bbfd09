"""Which picture shows an app: its control flow, or its data flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from howdah.reading_apps import App, ToldBundle, ToldCoordinator, ToldWorkflow
from oozie.language.dataflow import Doing, Use, inputs_of, outputs_of
from oozie.language.drawing import Box, Diagram, diagram_of
from oozie.language.drawing.data import Actor, data_diagram, without_data
from oozie.language.drawing.schedules import bundle_diagram, coordinator_actor, coordinator_diagram
from oozie.language.explanation import CoordinatorFacts

_MOST_NAMED = 12
_MOST_NOTES = 6


def picture_of(app: App, apps: Sequence[App], view: str) -> tuple[Diagram, list[str]]:
    """The ``control`` or the ``data`` flow of an app among ``apps``, and what is said below it."""
    return (_control if view == "control" else _data)(app, apps)


def _control(app: App, apps: Sequence[App]) -> tuple[Diagram, list[str]]:
    """What comes after what, and what is said below it."""
    by_path = {one.path: one for one in apps}
    match app.told:
        case ToldWorkflow(model=model):
            diagram = replace(diagram_of(model), subject="Workflow")
        case ToldCoordinator(facts=facts):
            started = by_path.get(facts.starts.path)
            diagram = coordinator_diagram(app.name, facts, started.name if started else "")
        case ToldBundle(facts=bundle):
            diagram = bundle_diagram(app.name, bundle, *_members(app, by_path))
        case None:
            raise TypeError(app.path)
    return diagram, _unknown(app)


def _members(app: App, by_path: Mapping[str, App]) -> tuple[dict[str, CoordinatorFacts], dict[str, str]]:
    """The coordinators of a bundle and what the workflows of each are called, by the coordinator's name."""
    told = {name: by_path[link.path].told for name, link in app.links.items() if link.path in by_path}
    facts = {name: one.facts for name, one in told.items() if isinstance(one, ToldCoordinator)}
    return facts, {name: by_path[one.starts.path].name for name, one in facts.items() if one.starts.path in by_path}


def _data(app: App, apps: Sequence[App]) -> tuple[Diagram, list[str]]:
    """Which data goes where, and what is said below it."""
    by_path = {one.path: one for one in apps}
    actors = _actors(app, by_path)
    notes = list(dict.fromkeys(note for done in _doings(app).values() for note in done.notes))
    if len(notes) > _MOST_NOTES:
        notes[_MOST_NOTES:] = [f"and {len(notes) - _MOST_NOTES} notes more: see howdah explain"]
    names = without_data(actors)
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        notes.append(f"No data is known of: {', '.join(names[:_MOST_NAMED])}{more}.")
    return data_diagram(app.name, actors, f"Data flow of {app.kind}"), [*notes, *_unknown(app)]


def _actors(app: App, by_path: dict[str, App]) -> list[Actor]:
    match app.told:
        case ToldWorkflow(model=model):
            return [
                Actor(Box(action.name, "action", action.name, action.type), _uses_of_action(app, action.name, by_path))
                for action in model.actions
            ]
        case ToldCoordinator():
            return [_coordinator_actor(app, app.name, by_path)]
        case ToldBundle(facts=bundle):
            started = ((member.name, by_path.get(member.starts.path)) for member in bundle.coordinators)
            return [_coordinator_actor(one, name, by_path) for name, one in started if one is not None]
        case None:
            return []


def _doings(app: App) -> Mapping[str, Doing]:
    return app.told.doings if isinstance(app.told, ToldWorkflow) else {}


def _coordinator_actor(app: App, name: str, by_path: dict[str, App]) -> Actor:
    told = app.told
    if not isinstance(told, ToldCoordinator):
        return Actor(Box(name, "coordinator", name), ())
    inputs = inputs_of(told.model, app.properties, told.datasets)
    outputs = outputs_of(told.model, app.properties, told.datasets)
    return coordinator_actor(name, inputs, outputs, _all_uses(by_path.get(told.facts.starts.path), by_path, set()))


def _uses_of_action(app: App, name: str, by_path: dict[str, App]) -> tuple[Use, ...]:
    """What the action touches; a sub-workflow what its own actions do."""
    doings = _doings(app)
    own = doings[name].uses if name in doings else ()
    link = app.links.get(name)
    return (*own, *_all_uses(by_path.get(link.path), by_path, {app.path})) if link else own


def _all_uses(app: App | None, by_path: dict[str, App], seen: set[str]) -> list[Use]:
    if app is None or app.path in seen:
        return []
    seen.add(app.path)
    uses = [use for done in _doings(app).values() for use in done.uses]
    inner = [use for link in app.links.values() for use in _all_uses(by_path.get(link.path), by_path, seen)]
    return [*uses, *inner]


def _unknown(app: App) -> list[str]:
    return [f"Not known here: {', '.join(app.unknown[:_MOST_NAMED])}."] if app.unknown else []
