from __future__ import annotations

import pytest

from oozie.language.lints.subject import Subject, counted
from oozie.language.model import End, Start, Workflow

FILES = {"a/workflow.xml": b"", "a/sub.xml": b"", "a/lib/x-1.0.jar": b"", "a/lib/notes.txt": b"", "b/lib/y.jar": b""}
APP = Workflow("w", (Start("end"), End("end")))


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


def test_numbers_of_things() -> None:
    assert (counted(1, "action"), counted(0, "jar")) == ("1 action", "0 jars")
