"""What the gate asks and how it judges; the comparison with Spark is tests/unit/jobs/test_train.py's."""

import math

import pytest

pytest.importorskip("pyspark")

from jobs.gate import LARGEST_DIFFERENCE, UNSEEN, largest_difference, mutate
from models.manifest import Field
from models.scorer import Answer

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
    ("predictions", "probabilities", "answers", "difference"),
    [
        ([1.0], None, [Answer(1.0)], 0.0),
        ([math.nan, math.inf], None, [Answer(math.nan), Answer(math.inf)], 0.0),
        ([1.0], None, [Answer(math.nan)], math.inf),
        ([1e9], None, [Answer(1e9 + 1)], 1e-9),
        ([0.0], [[0.5, 0.5]], [Answer(0.0, (0.5, 0.5 - 1e-5))], 1e-5),
        ([0.0], [[0.5, 0.5]], [Answer(1.0, (0.5, 0.5))], 1.0),
        ([0.0], [[0.5, 0.5]], [Answer(0.0)], math.inf),
        ([0.0], [[0.5, 0.5]], [Answer(0.0, (0.5, 0.25, 0.25))], math.inf),
    ],
)
def test_the_largest_difference_of_any_number_counts(predictions, probabilities, answers, difference):
    found = largest_difference(predictions, probabilities, answers)
    assert found == pytest.approx(difference)
    assert (found > LARGEST_DIFFERENCE) == (difference > LARGEST_DIFFERENCE)
