"""Coordinators that run: what becomes of each action and of the job, in the words of both engines.

``runs.txt`` has one coordinator after the other, hourly from 2024-01-01T00:00Z. A line each says what is otherwise than
usual (``instances``, ``controls``, ``input``, ``done-flag``, ``workflow``), which files are ``there`` and which come
``later``; the last one says how the actions and the job end::

    [a time-out]
    controls: <timeout>0</timeout>
    input: ${coord:current(0)}
    there: 00/_SUCCESS 02/_SUCCESS
    => SUCCEEDED TIMEDOUT SUCCEEDED: DONEWITHERROR
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_TEXT = Path(__file__).with_name("runs.txt")
_HERE = re.compile(r"    here: '(?P<value>.*)' since (?P<reason>.*)")
_APP = """<coordinator-app name="runs" frequency="60" start="2024-01-01T00:00Z" end="2024-01-01T{end:02}:00Z"
    timezone="UTC" xmlns="uri:oozie:coordinator:0.4"><controls>{controls}</controls>{data}
  <action><workflow><app-path>${{place}}/{path}</app-path></workflow></action>
</coordinator-app>"""
_DATA = """<datasets><dataset name="d" frequency="60" initial-instance="2024-01-01T00:00Z" timezone="UTC">
  <uri-template>${{place}}/in/${{HOUR}}</uri-template>{flag}</dataset></datasets>
  <input-events><data-in name="i" dataset="d">{instances}</data-in></input-events>"""
_WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="w">{start}
  <kill name="fail"><message>on purpose</message></kill><end name="end"/></workflow-app>"""
_DECISION = """<start to="d"/><decision name="d"><switch>{case}<default to="end"/></switch></decision>"""
_WORKFLOWS = {
    "ends": '<start to="end"/>',
    "fails": _DECISION.format(case='<case to="fail">${true}</case>'),
    "cannot be evaluated": _DECISION.format(case='<case to="end">${nothing}</case>'),
    "has wrong XML": "<begin/>",
    "lacks a parameter": '<parameters><property><name>p</name></property></parameters><start to="end"/>',
}
WORKFLOW_IS_MISSING = "is missing"


@dataclass(frozen=True)
class Run:
    """One coordinator, and how its actions and its job end; ``here`` and ``reason`` where ours differs."""

    name: str
    says: dict[str, str] = field(default_factory=dict)
    oozie: str = ""
    here: str | None = None
    reason: str = ""

    @property
    def ours(self) -> str:
        """How it ends on the local engine."""
        return self.oozie if self.here is None else self.here

    @property
    def instances(self) -> int:
        """How many actions the calendar has."""
        return int(self.says.get("instances", "3"))

    @property
    def app(self) -> str:
        """coordinator.xml; ``place`` is a property of the job."""
        texts = [text.strip() for text in self.says.get("input", "").split(" .. ") if text]
        tags = ("instance",) if len(texts) == 1 else ("start-instance", "end-instance")
        instances = "".join(f"<{tag}>{text}</{tag}>" for tag, text in zip(tags, texts, strict=bool(texts)))
        flag = f"<done-flag>{self.says['done-flag']}</done-flag>" if "done-flag" in self.says else ""
        data = _DATA.format(flag=flag, instances=instances) if texts else ""
        return _APP.format(end=self.instances, controls=self.says.get("controls", ""), data=data, path="workflow")

    @property
    def workflow(self) -> str | None:
        """workflow.xml, None when there is none."""
        kind = self.says.get("workflow", "ends")
        return None if kind == WORKFLOW_IS_MISSING else _WORKFLOW.format(start=_WORKFLOWS[kind])

    @property
    def there(self) -> list[str]:
        """The files and folders (with a slash at their end) that are there from the start."""
        return self.says.get("there", "").split()

    @property
    def later(self) -> list[str]:
        """Those that come while actions wait."""
        return self.says.get("later", "").split()


def runs() -> list[Run]:
    """The coordinators of runs.txt."""
    found: list[Run] = []
    name, says = "", dict[str, str]()
    for line in _TEXT.read_text("utf-8").splitlines():
        if line.startswith("["):
            name, says = line.strip("[]"), {}
        elif line.startswith("=> "):
            found.append(Run(name, says, line.removeprefix("=> ")))
        elif match := _HERE.fullmatch(line):
            last = found.pop()
            found.append(Run(last.name, last.says, last.oozie, match["value"], match["reason"]))
        elif line and not line.startswith("# "):
            key, _, value = line.partition(":")
            says[key] = value.strip()
    return found
