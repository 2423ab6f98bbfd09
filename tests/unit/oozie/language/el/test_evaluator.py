"""Expressions and what they are worth. Every value was given by apache-el 8.0.33, the library of the Oozie 5 server."""

from __future__ import annotations

import contextlib
import sys
import timeit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oozie.language.el import ElError, Function, Scope, WorkflowSnapshot, evaluate, evaluate_value, workflow_scope

COUNTERS = {"G": {"A": 7}}
DATA = {"k": "v", "n": "5"}
SCOPE = Scope(
    {"a": "1", "word": "hello", "blank": "", "yes": "true", "KB": 1024, "nothing": None},
    {
        "f:text": Function(lambda _, value: f"<{value}>", ("String",)),
        "f:int": Function(lambda _, value: value, ("int",)),
        "f:long": Function(lambda _, value: value, ("long",)),
        "f:bool": Function(lambda _, value: value, ("boolean",)),
        "f:first": Function(lambda _, one, two: two if one is None else one, ("Object", "Object")),
        "f:data": Function(lambda _: DATA),
        "f:counters": Function(lambda _: COUNTERS),
        "f:nil": Function(lambda _: None),
        "plain": Function(lambda _, value: value + value, ("String",)),
    },
)

TEXTS = r"""
plain                            | plain
pre${a}mid${word}                | pre1midhello
x${nothing}y                     | xy
${a}}                            | 1}
\${a}                            | ${a}
\#{a}                            | #{a}
#{a}                             | 1
a\\${a}                          | a\${a}
a\b                              | a\b
\$a ${a}                         | \$a 1
$${a}                            | $1
a$                               | a$
"""

LITERALS = r"""
${null}                          |
${true}                          | true
${'it\'s'}                       | it's
${"q\"q"}                        | q"q
${"a\'b"}                        | a'b
${'b\\s'}                        | b\s
${'${a}'}                        | ${a}
${"a}b"}                         | a}b
${010}                           | 10
${1.}                            | 1.0
${.5}                            | 0.5
${1e3}                           | 1000.0
${1234567.0}                     | 1234567.0
${12345678.0}                    | 1.2345678E7
${0.001}                         | 0.001
${0.0001}                        | 1.0E-4
${100000000000.0}                | 1.0E11
${4.9E-324}                      | 4.9E-324
${1.15E22}                       | 1.1500000000000001E22
${993507395717246641 / 8}        | 1.24188424464655824E17
${9.999E22}                      | 9.999E22
${2.5 - 1.2}                     | 1.3
${f:data()}                      | {k=v, n=5}
"""

ARITHMETIC = r"""
${'1' + '2'}                     | 3
${1 + 2 * 3}                     | 7
${(1 + 2) * 3}                   | 9
${1 - 2 - 3}                     | -4
${1 / 2}                         | 0.5
${4 div 2}                       | 2.0
${7 mod 4}                       | 3
${-7 % 4}                        | -3
${1.0 + 1}                       | 2.0
${0.1 + 0.2}                     | 0.30000000000000004
${1.5e-7}                        | 1.5E-7
${1e21 * 10}                     | 1.0E22
${5 / 0}                         | Infinity
${0 / 0}                         | NaN
${nothing + 1}                   | 1
${'' + 1}                        | 1
${'1e2' + 1}                     | 101.0
${9223372036854775807 + 1}       | -9223372036854775808
${-a}                            | -1
${-'1.5'}                        | -1.5
${- -1}                          | 1
${KB * 2}                        | 2048
${'a' += 1}                      | a1
"""

COMPARISONS = r"""
${1 == '1'}                      | true
${a == 1.0}                      | true
${'a' == 'a'}                    | true
${nothing == ''}                 | false
${nothing == nothing}            | true
${nothing le nothing}            | true
${nothing lt 1}                  | false
${nothing lt undefined}          | false
${'a' < 'b'}                     | true
${'10' < '9'}                    | true
${10 lt '9'}                     | false
${true eq 'true'}                | true
${true == 'x'}                   | false
${1 ne 2 and 2 ge 2 or false}    | true
${1 < 2 == true}                 | true
${'NaN' == 0/0}                  | true
"""

LOGIC = r"""
${yes && a}                      | false
${yes and 'TRUE'}                | true
${not yes}                       | false
${!!yes}                         | true
${yes || undefined}              | true
${!yes && undefined}             | false
${empty nothing}                 | true
${empty blank}                   | true
${empty word}                    | false
${yes ? 'y' : undefined}         | y
${a > 0 ? 'p' : 'n'}             | p
${yes?1:yes?2:3}                 | 1
"""

PROPERTIES_AND_CALLS = r"""
${f:data().k}                    | v
${f:data()['n'] + 1}             | 6
${f:data().missing}              |
${f:counters()['G']['A'] + 1}    | 8
${f:counters().zz.A}             |
${nothing.b}                     |
${f:text('a')}                   | <a>
${ f : text ( 1.0 ) }            | <1.0>
${f:text(nothing)}               | <>
${f:int('3')}                    | 3
${f:int(3.7)}                    | 3
${f:int('')}                     | 0
${f:int(nothing)}                | 0
${f:int(4294967297)}             | 1
${f:bool('yes')}                 | false
${f:first(nothing, 'd')}         | d
${plain('ab')}                   | abab
"""


COLLECTIONS = r"""
${[1, 'a', null, 1.5]}           | [1, a, null, 1.5]
${[[1, 2], [3]][0][1]}           | 2
${[1, 2]['1']}                   | 2
${[1, 2][2]}                     |
${empty []}                      | true
${{}}                            | []
${{'world', 'a', 1.5, null, 1, true, 1}}  | [null, a, 1, world, 1.5, true]
${{'b': 1, 'a': 2, 'Hello': 3}}  | {a=2, b=1, Hello=3}
${{1: 'x', '1': 'y', 1.0: 'z'}[1]}  | x
${{'a': {'b': 7}}.a.b + 1}       | 8
${{1, 2} == {2, 1}}              | true
${[1] == [1.0]}                  | false
${[1] == '[1]'}                  | true
${[1] += word}                   | [1]hello
${word['empty']}                 | false
"""

LAMBDAS = r"""
${(x -> x * 2)('4')}             | 8
${(x -> y -> x + y)(1)(2)}       | 3
${((x, y) -> x += y)('a', 'b', 'c')}  | ab
${(a -> a)(5) + a}               | 6
${(f -> f(2))(x -> x * 3)}       | 6
${() -> 6}                       | 6
${(x -> (x + 1))(1)}             | 2
${yes ? 1 : (a = 2)}             | 1
${1 ; 2 ; 3}                     | 3
${word.length()}                 |
${word.x().y}                    |
${a}${'abc'.length()}            | 1
"""


def cases(*tables: str) -> list[tuple[str, str]]:
    rows = [line.rpartition("|") for table in tables for line in table.strip("\n").split("\n")]
    return [(text.strip(), value.strip()) for text, _, value in rows]


@pytest.mark.parametrize(
    ("text", "value"),
    cases(TEXTS, LITERALS, ARITHMETIC, COMPARISONS, LOGIC, PROPERTIES_AND_CALLS, COLLECTIONS, LAMBDAS),
)
def test_value(text: str, value: str) -> None:
    assert evaluate(text, SCOPE) == value


# The offset is that of the character where it goes wrong; every one of these is an error on the server as well.
ERRORS = r"""
${undefined}            | 2  | variable [undefined] cannot be resolved
x ${wrod} y             | 4  | variable [wrod] cannot be resolved
${f:nope(1)}            | 2  | there is no function 'f:nope'
${no ? f:nope(1) : 2}   | 7  | there is no function 'f:nope'
${nope(1)}              | 2  | there is no function 'nope'
${f:int(1, 2)}          | 2  | function 'f:int' takes 1 argument, not 2
${f:int('x')}           | 8  | 'x' (text) is no whole number
${f:int('3.7')}         | 8  | '3.7' (text) is no whole number
${1 + 'a'}              | 4  | 'a' (text) is no whole number
${' 3 ' + 1}            | 8  | ' 3 ' (text) is no whole number
${-word}                | 2  | 'hello' (text) is no number
${true + 1}             | 7  | 'true' (a boolean) is no number
${5 % 0}                | 4  | a whole number is divided by zero
${1 ? 2 : 3}            | 2  | '1' (a whole number) is neither true nor false
${yes and 1}            | 10 | '1' (a whole number) is neither true nor false
${1 == 'a'}             | 4  | 'a' (text) is no whole number
${a.b}                  | 3  | '1' (text) has no property 'b'
${f:nil().x}            | 9  | null has no properties
${null.x}               | 6  | null has no properties
${9223372036854775808}  | 2  | 9223372036854775808 is too large for a whole number
${a                     | 0  | '${' is never closed
ok ${a} ${b             | 8  | '${' is never closed
${}                     | 2  | the expression ends too early
${1 + }                 | 6  | the expression ends too early
${a b}                  | 4  | 'b' cannot stand here
${(a}                   | 4  | ')' is missing
${a <> b}               | 5  | '>' cannot stand here
${'b\n'}                | 2  | this string does not end
${a${b}}                | 3  | an expression cannot stand inside another
${${a}}                 | 2  | an expression cannot stand inside another
${a & b}                | 4  | '&' is no operator
${1 &lt; 2}             | 4  | '&' is no operator
${a.eq}                 | 4  | 'eq' is no name of a property
x#{a}y${a}              | 6  | '${' and '#{' cannot stand in one text
${a = 1}                | 4  | nothing can be assigned to
${'a'.length()}         | 5  | methods cannot be called
${new}                  | 2  | 'new' is a word of Java
${word.class}           | 7  | 'class' is a word of Java
${yes ? 1 : plain()}    | 12 | function 'plain' takes 1 argument
${plain('a')('b')}      | 2  | what 'plain' gives cannot be called
${word('b')}            | 2  | there is no function 'word'
${((x, y) -> x)(1)}     | 3  | the lambda takes 2 arguments, not 1
${(x -> x)(1)(2)}       | 3  | there are more arguments than lambdas
${(x -> x(x))(x -> x(x))} | 0 | the expression is nested too deeply
${x -> (x)}             | 10 | '->' is missing
${(f -> f)(x -> x)(3)}  | 3  | there are more arguments than lambdas
${{1: 2, 3}}            | 10 | ':' is missing
${{a: 2}}               | 4  | ',' is missing
${[1, 2}}               | 7  | ',' is missing
${[1]['x']}             | 5  | 'x' (text) is no whole number
${[1] + 1}              | 6  | '[1]' (a list) is no number
${a instanceof b}       | 4  | 'instanceof' is not supported
"""


@pytest.mark.parametrize("row", ERRORS.strip("\n").split("\n"))
def test_error(row: str) -> None:
    text, offset, reason = (part.strip() for part in row.rsplit("|", 2))
    with pytest.raises(ElError) as caught:
        evaluate(text, SCOPE)
    assert (caught.value.code, caught.value.offset) == ("EL_ERROR", int(offset))
    assert caught.value.reason.startswith(reason)
    assert "\n" not in str(caught.value)


def test_error_names_the_nearest() -> None:
    scope = workflow_scope(WorkflowSnapshot(configuration={"nameNode": "hdfs://hw1:8020"}))
    for text, hint in (("${nameNod}", "nameNode"), ("${wf:errorMesage('x')}", "wf:errorMessage")):
        with pytest.raises(ElError) as caught:
            evaluate(text, scope)
        assert caught.value.diagnostics[0].hint == f"did you mean '{hint}'?"


def test_digits_of_any_script_are_digits() -> None:
    assert evaluate("${'\u0661' + 1}", SCOPE) == "2"


def test_value_keeps_its_type_when_it_stands_alone() -> None:
    assert evaluate_value("${1 + 1}", SCOPE) == 2
    assert evaluate_value("${1 + 1} ", SCOPE) == "2 "
    assert evaluate_value("${f:data()}", SCOPE) == DATA


def test_long_and_deep_expressions() -> None:
    limit = sys.getrecursionlimit()
    assert evaluate("${" + "+".join(["1"] * 2000) + "}", SCOPE) == "2000"
    assert evaluate("${" + "not " * 2000 + "yes}", SCOPE) == "true"
    assert evaluate("${" + "no ? 1 : ".replace("no", "!yes") * 2000 + "2}", SCOPE) == "2"
    for opening, closing in (("(", ")"), ("f:text(", ")"), ("1||1&&1==1<1+=1+1*-(", ")"), ("[", "]"), ("{", "}")):
        with contextlib.suppress(ElError):  # that it is no number is another matter
            evaluate("${" + opening * 300 + "1" + closing * 300 + "}", SCOPE)
    assert evaluate("${" + "(" * 300 + "1" + ")" * 300 + "}", SCOPE) == "1"
    assert sys.getrecursionlimit() == limit
    assert evaluate("${'" + "x" * 1_000_000 + "'}", SCOPE) == "x" * 1_000_000
    for text in ("(" * 999, "plain(" * 999, "yes ? " * 999, "a[" * 999, "[{" * 999, "x -> " * 999, "1" * 999):
        with pytest.raises(ElError):
            evaluate("${" + text + "1}", SCOPE)


@pytest.mark.parametrize("body", ["a += a", "[a, a]", "{a, [a]}", "{'k': a, 'l': a}", "f:text(a += a)"])
def test_what_grows_without_end_is_refused(body: str) -> None:
    text = "${" + f"(a -> {body})(" * 100 + "'x'" + ")" * 100 + "}"
    with pytest.raises(ElError) as caught:
        evaluate(text, SCOPE)
    assert "beyond all measure" in caught.value.reason


_SIGNS = [*"()[]\\'\"?:.,;+-*/%<>=!&|", "${", "#{", "->", ";", "{", "}"]
_WORDS = [
    "a",
    "word",
    "f:text(",
    "f:int(",
    "f:first(",
    "f:data()",
    "(x -> x(x))",
    "x ->",
    "{1: 2}",
    "1",
    "2.5",
    "1e9",
    "'x'",
    "null",
    "true",
    "and",
    "or",
]
_WORDS += ["not", "empty", "div", "mod", "eq", "lt", "instanceof", "KB", "nothing", "undefined", "\U0001f600", "é"]
_PIECES = st.sampled_from(_SIGNS + _WORDS)


@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=15).map(lambda parts: "${" + " ".join(parts) + "}")))
@example("${'\ud800' lt 'a'}")
@example("${1e999 % 2}")
@settings(max_examples=400, deadline=None, derandomize=True)
def test_nothing_but_an_el_error(text: str) -> None:
    try:
        value = evaluate(text, SCOPE)
    except ElError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert isinstance(value, str)


def test_a_simple_template_takes_less_than_50_microseconds() -> None:
    scope = workflow_scope(WorkflowSnapshot(configuration={"nameNode": "hdfs://hw1:8020", "day": "2026-01-01"}))
    best = min(timeit.repeat(lambda: evaluate("${nameNode}/raw/${day}", scope), number=500, repeat=5)) / 500
    assert best < 50e-6
