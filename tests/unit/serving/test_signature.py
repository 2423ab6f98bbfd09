"""What fits a field, what does not, and what the client is told."""

import math
import random
import time
from dataclasses import replace

import pytest

from models.manifest import Field
from serving.body import read_json
from serving.findings import MAX_FINDINGS
from serving.signature import Signature

INPUTS = (
    Field("hits", "long", nullable=False, minimum=0, maximum=500),
    Field("revenue", "double", minimum=0.0, maximum=99.5),
    Field("medium", "string", categories=("cpc", "email", "organic")),
    Field("keyword", "string"),
    Field("direct", "boolean"),
)
GOOD = {"hits": 12, "revenue": 1.5, "medium": "cpc", "keyword": "shoes", "direct": True}


def check(record, **options):
    return Signature(INPUTS, **options).check([record], single=True)


def test_a_record_that_fits_becomes_a_row():
    checked = check(GOOD)
    assert (checked.rows, checked.problems, checked.warnings) == ([GOOD], [], [])


@pytest.mark.parametrize(
    ("field", "value", "row_value"),
    [
        ("revenue", 3, 3.0),
        ("revenue", None, None),
        ("hits", 3.0, 3),
        ("medium", None, None),
        ("keyword", "never seen", "never seen"),
        ("keyword", "", ""),
        ("direct", False, False),
    ],
)
def test_values_are_taken_as_the_scorer_takes_them(field, value, row_value):
    (row,) = check(GOOD | {field: value}).rows
    assert row[field] == row_value
    assert type(row[field]) is type(row_value)


@pytest.mark.parametrize(
    ("field", "value", "problem", "hint"),
    [
        ("hits", None, "is empty (null), and must have a value", ""),
        ("hits", "3", 'is the text "3", a whole number is needed', "send 3 without quotes"),
        ("hits", "many", 'is the text "many", a whole number is needed', ""),
        ("hits", 3.5, "is the number 3.5, a whole number is needed", ""),
        ("hits", True, "is true, a whole number is needed", ""),
        ("hits", 2**63, "is outside of the 64-bit whole numbers", ""),
        ("hits", read_json(b"-9223372036854775809"), "is outside of the 64-bit whole numbers", ""),
        ("hits", math.nan, "is the number NaN, a whole number is needed", ""),
        ("revenue", True, "is true, a number is needed", ""),
        ("revenue", math.nan, "is not a finite number", "an unknown value is null"),
        ("revenue", math.inf, "is not a finite number", "an unknown value is null"),
        ("revenue", 10**400, "is larger than a double holds", ""),
        ("revenue", [1], "is a list, a number is needed", ""),
        ("revenue", {}, "is an object, a number is needed", ""),
        ("medium", 3, "is the number 3, text is needed", "double quotes"),
        ("medium", "Emial", 'has the unknown category "Emial"', 'did you mean "email"?'),
        ("medium", "zzz", 'has the unknown category "zzz"', 'known are "cpc", "email", "organic"'),
        ("keyword", "x" * 10_001, "has 10001 characters", "at most 10000"),
        ("keyword", "a\ud800", "is not valid Unicode", ""),
        ("direct", 1, "is the number 1, true or false is needed", "without quotes"),
        ("direct", "true", 'is the text "true", true or false is needed', "without quotes"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_cure(field, value, problem, hint):
    (found,) = check(GOOD | {field: value}).problems
    assert found.field == field
    assert problem in found.problem
    assert hint in found.hint


def test_a_missing_field_is_an_error_even_where_null_is_allowed():
    record = {name: value for name, value in GOOD.items() if name not in ("hits", "revenue")}
    found = check(record).problems
    assert [(problem.field, problem.problem, problem.hint) for problem in found] == [
        ("hits", "is missing", ""),
        ("revenue", "is missing", "send null if it is unknown"),
    ]


def test_an_unknown_field_is_named_with_its_nearest():
    record = {name: value for name, value in GOOD.items() if name != "revenue"} | {"Revenu": 1.0, "zzz": 1}
    found = {problem.field: problem for problem in check(record).problems}
    assert found["Revenu"].hint == "did you mean 'revenue'?"
    assert found["zzz"].hint == "leave it out"
    assert found["revenue"].problem == "is missing"


def test_all_problems_of_all_fields_come_at_once():
    found = check({"hits": None, "revenue": "x", "medium": "x", "keyword": 1, "direct": 2, "more": 3}).problems
    assert [problem.field for problem in found] == ["hits", "revenue", "medium", "keyword", "direct", "more"]


def test_problems_of_a_batch_carry_the_number_of_their_record():
    checked = Signature(INPUTS).check([GOOD, GOOD | {"hits": None}, GOOD | {"revenue": "x"}])
    assert [(problem.record, problem.field) for problem in checked.problems] == [(1, "hits"), (2, "revenue")]
    assert checked.problems[0].as_json()["record"] == 1


def test_the_search_ends_after_enough_problems():
    assert len(Signature(INPUTS).check([{}] * 1000).problems) <= MAX_FINDINGS + len(INPUTS)
    assert len(check(GOOD | {f"f{number}": 1 for number in range(5000)}).problems) == MAX_FINDINGS


def test_an_open_service_answers_an_unknown_category_with_a_warning():
    checked = check(GOOD | {"medium": "emial"}, accept_unknown_categories=True)
    assert checked.problems == []
    assert checked.rows[0]["medium"] == "emial"
    (warning,) = checked.warnings
    assert (warning.field, warning.hint) == ("medium", 'did you mean "email"?')


@pytest.mark.parametrize("value", [-0.5, 100])
def test_a_number_outside_the_training_range_is_answered_with_a_warning(value):
    checked = check(GOOD | {"revenue": value})
    assert checked.problems == []
    (warning,) = checked.warnings
    assert "outside of what training saw (0 to 99.5)" in warning.problem


def test_a_long_value_is_not_echoed_whole():
    (found,) = check(GOOD | {"medium": "y" * 9000}).problems
    assert len(found.problem) < 200


ODD = {
    "hits": [3, 3.0, 0, 500, 501, 3.5, True, "3", None, 2**63],
    "revenue": [1.5, 3, -0.0, None, 100.0, math.nan, 10**400, "1", False],
    "medium": ["cpc", "email", None, "fax", 5, "\ud800"],
    "keyword": ["shoes", "boty \u017elut\u00e9", None, "", "\ud800", "x" * 10_001, 5],
    "direct": [True, False, None, 1, "true"],
}


@pytest.mark.parametrize("is_open", [False, True])
def test_many_records_are_taken_as_each_by_itself(is_open):
    signature = Signature(INPUTS, accept_unknown_categories=is_open)
    source = random.Random(7)
    for _ in range(200):
        tame = source.choice([1, 3, 10])  # the first few of each list are what a field takes without a word
        records = [
            {name: source.choice(values[:tame]) for name, values in ODD.items()} for _ in range(source.randint(1, 4))
        ]
        if tame == 10 and source.random() < 0.3:
            records[-1].pop("medium")
            records[-1]["medum"] = "cpc"
        together, alone = signature.check(records), [signature.check([record]) for record in records]
        for kind in ("problems", "warnings"):
            one_by_one = [
                replace(each, record=index) for index, checked in enumerate(alone) for each in getattr(checked, kind)
            ]
            assert getattr(together, kind) == one_by_one
        if not together.problems:
            assert repr(together.rows) == repr([row for checked in alone for row in checked.rows])


@pytest.mark.parametrize("is_open", [False, True])
def test_many_categories_that_are_nearly_known_cost_no_minutes(is_open):
    chance = random.Random(3)
    known = tuple("".join(chance.choices("abcd", k=40)) for _ in range(500))
    signature = Signature([Field("code", "string", categories=known)], accept_unknown_categories=is_open)
    began = time.process_time()
    checked = signature.check([{"code": code + "x"} for code in known])
    assert time.process_time() - began < 5
    found = checked.warnings if is_open else checked.problems
    assert len(found) == MAX_FINDINGS
    assert found[0].hint.startswith(f'did you mean "{known[0]}"')


def test_a_model_without_inputs_gets_as_many_rows_as_records():
    assert Signature(()).check([{}, {}]).rows == [{}, {}]
