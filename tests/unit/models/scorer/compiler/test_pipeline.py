"""Compiled models against Spark's own answers, kept beside the models that gave them (tests/fixtures/)."""

import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from models.scorer import ScorerError, ScoringError
from models.scorer.compiled import CompiledScorer
from models.scorer.compiler.graph import NULL_TEXT
from models.scorer.compiler.pipeline import EMITTERS, compile_columns, compile_model
from models.scorer.interpreter import interpret
from models.scorer.saved import SavedStage, read_stages
from models.scorer.stages import STAGES

FIXTURES = Path(__file__).parents[4] / "fixtures"
CASES = sorted(folder for folder in FIXTURES.glob("stages-spark-*/*") if folder.is_dir())
LATER = FIXTURES / "stages-spark-4.3"
WITHOUT_PREDICTION = {
    "corners",
    "encoded-error",
    "encoded-keep",
    "encoded-skip",
    "endless",
    "indexed-error",
    "interacted",
    "scaled",
    "selected",
    "sql-zero",
}
IN_NUMPY_ONLY = {"sql", "words", "forest-words", "logistic-words", "glm-binomial-probit"}
# What both Sparks saved is read by the same lines: one of the two is compiled by default, both in CI.
PREDICTING = [
    pytest.param(case, marks=[pytest.mark.slow] if (LATER / case.name).is_dir() and case.parent != LATER else [])
    for case in CASES
    if case.name not in WITHOUT_PREDICTION | IN_NUMPY_ONLY
]
# What numpy alone makes: the texts of IndexToString, and the label that no row brings.
TEXTS = {"channel_again", "city_named"}


def named(case):
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", PREDICTING, ids=named)
def test_predictions_are_those_of_spark(case):
    asked = json.loads((case / "asked.json").read_text())
    scorer = CompiledScorer(compile_model(case / "model"), Path("nothing: numpy is not asked"))
    column = "said" if case.name == "one-vs-rest-svc" else "prediction"
    for answers in (scorer.score(asked["rows"]), [scorer.score([row])[0] for row in asked["rows"]]):
        assert [answer.prediction for answer in answers] == pytest.approx(asked["columns"][column], rel=1e-9, abs=1e-12)
        for answer, probability in zip(answers, asked["columns"].get("probability", ()), strict=False):
            assert answer.probability == pytest.approx(probability, abs=1e-12)


@pytest.mark.parametrize("case", PREDICTING, ids=named)
def test_a_row_alone_is_not_the_runtime_s(case):
    rows, graph = json.loads((case / "asked.json").read_text())["rows"], compile_model(case / "model")
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    described = json.loads(session.get_modelmeta().custom_metadata_map["howdah"])["inputs"]
    kinds = {"number": "f", "text": "O", "null": "b"}
    outputs = [each.name for each in session.get_outputs()]
    interpreter = interpret(graph, {each["input"]: kinds[each["kind"]] for each in described}, outputs)
    values = fed(session, rows)
    found = [interpreter.run([values[each["input"]][row, 0] for each in described]) for row in range(len(rows))]
    wanted = session.run(outputs, values)
    usual = [row for row, answer in enumerate(found) if answer is not None]
    assert len(usual) > len(rows) / 2
    for row in usual:
        for name, column in zip(outputs, wanted, strict=True):
            assert list(found[row][name]) == pytest.approx(column[row].ravel().tolist(), rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in IN_NUMPY_ONLY], ids=named)
def test_what_onnx_cannot_say_is_refused_by_name(case):
    with pytest.raises(ScorerError, match="cannot be compiled") as refused:
        compile_columns(read_stages(case / "model"), {})
    assert refused.value.code == "H233"


def test_every_stage_of_the_table_compiles_but_those_of_texts():
    texts = {
        "CountVectorizerModel",
        "FeatureHasher",
        "HashingTF",
        "NGram",
        "RegexTokenizer",
        "StopWordsRemover",
        "Tokenizer",
    }
    assert {name.rpartition(".")[2] for name in STAGES} - set(EMITTERS) == texts
    assert set(EMITTERS) < {name.rpartition(".")[2] for name in STAGES}


def fed(session, rows):
    described = json.loads(session.get_modelmeta().custom_metadata_map["howdah"])
    makers = {
        "number": lambda value: math.nan if value is None else float(value),
        "text": lambda value: NULL_TEXT if value is None else value,
        "null": lambda value: value is None,
    }
    kinds = {"number": np.float64, "text": object, "null": bool}
    return {
        each["input"]: np.array([[makers[each["kind"]](row.get(each["column"]))] for row in rows], kinds[each["kind"]])
        for each in described["inputs"]
    }


def close(wanted, got):
    if isinstance(wanted, dict):  # a long vector, of which the file holds what is not zero
        places = dict(wanted["places"])
        wanted = [places.get(place, 0.0) for place in range(wanted["size"])]
    if isinstance(wanted, list):
        return len(wanted) == len(got) and all(map(close, wanted, got))
    if wanted is None or math.isnan(wanted):  # a null is NaN all along
        return bool(np.isnan(got).all())
    return wanted == got or abs(wanted - got) <= 1e-9 * max(1.0, abs(wanted))


def differences(case, stages, columns):
    """What the compiled columns have otherwise than Spark's, in words; and the graph's session."""
    asked = json.loads((case / "asked.json").read_text())
    session = onnxruntime.InferenceSession(compile_columns(stages, {f"o{at}": name for at, name in enumerate(columns)}))
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(names, fed(session, asked["rows"])), strict=True))
    assert not found.get("refused", np.zeros(1)).any()
    wrong = [
        f"{column}[{row}]: Spark {wanted}, compiled {got}"
        for at, column in enumerate(columns)
        for row, (wanted, got) in enumerate(zip(asked["columns"][column], found[f"o{at}"].tolist(), strict=True))
        if not close(wanted, got)
    ]
    return wrong, session, asked


@pytest.mark.parametrize("case", [case for case in CASES if case.name in WITHOUT_PREDICTION], ids=named)
def test_features_are_those_of_spark(case):
    stages = [stage for stage in read_stages(case / "model") if stage.short_name != "IndexToString"]
    asked = json.loads((case / "asked.json").read_text())
    wrong, session, asked = differences(case, stages, [name for name in asked["columns"] if name not in TEXTS])
    assert wrong == []
    for row in asked["refused"]:
        (refused,) = session.run(["refused"], fed(session, [row]))
        assert refused.all(), row


@pytest.mark.parametrize("case", [case for case in CASES if case.name == "sql"], ids=named)
def test_a_statement_without_constants_compiles(case):
    stages = read_stages(case / "model")
    place = next(at for at, stage in enumerate(stages) if stage.short_name == "SQLTransformer")
    statement = stages[place].parameters["statement"]
    assert " 1e1 AS ten," in statement
    stages[place] = stages[place].with_parameters(statement=statement.replace(" 1e1 AS ten,", ""))
    columns = ["both", "half", "part", "less", "again", "way_x", "place_o", "way_o", "both_i", "years_i"]
    wrong, _, _ = differences(case, stages, columns)
    assert wrong == []


def test_features_of_which_a_selector_left_none_are_refused_by_name():
    *leading, model = read_stages(FIXTURES / "stages-spark-3.5" / "fm-regressor" / "model")
    source = model.parameters["featuresCol"]
    parameters = {"inputCol": source, "outputCol": "none", "indices": [], "names": []}
    slicer = SavedStage("org.apache.spark.ml.feature.VectorSlicer", "slicer", parameters, model.folder)
    with pytest.raises(ScorerError, match="'none' has no features"):
        compile_columns([*leading, slicer, model.with_parameters(featuresCol="none")], {})


def test_a_graph_is_the_same_bytes_each_time():
    model = FIXTURES / "spark-3.5" / "boosted-categorical" / "model"
    assert compile_model(model) == compile_model(model)


def test_a_row_that_spark_refuses_is_refused_with_the_reason():
    case = FIXTURES / "stages-spark-3.5" / "bayes-multinomial"
    scorer = CompiledScorer(compile_model(case / "model"), case / "model")
    (row,) = json.loads((case / "asked.json").read_text())["refused"]
    with pytest.raises(ScoringError, match=r"a feature is -1\.0"):
        scorer.score([row])
