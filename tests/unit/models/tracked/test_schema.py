import json
import math

import pytest

from models.errors import ScoringError
from models.tracked.records import Answered, Fact
from models.tracked.schema import LABELS, PREDICTIONS, labels_table, predictions_table

CLASSES = ("leave", "buy")


def answered(**more):
    fields = {
        "request_id": "r1", "time_us": 1_700_000_000_000_000, "source": "service", "model": "funnel", "version": 3,
        "manifest": "ab" * 32, "classes": CLASSES,
        "inputs": [{"hits": 3, "city": None}], "answers": [(1.0, (0.25, 0.75))],
    }  # fmt: skip
    return Answered(**{**fields, **more})


def test_an_answer_is_a_row_with_all_that_is_known_of_it():
    table = predictions_table([answered(keys=["c7"])])

    assert table.schema == PREDICTIONS
    (row,) = table.to_pylist()
    assert row.pop("time").isoformat() == "2023-11-14T22:13:20+00:00"
    assert json.loads(row.pop("inputs")) == {"hits": 3, "city": None}
    assert row == {
        "request_id": "r1", "row": 0, "source": "service", "model": "funnel", "version": 3, "manifest": "ab" * 32,
        "key": "c7", "prediction": 1.0, "label": "buy", "probabilities": [("leave", 0.25), ("buy", 0.75)],
    }  # fmt: skip


def test_rows_of_a_request_are_numbered_from_its_first_one():
    inputs, answers = [{"hits": 1}, {"hits": 2}], [(0.0, None), (1.0, (0.5, 0.5))]

    rows = predictions_table([answered(inputs=inputs, answers=answers, first_row=7)]).to_pylist()

    assert [(row["row"], row["label"], row["probabilities"]) for row in rows] == [
        (7, "leave", None),
        (8, "buy", [("leave", 0.5), ("buy", 0.5)]),
    ]


def test_a_number_has_no_label():
    (row,) = predictions_table([answered(classes=(), answers=[(12.5, None)])]).to_pylist()

    assert (row["prediction"], row["label"], row["probabilities"]) == (12.5, None, None)


@pytest.mark.parametrize("prediction", [-1.0, 2.0, 0.5, math.nan, math.inf])
def test_a_prediction_that_is_no_class_is_not_given_the_name_of_another(prediction):
    with pytest.raises(ScoringError, match=f"predicts {prediction}, its manifest has 2 classes"):
        predictions_table([answered(answers=[(prediction, None)])])


def test_probabilities_of_other_classes_are_refused():
    with pytest.raises(ScoringError, match="gives 3 probabilities, its manifest has 2 classes"):
        predictions_table([answered(answers=[(1.0, (0.25, 0.5, 0.25))])])


def test_half_a_character_is_written_all_the_same():
    table = predictions_table([answered(inputs=[{"city": "\ud800"}], keys=["\ud800"])])

    (row,) = table.to_pylist()
    assert (json.loads(row["inputs"]), row["key"]) == ({"city": "\ud800"}, "?")


def test_a_fact_is_a_row():
    table = labels_table([Fact("funnel", "r1", 0, None, 1, 2_000_000, "buy", None)])

    assert table.schema == LABELS
    (row,) = table.to_pylist()
    assert (row["request_id"], row["row"], row["key"], row["label"], row["value"]) == ("r1", 0, None, "buy", None)
    assert (row["happened"].microsecond, row["time"].second) == (1, 2)
