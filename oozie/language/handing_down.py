"""What an app writes into the configuration of the apps that it starts.

Which app starts which is not said here: who speaks for Oozie trusts only what lies beside an app (:mod:`.check`), who
explains it follows paths, and names where these lead nowhere (:mod:`.family`).
"""

from __future__ import annotations

from collections.abc import Mapping

from oozie.language.filling import fill
from oozie.language.model import Action, App, Bundle, Coordinator, Workflow


def configuration_for(app: App, name: str | None, properties: Mapping[str, str]) -> dict[str, str]:
    """Each property, with what is known put into it.

    ``name`` is that of a bundle's coordinator or of a workflow's action, None for all of them; a coordinator starts one
    workflow.
    """
    return {key.strip(): fill(value, properties) for key, value in _written(app, name)}


def _written(app: App, name: str | None) -> tuple[tuple[str, str], ...]:
    match app:
        case Coordinator():
            return app.configuration
        case Bundle():
            chosen = (member for member in app.members if name in (None, member.name))
            return tuple(pair for member in chosen for pair in member.configuration)
        case Workflow():
            started = (
                action for action in app.actions if action.type == "sub-workflow" and name in (None, action.name)
            )
            return tuple(pair for action in started for pair in action.body.configuration().items())


def inherits(action: Action) -> bool:
    """Whether a sub-workflow gets all that its workflow has, beneath what is written for it."""
    return action.body.first("propagate-configuration") is not None
