from __future__ import annotations

import pytest

from oozie.local.sqoop.delimiters import Delimiters, character, java_string
from oozie.local.sqoop.errors import ArgumentError


@pytest.mark.parametrize(
    ("written", "meant"),
    [(",", ","), (r"\t", "\t"), (r"\n", "\n"), (r"\0", "\0"), (r"\0x2c", ","), (r"\0X2C", ","), (r"\0054", ","),
     (r"\\", "\\"), ("\\", "\\"), (r"\"", '"'), ("ab", "a"), (r"\0001", "\x01")],
)  # fmt: skip
def test_character(written, meant):
    assert character("--fields-terminated-by", written) == meant


@pytest.mark.parametrize("written", ["", r"\q", r"\tt", r"\0x", r"\09", r"\0xzz"])
def test_no_character(written):
    with pytest.raises(ArgumentError, match="H421 --escaped-by"):
        character("--escaped-by", written)


def test_java_string():
    assert java_string("--null-string", r"\\N") == r"\N"
    assert java_string("--null-string", "") == ""
    for wrong in (r"\N", 'a"b', "a\\"):
        with pytest.raises(ArgumentError):
            java_string("--null-string", wrong)


# Given the delimiters, a value is written so. Source: org.apache.sqoop.lib.FieldFormatter.
RENDERED = [
    (Delimiters(), 'a,b"c\\d', 'a,b"c\\d'),
    (Delimiters(escape="\\"), "a,b\\c\nd", "a\\,b\\\\c\\\nd"),
    (Delimiters(enclose='"', enclose_always=True), 'a"b', '"a"b"'),
    (Delimiters(enclose='"', escape="\\", enclose_always=True), 'a"b,', '"a\\"b,"'),
    (Delimiters(enclose='"'), "ab", "ab"),
    (Delimiters(enclose='"'), "a,b", '"a,b"'),
    (Delimiters(enclose="'", escape="\\"), "it's", "it\\'s"),
]


@pytest.mark.parametrize(("delimiters", "value", "line"), RENDERED)
def test_render(delimiters, value, line):
    assert delimiters.render(value) == line
