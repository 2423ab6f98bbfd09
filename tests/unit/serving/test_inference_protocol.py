"""The Open Inference Protocol, as its specification has it."""

import json
import os
import sys
import time

import pytest

from models.scorer.spark import SparkScorer
from serving.app import create_app
from serving.loading import Loader
from serving.registry import Registry


@pytest.fixture
def client(shop, registry, settings):
    shop.publish()
    registry.look()
    return create_app(registry, settings).test_client()


def column(name, datatype, data, shape=None):
    return {"name": name, "shape": shape or [len(data)], "datatype": datatype, "data": data}


def columns():
    return [
        column("hits", "INT64", [12, 600]),
        column("revenue", "FP64", [1.5, None]),
        column("medium", "BYTES", [["organic"], ["cpc"]], [2, 1]),
        column("direct", "BOOL", [True, False], [2, 1]),
    ]


def infer(client, inputs=None, address="/v2/models/funnel/infer", **more):
    return client.post(address, json={"inputs": columns() if inputs is None else inputs, **more})


def test_health_and_the_server_itself(client, make_registry, settings):
    assert client.get("/v2/health/live").json == {"live": True}
    assert client.get("/v2/health/ready").json == {"ready": True}
    assert client.get("/v2").json == {"name": "howdah", "version": "0.1.0", "extensions": ["binary_tensor_data"]}
    empty = create_app(make_registry(), settings).test_client()
    response = empty.get("/v2/health/ready")
    assert (response.status_code, response.json) == (503, {"ready": False})


@pytest.mark.parametrize("address", ["/v2/models/funnel", "/v2/models/funnel/versions/1"])
def test_a_model_says_what_it_takes_and_gives(steady_client, address):
    assert steady_client.get(address).json == {
        "name": "funnel",
        "versions": ["1"],
        "platform": "spark_pipelinemodel",
        "inputs": [
            {"name": "hits", "datatype": "INT64", "shape": [-1]},
            {"name": "revenue", "datatype": "FP64", "shape": [-1]},
            {"name": "medium", "datatype": "BYTES", "shape": [-1]},
            {"name": "direct", "datatype": "BOOL", "shape": [-1]},
        ],
        "outputs": [
            {"name": "prediction", "datatype": "BYTES", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, 2]},
        ],
    }
    assert steady_client.get(f"{address}/ready").json == {"name": "funnel", "ready": True}


@pytest.mark.parametrize("address", ["/v2/models/funnel/infer", "/v2/models/funnel/versions/1/infer"])
def test_columns_are_answered_as_records_are(client, shop, address):
    response = infer(client, address=address, id="order-7")
    assert response.status_code == 200, response.text
    answer = response.json
    assert (answer["model_name"], answer["model_version"], answer["id"]) == ("funnel", "1", "order-7")
    assert answer["outputs"] == [
        {"name": "prediction", "shape": [2], "datatype": "BYTES", "data": ["buy", "buy"]},
        {"name": "probabilities", "shape": [2, 2], "datatype": "FP64", "data": [0.25, 0.75, 0.25, 0.75]},
    ]
    told = answer["parameters"]
    assert told["manifest"] == shop.repository.manifest("funnel", 1).digest
    assert (told["engine"], told["warnings"]) == ("stub", 1)
    assert told["first_warning"] == "record 1, field 'hits' is 600, outside of what training saw (0 to 500)"
    assert client.get("/state/funnel").json["records"] == 2


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "application/json"])
def test_a_body_of_any_type_that_the_protocols_own_clients_name(steady_client, kind):
    body = json.dumps({"inputs": columns()})
    assert steady_client.post("/v2/models/funnel/infer", data=body, content_type=kind).status_code == 200


def test_a_body_of_another_type(steady_client):
    body = json.dumps({"inputs": columns()})
    other = steady_client.post("/v2/models/funnel/infer", data=body, content_type="text/plain")
    assert (other.status_code, other.json["code"]) == (415, "H503")


def test_only_the_outputs_that_are_wanted(steady_client):
    answer = infer(steady_client, outputs=[{"name": "probabilities"}]).json
    assert [each["name"] for each in answer["outputs"]] == ["probabilities"]
    assert len(answer["id"]) == 32


def test_a_regression_gives_numbers(shop, registry, client):
    shop.publish(prediction=float("nan"), probability=None, classes=())
    registry.look()
    (output,) = infer(client).json["outputs"]
    assert output == {"name": "prediction", "shape": [2], "datatype": "FP64", "data": [None, None]}


def test_a_version_that_does_not_serve(steady_client):
    for address in ("infer", "ready", ""):
        method = "POST" if address == "infer" else "GET"
        place = f"/v2/models/funnel/versions/2/{address}".rstrip("/")
        response = steady_client.open(place, method=method, json={"inputs": columns()})
        assert (response.status_code, response.json["code"]) == (404, "H537")
    assert steady_client.get("/v2/models/x").json["code"] == "H506"


ONCE = """
import json, os, sys
os.close(os.open(sys.argv[1], os.O_CREAT | os.O_EXCL))
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps({"predictions": [1.0], "probabilities": None}), flush=True)
"""


def test_a_model_whose_spark_has_ended_is_not_ready(shop, settings, tmp_path):
    shop.publish()
    command = [sys.executable, "-c", ONCE, str(tmp_path / "begun")]  # it begins once, and no other one after it
    scorer = SparkScorer(command, dict(os.environ))
    registry = Registry({"repository": shop.repository}, Loader(lambda folder: scorer, tmp_path / "cache"))
    registry.look()
    client = create_app(registry, settings).test_client()
    addresses = [f"/v2/models/funnel{version}/ready" for version in ("", "/versions/1")]
    try:
        assert [client.get(address).json for address in addresses] == [{"name": "funnel", "ready": True}] * 2
        scorer._worker.process.kill()
        end = time.monotonic() + 20
        while scorer.problem is None:
            assert time.monotonic() < end
            time.sleep(0.01)
        for address in addresses:
            response = client.get(address)
            assert (response.status_code, response.json) == (503, {"name": "funnel", "ready": False})
        assert infer(client).status_code == 503
        assert client.get("/v2/models/funnel").status_code == 200
    finally:
        scorer.close()


def test_an_error_is_one_text(steady_client):
    response = infer(steady_client, [column("hits", "INT64", ["x"])])
    assert (response.status_code, response.json["code"]) == (422, "H508")
    assert response.json["error"].startswith("record 0, field 'hits' is the text \"x\"")
    assert response.json["fields"][0]["field"] == "hits"
    missing = steady_client.get("/v2/nothing")
    assert (missing.status_code, missing.json["error"]) == (404, "there is nothing at /v2/nothing")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"inputs": []},
        {"inputs": {}},
        {"inputs": [3]},
        {"inputs": [{"name": 3, "data": [1]}]},
        {"inputs": [{"name": "hits", "data": 1}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": [1]}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": [1], "datatype": ["INT64"]}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": [1], "datatype": "STRING"}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": "1", "datatype": "INT64"}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": [True], "datatype": "INT64"}]},
        {"inputs": [{"name": "hits", "data": [], "shape": [0], "datatype": "INT64"}]},
        {"inputs": [{"name": "hits", "data": [], "shape": [], "datatype": "INT64"}]},
        {"inputs": [{"name": "hits", "data": [1], "shape": [2], "datatype": "INT64"}]},
        {"inputs": [{"name": "hits", "data": [1, 2], "shape": [1, 2], "datatype": "INT64"}]},
        {"inputs": [column("hits", "INT64", [1]), column("hits", "INT64", [1])]},
        {"inputs": [column("hits", "INT64", [1]), column("revenue", "FP64", [1, 2])]},
        {"inputs": columns(), "id": 3},
        {"inputs": columns(), "outputs": {"name": "x"}},
        {"inputs": columns(), "outputs": [{"name": "x"}]},
        {"inputs": columns(), "outputs": [3]},
        {"inputs": columns(), "outputs": [{"name": ["x"]}]},
    ],
)
def test_what_is_no_question(steady_client, body):
    response = steady_client.post("/v2/models/funnel/infer", json=body)
    assert (response.status_code, response.json["code"]) == (400, "H512"), response.text


def test_too_many_rows(steady_client):
    response = infer(steady_client, [column("hits", "INT64", [1] * 51)])
    assert (response.status_code, response.json["code"]) == (422, "H509")


def test_an_answer_of_qa_s_version_says_why(shop, registry, settings):
    shop.publish(aliases=["qa"])
    registry.look()
    client = create_app(registry, settings).test_client()
    assert infer(client).json["parameters"]["fallback"] == "fallback to version 1 of qa: no version is in prod"
    shop.publish()
    registry.look()
    assert "fallback" not in infer(client).json["parameters"]
