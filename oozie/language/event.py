"""Which directories a data-in or data-out of a coordinator means for one action.

Source: org.apache.oozie.command.coord.CoordCommandUtils (resolveInstances, resolveInstanceRange, createEarlyURIs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from oozie.language.calendar import TimeError, Unit, add, format_time, from_clock
from oozie.language.el import instances
from oozie.language.el.coordinator import CoordinatorState, coordinator_scope, unit_of
from oozie.language.el.errors import ElError, EvaluationFault, without_breaks
from oozie.language.el.evaluator import evaluate
from oozie.language.el.instances import SEPARATOR, ResolvedDataset
from oozie.language.el.parser import parse
from oozie.language.el.syntax import Literal
from oozie.language.errors import AppError
from oozie.language.model import DataEvent

_CALL = re.compile(r"coord:(?P<name>\w+)\((?P<arguments>.*)\)", re.DOTALL)
# java.util.Calendar's numbers of the units, by which Oozie weighs the ends of a range of offsets.
_CALENDAR_UNITS: Mapping[Unit, int] = {"MINUTE": 12, "HOUR": 10, "DAY": 5, "WEEK": 3, "MONTH": 2, "YEAR": 1}
_END_OF: Mapping[str, Unit] = {"endOfDays": "DAY", "endOfWeeks": "WEEK", "endOfMonths": "MONTH"}


_NOT_IN_A_URI = re.compile(r'[\s"<>\\^`{|}]')
_ONLY_AS_START = "absolute and endOf... can only be a <start-instance>, with coord:current(n) as its <end-instance>"


@dataclass(frozen=True)
class ResolvedEvent:
    """The URIs of an event, and the expressions in it that wait for files."""

    dataset: ResolvedDataset
    uris: tuple[str, ...]
    unresolved: tuple[str, ...] = ()


def resolve_event(event: DataEvent, dataset: ResolvedDataset, state: CoordinatorState) -> ResolvedEvent:
    """What ``event`` means for the action of ``state``, whose dataset is ``dataset``.

    Raises: ElError E1004, AppError E1010.
    """
    resolution = _Resolution(event, dataset, state)
    found = [resolution.instance(text) for text in event.instances]
    if event.start_instance and event.end_instance:
        found.append(resolution.range())
    pieces = [piece.strip() for text in found for piece in text.split(SEPARATOR) if piece.strip()]
    uris = tuple(resolution.uri(piece) for piece in pieces if not _waits_for_files(piece))
    return ResolvedEvent(dataset, uris, tuple(piece for piece in pieces if _waits_for_files(piece)))


def _waits_for_files(piece: str) -> bool:
    """Whether this is a latest or future that is still open. Source: CoordCommandUtils.getFuncType."""
    return "latest" in piece or "future" in piece


def _as_oozie_says(instance: Callable[[str], str], text: str) -> str:
    """The instances of ``text``; while it is open, the text itself."""
    found = instance(text)
    return text if _waits_for_files(found) else found


def check_event(event: DataEvent, dataset: ResolvedDataset, state: CoordinatorState) -> None:
    """Evaluate what stands in ``event`` as Oozie does at submission, to find what can never be resolved.

    Raises: ElError E1004, AppError E1010, E1021.
    """
    resolution = _Resolution(event, dataset, state)
    for text in event.instances:
        resolution.check_one(text)
        resolution.instance(text)
    for text in () if event.instances else (event.start_instance, event.end_instance):
        resolution.check_one(text)
        resolution.bound(text)


@dataclass(frozen=True)
class _Bound:
    """A start-instance or end-instance: its function and arguments."""

    text: str
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class _Resolution:
    """One event of one action."""

    event: DataEvent
    dataset: ResolvedDataset
    state: CoordinatorState

    def instance(self, text: str) -> str:
        """The instances of one tag, joined. Raises: ElError."""
        try:
            return evaluate(text.strip(), coordinator_scope("instance", self.state))
        except ElError as error:
            raise self.placed(error) from None

    def placed(self, error: ElError) -> ElError:
        """``error``, saying in which event it is."""
        reason = f"event '{self.event.name}': {error.reason}"
        hint = error.diagnostics[0].hint
        return ElError(error.code, reason, text=error.text, offset=error.offset, hint=hint)

    def check_one(self, text: str) -> None:
        """One tag holds one instance. Raises: AppError E1021, ElError."""
        plain = (part.value for part in parse(text, "E1004").parts if isinstance(part, Literal))
        if not text.strip() or any("," in str(value) for value in plain):
            what = "is empty" if not text.strip() else f"'{text}' contains more than one instance"
            raise self.wrong(f"an <instance> {what}", "give each instance a tag of its own", "E1021")

    def uri(self, instance: str) -> str:
        """Where an instance lies. Raises: AppError E0902, E0904, E1012; ElError."""
        try:
            uri = self.dataset.uri(instance)
        except TimeError as error:
            hint = _ONLY_AS_START if instance.startswith("${") else "such as ${coord:current(0)}"
            raise self.wrong(str(error), hint, "E1012") from None
        except ElError as error:
            raise self.placed(error) from None
        if found := _NOT_IN_A_URI.search(uri):
            raise self.wrong(f"'{found[0]}' may not stand in a URI: {uri}", "write it as %20 and the like", "E0902")
        if uri.startswith("hcat:"):
            raise self.wrong(f"{uri}: partitions of HCatalog are not supported", "name the directory", "E0904")
        return uri

    def wrong(self, reason: str, hint: str = "", code: str = "E1010") -> AppError:
        """An error about an instance or the range."""
        return AppError(code, without_breaks(f"event '{self.event.name}': {reason}"), hint=hint, line=self.event.line)

    def bound(self, text: str) -> _Bound:
        """One end of the range."""
        try:
            value = evaluate(text.strip(), coordinator_scope("bound", self.state))
        except ElError as error:
            raise self.placed(error) from None
        match = _CALL.fullmatch(value.strip())
        if match is None:
            raise self.wrong(f"'{text}' is no function of instances", "such as ${coord:current(0)}", "E1012")
        return _Bound(text, match["name"], tuple(part.strip() for part in match["arguments"].split(",")))

    def number(self, bound: _Bound) -> int:
        """The first argument of ``bound``, its fraction cut off."""
        try:
            return int(float(bound.arguments[0]))
        except (ValueError, OverflowError):
            raise self.wrong(f"'{bound.arguments[0]}' in '{bound.text}' is no number") from None

    def range(self) -> str:
        """The instances between the two ends, joined."""
        start, end = self.bound(self.event.start_instance), self.bound(self.event.end_instance)
        from_fixed = start.name == "absolute" or start.name in _END_OF
        if end.name != ("current" if from_fixed else start.name):
            raise self.wrong(
                f"start {start.text} and end {end.text} are of different kinds",
                "both current, both latest, both future or both offset; or absolute or endOf... with current",
            )
        try:
            return _RANGES[start.name](self, start, end)
        except (EvaluationFault, TimeError) as error:
            raise self.wrong(str(error), getattr(error, "hint", ""), "E1004") from None

    def ordered(self, start: _Bound, end: _Bound) -> tuple[int, int]:
        """The numbers of both ends. Raises: AppError E1010 when the start is after the end."""
        first, last = self.number(start), self.number(end)
        if first > last:
            raise self.wrong(f"start-instance {start.text} should be equal or earlier than end-instance {end.text}")
        return first, last

    def current(self, start: _Bound, end: _Bound) -> str:
        """Counted from the current one."""
        first, last = self.ordered(start, end)
        return instances.current_range(self.dataset, self.state.nominal, first, last)

    def latest(self, start: _Bound, end: _Bound) -> str:
        """Those that exist."""
        first, last = self.ordered(start, end)
        return _as_oozie_says(self.instance, f"${{coord:latestRange({first},{last})}}")

    def future(self, start: _Bound, end: _Bound) -> str:
        """Those that exist from the nominal time on; how many are looked at stands in the end."""
        first, last = self.ordered(start, end)
        return _as_oozie_says(self.instance, f"${{coord:futureRange({first},{last},'{end.arguments[-1]}')}}")

    def offset(self, start: _Bound, end: _Bound) -> str:
        """Between two distances from the current one."""
        first, last = self.number(start), self.number(end)
        first_unit, last_unit = unit_of(start.arguments[-1]), unit_of(end.arguments[-1])
        if _CALENDAR_UNITS[first_unit] * first > _CALENDAR_UNITS[last_unit] * last:
            raise self.wrong(f"start-instance {start.text} should be equal or earlier than end-instance {end.text}")
        nominal = self.state.nominal
        begins = instances.offset_moment(self.dataset, nominal, first, first_unit)
        ends = instances.offset_moment(self.dataset, nominal, last, last_unit)
        if begins is None or ends is None:
            return ""
        found: list[str] = []
        for total in reversed(instances.offsets_between(self.dataset, nominal, begins, ends)):
            instance = instances.offset_instance(self.dataset, nominal, total, self.dataset.frequency.unit)
            if not instance:
                break
            found.append(instance)
        return SEPARATOR.join(found)

    def absolute(self, start: _Bound, end: _Bound) -> str:
        """From a fixed instance."""
        return instances.absolute_range(self.dataset, self.state.nominal, start.arguments[0], self.number(end))

    def end_of(self, start: _Bound, end: _Bound) -> str:
        """From the beginning of a day, week or month."""
        local = self.state.nominal.astimezone(self.dataset.zone)
        midnight = local.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        unit = _END_OF[start.name]
        begins = add(self._first_of(unit, midnight), self.number(start) + 1, unit, self.dataset.zone)
        text = format_time(begins, self.dataset.processing)
        return instances.absolute_range(self.dataset, self.state.nominal, text, self.number(end))

    def _first_of(self, unit: Unit, midnight: datetime) -> datetime:
        """The first midnight of the same day, week (from Sunday) or month."""
        back = {"WEEK": midnight.isoweekday() % 7, "MONTH": midnight.day - 1}.get(unit, 0)
        return from_clock(midnight - timedelta(days=back), self.dataset.zone)


_RANGES: Mapping[str, Callable[[_Resolution, _Bound, _Bound], str]] = {
    "current": _Resolution.current,
    "latest": _Resolution.latest,
    "future": _Resolution.future,
    "offset": _Resolution.offset,
    "absolute": _Resolution.absolute,
    **dict.fromkeys(_END_OF, _Resolution.end_of),
}
