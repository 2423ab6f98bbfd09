"""Predicates in words."""

from __future__ import annotations

import pytest

from oozie.language.explanation.conditions import in_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${fs:exists('/a') eq true}", "'/a' exists"),
        ("${not fs:exists(dir)}", "dir does not exist"),
        ("${fs:isDir('/a') == false}", "'/a' is no directory"),
        ("${wf:conf('mode') eq 'full'}", "property 'mode' is 'full'"),
        ("${mode == 'full' && (count gt 3 || !ready)}", "mode is 'full' and (count is more than 3 or ready is false)"),
        ("${fs:fileSize('/a') gt 10 * GB}", "the size of '/a' is more than 10 GB"),
        ("${wf:actionData('a')['rows'] != null}", "'rows' of what 'a' put out is not nothing"),
        ("${empty x ? 'a' : 'b'}", "'a' if x is empty, else 'b'"),
        ("${!empty x}", "x is not empty"),
        ("${wf:lastErrorNode() eq null}", "the last node that failed is nothing"),
        ("${my:own(1, x)}", "my:own(1, x)"),
        ("${[x][0] == y}", "${[x][0] == y}"),
        ("${x += 'a' eq 'ba'}", "${x += 'a' eq 'ba'}"),
        ("${x.trim() == (y -> y)(1)}", "${x.trim() == (y -> y)(1)}"),
        ("true", "true"),
        ("${a} eq ${b}", "${a} eq ${b}"),
        ("  ${broken(  }", "${broken( }"),
        ("${" + "!" * 200 + "x}", "${" + "!" * 200 + "x}"),
    ],
)
def test_a_predicate_in_words(text: str, words: str) -> None:
    assert in_words(text) == words
