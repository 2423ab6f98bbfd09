from __future__ import annotations

import pytest

from oozie.language.lints.subject import Subject, counted, settings
from oozie.language.model import Action, Element, End, Start, Workflow

FILES = {"a/workflow.xml": b"", "a/sub.xml": b"", "a/lib/x-1.0.jar": b"", "a/lib/notes.txt": b"", "b/lib/y.jar": b""}
APP = Workflow("w", (Start("end"), End("end")))


def configuration(**values: str) -> Element:
    properties = (
        Element("property", children=(Element("name", text=name), Element("value", text=value)))
        for name, value in values.items()
    )
    return Element("configuration", children=tuple(properties))


def test_a_subject_knows_its_folder() -> None:
    subject = Subject(APP, "a/workflow.xml", FILES, None)

    assert list(subject.siblings(".xml")) == ["a/sub.xml"]
    assert subject.libraries == ["x-1.0.jar"]
    assert subject.known == {}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        (" ${x}/y ", "1/y"),
        ("${wf:conf('x')}", "1"),
        ("${z}", "${z}"),
        ("${x + 1}", "${x + 1}"),
        ("${wf:id()}", "${wf:id()}"),
    ],
)
def test_texts_are_filled_with_what_is_known(text: str, filled: str) -> None:
    assert Subject(APP, "w.xml", {}, {"x": "1"}).filled(text) == filled


def test_an_actions_settings_go_over_the_global_ones() -> None:
    action = Action("a", Element("pig", children=(configuration(x="2", y="3"),)), "end", "end")
    app = Workflow("w", (action,), global_section=Element("global", children=(configuration(x="1", z=" 4 "),)))

    assert settings(app, action) == {"x": "2", "y": "3", "z": "4"}


def test_numbers_of_things() -> None:
    assert (counted(1, "action"), counted(0, "jar")) == ("1 action", "0 jars")
