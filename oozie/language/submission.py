"""What Oozie makes of a coordinator when it is submitted: its properties put in, everything checked.

Source: CoordSubmitXCommand, ParamChecker, oozie-default.xml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone, tzinfo
from typing import Literal, TypeAlias

from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.calendar import (
    Cron,
    CronError,
    Frequency,
    TimeError,
    nominal_times,
    parse_cron,
    parse_time,
    processing_zone,
    time_zone,
)
from oozie.language.el.coordinator import CoordinatorState, Phase, coordinator_scope
from oozie.language.el.errors import ElError, without_breaks
from oozie.language.el.evaluator import evaluate
from oozie.language.el.instances import ResolvedDataset
from oozie.language.errors import AppError
from oozie.language.event import check_event
from oozie.language.model import DEFAULT_DONE_FLAG, Coordinator, Dataset
from oozie.language.properties import resolve_properties

Execution: TypeAlias = Literal["FIFO", "LIFO", "LAST_ONLY", "NONE"]

_DEFAULT_TIMEOUT_MINUTES = 120
# oozie.service.coord.default.max.timeout: what -1 means as well.
_LONGEST_TIMEOUT_MINUTES = 86_400
_DEFAULT_CONCURRENCY = 1
_DEFAULT_THROTTLE = 12
# oozie.service.CallableQueueService.queue.size times oozie.service.coord.materialization.throttling.factor
_LARGEST_THROTTLE = 500
# oozie.service.coord.check.maximum.frequency
_SHORTEST_MINUTES = 5
_TIMEOUT_MINUTES = {"DAY": 24 * 60, "MONTH": 30 * 24 * 60}
_LAST_MOMENT = datetime.max.replace(tzinfo=timezone.utc)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EXECUTIONS: tuple[Execution, ...] = ("LIFO", "FIFO", "LAST_ONLY", "NONE")


@dataclass(frozen=True)
class ResolvedControls:
    """How actions are started; the timeout in minutes, -1 having become Oozie's longest."""

    timeout_minutes: int = _DEFAULT_TIMEOUT_MINUTES
    concurrency: int = _DEFAULT_CONCURRENCY
    execution: Execution = "FIFO"
    throttle: int = _DEFAULT_THROTTLE


@dataclass(frozen=True)
class ResolvedCoordinator:
    """A coordinator with its properties put in: what Oozie keeps of it after submission."""

    coordinator: Coordinator
    properties: Mapping[str, str]
    name: str
    frequency: Frequency | Cron
    start: datetime
    end: datetime
    zone: tzinfo
    controls: ResolvedControls
    app_path: str
    datasets: Mapping[str, ResolvedDataset]
    processing: str = "UTC"

    def nominal_times(self) -> Iterator[datetime]:
        """When its actions are due, in UTC."""
        return nominal_times(self.frequency, self.start, self.end, self.zone, self.processing)

    def nominal_time_after_all(self) -> datetime | None:
        """When the next action would be due, were there no end; None past the end of the calendar."""
        endless = nominal_times(self.frequency, self.start, _LAST_MOMENT, self.zone, self.processing)
        return next((moment for moment in endless if moment >= self.end), None)


def resolve_coordinator(
    coordinator: Coordinator,
    properties: Mapping[str, str],
    *,
    included: tuple[Dataset, ...] = (),
    processing: str = "UTC",
) -> ResolvedCoordinator:
    """Put the job's properties into a coordinator, as Oozie does at submission.

    ``included`` are the datasets of the files that it includes, ``processing`` is oozie.processing.timezone.

    Raises: AppError E0738, E0803, E1001, E1003, E1021, E1028; ElError E1004; for the first thing that is wrong, as
    Oozie does.
    """
    job = _Submission(coordinator, resolve_properties(_with_parameters(coordinator, properties)), processing)
    try:
        processing_zone(processing)
    except TimeError as error:
        raise job.wrong("oozie.processing.timezone", str(error)) from None
    frequency = job.frequency(coordinator.frequency, "frequency", cron_too=True)
    name = job.text("name", coordinator.name)
    start, end = job.time("start", coordinator.start), job.time("end", coordinator.end)
    zone = job.zone(coordinator.timezone)
    controls = _controls(job)
    datasets = _datasets(job, included)
    _check_events(job, datasets)
    app_path = job.text("app-path", coordinator.app_path)
    resolved = ResolvedCoordinator(
        coordinator, job.properties, name, frequency, start, end, zone, controls, app_path, datasets, processing
    )
    _check_times(job, resolved)
    _check_expressions(resolved)
    return resolved


def configuration_of(resolved: ResolvedCoordinator, state: CoordinatorState) -> dict[str, str]:
    """The coordinator's properties, over them those of its action, over them the path of the workflow."""
    configuration = dict(resolved.properties)
    for name, value in resolved.coordinator.configuration:
        what = f"property '{name}'"
        configuration[_evaluate(what, name, "data", state)] = _evaluate(what, value, "data", state)
    configuration[APPLICATION_PATHS["workflow"]] = resolved.app_path
    return configuration


def _evaluate(what: str, text: str, phase: Phase, state: CoordinatorState) -> str:
    """The value of ``text``, trimmed as Oozie does first; an error says that it is about ``what``."""
    try:
        return evaluate(text.strip(), coordinator_scope(phase, state))
    except ElError as error:
        hint = error.diagnostics[0].hint
        reason = f"{what}: {error.reason}"
        raise ElError(error.code, reason, text=error.text, offset=error.offset, hint=hint) from None


def _with_parameters(coordinator: Coordinator, properties: Mapping[str, str]) -> dict[str, str]:
    """The properties, with the defaults of formal parameters. Raises: AppError E0738 that names every missing one."""
    missing = [p.name for p in coordinator.parameters if p.value is None and p.name not in properties]
    if missing:
        message = f"the following {len(missing)} parameters are required but were not defined: {', '.join(missing)}"
        raise AppError("E0738", message, hint=f"set them: {missing[0]}=...", line=coordinator.line)
    defaults = {parameter.name: parameter.value for parameter in coordinator.parameters if parameter.value is not None}
    return {**defaults, **properties}


@dataclass(frozen=True)
class _Submission:
    """One coordinator and its properties, while the parts are being resolved."""

    coordinator: Coordinator
    properties: Mapping[str, str]
    processing: str

    def state(self) -> CoordinatorState:
        """What the functions of a submission know."""
        return CoordinatorState(self.properties, processing=self.processing)

    def wrong(self, what: str, reason: str, hint: str = "", code: str = "E1003") -> AppError:
        """An error about one part of the coordinator."""
        return AppError(code, without_breaks(f"{what}: {reason}"), hint=hint, line=self.coordinator.line)

    def text(self, what: str, text: str, phase: Phase = "settings") -> str:
        """A text with its properties put in."""
        return _evaluate(what, text, phase, self.state())

    def time(self, what: str, text: str, phase: Phase = "settings") -> datetime:
        """A time in Oozie's form."""
        value = self.text(what, text, phase)
        try:
            return parse_time(value, self.processing)
        except TimeError as error:
            raise self.wrong(what, str(error), "such as 2026-01-01T00:00Z") from None

    def zone(self, text: str, what: str = "timezone") -> tzinfo:
        """A time zone by name."""
        try:
            return time_zone(self.text(what, text))
        except TimeError as error:
            raise self.wrong(what, str(error), "such as UTC, Asia/Bangkok or GMT+07:00") from None

    def number(self, what: str, text: str, default: int, phase: Phase = "settings") -> int:
        """A whole number, ``default`` where nothing is said."""
        value = self.text(what, text, phase) if text else ""
        return self.integer(what, value) if value else default

    def integer(self, what: str, value: str) -> int:
        """Integer.parseInt."""
        if _is_integer(value):
            return int(value)
        raise self.wrong(what, f"'{value}' is no whole number")

    def frequency(self, text: str, what: str, *, cron_too: bool = False) -> Frequency | Cron:
        """A number of minutes, what a function such as coord:days says, or cron where that may stand."""
        state = self.state()
        value = _evaluate(what, text, "frequency", state)
        if cron_too and not _is_integer(value):
            try:
                return parse_cron(value)
            except CronError as error:
                raise self.wrong(what, str(error), "write minutes, ${coord:days(1)} or cron", error.code) from None
        return Frequency(self.integer(what, value), state.unit, state.at_end)


def _is_integer(text: str) -> bool:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return digits.isascii() and digits.isdecimal() and len(digits) <= 10 and -(2**31) <= int(text) < 2**31


def _controls(job: _Submission) -> ResolvedControls:
    """The controls with Oozie's defaults and bounds."""
    controls = job.coordinator.controls
    if controls is None:
        return ResolvedControls()
    execution = job.text("execution", controls.execution) or "FIFO"
    if execution not in _EXECUTIONS:
        raise job.wrong("execution", f"'{execution}' is none of {', '.join(_EXECUTIONS)}")
    throttle = job.number("throttle", controls.throttle, _DEFAULT_THROTTLE)
    return ResolvedControls(
        _timeout(job, controls.timeout),
        job.number("concurrency", controls.concurrency, _DEFAULT_CONCURRENCY),
        execution,
        throttle if 1 <= throttle <= _LARGEST_THROTTLE else _LARGEST_THROTTLE,
    )


def _timeout(job: _Submission, text: str) -> int:
    """Minutes; its functions are those of a frequency."""
    state = job.state()
    value = _evaluate("timeout", text, "timeout", state)
    if not value:
        return _DEFAULT_TIMEOUT_MINUTES
    minutes = job.integer("timeout", value) * _TIMEOUT_MINUTES.get(state.unit, 1)
    return minutes if 0 <= minutes <= _LONGEST_TIMEOUT_MINUTES else _LONGEST_TIMEOUT_MINUTES


def _datasets(job: _Submission, included: tuple[Dataset, ...]) -> dict[str, ResolvedDataset]:
    """Every dataset that is used, resolved; a dataset of the coordinator's own hides an included one."""
    coordinator = job.coordinator
    if coordinator.includes and not included:
        hint = "put the datasets into coordinator.xml itself"
        raise job.wrong("datasets", f"{coordinator.includes[0]} is included but not read", hint, "E1001")
    declared = {dataset.name: dataset for dataset in (*included, *coordinator.datasets)}
    return {name: _dataset(job, dataset) for name, dataset in declared.items() if dataset.kind == "dataset"}


def _dataset(job: _Submission, dataset: Dataset) -> ResolvedDataset:
    what = f"dataset '{dataset.name}'"
    frequency = job.frequency(dataset.frequency, f"{what}, frequency")
    if isinstance(frequency, Cron) or frequency.amount <= 0:
        raise job.wrong(f"{what}, frequency", "it must be greater than zero")
    initial = job.time(f"{what}, initial-instance", dataset.initial_instance, "initial-instance")
    if initial < _EPOCH:
        raise job.wrong(f"{what}, initial-instance", "it is earlier than 1970-01-01T00:00Z", code="E1021")
    zone = job.zone(dataset.timezone, f"{what}, timezone")
    template = job.text(f"{what}, uri-template", dataset.uri_template)
    flag = DEFAULT_DONE_FLAG if dataset.done_flag is None else job.text(f"{what}, done-flag", dataset.done_flag)
    return ResolvedDataset(dataset.name, frequency, initial, zone, template, flag, job.processing)


def _check_events(job: _Submission, datasets: Mapping[str, ResolvedDataset]) -> None:
    """Each event has a name of its own and a dataset that there is."""
    coordinator = job.coordinator
    if coordinator.input_logic is not None:  # passed over, it would make an action wait for too much
        raise job.wrong("input-logic", "it is not supported yet", "wait for every data-in instead", "E1028")
    declared = {dataset.name for dataset in coordinator.datasets}
    for what, events in (("data-in", coordinator.inputs), ("data-out", coordinator.outputs)):
        names = [event.name for event in events]
        for event in events:
            place = f"{what} '{event.name}'"
            if names.count(event.name) > 1:
                raise job.wrong(place, f"duplicate name {event.name}", code="E0803")
            if event.dataset not in datasets:
                if event.dataset in declared:
                    raise job.wrong(place, "asynchronous datasets are not supported yet", code="E1004")
                known = ", ".join(datasets)
                hint = f"there are {known}" if known else "declare it under <datasets>"
                raise job.wrong(place, f"undefined dataset: {event.dataset}", hint, "E0803")


def _check_expressions(resolved: ResolvedCoordinator) -> None:
    """What is evaluated for each action is tried once, so that a name that nobody set is found at submission."""
    coordinator = resolved.coordinator
    state = CoordinatorState(
        resolved.properties,
        processing=resolved.processing,
        name=resolved.name,
        zone=resolved.zone,
        nominal_time=resolved.start,
        actual_time=resolved.start,
    )
    for event in (*coordinator.inputs, *coordinator.outputs):
        dataset = resolved.datasets[event.dataset]
        check_event(event, dataset, replace(state, dataset=dataset))
    state.inputs = {event.name: None for event in coordinator.inputs}
    state.outputs = {event.name: "" for event in coordinator.outputs}
    configuration_of(resolved, state)


def _check_times(job: _Submission, resolved: ResolvedCoordinator) -> None:
    """The start is before the end, and the frequency is one that Oozie takes."""
    if resolved.start >= resolved.end:
        raise job.wrong("start", "Coordinator Start Time must be earlier than End Time.")
    frequency = resolved.frequency
    if isinstance(frequency, Cron):
        if next(resolved.nominal_times(), None) is None:
            raise job.wrong("frequency", f"'{frequency.text}' materializes no actions between start and end time")
        return
    if frequency.amount == 0 or (frequency.amount < _SHORTEST_MINUTES and frequency.unit == "MINUTE"):
        hint = f"make it {_SHORTEST_MINUTES} minutes or more"
        raise job.wrong("frequency", f"{frequency.amount} minutes are faster than Oozie allows", hint)
