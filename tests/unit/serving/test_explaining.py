"""What moved an answer, over HTTP: exact, of the version that answers, and apart from what is counted."""

import json
import shutil
from pathlib import Path

import pytest

from models.manifest import Field
from models.scorer.loading import load
from serving.app import create_app
from serving.loading import Loader
from serving.registry import Registry

FIXTURES = Path(__file__).parents[2] / "fixtures" / "spark-3.5"
CLASSES = ("leave", "browse", "buy")
INPUTS = (
    Field("age", "double", example=43.5),
    Field("spend", "double", example=120.0),
    Field("constant", "double", nullable=False, example=7.0),
    Field("channel", "string", categories=("organic", "paid", "partner"), example="paid"),
    Field("city", "string", categories=tuple(f"city-{number}" for number in range(12)), example="city-3"),
)
RECORD = {"age": 31, "spend": 410.5, "constant": 7, "channel": "organic", "city": "city-3"}


@pytest.fixture
def make_client(shop, tmp_path, settings):
    """A service over a model that Spark saved, read as in earnest."""

    def make(case="tree-categorical"):
        with shop.repository.stage("funnel") as staging:
            shutil.copytree(FIXTURES / case / "model", staging.model_path)
            staging.publish(inputs=INPUTS, classes=CLASSES, metrics={}, aliases=["champion"])
        registry = Registry({"repository": shop.repository}, Loader(load, tmp_path / "cache"))
        registry.look()
        return create_app(registry, settings).test_client()

    return make


def test_base_amounts_and_others_sum_up_to_the_probability(make_client):
    client = make_client()
    answer = client.post("/predict", json=RECORD).json
    found = client.post("/explain?count=2", json=RECORD).json
    assert (found["model"], found["version"], found["manifest"]) == ("funnel", 1, answer["manifest"])
    assert (found["scale"], found["class"]) == ("probability", answer["prediction"])
    amounts = [each["amount"] for each in found["inputs"]]
    assert len(amounts) == 2
    assert abs(amounts[0]) >= abs(amounts[1]) > 0
    assert found["score"] == pytest.approx(answer["probabilities"][answer["prediction"]], abs=1e-12)
    assert found["base"] + sum(amounts) + found["others"] == pytest.approx(found["score"], abs=1e-12)
    assert len(client.post("/explain", json=RECORD).json["inputs"]) == 3


def test_what_is_wrong_with_the_record_or_the_question_is_said_and_nothing_is_counted(make_client):
    client = make_client()
    refused = client.post("/explain", json={**RECORD, "age": "old"})
    assert (refused.status_code, refused.json["error"]["fields"][0]["field"]) == (422, "age")
    for query, body, code in (("?count=0", RECORD, "H512"), ("?count=x", RECORD, "H512"), ("?model=x", RECORD, "H506"),
                              ("", [RECORD, RECORD], "H509")):  # fmt: skip
        assert client.post(f"/explain{query}", json=body).json["error"]["code"] == code
    assert client.post("/explain", json=[RECORD]).json["version"] == 1  # a list of one is one record
    told = client.get("/state/funnel").json
    assert (told["usage"], told["errors"]) == (0, {"refused": 0, "failed": 0})


def test_a_model_that_our_reader_does_not_know_is_refused_each_time(shop, registry, settings, record):
    shop.publish()
    registry.look()
    client = create_app(registry, settings).test_client()
    for _ in range(2):
        refused = client.post("/explain", data=json.dumps(record), content_type="application/json")
        assert (refused.status_code, refused.json["error"]["code"]) == (422, "H262")
