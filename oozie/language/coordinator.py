"""From a coordinator and its properties to the actions that Oozie would make of them, one at a time.

Source: CoordMaterializeTransitionXCommand, CoordCommandUtils, CoordActionStartXCommand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from oozie.language.el.coordinator import CoordinatorState
from oozie.language.errors import AppError
from oozie.language.event import ResolvedEvent, resolve_event
from oozie.language.model import Coordinator, DataEvent, Dataset
from oozie.language.submission import ResolvedCoordinator, configuration_of, resolve_coordinator

DEFAULT_JOB_ID = "0000000-000000000000000-oozie-C"


@dataclass(frozen=True)
class Dependency:
    """One directory that an action waits for; ``flag_path`` is what has to exist (a done-flag, or the directory)."""

    event: str
    uri: str
    flag_path: str


@dataclass(frozen=True)
class CoordinatorAction:
    """One action of a coordinator: when, and the workflow job that it starts.

    ``number`` counts from 1, ``configuration`` is the workflow job's. ``unresolved`` maps an input event to what is
    still open in it: ``latest`` and ``future`` need the files. While there is one, ``coord:dataIn`` of that event
    stands in ``configuration`` as it was written.
    """

    number: int
    nominal_time: datetime
    app_path: str
    configuration: Mapping[str, str]
    inputs: tuple[Dependency, ...] = ()
    outputs: tuple[Dependency, ...] = ()
    unresolved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def materialise(
    coordinator: Coordinator,
    properties: Mapping[str, str],
    *,
    included: tuple[Dataset, ...] = (),
    processing: str = "UTC",
    job_id: str = DEFAULT_JOB_ID,
    exists: Callable[[str], bool] | None = None,
    now: Callable[[], datetime] | None = None,
) -> Iterator[CoordinatorAction]:
    """The actions of a coordinator in order, each made when it is asked for.

    ``exists`` says whether a URI is there; with it latest and future are resolved as far as they can be. ``now`` is
    the time at which an action is made (coord:actualTime); without it that is its nominal time.

    Raises: as :func:`resolve_coordinator`, at once; ElError E1004 and AppError E1010 as actions are made.
    """
    resolved = resolve_coordinator(coordinator, properties, included=included, processing=processing)
    return (
        materialise_one(resolved, number, nominal, job_id=job_id, exists=exists, actual=now() if now else nominal)
        for number, nominal in enumerate(resolved.nominal_times(), 1)
    )


def materialise_one(
    resolved: ResolvedCoordinator,
    number: int,
    nominal: datetime,
    *,
    job_id: str = DEFAULT_JOB_ID,
    exists: Callable[[str], bool] | None = None,
    actual: datetime | None = None,
) -> CoordinatorAction:
    """The ``number``-th action, due at ``nominal``. Raises: ElError E1004, AppError E1006, E1010, E1012."""
    coordinator = resolved.coordinator
    state = CoordinatorState(
        resolved.properties,
        processing=resolved.processing,
        name=resolved.name,
        action_id=f"{job_id}@{number}",
        zone=resolved.zone,
        nominal_time=nominal,
        actual_time=actual or nominal,
        exists=exists,
    )
    inputs = {event.name: _event(resolved, event, state) for event in coordinator.inputs}
    outputs = {event.name: _output(resolved, event, state) for event in coordinator.outputs}
    state.inputs = {name: None if event.unresolved else ",".join(event.uris) for name, event in inputs.items()}
    state.outputs = {name: ",".join(event.uris) for name, event in outputs.items()}
    return CoordinatorAction(
        number,
        nominal,
        resolved.app_path,
        configuration_of(resolved, state),
        _dependencies(inputs),
        _dependencies(outputs),
        {name: event.unresolved for name, event in inputs.items() if event.unresolved},
    )


def _event(resolved: ResolvedCoordinator, event: DataEvent, state: CoordinatorState) -> ResolvedEvent:
    dataset = resolved.datasets[event.dataset]
    return resolve_event(event, dataset, replace(state, dataset=dataset))


def _output(resolved: ResolvedCoordinator, event: DataEvent, state: CoordinatorState) -> ResolvedEvent:
    """As _event. Raises: AppError E1006 for what depends on files that are there."""
    found = _event(resolved, event, replace(state, exists=None))
    if found.unresolved:
        message = f"data-out '{event.name}': coord:latest and coord:future are not permitted in output-events"
        raise AppError("E1006", message, hint="such as ${coord:current(0)}", line=event.line)
    return found


def _dependencies(events: Mapping[str, ResolvedEvent]) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(name, uri, event.dataset.flag_path(uri)) for name, event in events.items() for uri in event.uris
    )
