import pytest

from jobs.candidates import CANDIDATES, choose_candidates, fit, fit_preparation
from jobs.errors import JobError
from jobs.evaluation import LABEL
from jobs.features import Feature


def test_two_classes_may_be_told_apart_by_all():
    assert list(choose_candidates(list(CANDIDATES), 2)) == ["logistic", "tree", "forest", "boosted"]
    assert list(choose_candidates(list(CANDIDATES), 3)) == ["logistic", "tree", "forest"]


def test_a_candidate_that_is_none_or_that_cannot_is_said():
    with pytest.raises(JobError, match="H600 there is no candidate 'oak'"):
        choose_candidates(["oak"], 2)
    with pytest.raises(JobError, match="H609 boosted cannot tell 3 classes apart"):
        choose_candidates(["boosted"], 3)


@pytest.fixture(scope="module")
def frame(spark):
    rows = [(float(i % 2), i if i % 7 else None, "ab"[i % 2] if i % 5 else None, i % 3 == 0) for i in range(60)]
    return spark.createDataFrame(rows, f"{LABEL} DOUBLE, size LONG, city STRING, open BOOLEAN")


FEATURES = (
    Feature("size", "number", is_whole=True),
    Feature("city", "category", labels=("a", "b")),
    Feature("open", "flag"),
)


@pytest.mark.spark
@pytest.mark.parametrize("name", ["tree", pytest.param("logistic", marks=pytest.mark.slow)])
def test_a_pipeline_takes_the_inputs_and_nothing_else(spark, frame, name):
    candidate = CANDIDATES[name]
    preparation = fit_preparation(FEATURES, frame)
    model = fit(candidate, preparation.transform(frame), seed=1)
    pipeline = preparation.pipeline(candidate.takes, model)
    unseen = spark.createDataFrame([(None, None, False), (3, "c", True)], "size LONG, city STRING, open BOOLEAN")
    assert pipeline.transform(unseen).select("prediction").count() == 2
    stages = [type(stage).__name__ for stage in pipeline.stages]
    assert ("OneHotEncoderModel" in stages) == (name == "logistic")


@pytest.mark.spark
def test_texts_that_are_null_unseen_or_rare_are_one_category(frame):
    only_a = (FEATURES[0], Feature("city", "category", labels=("a",)), FEATURES[2])
    indexed = fit_preparation(only_a, frame).transform(frame).select("city", "city__index").distinct().collect()
    assert {(row["city"], row["city__index"]) for row in indexed} == {("a", 0.0), ("b", 1.0), (None, 1.0)}


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("kinds", [{"number"}, {"category"}, {"flag"}])
def test_one_kind_of_feature_is_enough(frame, kinds):
    features = [feature for feature in FEATURES if feature.kind in kinds]
    prepared = fit_preparation(features, frame).transform(frame)
    assert fit(CANDIDATES["tree"], prepared, seed=1).numFeatures == 1
