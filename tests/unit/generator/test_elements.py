from __future__ import annotations

import pytest

from generator import elements as xml
from generator.errors import DeclarationError
from oozie.language.model import Element


def test_none_is_no_element() -> None:
    assert xml.leaf("a", None) == ()
    assert xml.configuration({}) == ()
    assert xml.prepare((), ()) == ()
    assert xml.flag("a", False) == ()


def test_elements_keep_their_order() -> None:
    assert xml.body("x", xml.leaf("b", "1"), xml.leaves("a", ("2", "3"), "a")) == Element(
        "x", children=(Element("b", text="1"), Element("a", text="2"), Element("a", text="3"))
    )
    assert [child.tag for child in xml.prepare(("/a",), ("/b",))[0].children] == ["delete", "mkdir"]
    assert xml.body("x", xml.configuration({"b": "1", "a": "2"})).configuration() == {"b": "1", "a": "2"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "a is None"),
        (b"x", "a is b'x'"),
        ("  ", "a is empty"),
        ("\x00", "'\\x00'"),
        ("\ud800", "XML cannot carry"),
        ("${wf:conf('x'}", "a: "),
        ("--password=x", "gives a password"),
    ],
)
def test_text_that_cannot_be_is_refused_by_the_argument_s_name(value: object, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        xml.text("a", value)

    assert words in caught.value.diagnostics[0].message


def test_lists_and_mappings_are_told_from_texts() -> None:
    with pytest.raises(DeclarationError, match="a list or tuple is wanted"):
        xml.leaves("a", "abc", "args")
    with pytest.raises(DeclarationError, match="a mapping is wanted"):
        xml.assignments("a", "x=1", "params")
