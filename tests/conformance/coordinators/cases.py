"""Coordinators and what becomes of them, in the words of both engines.

``calendar.txt`` has a coordinator and its nominal times in two lines::

    ${coord:days(1)} | 2024-03-08T10:00Z | 2024-03-10T10:00Z | America/Los_Angeles
      2024-03-08T10:00Z 2024-03-09T10:00Z 2024-03-10T09:00Z

``values.txt`` has expressions, by the place where they stand; in brackets the place, what the dataset there is called
(or its frequency, first instance and time zone) and the nominal time::

    [instance hourly 2024-03-10T12:30Z]
    ${coord:current(0)} => /d/20240310-1200

Where Oozie refuses, its code stands there: the innermost one, since what goes wrong when an action is made comes out of
a dry run wrapped in E0803; E1012 stands for what has no code of its own inside. ``never ends`` is a coordinator upon
which Oozie loses a thread: nobody submits it again. Where the two engines differ, the line says what the real one
gives, and the next what ours does, and why::

    ${hadoop:conf('localhost:8020', 'fs.defaultFS')} => hdfs://localhost:8020
        here: '' since no cluster's configuration is read
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from oozie.language.calendar import format_time, parse_time

HERE = Path(__file__).parent
FOLDER = "/conformance"  # what stands in expected lines for the HDFS folder of a run
NAME_NODE = "hdfs://localhost:8020"
_HERE = re.compile(r"    here: (?:'(?P<value>.*)') since (?P<reason>.*)")


@dataclass(frozen=True)
class Line:
    """One case: where it stands, what is asked, what Oozie gives; ``here`` and ``reason`` where ours differs."""

    place: str
    text: str
    oozie: str
    here: str | None = None
    reason: str = ""

    @property
    def ours(self) -> str:
        """What the local engine gives."""
        return self.oozie if self.here is None else self.here

    @property
    def name(self) -> str:
        """For a test's report."""
        return f"{self.place} {self.text}".strip()


def values() -> list[Line]:
    """The expressions of values.txt."""
    found: list[Line] = []
    place = ""
    for text in _lines("values.txt"):
        if " =>" not in text:
            if match := _HERE.fullmatch(text):
                found[-1] = replace(found[-1], here=match["value"], reason=match["reason"])
            else:
                place = text.strip("[]")
            continue
        asked, _, expected = text.rpartition(" =>")
        found.append(Line(place, asked, expected.strip()))
    return found


def calendar() -> list[Line]:
    """The nominal times of calendar.txt; ``text`` is frequency, start, end and time zone."""
    found: list[Line] = []
    for text in _lines("calendar.txt"):
        if match := _HERE.fullmatch(text):
            found[-1] = replace(found[-1], here=match["value"], reason=match["reason"])
        elif text.startswith("  "):
            found[-1] = replace(found[-1], oozie=text.strip())
        else:
            found.append(Line("", text, ""))
    return found


def _lines(name: str) -> Iterator[str]:
    for text in (HERE / name).read_text("utf-8").splitlines():
        if text and not text.startswith("# "):
            yield text


# --- the coordinators of these lines ---------------------------------------------------------------------------------

PROPERTIES = {
    "nameNode": NAME_NODE,
    "queue": " daily ",
    "blanks": " two words ",
    "number": "6",
    "start": "2024-01-01T00:00Z",
    "timeout": "5",
    "order": "LIFO",
    "dotted.name": "d",
    "dashed-name": "e",
}
# Name -> frequency, initial-instance, time zone, folder.
DATASETS = {
    "constant": ("60", "2024-01-01T00:00Z", "UTC", "${nameNode}/conformance/constant"),
    "made": ("60", "2024-01-01T00:00Z", "UTC", "/made"),
    "hourly": ("60", "2024-01-01T00:00Z", "UTC", "/d"),
    "hourly-there": ("60", "2024-01-01T00:00Z", "America/Los_Angeles", "/d"),
    "daily": ("${coord:days(1)}", "2024-03-01T08:00Z", "America/Los_Angeles", "/d"),
    "monthly": ("${coord:months(1)}", "2023-01-31T00:00Z", "UTC", "/d"),
    "end-of-day": ("${coord:endOfDays(1)}", "2024-03-01T10:00Z", "America/Los_Angeles", "/d"),
    "end-of-week": ("${coord:endOfWeeks(1)}", "2024-01-01T10:00Z", "America/Los_Angeles", "/d"),
    "end-of-month": ("${coord:endOfMonths(1)}", "2023-01-01T10:00Z", "America/Los_Angeles", "/d"),
    "late": ("60", "2024-03-10T11:00Z", "UTC", "/d"),
    "future": ("60", "2024-04-10T11:00Z", "UTC", "/d"),
    # Weekly: latest looks from today on backwards, and asks the file system at each instance.
    "there": ("${coord:days(7)}", "2023-12-24T12:00Z", "UTC", "/conformance/there"),
}
# The directories that are there.
EXISTING = (
    f"{FOLDER}/constant",
    *(f"{FOLDER}/there/{day}-1200" for day in ("20231231", "20240218", "20240310", "20240331")),
)

_GIVEN = "given"  # what a dataset is called whose place says all of it
_CONTROLS = ("timeout", "concurrency", "throttle", "execution")
_INSTANCE = "/${YEAR}${MONTH}${DAY}-${HOUR}${MINUTE}"
_APP = """<coordinator-app name="values" frequency={frequency} start={start} end={end} timezone={zone}
    xmlns="uri:oozie:coordinator:0.4">{controls}{datasets}{inputs}{outputs}
  <action><workflow><app-path>{path}</app-path>{configuration}</workflow>{sla}</action>
</coordinator-app>"""
_SLA = """<sla:info xmlns:sla="uri:oozie:sla:0.2"><sla:nominal-time>${{coord:nominalTime()}}</sla:nominal-time>
  <sla:should-end>${{1 * HOURS}}</sla:should-end><sla:notification-msg>{text}</sla:notification-msg></sla:info>"""


def calendar_app(text: str) -> str:
    """The coordinator of one line of calendar.txt; it makes actions and starts none."""
    frequency, start, end, zone = text.split(" | ")
    controls = "<controls><concurrency>0</concurrency><throttle>500</throttle></controls>"
    return _app(frequency, start, end, zone, controls=controls)


def value_app(line: Line) -> str:
    """The coordinator of one line of values.txt."""
    kind, *rest = line.place.split()
    nominal = rest[-1] if rest else "2024-03-10T12:30Z"
    end = format_time(parse_time(nominal) + timedelta(minutes=30))
    parts = _PARTS[kind](kind, rest[0] if rest else "", escape(line.text))
    frequency = line.text if kind == "frequency" else "60"
    return _app(frequency, nominal, end, "America/Los_Angeles", **parts)


def _app(frequency: str, start: str, end: str, zone: str, **parts: str) -> str:
    place = {"controls": "", "datasets": "", "inputs": "", "outputs": "", "configuration": "", "sla": ""}
    place |= {"path": f"${{nameNode}}{FOLDER}/workflow"}
    times = {"frequency": frequency, "start": start, "end": end, "zone": zone}
    return _APP.format(**place | parts, **{name: quoteattr(value) for name, value in times.items()})


def _dataset(name: str, first: str = "", uri: str = "") -> str:
    if "|" in name:
        name, (frequency, initial, zone), folder = _GIVEN, name.split("|"), "/d"
    else:
        frequency, initial, zone, folder = DATASETS[name]
    uri = uri or escape(folder if name == "constant" else folder + _INSTANCE)
    return (
        f"<dataset name={quoteattr(name)} frequency={quoteattr(frequency)} timezone={quoteattr(zone)}"
        f" initial-instance={quoteattr(first or initial)}><uri-template>{uri}</uri-template><done-flag/></dataset>"
    )


def _event(tag: str, name: str, dataset: str, content: str) -> str:
    return f'<{tag} name="{name}" dataset="{dataset}">{content}</{tag}>'


def _instance(text: str = "${coord:current(0)}") -> str:
    return f"<instance>{text}</instance>"


def _range(text: str = "${coord:current(-1)} .. ${coord:current(0)}") -> str:
    start, _, end = text.partition(" ..")
    return f"<start-instance>{start}</start-instance><end-instance>{end.strip()}</end-instance>"


def _property(_kind: str, _name: str, text: str) -> dict[str, str]:
    inputs = _event("data-in", "in", "constant", _instance()) + _event("data-in", "several", "constant", _range())
    outputs = _event("data-out", "out", "made", _instance())
    return {
        "datasets": f"<datasets>{_dataset('constant')}{_dataset('made')}</datasets>",
        "inputs": f"<input-events>{inputs}</input-events>",
        "outputs": f"<output-events>{outputs}</output-events>",
        "configuration": f"<configuration><property><name>value</name><value>{text}</value></property></configuration>",
    }


def _input(kind: str, dataset: str, text: str) -> dict[str, str]:
    content = _range(text) if kind == "range" else _instance(text)
    tag, holder = ("data-out", "output-events") if kind == "output" else ("data-in", "input-events")
    name = _GIVEN if "|" in dataset else dataset
    return {
        "datasets": f"<datasets>{_dataset(dataset)}</datasets>",
        "outputs" if kind == "output" else "inputs": f"<{holder}>{_event(tag, 'e', name, content)}</{holder}>",
    }


def _declared(kind: str, _name: str, text: str) -> dict[str, str]:
    plain = text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
    dataset = _dataset("hourly", first=plain) if kind == "initial-instance" else _dataset("hourly", uri=text)
    inputs = _event("data-in", "e", "hourly", _instance())
    return {"datasets": f"<datasets>{dataset}</datasets>", "inputs": f"<input-events>{inputs}</input-events>"}


def _control(kind: str, _name: str, text: str) -> dict[str, str]:
    return {"controls": f"<controls><{kind}>{text}</{kind}></controls>"}


_PARTS = {
    "property": _property,
    "instance": _input,
    "range": _input,
    "output": _input,
    "initial-instance": _declared,
    "uri": _declared,
    "sla": lambda kind, name, text: {**_property(kind, name, ""), "sla": _SLA.format(text=text)},
    "frequency": lambda _kind, _name, _text: {},
    "app-path": lambda _kind, _name, text: {"path": text},
    **dict.fromkeys(_CONTROLS, _control),
}
