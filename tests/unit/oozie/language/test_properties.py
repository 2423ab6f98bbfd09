from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oozie.language.errors import AppError
from oozie.language.properties import read_properties, resolve_properties, write_properties


# Each of these was read by java.util.Properties (17) too.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1\nb : 2\nc 3\nd", {"a": "1", "b": "2", "c": "3", "d": ""}),
        ("# c\n  ! d\n\n a = x # y", {"a": "x # y"}),
        ("a=1\na=2", {"a": "2"}),
        ("a=one \\\n   two\\\r\n\tthree", {"a": "one twothree"}),
        ("a=b\\\n#c", {"a": "b#c"}),
        ("a=b\\\\\nc=d", {"a": "b\\", "c": "d"}),
        (r"a\ b\=c\:d=e", {"a b=c:d": "e"}),
        ("a==b", {"a": "=b"}),
        (r"a=\u00e9\t\q", {"a": "é\tq"}),
        (r"a=\ud83d\ude00", {"a": "\U0001f600"}),
        ("a= x ", {"a": "x "}),
        (" = x", {"": "x"}),
        ("path=C\\:\\\\x", {"path": "C:\\x"}),
        ("url=jdbc:mysql://h:3306/db?a=b", {"url": "jdbc:mysql://h:3306/db?a=b"}),
    ],
)
def test_reading_is_java_s(text: str, expected: dict[str, str]) -> None:
    assert read_properties(text) == expected


@pytest.mark.parametrize("text", ["ok=1\na=\\u12", "\n\\uzzzz=1"])
def test_a_bad_unicode_escape_is_an_error_with_its_line(text: str) -> None:
    with pytest.raises(AppError) as caught:
        read_properties(text, "job.properties")

    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.place) == ("H021", "job.properties:2")


def test_urls_stay_readable() -> None:
    assert write_properties({"url": "jdbc:mysql://h:3306/db?a=b"}) == "url=jdbc:mysql://h:3306/db?a=b\n"


def test_pairs_are_written_in_their_order() -> None:
    assert write_properties([("b", "1"), ("a", "2")]) == "b=1\na=2\n"


@given(st.dictionaries(st.text(), st.text()))
def test_what_is_written_is_read_again(properties: dict[str, str]) -> None:
    assert read_properties(write_properties(properties)) == properties


def test_properties_name_each_other() -> None:
    properties = {
        "nameNode": "hdfs://h",
        "root": "${nameNode}/user",
        "path": "${root}/app",
        "x": "${${y}}",
        "y": "root",
    }

    assert resolve_properties(properties) == {
        **properties,
        "root": "hdfs://h/user",
        "path": "hdfs://h/user/app",
        "x": "hdfs://h/user",
    }


def test_oozie_stops_at_the_first_name_that_is_no_property() -> None:
    assert resolve_properties({"n": "1", "a": "${n}-${wf:id()}-${n}"})["a"] == "1-${wf:id()}-${n}"


def test_a_circle_is_an_error() -> None:
    with pytest.raises(AppError, match="E0803 property 'a'"):
        resolve_properties({"a": "${b}", "b": "${a}"})


def test_a_file_that_is_too_large_is_an_error() -> None:
    with pytest.raises(AppError) as caught:
        read_properties("a" * 2_000_000, "job.properties")

    assert (caught.value.code, caught.value.diagnostics[0].path) == ("H001", "job.properties")


def test_values_that_multiply_are_an_error_before_they_fill_the_memory() -> None:
    properties = {"big": "x" * 500_000, **{f"a{number}": "${big}" * 19 for number in range(1000)}}

    with pytest.raises(AppError) as caught:
        resolve_properties(properties)

    assert caught.value.code == "E0803"
