import pytest

from jobs.errors import JobError
from jobs.features import MOST_CATEGORIES, Feature, choose, observe, typed
from models.manifest import Field

pytestmark = pytest.mark.spark

COLUMNS = "id LONG, city STRING COMMENT 'where', age INT, height DOUBLE, smokes BOOLEAN, born DATE, label STRING"


@pytest.fixture
def frame(spark):
    rows = [
        (1, " Bern ", 30, 1.5, True, None, "a"),
        (2, "Bern", None, 2.5, None, None, "a"),
        (3, "", 50, None, False, None, "b"),
        (4, "Aarau", 40, 2.0, False, None, "b"),
    ]
    return spark.createDataFrame(rows, COLUMNS)


def named(number=(), category=(), flag=()):
    return {"number": number, "category": category, "flag": flag}


def test_without_a_choice_every_column_is_taken_by_its_type(frame):
    features = choose(frame, named(), (), {"label", "id"})
    assert [(f.name, f.kind, f.is_whole) for f in features] == [
        ("city", "category", False),
        ("age", "number", True),
        ("height", "number", False),
        ("smokes", "flag", False),
    ]
    assert features[0].description == "where"


def test_what_is_named_goes_before_what_a_module_knows(frame):
    known = [Feature("height", "number", "in metres"), Feature("age", "number")]
    assert [f.name for f in choose(frame, named(), known, {"label"})] == ["height", "age"]
    chosen = choose(frame, named(number=["height"], category=["age"]), known, {"label"})
    assert [(f.name, f.kind, f.description) for f in chosen] == [
        ("height", "number", "in metres"),
        ("age", "category", ""),
    ]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (named(number=["heigth"]), "H604 there is no column 'heigth'"),
        (named(category=["label"]), "H600 'label' is the label, the group or left out"),
        (named(number=["city"]), "H600 'city' is a string, no number"),
    ],
)
def test_a_wrong_choice_is_said(frame, choice, message):
    with pytest.raises(JobError) as caught:
        choose(frame, choice, (), {"label"})
    assert str(caught.value).startswith(message)
    assert caught.value.diagnostics[0].hint


def test_nothing_to_learn_from_is_said(frame):
    with pytest.raises(JobError, match="H604 there is no column to learn from"):
        choose(frame.select("label", "born"), named(), (), {"label"})


def test_the_manifest_says_what_training_saw(frame):
    features = choose(frame, named(), (), {"label", "id"})
    seen = observe(frame.select(*map(typed, features)), features)
    assert [feature.field() for feature in seen] == [
        Field("city", "string", categories=("Aarau", "Bern"), description="where", example="Bern"),
        Field("age", "long", minimum=30.0, maximum=50.0, example=40),
        Field("height", "double", minimum=1.5, maximum=2.5, example=2.0),
        Field("smokes", "boolean", nullable=False, example=False),
    ]


def test_a_column_of_nulls_is_left_out_and_rare_texts_too(spark):
    rows = [(None, None, f"v{i:02d}") for i in range(MOST_CATEGORIES + 5)] + [(None, None, "v33")]
    frame = spark.createDataFrame(rows, "age INT, city STRING, code STRING")
    features = choose(frame, named(), (), set())
    (code,) = observe(frame.select(*map(typed, features)), features)
    assert (code.name, code.labels[:2], len(code.labels)) == ("code", ("v33", "v00"), MOST_CATEGORIES)
