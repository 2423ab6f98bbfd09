"""The scorer against Spark's own answers, kept beside the models that gave them (tests/fixtures/)."""

import json
import shutil
from pathlib import Path

import pytest

from models.scorer import ScorerError, ScoringError, load
from models.scorer.pipeline import load_numpy

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES = sorted(folder for folder in FIXTURES.glob("spark-*/*") if folder.is_dir())


def test_there_are_models_to_compare():
    assert len(CASES) >= 11


@pytest.mark.parametrize("case", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_answers_are_those_of_spark(case):
    rows, expected = json.loads((case / "rows.json").read_text()), json.loads((case / "answers.json").read_text())
    for engine in (load_numpy, load):
        answers = engine(case / "model").score(rows)
        assert len(answers) == len(expected) == 120
        assert [answer.prediction for answer in answers] == [prediction for prediction, _ in expected]
        for answer, (_, probability) in zip(answers, expected, strict=True):
            assert answer.probability == pytest.approx(probability, abs=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_one_row_alone_gets_the_answer_it_gets_among_others(case):
    rows = json.loads((case / "rows.json").read_text())[:10]
    scorer = load(case / "model")
    together = scorer.score(rows)
    for row, answer in zip(rows, together, strict=True):
        (alone,) = scorer.score([row])
        assert alone.prediction == answer.prediction
        assert alone.probability == pytest.approx(answer.probability, abs=1e-14)


def test_no_rows_no_answers():
    assert load(CASES[0] / "model").score([]) == []


def copy(case_name, tmp_path):
    target = tmp_path / "model"
    shutil.copytree(FIXTURES / "spark-3.5" / case_name / "model", target)
    return target


def test_a_stage_outside_the_table_is_named(tmp_path):
    model = copy("logistic-binary", tmp_path)
    (metadata,) = model.glob("stages/*_StandardScaler*/metadata/part-*")
    metadata.write_text(metadata.read_text().replace("StandardScalerModel", "BisectingKMeansModel"))
    with pytest.raises(ScorerError, match="BisectingKMeansModel") as refused:
        load(model)
    assert refused.value.code == "H230"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda model: shutil.rmtree(model / "metadata"), "no readable Spark ML metadata"),
        (lambda model: shutil.rmtree(next(model.glob("stages/*StandardScaler*/data"))), "no data"),
        (lambda model: next(model.glob("stages/*Imputer*/data/*.parquet")).write_bytes(b"PAR1"), "cannot be read"),
        (lambda model: next(model.glob("metadata/part-*")).write_text("{"), "no readable Spark ML metadata"),
        (lambda model: next(model.glob("stages/*Assembler*/metadata/part-*")).write_text('{"class": 1}'), "metadata"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(tmp_path, damage, message):
    model = copy("logistic-binary", tmp_path)
    damage(model)
    with pytest.raises(ScorerError, match=message) as refused:
        load(model)
    assert refused.value.code == "H231"
    assert "\n" not in str(refused.value)


def test_a_text_where_a_number_belongs_is_refused():
    scorer = load(FIXTURES / "spark-3.5" / "logistic-binary" / "model")
    with pytest.raises(ScoringError, match="'age' must be a number"):
        scorer.score([{"age": "old", "spend": 1.0, "constant": 7.0, "channel": "email", "city": "city-1"}])


def test_a_missing_number_that_nothing_imputes_is_refused():
    scorer = load(FIXTURES / "spark-3.5" / "logistic-binary" / "model")
    with pytest.raises(ScoringError, match="'constant' is missing"):
        scorer.score([{"age": 1.0, "spend": 1.0, "channel": "email", "city": "city-1"}])
