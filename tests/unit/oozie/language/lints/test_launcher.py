from __future__ import annotations

import pytest

from oozie.language.lints.launcher import idle_launcher_settings
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, Element, End, Start, Workflow


def configuration(name: str, value: str) -> Element:
    entry = Element("property", children=(Element("name", text=name), Element("value", text=value)))
    return Element("configuration", children=(entry,), line=4)


def launcher(tag: str, text: str) -> Element:
    return Element("launcher", children=(Element(tag, text=text),))


def found(*children: Element, version: str = "1.0", everywhere: Element | None = None) -> list[str]:
    action = Action("a", Element("pig", children=children), "end", "end")
    app = Workflow("w", (Start("a"), action, End("end")), f"uri:oozie:workflow:{version}", global_section=everywhere)
    lints = list(idle_launcher_settings(Subject(app, "w.xml", {}, None)))
    assert all(lint.code == "H029" and lint.hint and lint.line == 4 for lint in lints)
    return [lint.message for lint in lints]


@pytest.mark.parametrize(
    "name", ["mapreduce.job.user.classpath.first", "mapreduce.job.ubertask.enable", "mapred.fairscheduler.pool"]
)
def test_what_oozie_5_does_not_read(name: str) -> None:
    setting = configuration(f"oozie.launcher.{name}", "true")

    assert found(setting) == [f"action 'a' sets oozie.launcher.{name}, which Oozie 5 does not read"]
    assert found(setting, version="0.5") == []
    assert found(configuration(name, "true")) == []


def test_the_launcher_element_wins() -> None:
    setting = configuration("oozie.launcher.mapreduce.map.memory.mb", "1024")

    assert found(setting, launcher("memory.mb", "2048")) == [
        "action 'a' sets oozie.launcher.mapreduce.map.memory.mb to 1024, but <launcher> says 2048, which wins"
    ]
    assert len(found(setting, everywhere=Element("global", children=(launcher("memory.mb", "2048"),)))) == 1
    assert found(setting, launcher("memory.mb", "1024")) == []
    assert found(setting, launcher("vcores", "2")) == []
    assert found(setting) == []
