"""Rules for coordinators and bundles, in the order in which Oozie applies them.

What holds EL functions is left to the evaluator; here count plain values and names of properties. Source:
org.apache.oozie.command.coord.CoordSubmitXCommand, org.apache.oozie.command.bundle.BundleSubmitXCommand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from itertools import chain

from oozie.language.calendar import CronError, TimeError, nominal_times, parse_cron, parse_time, time_zone
from oozie.language.model import Bundle, Coordinator, DataEvent, Dataset
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

EXECUTIONS = ("FIFO", "LIFO", "LAST_ONLY", "NONE")
# Minutes in one unit, 0 where the unit is never shorter than the five minutes that Oozie allows.
FREQUENCY_FUNCTIONS: Mapping[str, int] = {
    "minutes": 1,
    "hours": 60,
    "days": 1440,
    "months": 43200,
    "endOfDays": 0,
    "endOfWeeks": 0,
    "endOfMonths": 0,
}
SHORTEST_FREQUENCY_MINUTES = 5

_CONSTANTS = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE"})
_VARIABLE = re.compile(r"\$\{\s*([A-Za-z_]\w*)\s*\}")
_FREQUENCY_CALL = re.compile(r"\$\{\s*coord:(\w+)\(\s*(-?\d+)\s*\)\s*\}")
_INTEGER = re.compile(r"[+-]?0*\d{1,10}", re.ASCII)
_JAVA_INTEGERS = range(-(2**31), 2**31)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME_HINT = "write it as 2026-01-31T08:00Z, in UTC"


def coordinator_rules(app: Coordinator, properties: Mapping[str, str] | None) -> list[Diagnostic]:
    """What Oozie refuses in a coordinator, beside its schema and its parameters."""
    return list(_CoordinatorRules(app, properties).all())


def bundle_rules(app: Bundle) -> Iterator[Diagnostic]:
    """What Oozie refuses in a bundle; it wraps all of it into E1310."""
    for name, count in Counter(member.name for member in app.members).items():
        if count > 1:
            line = next(member.line for member in reversed(app.members) if member.name == name)
            message = f"E1304: {count} coordinators of the bundle are called '{name}'"
            yield Diagnostic("E1310", message, "give each a name of its own", line=line, node=name)
    if app.kick_off_time and "${" not in app.kick_off_time:
        try:
            parse_time(app.kick_off_time.strip())
        except TimeError as error:
            yield Diagnostic("E1310", f"kick-off-time: {error}", _TIME_HINT)


class _CoordinatorRules:
    """The rules of one coordinator; ``resolved`` gives a value as Oozie would see it, None where EL decides."""

    def __init__(self, app: Coordinator, properties: Mapping[str, str] | None) -> None:
        self.app = app
        self.properties = properties
        self.undefined: set[str] = set()

    def all(self) -> Iterator[Diagnostic]:
        yield from self.frequency()
        yield from self.times()
        yield from self.controls()
        for dataset in self.app.datasets:
            if dataset.kind == "dataset":
                yield from self.dataset(dataset)
        yield from self.events()
        yield from self.workflow()
        yield from self.datasets_of_events()
        yield from self.span()
        for kind, events in (("input-events", self.app.inputs), ("output-events", self.app.outputs)):
            # Oozie looks at the first one only.
            for event in events[:1]:
                yield from self.instances(kind, event)

    def resolved(self, text: str) -> str | None:
        text = text.strip()
        known = self.properties or {}
        text = _VARIABLE.sub(lambda match: known.get(match[1], match[0]), text)
        return None if "${" in text else text

    def variables(self, where: str, text: str, line: int = 0) -> Iterator[Diagnostic]:
        """E1004 for a name that no property defines, once a name."""
        if self.properties is None:
            return
        for name in _VARIABLE.findall(text):
            if name not in self.properties and name not in _CONSTANTS and name not in self.undefined:
                self.undefined.add(name)
                hint = did_you_mean(name, self.properties, "define it in job.properties")
                yield self.about("E1004", f"{where} needs the property '{name}', which is defined nowhere", hint, line)

    def about(self, code: str, message: str, hint: str, line: int = 0, node: str = "") -> Diagnostic:
        return Diagnostic(code, message, hint, line=line or self.app.line, node=node)

    def frequency(self) -> Iterator[Diagnostic]:
        text = self.app.frequency
        yield from self.variables("the frequency", text)
        if call := _FREQUENCY_CALL.fullmatch(text.strip()):
            yield from self.frequency_function(call[1])
            return
        value = self.resolved(text)
        if value is None or _integer(value) is not None:
            return
        try:
            parse_cron(value)
        except CronError as error:
            hint = "write minutes (150), a function (${coord:days(1)}) or five cron fields (0 8 * * MON-FRI)"
            yield self.about("E1003", f"frequency '{value}': {error}", hint)

    def frequency_function(self, name: str, line: int = 0) -> Iterator[Diagnostic]:
        if name not in FREQUENCY_FUNCTIONS:
            known = [f"coord:{function}" for function in FREQUENCY_FUNCTIONS]
            hint = did_you_mean(f"coord:{name}", known, f"known here: {', '.join(known)}")
            yield self.about("E1004", f"there is no function coord:{name} for a frequency", hint, line)

    def times(self) -> Iterator[Diagnostic]:
        for name, text in (("start", self.app.start), ("end", self.app.end)):
            yield from self.variables(name, text)
            yield from self.valid(name, text, parse_time, _TIME_HINT)
        yield from self.variables("the timezone", self.app.timezone)
        yield from self.valid("timezone", self.app.timezone, time_zone, "write UTC, GMT+0530 or Asia/Bangkok")

    def valid(
        self, name: str, text: str, parse: Callable[[str], object], hint: str, line: int = 0, node: str = ""
    ) -> Iterator[Diagnostic]:
        """E1003 for a value that ``parse`` refuses."""
        value = self.resolved(text)
        if value is not None:
            try:
                parse(value)
            except TimeError as error:
                yield self.about("E1003", f"{name}: {error}", hint, line, node)

    def controls(self) -> Iterator[Diagnostic]:
        controls = self.app.controls
        if controls is None:
            return
        fields = {
            "timeout": controls.timeout,
            "concurrency": controls.concurrency,
            "throttle": controls.throttle,
            "execution": controls.execution,
        }
        for name, text in fields.items():
            yield from self.variables(name, text)
            value = self.resolved(text)
            if not value:
                continue
            if name == "execution":
                if value not in EXECUTIONS:
                    hint = f"it is one of {', '.join(EXECUTIONS)}"
                    yield self.about("E1003", f"there is no execution order '{value}'", hint)
            elif _integer(value) is None:
                yield self.about("E1003", f"{name} '{value}' is no whole number", "write a number")

    def dataset(self, dataset: Dataset) -> Iterator[Diagnostic]:
        where = f"dataset '{dataset.name}'"
        line, node = dataset.line, dataset.name
        yield from self.variables(where, dataset.frequency, line)
        call = _FREQUENCY_CALL.fullmatch(dataset.frequency.strip())
        value = call[2] if call else self.resolved(dataset.frequency)
        if call:
            yield from self.frequency_function(call[1], line)
        if value is not None and (_integer(value) or 0) <= 0:
            hint = "a dataset's frequency is a number of minutes or a function, never cron"
            yield self.about("E1003", f"{where}: frequency '{value}' is no positive whole number", hint, line, node)
        first = dataset.initial_instance
        yield from self.variables(where, first, line)
        yield from self.valid(f"{where}: initial-instance", first, parse_time, _TIME_HINT, line, node)
        if (moment := self.moment(first)) and moment < _EPOCH:
            hint = "Oozie counts instances from 1970-01-01T00:00Z at the earliest"
            yield self.about("E1021", f"{where}: initial-instance {first} is before 1970", hint, line, node)
        yield from self.variables(where, dataset.timezone, line)
        hint = "write UTC, GMT+0530 or Asia/Bangkok"
        yield from self.valid(f"{where}: timezone", dataset.timezone, time_zone, hint, line, node)
        yield from self.variables(where, dataset.uri_template, line)
        yield from self.variables(where, dataset.done_flag or "", line)

    def moment(self, text: str) -> datetime | None:
        value = self.resolved(text)
        try:
            return None if value is None else parse_time(value)
        except TimeError:
            return None

    def events(self) -> Iterator[Diagnostic]:
        for tag, events in (("data-in", self.app.inputs), ("data-out", self.app.outputs)):
            names = Counter(event.name for event in events)
            for event in events:
                if names.pop(event.name, 0) > 1:
                    message = f"there are two {tag} called '{event.name}'"
                    yield self.about("E0803", message, "give each a name of its own", event.line, event.name)
                texts = [event.dataset, *event.instances, event.start_instance, event.end_instance]
                for text in texts:
                    yield from self.variables(f"{tag} '{event.name}'", text, event.line)

    def workflow(self) -> Iterator[Diagnostic]:
        yield from self.variables("the app-path", self.app.app_path)
        for name, value in self.app.configuration:
            yield from self.variables(f"property '{name}' of the workflow", value)

    def datasets_of_events(self) -> Iterator[Diagnostic]:
        """E0803 for a dataset that is defined nowhere; an included file may define any."""
        known = [dataset.name for dataset in self.app.datasets if dataset.kind == "dataset"]
        if self.app.includes:
            return
        for event in chain(self.app.inputs, self.app.outputs):
            name = self.resolved(event.dataset)
            if name is not None and name not in known:
                hint = did_you_mean(name, known, "define it in <datasets>")
                message = f"'{event.name}' names the dataset '{name}', which is not defined"
                yield self.about("E0803", message, hint, event.line, event.name)

    def span(self) -> Iterator[Diagnostic]:
        """E1003 for a coordinator that never runs, or runs too often."""
        start, end = self.moment(self.app.start), self.moment(self.app.end)
        if start and end and start >= end:
            yield self.about("E1003", f"start {self.app.start} is not before end {self.app.end}", "move one of them")
            return
        call = _FREQUENCY_CALL.fullmatch(self.app.frequency.strip())
        value = call[2] if call else self.resolved(self.app.frequency)
        if value is None:
            return
        number = _integer(value)
        if number is not None:
            minutes = FREQUENCY_FUNCTIONS.get(call[1], 0) if call else 1
            if number == 0 or (minutes == 1 and number < SHORTEST_FREQUENCY_MINUTES):
                hint = "or set oozie.service.coord.check.maximum.frequency=false on the server"
                message = f"a frequency of {value} is below the {SHORTEST_FREQUENCY_MINUTES} minutes that Oozie allows"
                yield self.about("E1003", message, f"write {SHORTEST_FREQUENCY_MINUTES} or more, {hint}")
        elif start and end:
            yield from self.cron_span(value, start, end)

    def cron_span(self, value: str, start: datetime, end: datetime) -> Iterator[Diagnostic]:
        try:
            first = next(iter(nominal_times(parse_cron(value), start, end, time_zone("UTC"))), None)
        except (CronError, TimeError):
            return  # said before
        if first is None:
            message = f"frequency '{value}' gives no time between start and end"
            yield self.about("E1003", message, "move the end, or change the frequency")

    def instances(self, kind: str, event: DataEvent) -> Iterator[Diagnostic]:
        """E1021 for an empty instance, or several in one element."""
        texts = [("instance", text) for text in event.instances]
        texts = texts or [("start-instance", event.start_instance), ("end-instance", event.end_instance)]
        for tag, text in texts:
            where = f"<{tag}> of '{event.name}' in {kind}"
            if not text.strip():
                yield self.about("E1021", f"{where} is empty", "write ${coord:current(0)}", event.line, event.name)
            elif (has_several := _has_outer_comma(text)) is not False:
                problem = "holds several instances" if has_several else "has unbalanced brackets"
                hint = f"write one <{tag}> an instance" if tag == "instance" and kind == "input-events" else "write one"
                yield self.about("E1021", f"{where} {problem}: '{text.strip()}'", hint, event.line, event.name)


def _integer(text: str) -> int | None:
    """The number that Java's Integer.parseInt would see, None where it sees none."""
    if not _INTEGER.fullmatch(text):
        return None
    # Python refuses to read thousands of digits, even of zeros.
    number = int(text.lstrip("+-").lstrip("0") or "0") * (-1 if text.startswith("-") else 1)
    return number if number in _JAVA_INTEGERS else None


def _has_outer_comma(text: str) -> bool | None:
    """Whether a comma stands outside of a function's brackets; None where brackets do not match.

    Source: org.apache.oozie.util.StringUtils.checkStaticExistence.
    """
    braces = brackets = 0
    found = False
    for index, char in enumerate(text):
        if text.startswith("${", index):
            braces += 1
        elif char == "}":
            braces -= 1
        elif braces > 0 and char in "()":
            brackets += 1 if char == "(" else -1
        elif char == "," and (braces == 0 or brackets == 0):
            found = True
        if braces < 0 or brackets < 0:
            return None
    return None if braces or brackets else found
