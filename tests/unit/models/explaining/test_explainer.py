"""Contributions against Spark's answers, which they sum up to, and against Shapley's definition itself."""

import itertools
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from models.errors import ExplanationError, ScoringError
from models.explaining.explainer import load
from models.explaining.origins import find_origins
from models.explaining.shapley import read_covers
from models.scorer.columns import Columns
from models.scorer.saved import read_stages
from models.scorer.stages import load_stage
from models.scorer.trees import read_forest

FIXTURES = Path(__file__).parents[3] / "fixtures"
INPUTS = ["age", "spend", "constant", "channel", "city"]
CASES = sorted(folder for folder in FIXTURES.glob("spark-*/*") if folder.is_dir())
REGRESSORS = sorted(
    FIXTURES / f"stages-spark-{spark}" / name
    for spark in ("3.5", "4.3")
    for name in ("boosted-regressor", "forest-regressor", "tree-regressor", "linear", "glm-poisson-sqrt", "svc")
)


def case_id(folder):
    return f"{folder.parent.name}/{folder.name}"


def rows_of(case):
    asked = case / "asked.json"
    return json.loads(asked.read_text())["rows"] if asked.exists() else json.loads((case / "rows.json").read_text())


def explainer_of(case):
    rows = rows_of(case)
    return load(case / "model", typical=next(row for row in rows if None not in row.values()))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_base_and_contributions_sum_up_to_sparks_score(case):
    explainer = explainer_of(case)
    answers = json.loads((case / "answers.json").read_text())
    for row, (prediction, probability) in list(zip(rows_of(case), answers, strict=True))[:12]:
        found = explainer.explain(row)
        assert found.output == prediction
        assert found.score == pytest.approx(found.base + math.fsum(found.contributions.values()), abs=1e-12)
        assert set(found.contributions) <= {*INPUTS, "visits", "income"}
        if found.scale == "probability":
            assert found.score == pytest.approx(probability[found.output], abs=1e-12)
        elif len(probability) == 2:
            doubled = 2 if "boosted" in case.name else 1
            assert 1 / (1 + math.exp(-doubled * found.score)) == pytest.approx(probability[found.output], abs=1e-12)
        else:
            raw = np.array([explainer.explain(row, output).score for output in range(len(probability))])
            shares = np.exp(raw - raw.max())
            assert shares / shares.sum() == pytest.approx(probability, abs=1e-12)


def brute_force(case, row, inputs):
    """Shapley values by their definition: every coalition, each tree walked down with what it knows."""
    stages = read_stages(case / "model")
    columns = Columns([row])
    for stage in stages[:-1]:
        load_stage(stage)(columns)
    features = columns.matrix(stages[-1].parameters["featuresCol"])[0]
    forest, covers = read_forest(stages[-1]), read_covers(stages[-1])
    owner = find_origins(stages[:-1], columns, stages[-1].parameters["featuresCol"])
    boosted = "GBT" in stages[-1].short_name
    weights = forest.weights if boosted else np.full(len(forest.roots), 1 / len(forest.roots))

    def worth(node, known):
        left, right = forest.left[node], forest.right[node]
        if left == node:
            return forest.prediction[node] if boosted else (forest.statistics[node] / forest.statistics[node].sum())[1]
        feature = forest.feature[node]
        if owner[feature] in known:
            goes_left = forest.goes_left_at(np.array([node]), features[[feature]])[0]
            return worth(left if goes_left else right, known)
        total = covers[left] + covers[right]
        return covers[left] / total * worth(left, known) + covers[right] / total * worth(right, known)

    def game(known):
        return sum(weight * worth(root, known) for root, weight in zip(forest.roots, weights, strict=True))

    values = {}
    for name in inputs:
        others = [each for each in inputs if each != name]
        values[name] = sum(
            math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(inputs))
            * (game({*some, name}) - game(set(some)))
            for size in range(len(inputs))
            for some in itertools.combinations(others, size)
        )  # fmt: skip
    return values, game(set())


@pytest.mark.parametrize("name", ["tree-categorical", "forest-categorical", "forest-thresholds", "boosted"])
def test_tree_contributions_are_shapleys_own(name):
    case = FIXTURES / "spark-3.5" / name
    explainer = explainer_of(case)
    for row in rows_of(case)[:3]:
        found = explainer.explain(row, 1)
        expected, base = brute_force(case, row, list(found.contributions))
        assert found.base == pytest.approx(base, abs=1e-12)
        assert found.contributions == pytest.approx(expected, abs=1e-12)


def test_the_places_of_a_category_are_one_player():
    case = FIXTURES / "spark-3.5" / "forest-thresholds"
    found = explainer_of(case).explain(rows_of(case)[0])
    assert set(found.contributions) == set(INPUTS)
    assert found.contributions["channel"] != 0
    assert found.contributions["constant"] == 0


@pytest.mark.parametrize("case", REGRESSORS, ids=case_id)
def test_regressors_sum_up_to_their_prediction(case):
    rows = rows_of(case)
    stages = read_stages(case / "model")
    explainer = load(case / "model", typical=rows[0])
    for row in rows[:10]:
        columns = Columns([row])
        for stage in stages:
            load_stage(stage)(columns)
        found = explainer.explain(row)
        predicted = columns.numbers(stages[-1].parameters["predictionCol"])[0]
        if case.name == "svc":
            raw = columns.numbers(stages[-1].parameters["rawPredictionCol"])[0]
            assert (found.output, found.score) == (predicted, pytest.approx(raw[int(predicted)]))
        else:
            score = math.sqrt(predicted) if case.name == "glm-poisson-sqrt" else predicted
            assert abs(found.score) == pytest.approx(score, abs=1e-9)


@pytest.mark.parametrize("name", ["forest-words", "logistic-words"])
def test_all_that_a_text_gave_is_the_texts(name):
    case = FIXTURES / "stages-spark-3.5" / name
    rows = rows_of(case)
    found = load(case / "model", typical=rows[0]).explain(rows[1])
    (amount,) = found.contributions.values()
    assert found.score == pytest.approx(found.base + amount)
    assert amount != 0


def test_a_linear_model_measures_from_the_means_that_it_is_told():
    case = FIXTURES / "spark-3.5" / "logistic-binary"
    rows, stages = rows_of(case), read_stages(case / "model")
    columns = Columns(rows)
    for stage in stages[:-1]:
        load_stage(stage)(columns)
    features = columns.matrix(stages[-1].parameters["featuresCol"])
    explainer = load(case / "model", means=features.mean(axis=0).tolist())
    explained = [explainer.explain(row, 1) for row in rows]
    # Over the rows that the means are of, what an input adds evens out.
    for name in INPUTS:
        assert sum(each.contributions[name] for each in explained) == pytest.approx(0, abs=1e-8)
    assert {each.base for each in explained} == {explained[0].base}
    typical = explainer_of(case)
    usual = next(row for row in rows if None not in row.values())
    assert set(typical.explain(usual).contributions.values()) == {0.0}


def test_the_strongest_come_first_whatever_their_sign():
    case = FIXTURES / "spark-3.5" / "logistic-binary"
    found = explainer_of(case).explain(rows_of(case)[3])
    strongest = found.strongest()
    assert len(strongest) == 3
    assert [abs(amount) for _, amount in strongest] == sorted(map(abs, found.contributions.values()), reverse=True)[:3]
    assert "constant" not in dict(found.strongest(99))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("perceptron", "MultilayerPerceptronClassificationModel cannot be explained"),
        ("k-means", "KMeansModel cannot be explained"),
        ("glm-poisson-offset", "with an offset cannot"),
    ],
)
def test_what_has_no_exact_contributions_says_so(name, message):
    with pytest.raises(ExplanationError, match=message) as refused:
        load(FIXTURES / "stages-spark-3.5" / name / "model")
    assert refused.value.code == "H262"


def test_a_row_without_an_answer_and_a_class_that_there_is_not(tmp_path):
    case = FIXTURES / "spark-3.5" / "logistic-binary"
    explainer, row = explainer_of(case), rows_of(case)[0]
    with pytest.raises(ScoringError):
        explainer.explain({**row, "age": "old"})
    with pytest.raises(ExplanationError, match="no class 2"):
        explainer.explain(row, 2)
    with pytest.raises(ExplanationError, match="what a usual row is"):
        load(case / "model").explain(row)
    shutil.copytree(case / "model", tmp_path / "m")
    (data,) = (tmp_path / "m" / "stages").glob("*LogisticRegression*/data")
    shutil.rmtree(data)
    with pytest.raises(ScoringError.__bases__[0], match="no data"):
        load(tmp_path / "m", typical=row)
