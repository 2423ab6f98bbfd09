"""From a declaration to a workflow app: a tuple of pure functions, one after the other.

Each takes a :class:`Draft` and gives one; the first ones work on the tree of steps, the others on Oozie's nodes.
"""

from __future__ import annotations

from generator.passes.control import fork_and_join, route_errors
from generator.passes.defaults import defaults
from generator.passes.draft import Draft
from generator.passes.names import name_nodes
from generator.passes.place import configure_spark, drop_absent, reach_hive
from generator.profiles import Profile
from generator.values import Workflow
from oozie.language import model

PASSES = (name_nodes, drop_absent, reach_hive, configure_spark, fork_and_join, route_errors, defaults)


def lower(declaration: Workflow, profile: Profile) -> model.Workflow:
    """The workflow app that ``declaration`` means at ``profile``. Raises: DeclarationError, GenerationError."""
    draft = Draft(declaration, profile, declaration.steps)
    for step in PASSES:
        draft = step(draft)
    return draft.app
