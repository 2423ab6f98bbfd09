"""Rules for coordinators, in the order in which Oozie applies them when it takes one in.

Expressions are tried as Oozie tries them then (:mod:`oozie.language.el.submission`); what depends on properties that
are not known is passed over. Source: org.apache.oozie.command.coord.CoordSubmitXCommand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from itertools import chain
from typing import TypeVar

from oozie.language.calendar import CronError, TimeError, nominal_times, parse_cron, parse_time, time_zone
from oozie.language.el.errors import ElError
from oozie.language.el.submission import Place, Submission
from oozie.language.evaluated_xml import in_xml
from oozie.language.included_files import Included
from oozie.language.java_numbers import java_integer
from oozie.language.model import Coordinator, DataEvent, Dataset, Element
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_T = TypeVar("_T")

EXECUTIONS = ("FIFO", "LIFO", "LAST_ONLY", "NONE")
SHORTEST_FREQUENCY_MINUTES = 5
# A text in a column of Oozie's database.
LONGEST_TEXT = 255

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TIME_HINT = "write it as 2026-01-31T08:00Z, in UTC"
_WITH_OFFSET = re.compile(r":\d\d([+-]\d{4})\Z")
_ZONE_HINT = "write UTC, GMT+0530 or Asia/Bangkok"
_UNRESOLVED = re.compile(r"variable \[([^]]*)\] cannot be resolved")


def coordinator_rules(
    app: Coordinator, properties: Mapping[str, str] | None, included: Included | None = None
) -> list[Diagnostic]:
    """What Oozie refuses in a coordinator, beside its schema and its parameters, and in the files that it includes.

    ``included`` is None where nobody knows what these hold.
    """
    rules = _CoordinatorRules(app, properties, included or Included(is_whole=not app.includes))
    rules.apply()
    return rules.findings


def too_long(what: str, value: str | None) -> tuple[str, str] | None:
    """What Oozie's database has against a text, and a hint; ``value`` is None where it is not known."""
    if value is None or len(value) <= LONGEST_TEXT:
        return None
    return f"{what} has {len(value)} characters", f"Oozie's database holds {LONGEST_TEXT}: write less"


class _CoordinatorRules:
    """The rules of one coordinator, applied in Oozie's order; what they find is collected."""

    def __init__(self, app: Coordinator, properties: Mapping[str, str] | None, included: Included) -> None:
        self.app = app
        self.properties = properties
        self.included = included
        self.path = ""  # of the file that is looked at, where it is not the coordinator's
        self.job = Submission.of(properties)
        self.findings: list[Diagnostic] = []
        self.undefined: set[str] = set()

    def apply(self) -> None:
        frequency, unit = self.frequency("the frequency", self.app.frequency)
        minutes = self.cron_or_number(frequency)
        name = self.tried("name", "the name", self.app.name, "E0803")
        start, end = (self.time(name, text) for name, text in (("start", self.app.start), ("end", self.app.end)))
        self.zone("timezone", self.app.timezone)
        self.controls()
        for text in self.app.includes:
            self.tried("settings", "an <include>", text)
        for dataset in self.app.datasets:
            if dataset.kind == "dataset":
                self.dataset(dataset)
        path: str | None = self.app.app_path
        if self.app.datasets or self.app.includes:
            path = self.tried("settings", "the app-path", self.app.app_path)
        for event in chain(self.app.inputs, self.app.outputs):
            self.tried("instance", f"the dataset of '{event.name}'", event.dataset, line=event.line)
        self.events()
        self.input_logic()
        if path is not None:  # what comes of it is tried once more
            self.tried("settings", "the app-path", path)
        self.workflow()
        self.included_files()
        self.datasets_of_events()
        if start and end:
            self.span(start, end, frequency, minutes, unit)
        for kind, events in (("input-events", self.app.inputs), ("output-events", self.app.outputs)):
            for event in events[:1]:  # Oozie looks at the first one only
                self.instances(kind, event)
        if problem := too_long("the name", name):
            self.add("E0803", *problem)

    def add(self, code: str, message: str, hint: str, line: int = 0, node: str = "") -> None:
        finding = Diagnostic(code, message, hint, self.path, line or self.app.line, node)
        if finding not in self.findings:  # Oozie tries the app-path twice
            self.findings.append(finding)

    def tried(self, place: Place, where: str, text: str, code: str = "E1004", line: int = 0) -> str | None:
        """The value of ``text``, None where it cannot be told; what is wrong in it is a finding."""
        try:
            return self.job.tried(place, text.strip() if place != "name" else text)
        except ElError as error:
            self.expression(error, where, code, line)
            return None

    def expression(self, error: ElError, where: str, code: str, line: int) -> None:
        """What is wrong in an expression; a property that is defined nowhere is named once."""
        missing = _UNRESOLVED.search(error.reason)
        if missing is None:
            self.add(code, f"{where}: {str(error).partition(' ')[2]}", error.diagnostics[0].hint, line)
        elif missing[1] not in self.undefined:
            self.undefined.add(missing[1])
            hint = did_you_mean(missing[1], self.properties or {}, "define it in job.properties")
            self.add(code, f"{where} needs the property '{missing[1]}', which is defined nowhere", hint, line)

    def frequency(self, where: str, text: str, line: int = 0) -> tuple[str | None, str]:
        """Its value, and the unit of its function."""
        try:
            value, unit, at_end = self.job.frequency(text.strip())
        except ElError as error:
            self.expression(error, where, "E1004", line)
            return None, ""
        return value, "END" if at_end else unit

    def cron_or_number(self, value: str | None) -> int | None:
        """The number that a frequency is; cron is checked."""
        if value is None:
            return None
        number = java_integer(value)
        if number is None:
            try:
                parse_cron(value)
            except CronError as error:
                hint = "write minutes (150), a function (${coord:days(1)}) or five cron fields (0 8 * * MON-FRI)"
                self.add(error.code, f"frequency '{value}': {error}", hint)
        return number

    def time(self, where: str, text: str, place: Place = "settings", line: int = 0, node: str = "") -> datetime | None:
        value = self.tried(place, where, text, line=line)
        if value is None:
            return None
        offset = _WITH_OFFSET.search(value)
        elsewhere = f"; a server with oozie.processing.timezone=GMT{offset[1]} takes it as it is" if offset else ""
        return self.valid(where, value, parse_time, TIME_HINT + elsewhere, line, node)

    def zone(self, where: str, text: str, line: int = 0, node: str = "") -> None:
        value = self.tried("settings", where, text, line=line)
        if value is not None:
            self.valid(where, value, time_zone, _ZONE_HINT, line, node)

    def valid(self, where: str, value: str, parse: Callable[[str], _T], hint: str, line: int, node: str) -> _T | None:
        """What ``parse`` makes of a value; E1003 where it refuses."""
        try:
            return parse(value)
        except TimeError as error:
            self.add("E1003", f"{where}: {error}", hint, line, node)
            return None

    def controls(self) -> None:
        controls = self.app.controls
        if controls is None:
            return
        numbers = {"timeout": controls.timeout, "concurrency": controls.concurrency, "throttle": controls.throttle}
        for name, text in numbers.items():
            value = self.tried("timeout" if name == "timeout" else "settings", name, text)
            if value and java_integer(value) is None:
                self.add("E1003", f"{name} '{value}' is no whole number", "write a number")
        value = self.tried("settings", "execution", controls.execution)
        if value and value not in EXECUTIONS:
            self.add("E1003", f"there is no execution order '{value}'", f"it is one of {', '.join(EXECUTIONS)}")

    def dataset(self, dataset: Dataset) -> None:
        where, line, node = f"dataset '{dataset.name}'", dataset.line, dataset.name
        value, _ = self.frequency(where, dataset.frequency, line)
        if value is not None and (java_integer(value) or 0) <= 0:
            hint = "a dataset's frequency is a number of minutes or a function, never cron"
            self.add("E1003", f"{where}: frequency '{value}' is no positive whole number", hint, line, node)
        first = self.time(f"{where}: initial-instance", dataset.initial_instance, "initial-instance", line, node)
        if first is not None and first < _EPOCH:
            hint = "Oozie counts instances from 1970-01-01T00:00Z at the earliest"
            message = f"{where}: initial-instance {dataset.initial_instance} is before 1970"
            self.add("E1021", message, hint, line, node)
        self.zone(f"{where}: timezone", dataset.timezone, line, node)
        self.tried("settings", where, dataset.uri_template, line=line)
        self.tried("settings", where, dataset.done_flag or "", line=line)

    def events(self) -> None:
        for tag, events in (("data-in", self.app.inputs), ("data-out", self.app.outputs)):
            names: set[str] = set()
            for event in events:
                if event.name in names:
                    message = f"there are two {tag} called '{event.name}'"
                    self.add("E0803", message, "give each a name of its own", event.line, event.name)
                names.add(event.name)
                for text in (*event.instances, event.start_instance, event.end_instance):
                    self.tried("instance", f"{tag} '{event.name}'", text, line=event.line)

    def input_logic(self) -> None:
        for element in _combined(self.app.input_logic):
            for name in ("dataset", "name", "or", "and", "combine"):
                self.tried("instance", "input-logic", element.attribute(name), line=element.line)

    def workflow(self) -> None:
        combined = _names_in(self.app.input_logic)
        inputs = {event.name for event in self.app.inputs} | combined
        outputs = {event.name for event in self.app.outputs}
        # Oozie keeps one list of both: of a name that stands twice it knows the last use.
        self.job = replace(self.job, inputs=inputs - (outputs - combined), outputs=outputs)
        for name, value in self.app.configuration:
            for text in (name, value):
                self.tried("data", f"property '{name}' of the workflow", text)
        if self.app.sla is not None:
            self.sla(self.app.sla)

    def sla(self, sla: Element) -> None:
        """Each text is tried like a setting, which need not succeed, and what comes of all of them at once."""
        texts = []
        for child in sla.children:
            first = self.quietly("settings", child.text)
            texts.append(in_xml(child.text if first is None else first))
            self.tried("coord-sla", f"sla:{child.tag}", texts[-1], "E0803", child.line)
        if not self.findings:
            self.tried("coord-sla", "sla:info", "".join(texts), "E0803", sla.line)

    def included_files(self) -> None:
        """What Oozie finds when it reads them: of each first the values of its datasets."""
        for each in self.included.found:
            if isinstance(each, Diagnostic):
                self.findings.append(each)
                continue
            self.path = each.path
            for dataset in each.datasets:
                self.dataset(dataset)
            self.path = ""

    def datasets_of_events(self) -> None:
        """E0803 for a dataset that is defined nowhere; an included file that is not here may define any."""
        if not self.included.is_whole:
            return
        own = (dataset for dataset in self.app.datasets if dataset.kind == "dataset")
        known = [dataset.name for dataset in (*own, *self.included.datasets)]
        for event in chain(self.app.inputs, self.app.outputs):
            name = self.quietly("instance", event.dataset)
            if name is not None and name not in known:
                hint = did_you_mean(name, known, "define it in <datasets>")
                if file := self.included.hidden.get(name):
                    hint = f"an included file has no namespace: remove the xmlns of '{file}', so that Oozie finds it"
                message = f"'{event.name}' names the dataset '{name}', which is not defined"
                self.add("E0803", message, hint, event.line, event.name)

    def quietly(self, place: Place, text: str) -> str | None:
        """As :meth:`tried`, where an error is said elsewhere or does not count."""
        try:
            return self.job.tried(place, text.strip())
        except ElError:
            return None

    def span(self, start: datetime, end: datetime, frequency: str | None, number: int | None, unit: str) -> None:
        """E1003 for a coordinator that never runs, or runs too often."""
        if start >= end:
            self.add("E1003", f"start {self.app.start} is not before end {self.app.end}", "move one of them")
        elif number is not None:
            if number == 0 or (unit == "MINUTE" and number < SHORTEST_FREQUENCY_MINUTES):
                hint = "or set oozie.service.coord.check.maximum.frequency=false on the server"
                message = (
                    f"a frequency of {frequency} is below the {SHORTEST_FREQUENCY_MINUTES} minutes that Oozie allows"
                )
                self.add("E1003", message, f"write {SHORTEST_FREQUENCY_MINUTES} or more, {hint}")
        elif frequency is not None:
            self.cron_span(frequency, start, end)

    def cron_span(self, value: str, start: datetime, end: datetime) -> None:
        try:
            first = next(iter(nominal_times(parse_cron(value), start, end, time_zone("UTC"))), None)
        except (CronError, TimeError):
            return  # said before
        if first is None:
            message = f"frequency '{value}' gives no time between start and end"
            self.add("E1003", message, "move the end, or change the frequency")

    def instances(self, kind: str, event: DataEvent) -> None:
        """E1021 for an empty instance, or several in one element."""
        texts = [("instance", text) for text in event.instances]
        texts = texts or [("start-instance", event.start_instance), ("end-instance", event.end_instance)]
        for tag, text in texts:
            where = f"<{tag}> of '{event.name}' in {kind}"
            if not text.strip():
                self.add("E1021", f"{where} is empty", "write ${coord:current(0)}", event.line, event.name)
            elif (has_several := _has_outer_comma(text)) is not False:
                problem = "holds several instances" if has_several else "has unbalanced brackets"
                hint = f"write one <{tag}> an instance" if tag == "instance" and kind == "input-events" else "write one"
                self.add("E1021", f"{where} {problem}: '{text.strip()}'", hint, event.line, event.name)


def _combined(input_logic: Element | None) -> Iterator[Element]:
    """What input-logic holds, at any depth."""
    if input_logic is not None:
        yield from (element for element in input_logic.walk() if element is not input_logic)


def _names_in(input_logic: Element | None) -> set[str]:
    """The names that input-logic gives to its combinations."""
    return {name for element in _combined(input_logic) if (name := element.attribute("name"))}


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
