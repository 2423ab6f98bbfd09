"""Functions that need no job; values as Java 17 gives them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from oozie.language.el import ElError, NodeSnapshot, WorkflowSnapshot, evaluate, evaluate_in_xml, workflow_scope

NOW = datetime(2026, 3, 8, 9, 5, 59, tzinfo=timezone.utc)
DATA = {"rows": "5", "path": "/user/a b", "note": "x=<1> & 'é'"}
SCOPE = workflow_scope(WorkflowSnapshot(nodes={"imp": NodeSnapshot(data=DATA)}), now=lambda: NOW)

VALUES = {
    "${KB} ${MB} ${GB} ${TB} ${PB}": "1024 1048576 1073741824 1099511627776 1125899906842624",
    "${RECORDS} ${MAP_IN} ${GROUPS}": "org.apache.hadoop.mapred.Task$Counter MAP_INPUT_RECORDS REDUCE_INPUT_GROUPS",
    "${firstNotNull(wf:conf('absent'), 'd')}": "d",
    "${firstNotNull('a', 'd')}": "a",
    "${concat('a', null)}": "a",
    "${concat(1, 2.0)}": "12.0",
    "${replaceAll('a-b-c', '-(.)', '[$1]')}": "a[b][c]",
    r"${replaceAll('a.b', '\\.', '\\$')}": "a$b",
    "${replaceAll('fOo', '(?i)o', '0')}": "f00",
    r"${replaceAll('x1y22', '\\p{Digit}+', '#')}": "x#y#",
    "${replaceAll('a]b', '[]]', '_')}": "a_b",
    "${replaceAll('abcdefghijk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)', '$11$10$9')}": "kji",
    "${replaceAll('abc', '(a)', '$12')}": "a2bc",
    "${replaceAll('aXb', '(?<letter>X)', '[${letter}]')}": "a[X]b",
    "${replaceAll('abc', 'x', '$7')}": "abc",
    r"${replaceAll('a b', '\\h|(?i:B)', '_')}": "a__",
    "${toJsonStr({'a': [1, 1.5, null], 2: true, 'c': 0/0})}": (
        '{"a":[1,1.5,null],"2":true,"c":null}'.replace('"', "&quot;")
    ),
    "${toJsonStr(null)} ${toJsonStr({})}": "null {}",
    "${appendAll('/a/b/,/c/b/', 'ADD', ',')}": "/a/b/ADD,/c/b/ADD",
    "${appendAll('/a/b', '.x', '/')}": ".x/a.x/b.x",
    "${trim('  a b ')}": "a b",
    "${trim(null)}": "",
    "${timestamp()}": "2026-03-08T09:05Z",
    "${urlEncode('a b/c?d=é~*')}": "a+b%2Fc%3Fd%3D%C3%A9%7E*",
    "${toJsonStr(wf:actionData('none'))}": "{}",
    "${toConfigurationStr(wf:actionData('none'))}": "&lt;configuration /&gt;",
}


@pytest.mark.parametrize("text", VALUES)
def test_value(text: str) -> None:
    assert evaluate(text, SCOPE) == VALUES[text]


def test_maps_as_texts_in_an_action() -> None:
    assert (
        evaluate_in_xml("${toJsonStr(wf:actionData('imp'))}", SCOPE)
        == r"""{"path":"\/user\/a b","note":"x=<1> & 'é'","rows":"5"}"""
    )
    assert evaluate_in_xml("${toPropertiesStr(wf:actionData('imp'))}", SCOPE) == (
        "#\n#Sun Mar 08 09:05:59 UTC 2026\npath=/user/a b\nnote=x\\=<1> & '\\u00E9'\nrows=5\n"
    )
    assert "".join(evaluate_in_xml("${toConfigurationStr(wf:actionData('imp'))}", SCOPE).split()) == (
        "<configuration><property><name>path</name><value>/user/ab</value></property><property><name>note</name>"
        "<value>x=&lt;1&gt;&amp;'é'</value></property><property><name>rows</name><value>5</value></property>"
        "</configuration>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "${replaceAll('a', '(', 'b')}",
        "${replaceAll('a', '[a&&[b]]', 'b')}",
        "${replaceAll('a', 'a', '$')}",
        "${replaceAll('a', '(a)', '$2')}",
        "${toJsonStr('a')}",
        "${toConfigurationStr(null)}",
        "${toPropertiesStr({'a': 1})}",
        "${replaceAll('a', '{', 'b')}",
        "${replaceAll('a', 'a{,2}', 'b')}",
        "${replaceAll('a', 'a', '${b}')}",
        "${appendAll('', 'b', '{')}",
        "${" + "replaceAll(" * 30 + "'a'" + ", '.', '....')" * 30 + "}",
        "${timestamp(1)}",
    ],
)
def test_error(text: str) -> None:
    with pytest.raises(ElError) as caught:
        evaluate(text, SCOPE)
    assert caught.value.code == "EL_ERROR"
