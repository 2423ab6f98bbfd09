import json
from pathlib import Path

import pytest

from models.input_columns import InputColumn, Inputs, derive_inputs, find_inputs
from models.manifest import Field
from models.scorer.stages import STAGES
from models.spark_metadata import StageMetadata, read_stages
from models.stage_classes import ALLOWED_CLASSES
from storage.local import LocalDisk

FIXTURES = Path(__file__).parents[2] / "fixtures"


def stage(kind, **parameters):
    return StageMetadata(kind, {"paramMap": parameters, "defaultParamMap": {"labelCol": "label"}})


def taken(*stages):
    found = find_inputs(stages)
    return {each.name: each.type for each in found.columns}, found.is_open


def test_each_stage_says_what_it_takes():
    assert taken(
        stage("FeatureHasher", inputCols=["a", "b"], outputCol="h"),
        stage("HashingTF", inputCol="words", outputCol="t"),
        stage("ImputerModel", inputCols=["n"], outputCols=["n_i"], strategy="mean"),
        stage("ImputerModel", inputCols=["m"], outputCols=["m_i"], strategy="median"),
        stage("VectorAssembler", inputCols=["h", "t", "n_i", "m_i", "x"], outputCol="all"),
        stage("StandardScalerModel", inputCol="given", outputCol="scaled"),
        stage("GeneralizedLinearRegressionModel", featuresCol="all", offsetCol="off", predictionCol="p"),
    ) == (
        {"a": "value", "b": "value", "words": "texts", "n": "number", "m": "feature", "x": "feature"}
        | {"given": "vector", "off": "feature"},
        False,
    )


def test_what_a_stage_takes_is_known_of_all_that_are_scored_and_of_few_that_spark_alone_can():
    def short(names):
        return {name.rpartition(".")[2] for name in names}

    told = {name for name in short(ALLOWED_CLASSES) if not taken(stage(name, statement="SELECT * FROM __THIS__"))[1]}

    assert short(STAGES) - told == set()
    assert told - short(STAGES) == {
        *("AFTSurvivalRegressionModel", "BisectingKMeansModel", "GaussianMixtureModel", "VectorSizeHint"),
        "Word2VecModel",
    }


def test_the_indexer_of_a_label_is_not_asked_even_where_the_name_of_the_label_is_sparks_default():
    indexer = stage("StringIndexerModel", inputCols=["city", "outcome"], outputCols=["city_x", "label"])
    assembler = stage("VectorAssembler", inputCols=["city_x"], outputCol="features")
    model = stage("LogisticRegressionModel", featuresCol="features", predictionCol="prediction")
    assert taken(indexer, assembler, model) == ({"city": "string"}, False)


def test_of_two_stages_that_read_a_column_the_one_that_knows_more_counts():
    imputer = stage("ImputerModel", inputCol="age", outputCol="age_i", strategy="mean")
    assembler = stage("VectorAssembler", inputCols=["age"], outputCol="features")
    assert taken(assembler, imputer) == taken(imputer, assembler) == ({"age": "number"}, False)


def test_a_column_that_only_a_new_name_asks_for_is_taken():
    assert taken(stage("SQLTransformer", statement="SELECT *, a AS b FROM __THIS__")) == ({"a": "string"}, False)


@pytest.mark.parametrize(
    "unknown",
    [stage("Word2VecModels", inputCol="a"), stage("SQLTransformer", statement="SELECT explode(a) FROM __THIS__")],
)
def test_a_model_is_open_where_a_stage_does_not_say_what_it_reads(unknown):
    assert find_inputs([unknown]) == Inputs((), is_open=True)


def test_a_manifest_has_what_a_table_can_hold():
    hasher = stage("FeatureHasher", inputCols=["a", "b"], outputCol="h", categoricalCols=["b"])
    scaler = stage("MaxAbsScalerModel", inputCol="given", outputCol="scaled")
    indexer = stage("ImputerModel", inputCol="age", outputCol="age_i", strategy="mean")
    fields = derive_inputs([hasher, scaler, indexer])
    assert fields == (Field("a", "double"), Field("b", "string"), Field("age", "double"))


@pytest.mark.parametrize("case", ["bare", "tuned", "tuned-within", "whole", "hashed", "lists"])
def test_what_saved_models_take(case):
    folder = FIXTURES / "inputs-spark-3.5" / case
    found = find_inputs(read_stages(LocalDisk(), str(folder / "model")))
    record = json.loads((folder / "rows.json").read_text().splitlines()[0])
    unread = {"whole": {"city"}, "hashed": {"price"}}.get(case, set())
    assert {each.name for each in found.columns} == record.keys() - {"label", "outcome"} - unread
    assert not found.is_open
    if case == "lists":
        assert found.columns == (InputColumn("words", "texts"),)


@pytest.mark.parametrize("spark", ["stages-spark-3.5", "stages-spark-4.3"])
def test_what_a_tree_tells_of_its_leaves_is_no_input(spark):
    stages = read_stages(LocalDisk(), str(FIXTURES / spark / "endless" / "model"))
    assert {field.name for field in derive_inputs(stages)} == {"age", "spend", "visits", "channel"}
