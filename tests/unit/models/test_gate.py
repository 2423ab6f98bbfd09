"""What the gate asks and how it judges; the comparison with Spark is tests/unit/jobs/test_train.py's."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import ScorerError, ScoringError
from models.gate import LARGEST_DIFFERENCE, UNSEEN, as_seen, judge, largest_difference, mutate
from models.manifest import Field
from models.scorer import Answer
from models.scorer.pipeline import load_numpy

CASE = Path(__file__).parents[2] / "fixtures" / "spark-3.5" / "logistic-binary"
ROWS = json.loads((CASE / "rows.json").read_text())

INPUTS = (
    Field("age", "long", minimum=18, maximum=90),
    Field("spend", "double", minimum=0.5, maximum=99.5),
    Field("city", "string", categories=("Brno", "Praha")),
    Field("member", "boolean", nullable=False),
)
DRAWN = [
    {"age": 40, "spend": 2.5, "city": "Brno", "member": True},
    {"age": 18, "spend": 9.5, "city": None, "member": False},
]


def test_rows_are_made_of_drawn_ones_with_nulls_and_what_nobody_has_seen():
    rows = mutate(DRAWN, INPUTS, 7, 2_000)
    assert len(rows) == 2_000
    assert rows[0] == DRAWN[0]
    assert rows == mutate(DRAWN, INPUTS, 7, 2_000)
    assert rows != mutate(DRAWN, INPUTS, 8, 2_000)
    assert all(any(row[name] is None for row in rows) for name in ("age", "spend", "city"))
    assert {row["city"] for row in rows} == {None, "", "Brno", "Praha", UNSEEN}
    assert {type(row["age"]) for row in rows} == {int, type(None)}
    assert {row["member"] for row in rows} == {True, False}
    assert max(row["age"] or 0 for row in rows) > 90 > 18 > min(row["age"] or 0 for row in rows)
    assert mutate([], INPUTS, 7, 10) == []


@pytest.mark.parametrize(
    ("field", "values", "seen"),
    [
        (Field("age", "long"), [40, None, 18], {"minimum": 18.0, "maximum": 40.0}),
        (Field("spend", "double"), [math.nan, 2.5, -math.inf, 9.0], {"minimum": 2.5, "maximum": 9.0}),
        (Field("spend", "double"), [math.nan, None], {}),
        (Field("spend", "double", minimum=0.5), [2.5], {}),
        (Field("city", "string"), ["Praha", None, "Brno", "Praha"], {"categories": ("Brno", "Praha")}),
        (Field("city", "string", categories=("Zlin",)), ["Brno"], {}),
        (Field("member", "boolean"), [True], {}),
    ],
)
def test_what_rows_show_is_told_of_a_field_that_does_not_say(field, values, seen):
    assert as_seen(field, values) == replace(field, **seen)


@pytest.mark.parametrize(
    ("wanted", "found", "difference"),
    [
        (Answer(1.0), Answer(1.0), 0.0),
        (Answer(math.nan), Answer(math.nan), 0.0),
        (Answer(math.inf), Answer(math.inf), 0.0),
        (Answer(1.0), Answer(math.nan), math.inf),
        (Answer(1e9), Answer(1e9 + 1), 1e-9),
        (Answer(0.0, (0.5, 0.5)), Answer(0.0, (0.5, 0.5 - 1e-5)), 1e-5),
        (Answer(0.0, (0.5, 0.5)), Answer(1.0, (0.5, 0.5)), 1.0),
        (Answer(0.0, (0.5, 0.5)), Answer(0.0), math.inf),
        (Answer(0.0, (0.5, 0.5)), Answer(0.0, (0.5, 0.25, 0.25)), math.inf),
    ],
)
def test_the_largest_difference_of_any_number_counts(wanted, found, difference):
    assert largest_difference([Answer(1.0), wanted], [Answer(1.0), found]) == pytest.approx(difference)
    assert (difference > LARGEST_DIFFERENCE) == (largest_difference([wanted], [found]) > LARGEST_DIFFERENCE)


def judged(ask, drawn=ROWS, model=CASE / "model"):
    inputs = [Field("age", "double", minimum=18, maximum=90), Field("city", "string", categories=("city-1",))]
    return judge(model, ask, lambda: drawn, inputs, seed=1, count=1_200)


def test_what_says_the_same_as_spark_may_answer():
    """numpy stands for Spark, by which it is checked."""
    asked = []

    def ask(rows):
        asked.append(len(rows))
        return load_numpy(CASE / "model").score(rows)

    verdict = judged(ask)
    assert (verdict.scoring.engine, verdict.scoring.rows, asked) == ("compiled", 1_200, [1_200])
    assert verdict.scoring.difference < 1e-12
    assert verdict.graph


@pytest.mark.parametrize("row", [0, 1_100])  # one that is asked alone, one among others
def test_a_single_answer_that_differs_is_enough(row):
    def ask(rows):
        answers = load_numpy(CASE / "model").score(rows)
        return [*answers[:row], Answer(1 - answers[row].prediction, answers[row].probability), *answers[row + 1 :]]

    verdict = judged(ask)
    assert (verdict.scoring.engine, verdict.scoring.difference, verdict.graph) == ("spark", 1.0, None)
    assert "differs from Spark's by 1" in verdict.scoring.reason


def test_where_spark_refuses_a_changed_row_the_drawn_ones_are_asked():
    def ask(rows):
        return load_numpy(CASE / "model").score(rows) if len(rows) == len(ROWS) else None

    assert (judged(ask).scoring.engine, judged(ask).scoring.rows) == ("compiled", len(ROWS))
    assert "Spark refuses rows" in judged(lambda rows: None).scoring.reason


def test_a_row_that_only_spark_answers_leaves_it_to_spark():
    rows = [{**ROWS[0], "constant": None}]
    verdict = judged(lambda rows: [Answer(0.0, (0.5, 0.5))] * len(rows), rows)
    assert verdict.scoring.engine == "spark"
    assert "Spark has an answer where there is" in verdict.scoring.reason


def test_a_spark_that_does_not_answer_is_no_verdict():
    def ask(_rows):
        raise ScorerError("H234", "the Spark worker ended")

    with pytest.raises(ScorerError, match="the Spark worker ended"):
        judged(ask)
    assert not issubclass(ScorerError, ScoringError)
