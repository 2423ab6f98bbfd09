from __future__ import annotations

from oozie.language.handing_down import configuration_for, inherits
from oozie.language.model import Action, Bundle, BundleMember, Coordinator, Element, Workflow

KNOWN = {"root": "/data"}


def sub_workflow(name: str, value: str, *more: Element) -> Action:
    pair = Element("property", children=(Element("name", text=" p "), Element("value", text=value)))
    holder = Element("configuration", children=(pair,))
    return Action(name, Element("sub-workflow", children=(*more, holder)), "end", "end")


def test_a_coordinator_writes_for_its_workflow() -> None:
    app = Coordinator("c", "60", "s", "e", "UTC", "/w", ((" dir ", "${root}/in"), ("day", "${coord:nominalTime()}")))

    assert configuration_for(app, "", KNOWN) == {"dir": "/data/in", "day": "${coord:nominalTime()}"}


def test_a_bundle_writes_for_each_coordinator_its_own() -> None:
    app = Bundle("b", (BundleMember("m", "/m", (("x", "1"),)), BundleMember("n", "/n", (("y", "2"),))))

    assert configuration_for(app, "n", KNOWN) == {"y": "2"}
    assert configuration_for(app, None, KNOWN) == {"x": "1", "y": "2"}
    assert configuration_for(app, "o", KNOWN) == {}


def test_a_workflow_writes_for_its_sub_workflows() -> None:
    app = Workflow("w", (sub_workflow("a", "${root}"), sub_workflow("b", "2"), Action("c", Element("fs"), "e", "e")))

    assert configuration_for(app, "a", KNOWN) == {"p": "/data"}
    assert configuration_for(app, "c", KNOWN) == {}


def test_a_sub_workflow_may_inherit_all() -> None:
    assert inherits(sub_workflow("a", "1", Element("propagate-configuration")))
    assert not inherits(sub_workflow("a", "1"))
