"""Expressions in a coordinator: each function is legal in some phases only.

Source: oozie-default.xml (oozie.service.ELService.*.coord-*), CoordELFunctions, CoordELEvaluator. What Oozie answers
at submission with an echo of the call, to evaluate it later, is evaluated here once, when its time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Literal, TypeAlias

from oozie.language.calendar import TimeError, Unit, add, format_time, parse_time, processing_zone, time_zone
from oozie.language.el import instances
from oozie.language.el.coercion import JavaType
from oozie.language.el.containers import Value
from oozie.language.el.date_pattern import format_date
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.evaluator import Function, Scope
from oozie.language.el.instances import ResolvedDataset

Phase: TypeAlias = Literal["frequency", "timeout", "settings", "initial-instance", "instance", "bound", "data", "sla"]


@dataclass
class CoordinatorState:
    """What coordinator functions work on; what a phase does not know is left at its default.

    ``inputs`` and ``outputs`` map an event to its URIs joined by commas, None while an input is unresolved.
    ``unit`` and ``at_end`` are written by the functions of a frequency, as Oozie does. ``exists`` says whether a URI
    is there; without it latest and future stay unresolved.
    """

    properties: Mapping[str, str]
    hadoop: Mapping[str, str] = field(default_factory=dict)
    processing: str = "UTC"
    name: str = ""
    action_id: str = ""
    zone: tzinfo = timezone.utc
    nominal_time: datetime | None = None
    actual_time: datetime | None = None
    dataset: ResolvedDataset | None = None
    exists: Callable[[str], bool] | None = None
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    unit: Unit = "MINUTE"
    at_end: bool = False

    @property
    def nominal(self) -> datetime:
        """The nominal time. Raises: EvaluationFault where no action is at hand."""
        if self.nominal_time is None:
            raise EvaluationFault("there is no action at hand")
        return self.nominal_time

    @property
    def data(self) -> ResolvedDataset:
        """The dataset at hand. Raises: EvaluationFault where there is none, or one without a frequency."""
        if self.dataset is None:
            raise EvaluationFault("there is no dataset at hand")
        return self.dataset


def coordinator_scope(phase: Phase, state: CoordinatorState) -> Scope:
    """Where a text of a coordinator stands; errors get Oozie's E1004."""
    variables = _Properties(state.properties, _CONSTANTS.get(phase, {}))
    return Scope(variables, _FUNCTIONS_OF[phase], state, "E1004", _ELSEWHERE)


class _Properties(Mapping[str, Value]):
    """The job's properties, trimmed, over the constants of the phase."""

    def __init__(self, properties: Mapping[str, str], constants: Mapping[str, Value]) -> None:
        self.properties = properties
        self.constants = constants

    def __getitem__(self, name: str) -> Value:
        value = self.properties.get(name)
        return self.constants[name] if value is None else value.strip()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self.properties, *self.constants]))

    def __len__(self) -> int:
        return sum(1 for _ in self)


_INSTANCE_PARTS: Mapping[str, Value] = {
    name: f"${{{name}}}" for name in ("MINUTE", "HOUR", "DAY", "MONTH", "YEAR")
}  # they stand for themselves until an instance is at hand
_MINUTES_OF: Mapping[str, Value] = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}
_CONSTANTS: Mapping[Phase, Mapping[str, Value]] = {
    "settings": _INSTANCE_PARTS,
    "sla": _MINUTES_OF,
}

_Body: TypeAlias = Callable[..., Value]


def _every(unit: Unit, factor: int = 1, *, at_end: bool = False) -> _Body:
    """A frequency function: it gives a number and leaves its unit behind."""

    def body(state: CoordinatorState, amount: int) -> Value:
        if amount <= 0:
            raise EvaluationFault(f"parameter [n] = [{amount}]  must be greater than zero")
        state.unit, state.at_end = unit, at_end
        return amount * factor

    return body


_UNITS: Mapping[str, Unit] = {
    **{unit: unit for unit in ("MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR")},
    "END_OF_DAY": "DAY",
    "END_OF_WEEK": "WEEK",
    "END_OF_MONTH": "MONTH",
}


def unit_of(name: str) -> Unit:
    """A unit by the name that EL uses. Raises: EvaluationFault."""
    unit = _UNITS.get(name)
    if unit is None:
        raise EvaluationFault(f"'{name}' is no unit of time", "MINUTE, HOUR, DAY, WEEK, MONTH or YEAR")
    return unit


def _moment(state: CoordinatorState, text: str) -> datetime:
    return parse_time(text, state.processing)


def _date_offset(state: CoordinatorState, base: str, amount: int, unit: str) -> Value:
    zone = processing_zone(state.processing)
    return format_time(add(_moment(state, base), amount, unit_of(unit), zone), state.processing)


def _date_tz_offset(state: CoordinatorState, base: str, zone: str) -> Value:
    """The clock time there, written as if it were Oozie's own."""
    shown = _moment(state, base).astimezone(time_zone(zone)).replace(tzinfo=processing_zone(state.processing))
    return format_time(shown, state.processing)


def _format_time(state: CoordinatorState, moment: str, pattern: str) -> Value:
    return format_date(_moment(state, moment).astimezone(processing_zone(state.processing)), pattern)


def _epoch_time(state: CoordinatorState, moment: str, milliseconds: str) -> Value:
    seconds = int(_moment(state, moment).timestamp())
    return str(seconds * 1000 if milliseconds.lower() == "true" else seconds)


def _nominal_time(state: CoordinatorState) -> Value:
    return format_time(state.nominal, state.processing)


def _actual_time(state: CoordinatorState) -> Value:
    if state.actual_time is None:
        raise EvaluationFault("the action has not been made yet")
    return format_time(state.actual_time, state.processing)


def _tz_offset(state: CoordinatorState) -> Value:
    theirs, ours = (state.nominal.astimezone(zone).utcoffset() or timedelta() for zone in (state.data.zone, state.zone))
    return int((theirs - ours).total_seconds() / 60)


def _data_in(state: CoordinatorState, event: str) -> Value:
    if event not in state.inputs:
        raise EvaluationFault(f"data_in_name {event} is not valid", _known(state.inputs, "data-in"))
    uris = state.inputs[event]
    return f"${{coord:dataIn('{event}')}}" if uris is None else uris


def _data_out(state: CoordinatorState, event: str) -> Value:
    if event not in state.outputs:
        raise EvaluationFault(f"data_out_name {event} is not valid", _known(state.outputs, "data-out"))
    return state.outputs[event]


def _known(events: Mapping[str, object], what: str) -> str:
    return f"the {what} events are {', '.join(events)}" if events else f"this coordinator has no {what}"


def _offset(state: CoordinatorState, amount: int, unit: str) -> Value:
    return instances.offset_instance(state.data, state.nominal, amount, unit_of(unit))


def _check_latest(*numbers: int) -> None:
    for number in numbers:
        if number > 0:
            raise EvaluationFault(f"parameter [latest:n] = [{number}]  must be zero or less")


def _latest_range(state: CoordinatorState, start: int, end: int) -> Value:
    _check_latest(start, end)
    found = None
    if state.exists is not None:
        actual = state.actual_time or state.nominal
        found = instances.latest(state.data, actual, start, end, state.exists)
    unresolved = f"latest({start})" if start == end else f"latestRange({start}, {end})"
    return f"${{coord:{unresolved}}}" if found is None else instances.SEPARATOR.join(found)


def _future_range(state: CoordinatorState, start: int, end: int, limit: int) -> Value:
    if start < 0 or end < 0:
        raise EvaluationFault(f"parameter [future:n] = [{min(start, end)}]  must be zero or more")
    if limit <= 0:
        raise EvaluationFault(f"parameter [future:instance] = [{limit}]  must be greater than zero")
    if limit > instances.FARTHEST_FUTURE:
        raise EvaluationFault(f"future cannot look at more than {instances.FARTHEST_FUTURE} instances")
    found = None
    if state.exists is not None:
        found = instances.future(state.data, state.nominal, start, end, limit, state.exists)
    unresolved = f"future({start}, {limit})" if start == end else f"futureRange({start}, {end}, {limit})"
    return f"${{coord:{unresolved}}}" if found is None else instances.SEPARATOR.join(found)


def _echo(name: str) -> _Body:
    """The call as a text, which the resolution of a range reads."""
    return lambda state, *arguments: f"coord:{name}({', '.join(map(str, arguments))})"


def _left_open(name: str) -> _Body:
    """The call as an expression: no instance by itself, which is found when its URI is asked for."""
    return lambda state, *arguments: f"${{coord:{name}({', '.join(map(str, arguments))})}}"


def _needs_hcatalog(state: CoordinatorState, *arguments: str) -> Value:
    raise EvaluationFault("HCatalog partitions are not supported yet", "name the data by the URI of its directory")


def _hadoop_conf(state: CoordinatorState, host: str, name: str) -> Value:
    return state.hadoop.get(name, "")


def _conf(state: CoordinatorState, name: str) -> Value:
    value = state.properties.get(name)
    return None if value is None else value.strip()


_CREATED: tuple[Phase, ...] = ("instance", "bound", "data", "sla")
_AT_ACTION: tuple[Phase, ...] = ("data", "sla")
_INT2: tuple[JavaType, ...] = ("int", "int")
_INT3: tuple[JavaType, ...] = ("int", "int", "int")

# Name, body, parameters and phases; a name may stand several times with other bodies in other phases.
_TABLE: tuple[tuple[str, _Body, tuple[JavaType, ...], tuple[Phase, ...]], ...] = (
    ("minutes", _every("MINUTE"), ("int",), ("frequency", "timeout")),
    ("hours", _every("MINUTE", 60), ("int",), ("frequency", "timeout")),
    ("days", _every("DAY"), ("int",), ("frequency", "timeout")),
    ("months", _every("MONTH"), ("int",), ("frequency", "timeout")),
    ("endOfDays", _every("DAY", at_end=True), ("int",), ("frequency",)),
    ("endOfWeeks", _every("WEEK", at_end=True), ("int",), ("frequency",)),
    ("endOfMonths", _every("MONTH", at_end=True), ("int",), ("frequency",)),
    ("conf", _conf, ("String",), ("frequency", "settings", "initial-instance", *_CREATED)),
    (
        "user",
        lambda state: _conf(state, "user.name"),
        (),
        ("frequency", "settings", "initial-instance", *_CREATED),
    ),
    ("dateOffset", _date_offset, ("String", "int", "String"), ("initial-instance", "bound", *_AT_ACTION)),
    ("dateTzOffset", _date_tz_offset, ("String", "String"), ("initial-instance", "bound", *_AT_ACTION)),
    ("formatTime", _format_time, ("String", "String"), _CREATED),
    ("epochTime", _epoch_time, ("String", "String"), _CREATED),
    ("hoursInDay", lambda s, n: instances.hours_in_day(s.data, s.nominal, n), ("int",), ("instance", "bound")),
    ("daysInMonth", lambda s, n: instances.days_in_month(s.data, s.nominal, n), ("int",), ("instance", "bound")),
    ("tzOffset", _tz_offset, (), ("instance", "bound")),
    ("current", lambda s, n: instances.current_range(s.data, s.nominal, n, n), ("int",), ("instance",)),
    ("currentRange", lambda s, a, b: instances.current_range(s.data, s.nominal, a, b), _INT2, ("instance",)),
    ("offset", _offset, ("int", "String"), ("instance",)),
    ("latest", lambda state, n: _latest_range(state, n, n), ("int",), ("instance",)),
    ("latestRange", _latest_range, _INT2, ("instance",)),
    ("future", lambda state, n, limit: _future_range(state, n, n, limit), _INT2, ("instance",)),
    ("futureRange", _future_range, _INT3, ("instance",)),
    ("current", _echo("current"), ("String",), ("bound",)),
    ("offset", _echo("offset"), ("String", "String"), ("bound",)),
    ("latest", _echo("latest"), ("String",), ("bound",)),
    ("future", _echo("future"), ("String", "String"), ("bound",)),
    ("absolute", _echo("absolute"), ("String",), ("bound",)),
    ("endOfDays", _echo("endOfDays"), ("String",), ("bound",)),
    ("endOfWeeks", _echo("endOfWeeks"), ("String",), ("bound",)),
    ("endOfMonths", _echo("endOfMonths"), ("String",), ("bound",)),
    ("absolute", _left_open("absolute"), ("String",), ("instance",)),
    ("endOfDays", _left_open("endOfDays"), ("String",), ("instance",)),
    ("endOfWeeks", _left_open("endOfWeeks"), ("String",), ("instance",)),
    ("endOfMonths", _left_open("endOfMonths"), ("String",), ("instance",)),
    ("dataIn", _data_in, ("String",), ("data",)),
    ("dataOut", _data_out, ("String",), _AT_ACTION),
    ("nominalTime", _nominal_time, (), _AT_ACTION),
    ("actualTime", _actual_time, (), _AT_ACTION),
    ("actionId", lambda state: state.action_id, (), _AT_ACTION),
    ("name", lambda state: state.name, (), _AT_ACTION),
    ("databaseIn", _needs_hcatalog, ("String",), ("data",)),
    ("databaseOut", _needs_hcatalog, ("String",), _AT_ACTION),
    ("tableIn", _needs_hcatalog, ("String",), ("data",)),
    ("tableOut", _needs_hcatalog, ("String",), _AT_ACTION),
    ("dataInPartitionFilter", _needs_hcatalog, ("String", "String"), ("data",)),
    ("dataInPartitionMin", _needs_hcatalog, ("String", "String"), ("data",)),
    ("dataInPartitionMax", _needs_hcatalog, ("String", "String"), ("data",)),
    ("dataInPartitions", _needs_hcatalog, ("String", "String"), ("data",)),
    ("dataOutPartitions", _needs_hcatalog, ("String",), _AT_ACTION),
    ("dataOutPartitionValue", _needs_hcatalog, ("String", "String"), _AT_ACTION),
)
_PLACE: Mapping[Phase, str] = {
    "frequency": "a frequency",
    "timeout": "<timeout>",
    "settings": "a setting",
    "initial-instance": "initial-instance",
    "instance": "<instance>",
    "bound": "<start-instance> and <end-instance>",
    "data": "the workflow's configuration",
    "sla": "<sla:info>",
}


def _in_time(body: _Body) -> _Body:
    """``body``, with what is wrong about a time said as a fault of the expression."""

    def guarded(state: CoordinatorState, *arguments: Value) -> Value:
        try:
            return body(state, *arguments)
        except (TimeError, OverflowError) as error:
            raise EvaluationFault(str(error)) from None

    return guarded


_FUNCTIONS_OF: Mapping[Phase, Mapping[str, Function]] = {
    phase: {
        "hadoop:conf": Function(_hadoop_conf, ("String", "String")),
        **{f"coord:{name}": Function(_in_time(body), takes) for name, body, takes, phases in _TABLE if phase in phases},
    }
    for phase in _PLACE
}

_ELSEWHERE = {
    "wf:": "wf: functions belong in workflow.xml",
    "fs:": "fs: functions belong in workflow.xml",
    "bundle:": "bundle: functions belong in bundle.xml",
} | {
    name: "it belongs in " + ", ".join(_PLACE[phase] for phase in _PLACE if name in _FUNCTIONS_OF[phase])
    for name in sorted({name for functions in _FUNCTIONS_OF.values() for name in functions})
}
