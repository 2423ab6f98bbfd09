"""Habits that Oozie accepts and that hurt later: H0xx, each with the reason and the way out.

docs/lints.md explains every one of them; how one is switched off stands in :mod:`oozie.language.lints.switches`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from oozie.language.lints.clocks import moved_times
from oozie.language.lints.expressions import broken_expressions
from oozie.language.lints.first_data import early_starts
from oozie.language.lints.launcher import idle_launcher_settings
from oozie.language.lints.libraries import meeting_libraries, missing_share_lib
from oozie.language.lints.properties import undeclared_parameters, undefined_properties
from oozie.language.lints.schemas import old_schemas
from oozie.language.lints.sla import idle_slas
from oozie.language.lints.spark import spark_places
from oozie.language.lints.subject import Subject
from oozie.language.lints.workflow import property_lints, workflow_lints
from oozie.language.model import App, Bundle, Coordinator, Workflow
from storage.errors import Diagnostic

__all__ = ["app_lints", "property_lints", "workflow_lints"]

_Lint = Callable[[Subject[Any]], Iterator[Diagnostic]]
_OF_WORKFLOWS: tuple[_Lint, ...] = (
    undeclared_parameters,
    undefined_properties,
    broken_expressions,
    missing_share_lib,
    meeting_libraries,
    spark_places,
    idle_launcher_settings,
    old_schemas,
    idle_slas,
)
_OF_COORDINATORS: tuple[_Lint, ...] = (early_starts, moved_times, old_schemas, idle_slas)


def app_lints(subject: Subject[App]) -> Iterator[Diagnostic]:
    """The lints that look at an app together with its folder and its job; those of the app alone come with validate."""
    match subject.app:
        case Workflow():
            found = _OF_WORKFLOWS
        case Coordinator():
            found = _OF_COORDINATORS
        case Bundle():
            found = ()
    for look in found:
        for finding in look(subject):
            yield replace(finding, path=subject.path)
