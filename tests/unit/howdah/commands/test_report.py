"""``howdah report`` on what a service tracked, as a person and as a program see it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from howdah.__main__ import howdah
from storage.errors import HowdahError
from storage.local import LocalDisk
from tests.unit.models.tracked.conftest import Tracked


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Two versions of a classifier, one of a regression."""
    folder = tmp_path_factory.mktemp("models")
    tracked = Tracked(LocalDisk(durable=False), str(folder))
    for number in range(10):
        chance = 0.5 + number / 20
        tracked.predict(f"r{number}", [(1.0, (1 - chance, chance))])
        tracked.predict(f"n{number}", [(1000.0 * number, None)], model="revenue", classes=())
        if number < 8:
            tracked.tell("buy" if number % 2 else "leave", request=f"r{number}")
            tracked.tell(1000.0 * number + 5, request=f"n{number}", model="revenue")
    tracked.predict("later", [(0.0, (0.75, 0.25))], version=2, after=86400)
    tracked.tell("buy", request="nobody")
    return folder


@pytest.fixture
def report(root):
    def call(*arguments, code=0):
        result = CliRunner().invoke(
            howdah, ["report", "predictions", *arguments], env={"HOWDAH_MODELS": str(root), "COLUMNS": "80"}
        )
        found, text = result.exit_code, result.output
        if isinstance(result.exception, HowdahError):
            found, text = 1, "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        assert found == code, text
        assert code or "json" in arguments or max(map(len, text.splitlines())) <= 80
        return text

    return call


def test_classes_are_told_by_version(report):
    text = report("funnel")

    lines = [line.split() for line in text.splitlines()]
    assert text.splitlines()[0] == "funnel: 11 predictions, 9 labels told"
    assert "1 label of no prediction that is looked at" in text
    assert "funnel@1  10 predictions (service 10)" in text
    assert "8 with a label, 20.0% without" in text
    assert "accuracy 0.5, mean score 0.725" in text
    assert ["buy", "8", "100.0%", "4", "0.5000", "1.0000"] in lines
    assert ["leave", "0", "0.0%", "4", "-", "0.0000"] in lines
    assert ["0.5", "to", "0.6", "2", "0.525", "0.5"] in lines
    assert "predicted: leave 100.0%" in text.split("funnel@2")[1]


def test_numbers_have_errors(report):
    text = report("revenue")

    assert "RMSE 5, MAE 5, bias -5, mean prediction 4500" in text
    assert ["0", "to", "0", "1", "0", "5"] in [line.split() for line in text.splitlines()]


def test_a_program_gets_all_of_it(report):
    found = json.loads(report("funnel", "--format", "json"))

    assert (found["model"], found["since"], found["predictions"], found["strange_labels"]) == ("funnel", None, 11, 1)
    first, second = found["versions"]
    assert (first["version"], first["accuracy"], first["unlabelled_share"]) == (1, 0.5, pytest.approx(0.2))
    assert first["classes"][0] == {"name": "buy", "predicted": 8, "labelled": 4, "precision": 0.5, "recall": 1.0}
    assert first["calibration"][0]["found"] == 0.5
    assert (second["first"], second["accuracy"]) == ("2026-11-21T12:00:00Z", None)


@pytest.mark.parametrize("since", ["2026-11-21", "2026-11-21T12:00Z", "2026-11-21T13:00+01:00"])
def test_a_period_begins_where_it_is_told_to(report, since):
    found = json.loads(report("funnel", "--since", since, "--format", "json"))

    assert (found["predictions"], [each["version"] for each in found["versions"]]) == (1, [2])


def test_a_period_without_a_prediction_is_empty(report):
    assert report("funnel", "--since", "2030-01-01").startswith("funnel: 0 predictions")


def test_a_model_that_nobody_tracks_is_named(report):
    assert "H785" in report("funel", code=1)
    assert "did you mean 'funnel'" in report("funel", code=1)


def test_a_repository_that_is_not_there_is_said_to_be_so(report):
    assert "H781 there is no nowhere" in report("funnel", "--models", "nowhere", code=1)


def test_what_is_no_time_is_refused(report):
    assert "is no time" in report("funnel", "--since", "yesterday", code=2)
