"""What JSON cannot say stands in no answer: orjson makes a null of it without a word, the exact encoder a failure."""

import json
import math
from dataclasses import replace

import orjson
import pytest

from models.scorer.interface import Answer
from serving.app import create_app
from serving.speculation.group import Group

STRANGE = (math.nan, math.inf, -math.inf)
LARGE = 1.7e308


@pytest.fixture(autouse=True)
def exact(monkeypatch):
    """orjson, but that it refuses what its answer would not have."""
    dumps = orjson.dumps

    def refusing(value, default=None, option=None):
        json.dumps(value, default=default, allow_nan=False)
        return dumps(value, default, option)

    monkeypatch.setattr(orjson, "dumps", refusing)


@pytest.fixture
def answering(shop, registry, settings):
    """Gives a client of a service in which two models, and groups of them, answer what is asked for in order."""

    def answering(*answers, classes=()):
        for name in ("one", "two"):
            shop.publish(name, prediction=1.0, probability=None, classes=classes)
        registry.look()
        for state, answer in zip(registry.states.values(), answers, strict=True):
            state.loaded.scorer.score = lambda rows, answer=answer: [answer] * len(rows)
        policies = ("shadow", "smart-or-fast") if classes else ("shadow", "smart-or-fast", "median")
        groups = tuple(Group(policy, policy, ("one", "two"), 10.0) for policy in policies)
        return create_app(
            registry, replace(settings, groups=groups), open_sources=lambda: {"repository": shop.repository}
        ).test_client()

    return answering


def columns_of(record):
    kinds = {int: "INT64", float: "FP64", str: "BYTES", bool: "BOOL"}
    return {"inputs": [{"name": name, "datatype": kinds[type(value)], "shape": [1], "data": [value]}
                       for name, value in record.items()]}  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("name", ["one", "shadow", "smart-or-fast", "median"])
def test_a_prediction_that_is_no_number_is_null(answering, record, strange, name):
    client = answering(Answer(strange), Answer(strange))
    for body in (record, [record, record]):
        answer = client.post(f"/predict?model={name}", json=body).json
        assert {each["prediction"] for each in answer.get("predictions", [answer])} == {None}
    told = client.post(f"/v2/models/{name}/infer", json=columns_of(record)).json
    assert told["outputs"] == [{"name": "prediction", "datatype": "FP64", "shape": [1], "data": [None]}]
    told = client.post(f"/v2/models/{name}/infer", json={**columns_of(record), "id": "\ud83d"}).json
    assert (told["id"], told["outputs"][0]["data"]) == ("\ud83d", [None])  # by the exact encoder
    sheet = ",".join(record) + "\n1,2,cpc,true"
    table = client.post(f"/predict?model={name}", data=sheet, content_type="text/csv").text.splitlines()
    assert dict(zip(*(line.split(",") for line in table), strict=True))["prediction"] == ""


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("name", ["one", "shadow", "smart-or-fast"])
def test_a_probability_that_is_no_number_is_null(answering, record, strange, name):
    answer = Answer(1.0, (strange, 0.5))
    client = answering(answer, answer, classes=("leave", "buy"))
    told = client.post(f"/predict?model={name}", json=record).json
    assert (told["prediction"], told["probabilities"]) == ("buy", {"leave": None, "buy": 0.5})
    outputs = client.post(f"/v2/models/{name}/infer", json=columns_of(record)).json["outputs"]
    assert outputs[1]["data"] == [None, 0.5]


def test_sums_that_are_too_large_for_a_number_are_null(answering, record):
    client = answering(Answer(LARGE), Answer(-LARGE))
    for _ in range(2):
        assert client.post("/predict?model=median", json=record).json["prediction"] in (LARGE, -LARGE)
    (counts,) = (each["counts"] for each in client.get("/groups").json["groups"] if each["name"] == "median")
    assert {member["member"]: member["difference"] for member in counts["members"]} == {"one": 0.0, "two": None}
    assert "Inf" not in client.get("/metrics").text.replace('le="+Inf"', "")


def test_reports_hold_only_numbers_of_json(answering, record):
    client = answering(Answer(math.nan), Answer(LARGE))
    for name in ("one", "shadow", "median"):
        assert client.post(f"/predict?model={name}", json=record).status_code == 200
    for address in (
        "/models", "/models/one", "/state/one", "/state/two", "/health", "/groups", "/repository", "/repository/one",
        "/repository/one/compare", "/repository/one/versions/1", "/openapi.json", "/v2/models/one",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
