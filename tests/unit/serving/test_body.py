"""Bodies that are questions, and bodies that are not."""

import json
import math
import sys

import pytest

from serving.body import read_json, read_question
from serving.errors import ServingError


def ask(text, named="", most=10):
    return read_question(text.encode() if isinstance(text, str) else text, named, most)


@pytest.mark.parametrize(
    ("text", "model", "records", "single"),
    [
        ('{"a": 1}', "", [{"a": 1}], True),
        ('[{"a": 1}, {"a": 2}]', "", [{"a": 1}, {"a": 2}], False),
        ('{"records": [{"a": 1}]}', "", [{"a": 1}], False),
        ('{"model": "m", "records": [{"a": 1}]}', "m", [{"a": 1}], False),
        ('{"model": "m", "record": {"a": 1}}', "m", [{"a": 1}], True),
        ('{"record": 5, "model": "x"}', "", [{"record": 5, "model": "x"}], True),
        ('{"records": [{"a": 1}], "a": 2}', "", [{"records": [{"a": 1}], "a": 2}], True),
        ("\ufeff{}", "", [{}], True),
    ],
)
def test_shapes_of_a_question(text, model, records, single):
    question = ask(text)
    assert (question.model, question.records, question.single) == (model, records, single)


def test_the_address_may_name_the_model():
    assert ask("{}", named="m").model == "m"
    assert ask('{"model": "m", "record": {}}', named="m").model == "m"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "H501", "Expecting value at line 1, column 1"),
        (b'{"a": 1', "H501", "line 1, column 8"),
        (b"\xff\xfe{", "H501", "byte 0 is not UTF-8"),
        (b"[" * 400_000, "H501", "nested too deep"),
        (b'{"a":' * 100_000, "H501", "nested too deep"),
        (b'{"a": 1, "a": 2}', "H501", 'the key "a" stands twice'),
        (b'[{"a": 1}, {"b": ":", "a": 1, "a": 2}]', "H501", 'the key "a" stands twice'),
        (b'{"records": [{"a": 1, "a": 2}], "model": ":"}', "H501", 'the key "a" stands twice'),
        (b'{"a": {"b": 1, "b": 2}}', "H501", 'the key "b" stands twice'),
        (b'{"a": ' + b"9" * 5000 + b"}", "H501", "too many digits"),
        (b"[]", "H512", "no record"),
        (b'"text"', "H512", "no record"),
        (b"null", "H512", "no record"),
        (b"[1]", "H512", "record 0 is not an object"),
        (b'{"records": []}', "H512", "no record"),
        (b'{"records": [[]]}', "H512", "record 0 is not an object"),
        (b'{"record": {}, "records": []}', "H512", "both"),
        (b'{"model": 3, "records": []}', "H512", "'model' is not text"),
        (b"[" + b"{}," * 10 + b"{}]", "H509", "11 records"),
    ],
)
def test_what_is_no_question_is_refused_in_one_line(body, code, message):
    if "digits" in message and not hasattr(sys, "get_int_max_str_digits"):
        pytest.skip("this Python reads whole numbers of any length")
    with pytest.raises(ServingError) as refused:
        ask(body)
    assert refused.value.code == code
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_names_for_the_model_are_refused():
    with pytest.raises(ServingError, match="the address names model 'a', the body 'b'"):
        ask('{"model": "b", "record": {}}', named="a")


def test_numbers_that_json_does_not_have_come_through_for_their_field_to_be_named():
    value = read_json(b'{"a": NaN, "b": -Infinity, "c": 1e999}')
    assert math.isnan(value["a"])
    assert value["b"] == -math.inf
    assert value["c"] == math.inf


@pytest.mark.parametrize(
    "text",
    [
        '{"time": "10:30", "a:b": [":"]}',
        '[{"a": {"b": {"c": null}}}, {"a": []}]',
        '{"a": 0.1, "b": -0.0, "c": 1E-400, "d": 123456789012345678, "e": "\\u0000\\ud83d\\ude00"}',
        '{"half": "\\ud800"}',
        '[1, "a", [[]], true, {}]',
        '{"a": 9007199254740993.0, "b": 2.2250738585072014e-308, "c": 1e23}',
    ],
)
def test_values_are_those_of_json(text):
    assert repr(read_json(text.encode())) == repr(json.loads(text))
