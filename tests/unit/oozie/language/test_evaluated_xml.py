from __future__ import annotations

import pytest

from oozie.language.evaluated_xml import in_attribute, in_xml, is_xml


def test_a_text_is_escaped_as_in_a_file() -> None:
    assert in_xml('a < b & "c" > d') == 'a &lt; b &amp; "c" &gt; d'
    assert in_attribute('a < "b"') == "a &lt; &quot;b&quot;"


@pytest.mark.parametrize(
    ("text", "in_element", "in_attribute_too"),
    [
        ("plain", True, True),
        ("a &amp; b", True, True),
        ("a & b", False, False),
        ("<b/>", True, False),
        ("<b>", False, False),
        ('"quoted"', True, False),
    ],
)
def test_what_may_stand_in_xml(text: str, in_element: bool, in_attribute_too: bool) -> None:
    assert is_xml(text) is in_element
    assert is_xml(text, is_attribute=True) is in_attribute_too
