"""Expressions as Oozie tries them when an app is submitted, each place with the functions that it allows there.

What only a running coordinator can answer is echoed at that time, as in Oozie: ``coord:current(0)`` is a text like any
other. Where the job's properties are not known, an expression that needs one is left undecided.

Source: oozie-default.xml (oozie.service.ELService.*: job-submit, wf-sla-submit, coord-job-submit-*, coord-sla-submit,
bundle-submit), CoordELFunctions (the ph1_ functions), CoordELEvaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from oozie.language.el.coercion import JavaType
from oozie.language.el.containers import Value
from oozie.language.el.coordinator import CoordinatorState, coordinator_scope
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.evaluator import Function, Scope, evaluate
from oozie.language.el.java_text import trim
from oozie.language.errors import AppError
from oozie.language.properties import resolve_properties

Place: TypeAlias = Literal[
    "name", "sla", "bundle", "frequency", "timeout", "settings", "initial-instance", "instance", "data", "coord-sla"
]

# What a job must not define: constants of Oozie's own.
WORKFLOW_CONSTANTS = frozenset(
    {"DAYS", "HOURS", "MINUTES", "KB", "MB", "GB", "TB", "PB", "RECORDS", "GROUPS"}
    | {"MAP_IN", "MAP_OUT", "REDUCE_IN", "REDUCE_OUT"}
)
COORDINATOR_CONSTANTS = WORKFLOW_CONSTANTS | {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE"}

_USER = "user.name"


class _UndecidedError(Exception):
    """A property is needed that nobody has named yet."""


class PerRun(str):
    """A property's value that the coordinator above gives to each run: what is written there is not yet it."""

    __slots__ = ()


class UnknownProperties(Mapping[str, str]):
    """The properties of a job that has none yet: each may still be defined, but for Oozie's own constants."""

    def __getitem__(self, name: str) -> str:
        if name in COORDINATOR_CONSTANTS:
            raise KeyError(name)
        raise _UndecidedError

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class Submission:
    """The job that is submitted; ``inputs`` and ``outputs`` are the names of its events so far, a later one winning."""

    properties: Mapping[str, str]
    inputs: Collection[str] = field(default=())
    outputs: Collection[str] = field(default=())

    @classmethod
    def of(cls, properties: Mapping[str, str] | None) -> Submission:
        """With ``properties``, or with none known yet; who submits is known in any case."""
        if properties is None:
            return cls(UnknownProperties())
        given = {_USER: "user", **properties}
        try:
            return cls(resolve_properties(given))  # what names the user was left as it is until now
        except AppError:  # in a circle: it is said where the properties are read
            return cls(given)

    def tried(self, place: Place, text: str) -> str | None:
        """What ``text`` comes to at ``place``, None where that depends on properties that are not known yet.

        Raises: ElError.
        """
        scope = _SCOPES[place](self)
        try:
            return evaluate(text, scope)
        except _UndecidedError:
            return None

    def frequency(self, text: str) -> tuple[str | None, str, bool]:
        """As :func:`tried`; also the unit that its function names, and whether it is one of the ends of a time."""
        state = CoordinatorState(self.properties)
        try:
            value: str | None = evaluate(text, coordinator_scope("frequency", state))
        except _UndecidedError:
            value = None
        return value, state.unit, state.at_end


class _Variables(Mapping[str, Value]):
    """Constants, which a job may not define, and the job's properties, trimmed."""

    def __init__(self, properties: Mapping[str, str], constants: Mapping[str, Value]) -> None:
        self.properties = properties
        self.constants = constants

    def __getitem__(self, name: str) -> Value:
        if name in self.constants:
            return self.constants[name]
        value = self.properties[name]
        if isinstance(value, PerRun):
            raise _UndecidedError
        return trim(value)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self.properties, *self.constants]))

    def __len__(self) -> int:
        return len(set(self))


def _echo(name: str) -> Callable[..., Value]:
    return lambda _, *arguments: f"coord:{name}({', '.join(arguments)})"


def _conf(job: Submission, name: str) -> Value:
    value = job.properties.get(name)
    return None if value is None else trim(value)


def _data(what: str, events: Callable[[Submission], Collection[str]]) -> Callable[[Submission, str], Value]:
    """coord:dataIn or coord:dataOut: the event has to be there."""

    def body(job: Submission, name: str) -> Value:
        if name not in events(job):
            known = ", ".join(events(job))
            raise EvaluationFault(f"there is no {what} '{name}'", f"there are {known}" if known else "")
        return f"coord:{what}('{name}')"

    return body


def _hadoop_conf(_: Submission, host: str, name: str) -> Value:
    return ""


def _functions(echoed: str, *own: tuple[str, Callable[..., Value], int]) -> Mapping[str, Function]:
    """``echoed`` is ``name/arguments`` apart by blanks; ``own`` have a body and so many texts as arguments."""
    table = [(name, _echo(name), int(count)) for name, _, count in (word.partition("/") for word in echoed.split())]
    table += [("conf", _conf, 1), ("user", lambda job: _conf(job, _USER), 0), *own]
    text: JavaType = "String"
    found = {f"coord:{name}": Function(body, (text,) * count) for name, body, count in table}
    return {**found, "hadoop:conf": Function(_hadoop_conf, ("String", "String"))}


_INSTANCE_FUNCTIONS = _functions(
    "current/1 currentRange/2 offset/2 latest/1 latestRange/2 future/2 futureRange/3 formatTime/2 epochTime/2 "
    "absolute/1 endOfMonths/1 endOfWeeks/1 endOfDays/1 dateOffset/3 dateTzOffset/2",
    # Numbers, so that coord:current(coord:daysInMonth(0) - 1) can be tried.
    ("hoursInDay", lambda *_: "24", 1),
    ("daysInMonth", lambda *_: "30", 1),
    ("tzOffset", lambda *_: "3", 0),
)
_OUTPUT = ("dataOut", _data("dataOut", lambda job: job.outputs), 1)
_DATA_FUNCTIONS = _functions(
    "nominalTime/0 actualTime/0 dateOffset/3 dateTzOffset/2 formatTime/2 epochTime/2 actionId/0 name/0 databaseIn/1 "
    "databaseOut/1 tableIn/1 tableOut/1 dataInPartitionFilter/2 dataInPartitionMin/2 dataInPartitionMax/2 "
    "dataInPartitions/2 dataOutPartitions/1 dataOutPartitionValue/2",
    ("dataIn", _data("dataIn", lambda job: job.inputs), 1),
    _OUTPUT,
)
_SLA_FUNCTIONS = _functions(
    "nominalTime/0 actualTime/0 dateOffset/3 dateTzOffset/2 formatTime/2 epochTime/2 actionId/0 name/0 databaseOut/1 "
    "tableOut/1 dataOutPartitions/1 dataOutPartitionValue/2",
    _OUTPUT,
)
_BUNDLE_FUNCTIONS: Mapping[str, Function] = {"bundle:conf": Function(_conf, ("String",))}
_MINUTES_OF: Mapping[str, Value] = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}

_ELSEWHERE = {
    "wf:": "wf: functions are for the actions, kill messages and decisions of a workflow",
    "coord:": "this coord: function belongs elsewhere in coordinator.xml",
    "bundle:": "bundle: functions belong in bundle.xml",
}


def _own(
    code: str, functions: Mapping[str, Function] | None = None, constants: Mapping[str, Value] | None = None
) -> Callable[[Submission], Scope]:
    return lambda job: Scope(_Variables(job.properties, constants or {}), functions or {}, job, code, _ELSEWHERE)


def _phase(phase: Literal["frequency", "timeout", "settings", "initial-instance"]) -> Callable[[Submission], Scope]:
    return lambda job: coordinator_scope(phase, CoordinatorState(job.properties))


_SCOPES: Mapping[Place, Callable[[Submission], Scope]] = {
    "name": _own("E0803"),
    "sla": _own("E0803", None, _MINUTES_OF),
    "bundle": _own("E1310", _BUNDLE_FUNCTIONS),
    "frequency": _phase("frequency"),
    "timeout": _phase("timeout"),
    "settings": _phase("settings"),
    "initial-instance": _phase("initial-instance"),
    "instance": _own("E1004", _INSTANCE_FUNCTIONS),
    "data": _own("E1004", _DATA_FUNCTIONS),
    "coord-sla": _own("E0803", _SLA_FUNCTIONS, _MINUTES_OF),
}
