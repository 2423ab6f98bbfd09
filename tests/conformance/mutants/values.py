"""Values that are wrong, odd or only just right, for what has a meaning of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.conformance.mutants.trees import Operator, Tree, elements_of, set_to, tag_of

_TIMES = (
    "", "2040-01-01", "2040-01-01T00:00", "2040-1-1T0:0Z", "2040-13-01T00:00Z", "2040-02-30T00:00Z", "01/02/2040",
    "2040-01-01T00:00+0000", "2040-01-01T24:00Z", "2040-01-01T00:00:00Z", "1969-12-31T23:59Z", "2050-01-01T00:00Z",
    "${start}", "${nobody}", "${coord:nominalTime()}", " 2040-01-01T00:00Z ", "now", "2040-01-01T00:00z",
)  # fmt: skip
_ZONES = (
    "", "utc", "UTC+1", "GMT+01:00", "GMT+0100", "GMT+1", "GMT+25:00", "Europe/Rom", "Europe/Rome", "PST", "CET",
    "${kind}", "EST5EDT", "europe/rome", "Z", "+0100",
)  # fmt: skip
_FREQUENCIES = (
    "", "0", "1", "4", "5", "-5", "+60", "1.5", "60.0", "abc", "99999999999", "060", " 60 ", "60 minutes",
    "${coord:minutes(3)}", "${coord:minutes(0)}", "${coord:hours(0)}", "${coord:days(-1)}", "${coord:days('a')}",
    "${coord:days()}", "${coord:weeks(1)}", "${coord:months(1)}", "${coord:endOfWeeks(1)}", "${coord:days(1.5)}",
    "${coord:hours(2)", "${60 + 60}", "${nobody}", "${kind}", "${coord:current(0)}", "${coord:days(1)} ",
    "0 8 * * *", "60 8 * * *", "0 24 * * *", "0 8 32 * *", "0 8 * 13 *", "0 8 * * 8", "0 8 * * MON", "0 8 * *",
    "0 8 * * * *", "*/10 * * * *", "*/70 * * * *", "0 8 1 1 1", "0 8 ? * ?", "0 8 L * ?", "0  8 * * *", "0 0 30 2 *",
)  # fmt: skip
_NUMBERS = ("", "0", "-1", "1.5", "abc", "99999999999", "${kind}", "${2 + 3}", "${nobody}", " 5 ", "+5", "0x10")
_INSTANCES = (
    "", " ", "${coord:current(0)}, ${coord:current(1)}", "${coord:current(0)},2040-01-01T00:00Z", "2040-01-01T00:00Z",
    "${coord:current(0, 1)}", "${coord:current()}", "${coord:current('a')}", "${coord:latest(0)}", "${coord:latest(1)}",
    "${coord:future(0, 5)}", "${coord:future(-1, 5)}", "${coord:offset(0, 'DAY')}", "${coord:offset(0, 'WEEK')}",
    "${coord:currentRange(-1, 0)}", "${coord:latestRange(-1, 0)}", "${coord:nowhere(0)}", "${coord:dataIn('in')}",
    "${coord:days(1)}", "${coord:current(0)", "coord:current(0)", "${nobody}", "${day}", "tomorrow",
    "${coord:endOfMonths(-1)}", "${coord:absolute('2040-01-01T00:00Z')}", "${coord:current(0))}", "a(b,c)", "a,b",
)  # fmt: skip
_DATA = (
    "${coord:dataIn('nobody')}", "${coord:dataOut('nobody')}", "${coord:dataIn()}", "${coord:nominalTime()}",
    "${coord:actualTime(1)}", "${coord:nowhere()}", "${wf:id()}", "${nobody}", "${", "a}b", "${coord:conf('nobody')}",
    "${coord:formatTime('x', 'y')}", "${coord:dateOffset('2040-01-01T00:00Z', 1, 'DAY')}", "${coord:current(0)}",
    "&lt;", "a < b & c", "${1 / 0}", "${coord:dataIn('in'", "${coord:tzOffset()}", "${coord:epochTime('a', 'b')}",
)  # fmt: skip
_SLA_MINUTES = ("", "abc", "-5", "0", "1.5", "${10 * MINUTES}", "${nobody}", "${", " 5 ", "${10 * minutes}", "1e3")
_NAMES = ("", " ", "${nobody}", "${kind}", "${", "a" * 255, "a.b", "${wf:id()}", "${wf:conf('kind')}")
_RETRIES = ("", "0", "-1", "abc", "1.5", "${nobody}", "${retries}", "${", "99", "${wf:conf('a')}", " 2 ")
_WHOLE = ("", "abc", "-1", "1.5", " 512 ", "+512", "4294967295", "4294967296", "2147483648", "${kind}", "00512", "0x10")

# Tag (perhaps below another one), the attribute ("" its text) and what is written there.
_ROWS: tuple[tuple[str, str, Sequence[str]], ...] = (
    ("coordinator-app", "frequency", _FREQUENCIES),
    ("coordinator-app", "start", _TIMES),
    ("coordinator-app", "end", _TIMES),
    ("coordinator-app", "timezone", _ZONES),
    ("coordinator-app", "name", ("", " ", "${nobody}", "${kind}", "${", "a" * 255, "a.b", "${coord:days(1)}")),
    ("dataset", "frequency", _FREQUENCIES[:34]),
    ("dataset", "initial-instance", (*_TIMES, "1970-01-01T00:00Z", "0001-01-01T00:00Z")),
    ("dataset", "timezone", _ZONES[:9]),
    ("dataset", "name", ("", "logs", "a", "1a", "a.b", "a" * 60, "_a", "${kind}")),
    ("uri-template", "", ("", "${nobody}", "${YEAR}", "${", "${coord:current(0)}", "a,b", "${YEAR}/${nobody}", "x y")),
    ("done-flag", "", ("${nobody}", "${kind}", "${", "a/b")),
    ("timeout", "", (*_NUMBERS, "${coord:days(1)}", "${coord:minutes(a)}", "${coord:months(1)}")),
    ("concurrency", "", _NUMBERS),
    ("throttle", "", _NUMBERS),
    ("execution", "", ("", "fifo", "FIFO", "NONE", "LAST_ONLY", "LAST", " LIFO ", "${kind}", "${nobody}", "RANDOM")),
    ("instance", "", _INSTANCES),
    ("start-instance", "", _INSTANCES),
    ("end-instance", "", _INSTANCES[:20]),
    ("data-in", "dataset", ("", "nobody", "logs", "LOGS", "${kind}", "${nobody}", "${", " logs")),
    ("data-out", "dataset", ("", "nobody", "out", "${nobody}")),
    ("data-in", "name", ("", "other", "B", "1a", "a.b", "made", "a b", "a" * 129)),
    ("data-out", "name", ("", "in", "sold", "1a")),
    ("data-out", "nocleanup", ("", "yes", "TRUE", "1", "false", "${kind}")),
    ("combine", "min", ("", "a")),
    ("or", "min", ("", "a", "-1", "${nobody}")),
    ("or", "name", ("", "A", "${nobody}", "other")),
    ("and", "wait", ("", "a", "-1", "${nobody}")),
    ("value", "", _DATA),
    ("app-path", "", ("", " ", "${nobody}", "${", "${coord:nominalTime()}", "/nowhere", "a b", "${wf:id()}")),
    ("kick-off-time", "", (*_TIMES, "${bundle:conf('kind')}", "${bundle:conf('nobody')}")),
    ("coordinator", "name", ("", "two", "one", "all-one", "a b", "1a", "${nobody}", "${", "a" * 255)),
    ("coordinator", "enabled", ("", "yes", "${nobody}", "${", "TRUE")),
    ("coordinator", "critical", ("", "yes", "${nobody}")),
    ("bundle-app", "name", ("", "${nobody}", "${", "a" * 255, "${bundle:conf('kind')}", "&")),
    ("workflow-app", "name", _NAMES),
    ("action", "retry-max", _RETRIES),
    ("action", "retry-interval", ("", "abc", "${nobody}", "${1 + 1}")),
    ("action", "retry-policy", ("", "fast", "PERIODIC", "${nobody}", "${")),
    ("action", "cred", ("", "nobody", "${nobody}", "hs2,nobody")),
    ("nominal-time", "", _TIMES),
    ("should-start", "", _SLA_MINUTES),
    ("should-end", "", _SLA_MINUTES),
    ("max-duration", "", _SLA_MINUTES),
    ("alert-events", "", ("", "abc", "start_miss,", "END_MISS", "${nobody}")),
    ("memory.mb", "", _WHOLE),
    ("vcores", "", _WHOLE),
    ("delete", "skip-trash", ("", "yes", "TRUE", "1", " true ", "${kind}")),
    ("setrep", "replication-factor", ("", "abc", "32767", "32768", "-1", " 3 ", "${kind}", "+3")),
    ("chmod", "permissions", ("", "abc", "${kind}")),
    ("chmod", "dir-files", ("", "yes", "TRUE")),
    ("case", "", ("", " ", "${", "${nobody}", "true", "${no:body()}", "${wf:id(1)}")),
    ("message", "", ("", "${", "${nobody}", "${wf:id(}")),
    ("name", "", ("", " ", "${nobody}", "a b", "${", "start")),
    ("parameters name", "", ("", " ", "nobody", " inputDir ", "${kind}", "user.name", "a b")),
    ("parameters value", "", ("", " ", "${nobody}", "${")),
)  # fmt: skip


def _places(tag: str, attribute: str) -> Callable[[Tree], list[tuple[Tree, str]]]:
    above, _, own = tag.rpartition(" ")

    def places(root: Tree) -> list[tuple[Tree, str]]:
        found = [e for e in elements_of(root) if tag_of(e) == own]
        found = [e for e in found if not above or any(tag_of(a) == above for a in e.iterancestors())]
        if attribute:
            return [(e, attribute) for e in found if attribute in e.attrib]
        return [(e, "") for e in found if not len(e)]

    return places


def _operators() -> Iterator[Operator]:
    for tag, attribute, values in _ROWS:
        for number, value in enumerate(values):
            name = "-".join([*tag.split(), *filter(None, [attribute]), "is", str(number)])
            yield Operator(name, _places(tag, attribute), set_to(value), 1)


VALUE_OPERATORS = tuple(_operators())

# What the job is started with instead; None: the property is not there.
PROPERTY_CHANGES: Mapping[str, Mapping[str, str | None]] = {
    "without-inputDir": {"inputDir": None},
    "without-end": {"end": None},
    "without-start": {"start": None},
    "without-group": {"group": None},
    "without-kind": {"kind": None},
    "without-nightly": {"nightly": None},
    "without-day": {"day": None},
    "without-retries": {"retries": None},
    "without-nameNode": {"nameNode": "nothing"},
    "end-before-start": {"end": "2039-01-01T00:00Z"},
    "no-time": {"start": "today"},
    "constant-of-workflow": {"MB": "1"},
    "constant-of-coordinator": {"YEAR": "1"},
    "forks-not-checked": {"oozie.wf.validate.ForkJoin": "false"},
    "forks-perhaps-checked": {"oozie.wf.validate.ForkJoin": "no"},
    "markup-in-kind": {"kind": "a<b"},
    "expression-in-kind": {"kind": "${nightly}"},
}
