from __future__ import annotations

import pytest

from oozie.language.inheritance import settings, with_defaults
from oozie.language.model import Action, Element, Workflow


def configuration(**values: str) -> Element:
    properties = (
        Element("property", children=(Element("name", text=name), Element("value", text=value)))
        for name, value in values.items()
    )
    return Element("configuration", children=tuple(properties))


def test_an_actions_settings_go_over_the_global_ones() -> None:
    action = Action("a", Element("pig", children=(configuration(x="2", y="3"),)), "end", "end")
    app = Workflow("w", (action,), global_section=Element("global", children=(configuration(x="1", z=" 4 "),)))

    assert settings(app, action) == {"x": "2", "y": "3", "z": "4"}


def leaf(tag: str, text: str) -> Element:
    return Element(tag, text=text)


SHARED = Element(
    "global",
    children=(
        leaf("job-tracker", "jt"), leaf("name-node", "nn"), leaf("job-xml", "a.xml"), leaf("job-xml", "b.xml"),
        configuration(x="1"),
    ),
)  # fmt: skip


def said(body: Element) -> list[tuple[str, str]]:
    return [(child.tag, child.text) for child in with_defaults(body, SHARED).children]


def test_an_action_inherits_addresses_files_and_properties() -> None:
    body = Element("pig", children=(leaf("name-node", "own"), leaf("job-xml", "a.xml"), leaf("script", "s")))

    assert said(body) == [
        ("job-tracker", "jt"), ("job-xml", "b.xml"), ("name-node", "own"), ("job-xml", "a.xml"), ("script", "s"),
        ("configuration", ""),
    ]  # fmt: skip
    assert with_defaults(body, SHARED).configuration() == {"x": "1"}


@pytest.mark.parametrize("tag", ["email", "ssh"])
def test_some_actions_inherit_nothing(tag: str) -> None:
    assert said(Element(tag)) == []


def test_an_fs_action_has_no_job_tracker() -> None:
    assert "job-tracker" not in dict(said(Element("fs")))


def test_defaults_lie_below_all_and_not_below_a_sub_workflow() -> None:
    defaults = {"x": "0", "y": "0", "z": " "}

    assert with_defaults(Element("pig"), SHARED, defaults).configuration() == {"x": "1", "y": "0"}
    assert with_defaults(Element("sub-workflow"), SHARED, defaults).configuration() == {"x": "1"}


def test_a_property_without_a_value_is_none() -> None:
    body = Element("pig", children=(configuration(x=""),))

    assert with_defaults(body, SHARED).configuration() == {"x": "1"}
